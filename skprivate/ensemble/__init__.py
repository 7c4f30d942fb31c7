"""Forests and boosting over private bins of a raw table."""

from skprivate.ensemble._boosting_classes import DPHistGradientBoostingClassifier
from skprivate.ensemble._boosting_numbers import DPHistGradientBoostingRegressor
from skprivate.ensemble._forest_classes import DPRandomForestClassifier
from skprivate.ensemble._forest_numbers import DPRandomForestRegressor

__all__ = [
    "DPHistGradientBoostingClassifier",
    "DPHistGradientBoostingRegressor",
    "DPRandomForestClassifier",
    "DPRandomForestRegressor",
]
