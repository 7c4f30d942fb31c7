"""Numbers that belong to cells, looked up by rows: terms of a model, and scores."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.binning._maps import array_problems
from skprivate.queries._cell_tables import ColumnCells, GroupCells
from skprivate.queries._views import OfOther
from skprivate.rows import DerivedColumns, Frozen, refused

_TABLES = ColumnCells, GroupCells
_BLOCK_ROWS = 2**13  # a number for each column: they stay in the cache


@dataclass(frozen=True, eq=False)
class AddCellTerms(Frozen):
    """Add to each margin a number for the cell of each table: terms of any order.

    Terms of a row are added in the order of tables, whatever the other rows.

    Parameters
    ----------
    tables : ColumnCells or GroupCells
    values : ndarray of float64 of shape (n_cells, n_margins)
        Of all tables, one after another; released.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import AddCellTerms, ColumnCells
    >>> from skprivate.rows import DerivedColumns
    >>> tables = ColumnCells(np.array([2, 2]), ((0,), (0, 1)))
    >>> columns = DerivedColumns(np.array([[1, 0]], np.uint8), np.zeros((1, 1)))
    >>> terms = AddCellTerms(tables, np.arange(6.0)[:, None])
    >>> terms(columns).margins.tolist()
    [[5.0]]
    """

    tables: object
    values: np.ndarray

    def __call__(self, columns: Any) -> Any:
        added = self.tables.added(columns.codes, self.values, columns.margins)
        if added is not None:
            return replace(columns, margins=added)
        for term in self.terms(columns.codes):
            columns = columns.plus(term)
        return columns

    def terms(self, codes: np.ndarray) -> Iterator[Any]:
        """What each table adds to the margins of each row, one after another."""
        start = 0
        cells = self.tables(codes)
        for j, size in enumerate(self.tables.sizes):
            place = np.minimum(cells[:, j].astype(np.intp), size - 1)
            yield self.values[start + place]
            start += size

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if type(self.tables) not in _TABLES:
            yield "there are no tables of columns"
        else:
            yield from array_problems(self.values, 2, int(self.tables.sizes.sum()))

    def misfits(self, n_codes: ArrayLike, n_margins: int) -> Iterator[Any]:
        """Yield why it cannot be added to margins of such codes."""
        if not np.array_equal(self.tables.n_codes, n_codes):
            yield "terms are of other bins"
        elif self.values.shape[1] != n_margins:
            yield "there is not one term for each margin"


@dataclass(frozen=True, eq=False)
class OfScores(OfOther):
    """A query that is asked about scores of the codes of a row.

    Each column of codes becomes ``k`` columns: numbers that belong to its code.

    **Guarantee.** Scores of a row are a function of its codes and of numbers that are
    public or released. So what it can add is what ``query`` says. A row with a margin
    that is not finite has NaN for its scores, and so adds nothing.

    Parameters
    ----------
    query : Query
        Of so many columns as there are codes, times ``k``.
    tables : ColumnCells
        With a table for each column.
    values : ndarray of float64 of shape (n_cells, k)
        Scores of the codes of all columns, one after another.
    """

    tables: object
    values: np.ndarray

    def check(self, n_features: int) -> None:
        """Check the query for as many columns as there are scores."""
        super().check(n_features)
        self.query.check(n_features * self.values.shape[1])

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return len(self.tables.n_codes)

    def problems(self) -> Iterator[Any]:
        """There must be a number for each code of each column."""
        if type(self.tables) is not ColumnCells:
            yield "there are no tables of columns"
        elif self.tables.terms != tuple((j,) for j in range(self.width)):
            yield "there is not one table for each column"
        elif self.values.shape[:1] != (int(self.tables.sizes.sum()),):
            yield "there is not one number for each code"
        elif self.values.ndim != 2 or not self.values.size:
            yield "there are no scores"

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        if not isinstance(X, DerivedColumns):
            raise refused(
                TypeError, "OfScores is about derived columns. Ask it in an OfView."
            )
        total = 0.0
        for start in range(0, max(len(X), 1), _BLOCK_ROWS):
            rows = slice(start, start + _BLOCK_ROWS)
            target = None if y is None else y[rows]
            block = DerivedColumns(X.codes[rows], X.margins[rows])
            total = total + self.query(self._scores(block), target, weight[rows])
        return total

    def _scores(self, X):
        """Scores of the rows of a block."""
        sizes = self.tables.sizes
        codes = np.minimum(X.codes.astype(np.intp), sizes - 1)
        places = codes + (np.cumsum(sizes) - sizes)
        width = self.width * self.values.shape[1]
        scores = self.values[places].reshape(len(codes), width)
        scores[~np.isfinite(X.margins).all(axis=1)] = np.nan  # adds nothing, as there
        return np.ascontiguousarray(scores)
