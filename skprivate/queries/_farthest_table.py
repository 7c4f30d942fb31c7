"""Which table a model is farthest from: scores of a private choice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.queries._table_gaps import TableGaps

_MOST_TAKEN = 2.0**40


@dataclass(frozen=True, eq=False)
class FarthestTable(Query):
    """For each table, how far its counts are from what was expected, less a number.

    **Guarantee.** A row moves no :class:`TableGaps` by more than one, up or down: what
    is taken off is known before, from public facts and released answers, so it moves
    nothing. Some scores go up with a row while others go down, so they are not
    monotone, and are not priced as if they were. Scores are whole numbers of grid
    steps, since gaps are, and what is taken off is rounded to them.

    Parameters
    ----------
    gaps : TableGaps
    taken_off : ndarray of float64 of shape (n_tables,)
        Rows by which each table is worth less than its gap.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import CellTotals, ColumnCells, FarthestTable
    >>> from skprivate.queries import RowCounts, TableGaps
    >>> totals = CellTotals(ColumnCells(np.array([2]), ((0,),)), RowCounts())
    >>> query = FarthestTable(TableGaps(totals, np.zeros(2)), np.array([1.0]))
    >>> (query.scores(np.array([2**20, 2**21])) * query.step).tolist()
    [2.0]
    """

    gaps: Query
    taken_off: np.ndarray
    norm = np.inf
    bound = 1.0

    @property
    def width(self) -> int:
        """That of the gaps."""
        return self.gaps.width

    @property
    def step(self) -> Any:
        """That of the gaps."""
        return self.gaps.step

    @property
    def size(self) -> int:
        """Number of tables."""
        return self.gaps.size

    @property
    def n_totals(self) -> int:
        """Those of the totals, of which scores are made."""
        return self.gaps.n_totals

    def problems(self) -> Iterator[Any]:
        """There must be gaps, and one number for each of them."""
        if type(self.gaps) is not TableGaps:
            yield "gaps are no TableGaps"
            return
        yield from self.gaps.problems()
        if self.taken_off.shape != (self.size,):
            yield "what is taken off is not one number for each table"
        elif not (np.abs(self.taken_off) <= _MOST_TAKEN).all():
            yield "what is taken off is too large"

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        return self.gaps(X, y, weight)

    def scores(self, total: Any) -> Any:
        """Scores of the tables, in grid steps."""
        found = self.gaps.scores(total)
        return found - np.rint(self.taken_off / self.step).astype(found.dtype)
