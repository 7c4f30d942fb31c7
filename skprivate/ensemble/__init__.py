"""Forests and boosting over private bins of a raw table; votes, stacks and bagging."""

from skprivate.ensemble._balanced_bagging import DPBalancedBaggingClassifier
from skprivate.ensemble._boosting_classes import DPHistGradientBoostingClassifier
from skprivate.ensemble._boosting_numbers import DPHistGradientBoostingRegressor
from skprivate.ensemble._forest_classes import DPRandomForestClassifier
from skprivate.ensemble._forest_numbers import DPRandomForestRegressor
from skprivate.ensemble._stacking import DPStackingClassifier
from skprivate.ensemble._stacking_numbers import DPStackingRegressor
from skprivate.ensemble._voting import DPVotingClassifier, DPVotingRegressor

__all__ = [
    "DPBalancedBaggingClassifier",
    "DPHistGradientBoostingClassifier",
    "DPHistGradientBoostingRegressor",
    "DPRandomForestClassifier",
    "DPRandomForestRegressor",
    "DPStackingClassifier",
    "DPStackingRegressor",
    "DPVotingClassifier",
    "DPVotingRegressor",
]
