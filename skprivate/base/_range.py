"""A private search for the range of each column, over all magnitudes of a float."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from skprivate.base._query import Query
from skprivate.mechanisms import root_above

_SMALLEST, _LARGEST = -20, 40  # exponents of two: one millionth to one trillion
_FALSE_ALARMS = 1e-6  # chance that noise alone widens the range of any column


@dataclass(frozen=True)
class ValueCells(Query):
    """Number of rows in each power-of-two cell of the values of each column.

    A row adds one to a single cell of each column, so the 2-norm of its contribution is
    ``sqrt(n_columns)`` and the 1-norm ``n_columns``.
    """

    n_columns: int
    target: bool = False

    @property
    def width(self):
        """Number of columns of the features; the target is one whatever they are."""
        return None if self.target else self.n_columns

    def problems(self):
        """There is one target."""
        if self.target and self.n_columns != 1:
            yield "there is only one target"

    @property
    def bound(self):
        """Square root of the number of columns: one cell of each is touched."""
        return root_above(self.n_columns)

    @property
    def l1_bound(self):
        """One cell of each column is touched."""
        return float(self.n_columns)

    @property
    def size(self):
        """Number of cells of all columns."""
        return self.n_columns * len(_edges()[0])

    @property
    def name(self):
        """Values of the features, or of the target."""
        return "TargetValueCells" if self.target else "ValueCells"

    def __call__(self, X, y, weight):
        from skprivate.kernels import magnitude_histogram

        if self.target:
            X = np.ascontiguousarray(y, dtype=np.float64).reshape(-1, 1)
        return magnitude_histogram(X, weight, 1 / self.step, _SMALLEST, _LARGEST - 1)


def range_of_cells(counts, deviation):
    """Ends of the cells that hold more rows than noise explains.

    Parameters
    ----------
    counts : ndarray of shape (n_columns, n_cells)
        Noisy numbers of rows.
    deviation : float
        Standard deviation of their noise.

    Returns
    -------
    low, high : ndarray of shape (n_columns,)
        ``(-1, 1)`` for a column where no cell stands out: with so few rows, or so small
        a budget, nothing can be said.
    """
    lower, upper = _edges()
    counts = counts.reshape(-1, len(lower))
    threshold = deviation * sqrt(2 * log(counts.size / _FALSE_ALARMS))
    full = counts > threshold
    found = full.any(axis=1)
    first, last = full.argmax(axis=1), full.shape[1] - 1 - full[:, ::-1].argmax(axis=1)
    return np.where(found, lower[first], -1.0), np.where(found, upper[last], 1.0)


def norm_that_most_have(counts, deviation, share=0.9):
    """A length that about this share of the rows does not exceed.

    Parameters
    ----------
    counts : ndarray
        Noisy numbers of rows by the cell of their norm.
    deviation : float
        Standard deviation of their noise.
    share : float, default=0.9

    Returns
    -------
    float
        One where no cell stands out.
    """
    upper = _edges()[1]
    threshold = deviation * sqrt(2 * log(counts.size / _FALSE_ALARMS))
    seen = np.where((counts.ravel() > threshold) & (upper > 0), counts.ravel(), 0.0)
    seen = seen.cumsum()
    if seen[-1] <= 0:
        return 1.0
    return float(upper[np.argmax(seen >= share * seen[-1])])


def _edges():
    """Lower and upper ends of the cells, by increasing value; one cell is zero.

    The outermost cells also hold what lies beyond them.
    """
    powers = 2.0 ** np.arange(_SMALLEST, _LARGEST + 1)
    smaller, larger = powers[:-1], powers[1:]
    lower = np.concatenate([-larger[::-1], [0.0], smaller])
    upper = np.concatenate([-smaller[::-1], [0.0], larger])
    return lower, upper
