"""Bins of all columns of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from skprivate._typing import TableLike
from skprivate.binning._columns import CategoryBins, NumberBins
from skprivate.binning._ones import ones_at
from skprivate.rows import Frozen


@dataclass(frozen=True, eq=False)
class Bins(Frozen):
    """Bins of each column of a table: from rows to codes.

    Codes of a column are 0, 1, ...; the last one is that of missing values.

    **Guarantee.** A code is a function of one value, of public facts and of released
    answers (:class:`NumberBins`, :class:`CategoryBins`): the same for a dense row, a
    sparse one, and in any company.

    Parameters
    ----------
    columns : tuple of NumberBins or CategoryBins

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import Bins
    >>> bins = Bins.of_edges([[0.0], [1.0, 2.0]])
    >>> bins.codes(np.array([[-1.0, 1.5], [0.0, np.nan]])).tolist()
    [[0, 1], [1, 3]]
    >>> bins.n_codes.tolist(), bins.offsets.tolist()
    ([3, 4], [0, 3])
    """

    columns: tuple

    @classmethod
    def of_edges(cls, edges: Sequence[ArrayLike]) -> Self:
        """Bins of numbers.

        Parameters
        ----------
        edges : sequence of array-like
            Inner edges of each column.
        """
        return cls(tuple(NumberBins(np.array(e, dtype=np.float64)) for e in edges))

    @classmethod
    def within(cls, geometry: Any, n_bins: int) -> Self:
        """Equally wide bins between public bounds; of codes, each its own.

        Parameters
        ----------
        geometry : Geometry
            With bounds. Columns of codes are taken as categories.
        n_bins : int
            Of numbers; a column of no width has one.
        """
        if geometry.bounds is None:
            raise ValueError("Bins need bounds. Declare them, or search for them.")
        codes = geometry.codes
        low, high = geometry.bounds
        codes = np.zeros(len(low), np.int64) if codes is None else codes
        columns = [
            CategoryBins.of(int(n)) if n else NumberBins(_between(*ends, n_bins))
            for n, *ends in zip(codes, low, high, strict=True)
        ]
        return cls(tuple(columns))

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @cached_property
    def n_codes(self) -> Any:
        """Number of codes of each column, that of missing values included."""
        return _read_only([column.n_codes for column in self.columns])

    @property
    def size(self) -> int:
        """Number of codes of all columns together."""
        return int(self.n_codes.sum())

    @property
    def offsets(self) -> np.ndarray:
        """Number of codes before those of each column."""
        return np.concatenate([[0], np.cumsum(self.n_codes)[:-1]])

    @cached_property
    def categorical(self) -> Any:
        """Which columns are of categories."""
        return _read_only([isinstance(c, CategoryBins) for c in self.columns])

    @property
    def edges(self) -> tuple[Any, ...]:
        """Inner edges of each column; None for categories."""
        return tuple(getattr(column, "edges", None) for column in self.columns)

    @property
    def dtype(self) -> Any:
        """Of codes: of one byte where that is enough."""
        return np.dtype(np.uint8 if self.n_codes.max() <= 2**8 else np.uint16)

    def codes(self, X: TableLike) -> np.ndarray:
        """Codes of rows.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features), CSR tuple or sparse matrix
            Numbers, and codes of categories; missing values are NaN.

        Returns
        -------
        ndarray of uint8 or uint16 of shape (n_rows, n_features)
            Column by column in memory, as kernels read them.
        """
        if isinstance(X, tuple) or sparse.issparse(X):
            return self._sparse_codes(X)
        _check_width(X.shape[1], self.n_features)
        codes = np.empty(X.shape, dtype=self.dtype, order="F")
        left = range(self.n_features)
        if X.flags.c_contiguous and X.dtype in (np.float32, np.float64):
            from skprivate.kernels import write_bins  # numba is loaded at first use

            write_bins(X, self.edges, codes)
            left = np.flatnonzero(self.categorical)
        for j in left:
            codes[:, j] = self.columns[j].codes(X[:, j])
        return codes

    def places(self, codes: np.ndarray) -> Any:
        """Codes as numbers of columns of the one-hot view: ``offsets`` are added."""
        return codes + self.offsets.astype(np.int32)

    def one_hot(self, codes: np.ndarray) -> Any:
        """A column of zeros and ones for each code, as a CSR matrix."""
        return ones_at(self.places(codes), self.size)

    def merged(self, j: Any, groups: Any) -> "Bins":
        """Bins of which some of column ``j`` are one; see :meth:`NumberBins.merged`."""
        columns = list(self.columns)
        columns[j] = columns[j].merged(groups)
        return Bins(tuple(columns))

    def centers(self, low: ArrayLike, high: ArrayLike) -> list[Any]:
        """Middle of each bin of each column, between ends of each column."""
        return [
            column.centers(*ends)
            for column, *ends in zip(self.columns, low, high, strict=True)
        ]

    def inverse(self, codes: np.ndarray, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        """The middles of bins that rows are in; NaN for missing, and for categories."""
        middles = self.centers(low, high)
        return np.column_stack([m[codes[:, j]] for j, m in enumerate(middles)])

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with bins that came from elsewhere."""
        kinds = NumberBins, CategoryBins
        if not isinstance(self.columns, tuple) or not self.columns:
            yield "columns are no tuple, or there are none"
        elif not all(isinstance(column, kinds) for column in self.columns):
            yield "a column has no bins"
        else:
            for column in self.columns:
                yield from column.problems()

    def _sparse_codes(self, X):
        """Column by column: all rows have the code of zero, but for the entries."""
        if isinstance(X, tuple):
            *parts, width = X
            X = sparse.csr_matrix(tuple(parts), shape=(len(parts[2]) - 1, int(width)))
        _check_width(X.shape[1], self.n_features)
        X, codes = X.tocsc(), np.empty(X.shape, dtype=self.dtype, order="F")
        for j, column in enumerate(self.columns):
            codes[:, j] = column.codes(np.zeros(1))[0]
            entries = slice(X.indptr[j], X.indptr[j + 1])
            codes[X.indices[entries], j] = column.codes(X.data[entries])
        return codes


def _read_only(values):
    array = np.array(values)
    array.flags.writeable = False
    return array


def _check_width(width, n_features):
    if width != n_features:
        raise ValueError(
            f"X has {width} columns, and there are bins of {n_features}. Give the "
            "columns that the bins are of."
        )


def _between(low, high, n_bins):
    """Inner edges of equally wide bins; halves, since a range may overflow."""
    return np.unique(2.0 * np.linspace(low / 2, high / 2, n_bins + 1))[1:-1]
