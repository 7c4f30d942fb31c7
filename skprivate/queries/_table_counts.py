"""How many values a table lacks, and how many it has of each category."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from skprivate.base import Query
from skprivate.mechanisms import root_above


@dataclass(frozen=True)
class MissingValues(Query):
    """Number of rows without a value, in each column.

    A row adds one, or its weight, to the columns where its value is missing, which is
    NaN: a 2-norm of at most ``sqrt(n_columns)`` and a 1-norm of at most ``n_columns``.
    A row with infinity adds nothing.

    Parameters
    ----------
    n_columns : int
        Number of columns.
    """

    n_columns: int

    @property
    def width(self):
        """Number of columns."""
        return self.n_columns

    @property
    def bound(self):
        """One for each column."""
        return root_above(self.n_columns)

    @property
    def l1_bound(self):
        """One for each column."""
        return float(self.n_columns)

    @property
    def size(self):
        """One for each column."""
        return self.n_columns

    def __call__(self, X, y, weight):
        missing = np.isnan(X) & ~np.isinf(X).any(axis=1)[:, None]
        return _rounded_weights(weight, len(X), 1 / self.step) @ missing


@dataclass(frozen=True)
class CategoryCounts(Query):
    """Number of rows of each category, in each column, from codes.

    Category ``c`` of a column is the value ``c``; all that is not below the number of
    categories, or not a whole number of at least zero, counts as one more category at
    the end. A row adds one, or its weight, to at most one cell of each column, and to
    none where its value is missing, which is NaN: a 2-norm of at most
    ``sqrt(n_columns)``, a 1-norm of at most ``n_columns``.

    Parameters
    ----------
    sizes : tuple of int
        Number of categories of each column.
    """

    sizes: tuple

    @property
    def width(self):
        """Number of columns."""
        return len(self.sizes)

    def problems(self):
        """Sizes are numbers of categories."""
        if not all(isinstance(n, Integral) and n >= 0 for n in self.sizes):
            yield "sizes are no whole numbers"

    @property
    def bound(self):
        """One cell of each column is touched."""
        return root_above(len(self.sizes))

    @property
    def l1_bound(self):
        """One cell of each column is touched."""
        return float(len(self.sizes))

    @property
    def size(self):
        """A cell for each category, and one more for each column."""
        return sum(self.sizes) + len(self.sizes)

    def __call__(self, X, y, weight):
        if not len(weight):
            counts = self._counts_of_whole(X)
            if counts is not None:
                return counts / self.step
        ones = _rounded_weights(weight, len(X), 1 / self.step)
        finite = ~np.isinf(X).any(axis=1)
        counts = []
        for values, n in zip(X.T, self.sizes, strict=True):
            there = finite & ~np.isnan(values)
            code = values[there]
            known = (code >= 0) & (code < n) & (code == np.floor(code))
            cells = np.where(known, code, n).astype(np.intp)
            counts.append(np.bincount(cells, ones[there], minlength=n + 1))
        return np.concatenate(counts)

    def _counts_of_whole(self, X):
        """Counts of rows of codes alone, all columns at once; None if others occur."""
        sizes = np.array(self.sizes)
        with np.errstate(invalid="ignore"):  # of what is no number, which is not equal
            cells = X.astype(np.int64)
        if not (cells == X).all():
            return None
        np.copyto(cells, sizes, where=(cells < 0) | (cells > sizes))
        cells += np.cumsum(sizes + 1) - sizes - 1
        return np.bincount(cells.ravel(), minlength=self.size).astype(np.float64)


def _rounded_weights(weight, n_rows, one):
    """Weights in grid steps, as float64: all sums of them are exact."""
    if len(weight) == 0:
        return np.full(n_rows, one)
    return np.rint(one * weight)
