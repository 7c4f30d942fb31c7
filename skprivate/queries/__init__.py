"""Queries that several estimators ask."""

from skprivate.queries._cell_tables import (
    ColumnCells,
    GroupCells,
    LeafCells,
    MarginCells,
    NodeCells,
)
from skprivate.queries._cell_terms import LossSteps, RowCounts, TargetParts
from skprivate.queries._cell_totals import CellTotals
from skprivate.queries._cells import DyadicCells, outermost_cell
from skprivate.queries._class_counts import ClassCounts
from skprivate.queries._class_intervals import ClassIntervals
from skprivate.queries._class_moments import ClassesAndMoments
from skprivate.queries._component_moments import ComponentMoments
from skprivate.queries._derived import Derived
from skprivate.queries._each_class import EachClass
from skprivate.queries._equal_cells import EqualCells, deepest
from skprivate.queries._farthest_table import FarthestTable
from skprivate.queries._gradients import LogisticGradient, LossGradient
from skprivate.queries._intervals import IntervalTree
from skprivate.queries._moments import Moments, means_and_variances
from skprivate.queries._quantiles import private_quantiles
from skprivate.queries._row_sums import RowSums
from skprivate.queries._second_moments import SecondMoments, symmetric
from skprivate.queries._table_gaps import TableGaps
from skprivate.queries._table_terms import AddCellTerms, OfScores
from skprivate.queries._views import OfView

__all__ = [
    "AddCellTerms",
    "CellTotals",
    "ClassCounts",
    "ClassIntervals",
    "ClassesAndMoments",
    "ColumnCells",
    "ComponentMoments",
    "Derived",
    "DyadicCells",
    "EachClass",
    "EqualCells",
    "FarthestTable",
    "GroupCells",
    "IntervalTree",
    "LeafCells",
    "LogisticGradient",
    "LossGradient",
    "LossSteps",
    "MarginCells",
    "Moments",
    "NodeCells",
    "OfScores",
    "OfView",
    "RowCounts",
    "RowSums",
    "SecondMoments",
    "TableGaps",
    "TargetParts",
    "deepest",
    "means_and_variances",
    "outermost_cell",
    "private_quantiles",
    "symmetric",
]
