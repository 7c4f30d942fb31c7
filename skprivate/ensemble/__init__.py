"""Forests and boosting over private bins of a raw table."""

from skprivate.ensemble._forest_classes import DPRandomForestClassifier
from skprivate.ensemble._forest_numbers import DPRandomForestRegressor

__all__ = ["DPRandomForestClassifier", "DPRandomForestRegressor"]
