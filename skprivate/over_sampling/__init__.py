"""Private samplers that add rows."""

from skprivate.over_sampling._synthetic import DPSyntheticOverSampler

__all__ = ["DPSyntheticOverSampler"]
