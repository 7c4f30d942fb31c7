"""Samplers that leave rows out, without breaking what is promised about neighbours."""

from skprivate.under_sampling._random import DPRandomUnderSampler
from skprivate.under_sampling._row_filter import RowFilter

__all__ = ["DPRandomUnderSampler", "RowFilter"]
