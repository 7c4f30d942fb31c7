"""Private samplers that leave rows out."""

from skprivate.under_sampling._random import DPRandomUnderSampler

__all__ = ["DPRandomUnderSampler"]
