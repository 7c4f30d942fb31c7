"""Sums over the cells of many tables at once: what trees and additive models ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.mechanisms import root_above
from skprivate.queries._cell_tables import (
    ColumnCells,
    GroupCells,
    LeafCells,
    MarginCells,
    NodeCells,
)
from skprivate.queries._cell_terms import LossSteps, RowCounts, TargetParts
from skprivate.rows import DerivedColumns, refused

TABLES = ColumnCells, GroupCells, LeafCells, MarginCells, NodeCells
TERMS = LossSteps, RowCounts, TargetParts
_BLOCK_ROWS = 2**14  # what is made of them stays in the cache


@dataclass(frozen=True, eq=False)
class CellTotals(Query):
    """For each cell of J tables, the sum of ``k`` numbers over the rows that are in it.

    A query of derived columns, in a view: ``OfView(CellTotals(tables, terms), view)``.
    Cells are made of the codes of a row, and what it adds is made of its target and
    its margins.

    ======================== ============================== =========================
    tables                   cells                          for
    ======================== ============================== =========================
    ``ColumnCells(n, t)``    codes of columns, and of pairs histograms, shape functions
    ``GroupCells(g, t)``     the same of groups of codes     coarse pairs
    ``LeafCells(trees)``     leaves of each tree            forests, leaves of boosting
    ``NodeCells(...)``       leaf and code, by column       splits of a tree that grows
    ``MarginCells(edges)``   intervals of the margin        calibration
    ======================== ============================== =========================

    ======================== =========================================================
    terms                    numbers
    ======================== =========================================================
    ``RowCounts()``          1
    ``TargetParts(k)``       indicators of classes
    ``TargetParts(2, ends)`` a target, as ``1 - t`` and ``t``
    ``LossSteps.of(loss)``   gradients and curvatures of a loss, with noise of their own
    ======================== =========================================================

    **Guarantee.** A row adds one vector to one cell of each table, or to none. The
    vector, divided by the relative noise of its numbers, has a 2-norm of at most
    ``terms.largest`` and a 1-norm of at most ``terms.largest_l1``, rounding included.
    So all that a row adds has a 2-norm of at most ``sqrt(J)`` times the former, and a
    1-norm of at most ``J`` times the latter; how many cells there are makes no
    difference. A code beyond those of its column counts as the last one. A row with a
    margin that is not finite adds nothing: `BinCodes` gives such margins to rows that
    hold infinity, or no value at all.

    Parameters
    ----------
    tables : ColumnCells, GroupCells, LeafCells, NodeCells or MarginCells
    terms : LossSteps, RowCounts or TargetParts

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import CellTotals, ColumnCells, TargetParts
    >>> from skprivate.rows import DerivedColumns
    >>> query = CellTotals(ColumnCells(np.array([3, 3]), ((0,), (1,))), TargetParts(2))
    >>> columns = DerivedColumns(np.array([[0, 1]], np.uint8), np.zeros((1, 1)))
    >>> first, second = query.by_table(query(columns, np.array([1]), np.empty(0)))
    >>> (first * query.step).tolist()
    [[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]
    """

    tables: object
    terms: object

    def problems(self) -> Iterator[Any]:
        """Tables and terms are of these classes, which check their own fields."""
        if type(self.tables) not in TABLES:
            yield "tables are none of these"
        elif type(self.terms) not in TERMS:
            yield "terms are none of these"

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return self.tables.width

    @property
    def step(self) -> Any:
        """That of the terms."""
        return self.terms.step

    @property
    def bound(self) -> Any:
        """One vector in each table."""
        return root_above(len(self.tables.sizes)) * self.terms.largest

    @property
    def l1_bound(self) -> Any:
        """One vector in each table."""
        return len(self.tables.sizes) * self.terms.largest_l1

    @property
    def weights(self) -> np.ndarray | None:
        """Noise of each number, relative."""
        of_cell = self.terms.weights
        if of_cell is None:
            return None
        return np.tile(of_cell, int(self.tables.sizes.sum()))

    @property
    def size(self) -> int:
        """Cells times numbers."""
        return int(self.tables.sizes.sum()) * self.terms.n_parts

    def by_table(self, answer: Any) -> Any:
        """The answer as an array of shape (size, n_parts) for each table."""
        cells = np.reshape(answer, (-1, self.terms.n_parts))
        return np.split(cells, np.cumsum(self.tables.sizes)[:-1])

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        if not isinstance(X, DerivedColumns):
            raise refused(
                TypeError, "CellTotals is about derived columns. Ask it in an OfView."
            )
        total = np.zeros((self.size // self.terms.n_parts, self.terms.n_parts))
        step = _BLOCK_ROWS if self._is_wide else len(X)
        for start in range(0, len(X), step or 1):
            rows = slice(start, start + step)
            block = DerivedColumns(X.codes[rows], X.margins[rows])
            target = None if y is None else y[rows]
            parts = self.terms.parts(block, target, weight[rows])
            if not np.isfinite(block.margins).all():
                finite = np.isfinite(block.margins).all(axis=1)
                parts = np.where(finite[:, None], parts, 0.0)
            total += self._sums(block, parts.astype(np.int64, copy=False))
        return total.ravel()

    @property
    def _is_wide(self):
        """Whether much is made of a row on the way to its sums."""
        few = isinstance(self.tables, (ColumnCells, GroupCells, LeafCells))
        return not few or self.terms.n_parts > 2

    def _sums(self, block, parts):
        """Sums over the cells of what the rows of a block add."""
        from skprivate.kernels import cell_sums

        if isinstance(self.tables, (ColumnCells, GroupCells, LeafCells)):
            return self.tables.sums(block.codes, parts)
        of_margins = isinstance(self.tables, MarginCells)
        cells = self.tables(block.margins if of_margins else block.codes)
        return cell_sums(cells, self.tables.sizes, parts)
