"""How far the counts of tables are from what a model expects: a score of each table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.queries._cell_tables import ColumnCells, GroupCells
from skprivate.queries._cell_terms import RowCounts, TargetParts
from skprivate.queries._cell_totals import CellTotals

_TABLES = ColumnCells, GroupCells
_TERMS = RowCounts, TargetParts
_MOST_EXPECTED = 2.0**40  # rows of a table, so that int64 holds any sum of gaps


@dataclass(frozen=True, eq=False)
class TableGaps(Query):
    """For each table, the sum over its cells of ``|rows - expected rows|``.

    **Guarantee.** A row adds parts that are at least zero and add up to at most one to
    a single cell of each table; what is expected is known before, from public facts
    and released answers. An absolute value moves no farther than its argument, so no
    score moves by more than one; and the J scores of J tables together by at most
    ``sqrt(J)`` in the 2-norm and by J in the 1-norm. Scores are whole numbers of grid
    steps, since totals are, and expected rows are rounded to them. The rows of a group
    move a score one after the other, so by at most one each.

    Parameters
    ----------
    totals : CellTotals
        Of `ColumnCells` or `GroupCells`, and of `RowCounts` or the `TargetParts` of
        classes.
    expected : ndarray of float64 of shape (totals.size,)
        Rows of each cell, part by part.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import CellTotals, ColumnCells, RowCounts, TableGaps
    >>> from skprivate.rows import DerivedColumns
    >>> totals = CellTotals(ColumnCells(np.array([2]), ((0,),)), RowCounts())
    >>> query = TableGaps(totals, np.array([0.5, 0.5]))
    >>> rows = DerivedColumns(np.array([[1]], np.uint8), np.zeros((1, 1)))
    >>> (query.scores(query(rows, None, np.empty(0))) * query.step).tolist()
    [1.0]
    """

    totals: Query
    expected: np.ndarray
    scored = True
    largest_entry = 2.0**20

    @property
    def width(self) -> int:
        """That of the totals."""
        return self.totals.width

    @property
    def step(self) -> Any:
        """That of the totals."""
        return self.totals.step

    @property
    def bound(self) -> Any:
        """One row moves each score by one: as many as there are tables."""
        return self.totals.bound

    @property
    def l1_bound(self) -> Any:
        """That of the totals."""
        return self.totals.l1_bound

    @property
    def size(self) -> int:
        """Number of tables."""
        return len(self.totals.tables.sizes)

    @property
    def n_totals(self) -> int:
        """Those of the totals, of which scores are made."""
        return self.totals.size

    def problems(self) -> Iterator[Any]:
        """Totals must be counts of rows, and what is expected one of each."""
        totals = self.totals
        if type(totals) is not CellTotals:
            yield "totals are no CellTotals"
            return
        yield from totals.problems()
        if type(totals.tables) not in _TABLES or type(totals.terms) not in _TERMS:
            yield "totals are no counts of rows in cells of columns"
        elif self.expected.shape != (totals.size,):
            yield "what is expected is not one number for each total"
        elif not all(
            table.sum() <= _MOST_EXPECTED
            for table in totals.by_table(np.abs(self.expected))
        ):
            yield "what is expected is too large"

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        return self.totals(X, y, weight)

    def scores(self, total: Any) -> np.ndarray:
        """Scores of the tables, in grid steps."""
        total = np.asarray(total)
        gaps = np.abs(total - np.rint(self.expected / self.step).astype(total.dtype))
        return np.array([table.sum() for table in self.totals.by_table(gaps)])
