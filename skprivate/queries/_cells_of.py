"""Queries about cells: the group, or the interval, that columns put a row in.

A row is in one cell at most. So what it can add is what it can add to one cell, however
many there are: that groups are told apart costs no noise.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from skprivate.base._query_check import are_columns
from skprivate.queries._intervals import IntervalTree
from skprivate.queries._table_counts import CategoryCounts
from skprivate.queries._target_cells import TargetCells
from skprivate.queries._views import OfOther
from skprivate.rows import refused

MOST_CELLS = 2**20


@dataclass(frozen=True, eq=False)
class Cells:
    """A numbering of cells, by codes of some columns and intervals of others.

    Parameters
    ----------
    codes : tuple of (int, int)
        Columns of codes 0, 1, ..., and how many codes each has.
    bins : tuple of (int, ndarray)
        Columns of numbers, and the ascending edges of their intervals. The last
        interval has both of its ends, each other only its lower.
    """

    codes: tuple = ()
    bins: tuple = ()

    @property
    def shape(self):
        """Number of codes, and of intervals, of each column."""
        sizes = [size for _, size in self.codes]
        return (*sizes, *(len(edges) - 1 for _, edges in self.bins))

    @property
    def size(self):
        """Number of cells."""
        return prod(self.shape)

    def check(self, n_features):
        """Refuse columns that are not there, and edges that do not ascend."""
        columns = [column for column, _ in (*self.codes, *self.bins)]
        edges = [np.asarray(edges) for _, edges in self.bins]
        if not (
            are_columns(columns, n_features)
            and 0 < self.size <= MOST_CELLS
            and all(np.isfinite(e).all() and (np.diff(e) >= 0).all() for e in edges)
        ):
            raise refused(
                ValueError,
                f"Cells must be of columns that X has, at most {MOST_CELLS}, between "
                "ascending edges. Use fewer groups or bins.",
            )

    def __call__(self, X):
        """Number of the cell of each row; ``size`` for those in none.

        NaN where a value is missing, or any is infinite. A function of each row alone.
        """
        cell, outside = np.zeros(len(X)), np.zeros(len(X), bool)
        for column, size in self.codes:
            code = np.asarray(X[:, column], dtype=np.float64)
            with np.errstate(invalid="ignore"):
                known = (code >= 0) & (code < size) & (code == np.floor(code))
            cell = cell * size + np.where(known, code, 0)
            outside |= ~known
        for column, edges in self.bins:
            value = np.asarray(X[:, column], dtype=np.float64)
            with np.errstate(invalid="ignore"):
                outside |= ~((value >= edges[0]) & (value <= edges[-1]))
            place = np.searchsorted(edges, value, side="right") - 1
            cell = cell * (len(edges) - 1) + np.clip(place, 0, len(edges) - 2)
        cell = np.where(outside, self.size, cell)
        axes = (*self.codes, *self.bins)
        odd = np.isinf(X).any(axis=1) & bool(axes)  # else values are not looked at
        for column, _ in axes:
            odd |= np.isnan(X[:, column])
        cell[odd] = np.nan
        return cell


@dataclass(frozen=True, eq=False)
class OfCells(OfOther):
    """A query of one column of codes, asked about cells and a column of numbers.

    The cell is the one code, and the number, moved into ``bounds``, the target. A row
    where either is missing adds nothing. What a row becomes depends on this row alone,
    so that what it can add is what the query says, whatever the row.

    Parameters
    ----------
    query : CategoryCounts or TargetCells
        Of one column.
    cells : Cells
    column : int or None
        Where the number is; None: there is none, and no row lacks it.
    bounds : tuple (low, high) or None
        Public.
    """

    cells: Cells
    column: int | None = None
    bounds: tuple | None = None

    def check(self, n_features):
        """Check the query for the one column that it gets, and the cells."""
        super().check(n_features)
        if not isinstance(self.query, (CategoryCounts, TargetCells)):
            raise refused(TypeError, "OfCells takes a query of cells. Give one.")
        self.query.check(1)
        check_cells(self.cells, self.column, n_features)

    def problems(self):
        """Bounds are in order."""
        if self.bounds is not None and not self.bounds[0] <= self.bounds[1]:
            yield "bounds are in the wrong order"

    def __call__(self, X, y, weight):
        cell, number = self.cells(X), np.zeros(len(X))
        if self.column is not None:
            number = np.asarray(X[:, self.column], dtype=np.float64)
            there = ~np.isnan(number) & ~np.isinf(X).any(axis=1)
            cell, number = np.where(there, cell, np.nan), np.where(there, number, 0.0)
        if self.bounds is not None:
            number = np.clip(number, *self.bounds)
        return self.query(cell.reshape(-1, 1), number, weight)


@dataclass(frozen=True, eq=False)
class CellIntervals(IntervalTree):
    """:class:`IntervalTree` of a single column, within each cell.

    A row is in one cell at most, and there in one interval of each level: its
    contribution has a 2-norm of ``sqrt(depth)`` and a 1-norm of ``depth``, however many
    cells there are. Where its number is missing, or any is infinite, it
    adds nothing.

    Parameters
    ----------
    edges : ndarray of shape (n_cells, 8 ** depth - 1)
        As for the tree, where the cells stand for its columns.
    low, high : ndarray of shape (n_cells,)
    cells : Cells
    column : int
        Where the number is.
    """

    cells: Cells
    column: int
    width = None

    def check(self, n_features):
        """Check the tree, and the cells."""
        super().check(n_features)
        check_cells(self.cells, self.column, n_features)

    def problems(self):
        """There are edges for each cell."""
        yield from super().problems()
        if len(self.edges) != self.cells.size:
            yield "edges are not those of each cell"

    @property
    def l1_bound(self):
        """One interval of each level of one cell is touched."""
        return float(self.depth)

    def _lowest(self, X, weight):
        """Counts of the lowest level, cell by cell."""
        from skprivate.kernels import interval_counts, interval_table

        cell = self.cells(X)
        number = np.asarray(X[:, self.column], dtype=np.float64)
        cell[np.isnan(number) | np.isinf(X).any(axis=1)] = np.nan
        counts = []
        for i in range(len(self.edges)):
            rows, one = cell == i, slice(i, i + 1)
            table = interval_table(self.edges[one], self.low[one], self.high[one])
            weights = weight[rows] if len(weight) else weight
            column = number[rows].reshape(-1, 1)
            counts.append(interval_counts(column, table, weights, 1 / self.step))
        return np.concatenate(counts)


def check_cells(cells, column, n_features):
    """Refuse what are no cells of rows of so many columns, or no such column."""
    if not isinstance(cells, Cells):
        raise refused(TypeError, "cells must be Cells. Make them of columns.")
    cells.check(n_features)
    if column is not None and not are_columns([column], n_features):
        raise refused(ValueError, "column is none of X. Name one that X has.")
