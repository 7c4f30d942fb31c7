"""Forests, boosting, votes, stacks and bagging; any estimator, by a private vote."""

from skprivate.ensemble._bagging_classes import DPBaggingClassifier
from skprivate.ensemble._bagging_numbers import DPBaggingRegressor
from skprivate.ensemble._balanced_bagging import DPBalancedBaggingClassifier
from skprivate.ensemble._boosting_classes import DPHistGradientBoostingClassifier
from skprivate.ensemble._boosting_numbers import DPHistGradientBoostingRegressor
from skprivate.ensemble._forest_classes import DPRandomForestClassifier
from skprivate.ensemble._forest_numbers import DPRandomForestRegressor
from skprivate.ensemble._stacking import DPStackingClassifier
from skprivate.ensemble._stacking_numbers import DPStackingRegressor
from skprivate.ensemble._teacher_votes import TeacherVotes
from skprivate.ensemble._voting import DPVotingClassifier, DPVotingRegressor

__all__ = [
    "DPBaggingClassifier",
    "DPBaggingRegressor",
    "DPBalancedBaggingClassifier",
    "DPHistGradientBoostingClassifier",
    "DPHistGradientBoostingRegressor",
    "DPRandomForestClassifier",
    "DPRandomForestRegressor",
    "DPStackingClassifier",
    "DPStackingRegressor",
    "DPVotingClassifier",
    "DPVotingRegressor",
    "TeacherVotes",
]
