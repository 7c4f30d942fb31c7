"""Private selection of features."""

from skprivate.feature_selection._k_best import DPSelectKBest
from skprivate.feature_selection._percentile import DPSelectPercentile
from skprivate.feature_selection._variance import DPVarianceThreshold

__all__ = ["DPSelectKBest", "DPSelectPercentile", "DPVarianceThreshold"]
