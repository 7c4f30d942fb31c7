"""A private model for each column of a target, with one budget."""

from skprivate.multioutput._classes import DPMultiOutputClassifier
from skprivate.multioutput._numbers import DPMultiOutputRegressor

__all__ = ["DPMultiOutputClassifier", "DPMultiOutputRegressor"]
