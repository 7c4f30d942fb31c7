"""Queries that several estimators ask."""

from skprivate.queries._cells import DyadicCells, outermost_cell
from skprivate.queries._class_counts import ClassCounts
from skprivate.queries._class_intervals import ClassIntervals
from skprivate.queries._class_moments import ClassesAndMoments
from skprivate.queries._gradients import LogisticGradient
from skprivate.queries._intervals import IntervalTree
from skprivate.queries._margins import OnMargins
from skprivate.queries._moments import Moments, means_and_variances
from skprivate.queries._quantiles import private_quantiles
from skprivate.queries._row_norms import RowNorms, norm_that_most_have
from skprivate.queries._second_moments import SecondMoments, symmetric

__all__ = [
    "ClassCounts",
    "ClassIntervals",
    "ClassesAndMoments",
    "DyadicCells",
    "IntervalTree",
    "LogisticGradient",
    "Moments",
    "OnMargins",
    "RowNorms",
    "SecondMoments",
    "means_and_variances",
    "norm_that_most_have",
    "outermost_cell",
    "private_quantiles",
    "symmetric",
]
