"""Maps of rows to derived columns: codes of bins, and sums of terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.binning._bins import Bins
from skprivate.rows import DerivedColumns, Frozen


@dataclass(frozen=True, eq=False)
class BinCodes(Frozen):
    """Codes of rows, and margins to begin with: the first map.

    A row that holds infinity, or in which all values are missing, says nothing: its
    margins are NaN, whatever is added, so that queries leave it out.

    Parameters
    ----------
    bins : Bins
    start : ndarray of float64 of shape (n_margins,)
        Margin of every row; public or released.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import BinCodes, Bins
    >>> columns = BinCodes(Bins.of_edges([[0.5]]), np.zeros(1))(np.ones((2, 1)))
    >>> columns.codes.tolist(), columns.margins.tolist()
    ([[1], [1]], [[0.0], [0.0]])
    """

    bins: Bins
    start: np.ndarray

    def __call__(self, X: TableLike) -> DerivedColumns:
        codes = self.bins.codes(X)
        margins = np.tile(self.start, (len(codes), 1))
        margins[_says_nothing(X)] = np.nan
        return DerivedColumns(codes, margins)

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if not isinstance(self.bins, Bins):
            yield "there are no bins"
        yield from array_problems(self.start, 1)

    def misfits(self, n_features: int) -> Iterator[Any]:
        """Yield why rows of so many columns have no such codes."""
        if self.bins.n_features != n_features:
            yield "there are bins of another number of columns"


@dataclass(frozen=True, eq=False)
class AddTerms(Frozen):
    """Add to each margin a number for the bin of each column: an additive model.

    Terms of a row are added in the order of columns, whatever the other rows.

    Parameters
    ----------
    bins : Bins
    values : ndarray of float64 of shape (bins.size, n_margins)
        One for each code of each column, at ``bins.offsets``; released.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import AddTerms, BinCodes, Bins
    >>> bins = Bins.of_edges([[0.5]])
    >>> columns = BinCodes(bins, np.zeros(1))(np.array([[0.0], [1.0]]))
    >>> AddTerms(bins, np.array([[2.0], [3.0], [0.0]]))(columns).margins.tolist()
    [[2.0], [3.0]]
    """

    bins: Bins
    values: np.ndarray

    def __call__(self, columns: Any) -> Any:
        for j, offset in enumerate(self.bins.offsets):
            places = offset + columns.codes[:, j].astype(np.intp)
            columns = columns.plus(self.values[places])
        return columns

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if not isinstance(self.bins, Bins):
            yield "there are no bins"
        else:
            yield from array_problems(self.values, 2, self.bins.size)

    def misfits(self, n_codes: ArrayLike, n_margins: int) -> Iterator[Any]:
        """Yield why it cannot be added to margins of such codes."""
        if not np.array_equal(self.bins.n_codes, n_codes):
            yield "terms are of other bins"
        elif self.values.shape[1] != n_margins:
            yield "there is not one term for each margin"


def _says_nothing(X):
    """Which rows, dense or CSR, hold infinity, or no value at all."""
    if not isinstance(X, tuple):
        return np.isinf(X).any(axis=1) | np.isnan(X).all(axis=1)
    data, _, starts, width = X
    before = np.zeros((2, len(data) + 1), np.int64)
    np.cumsum([np.isinf(data), np.isnan(data)], axis=1, out=before[:, 1:])
    infinite, missing = np.diff(before[:, starts], axis=1)
    return (infinite > 0) | (missing == width)


def array_problems(array, ndim, length=None):
    """What is wrong with released numbers, as they came from elsewhere."""
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        yield "numbers are no array of float64"
    elif array.ndim != ndim or not array.size or not np.isfinite(array).all():
        yield "numbers are none, not finite, or of another shape"
    elif length not in (None, len(array)):
        yield "there is not one number for each bin"
