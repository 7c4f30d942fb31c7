"""Additive models: a shape function for each column, that one can look at."""

from skprivate.additive._classifier import DPAdditiveClassifier
from skprivate.additive._display import DPShapeDisplay
from skprivate.additive._regressor import DPAdditiveRegressor

__all__ = ["DPAdditiveClassifier", "DPAdditiveRegressor", "DPShapeDisplay"]
