"""Sums over the values that are there, column by column, where others are missing.

Kernels add nothing for a row with a value that is not finite. In a table most rows lack
some value, and yet say much in their other columns. So here a row adds nothing to a
column where its value is missing, and to the others what it would add if none were.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from skprivate.base import Box, Query
from skprivate.base._range import ValueCells
from skprivate.queries._intervals import IntervalTree
from skprivate.queries._moments import BITS


def total_of_present(query, X, y, weight, missing=np.nan):
    """What ``query`` returns if values that equal ``missing`` add nothing.

    ``query(X, y, weight)`` must be an exact sum over rows with one entry of its first
    axis for each column of ``X``, of which entry ``j`` depends on column ``j`` only;
    ``y`` is not used.

    **Guarantee.** A row adds to column ``j`` what it adds with zeros for its missing
    values, minus the same integers if it lacks column ``j``, which is zero exactly. So
    its contribution is a part of one that ``query`` bounds, and zero if some value
    that is not missing is not finite.
    """
    absent = is_missing(X, missing)
    if not absent.any():
        return query(X, y, weight)
    filled = np.where(absent, X.dtype.type(0), X)
    total = query(filled, y, weight)
    # A row that is not finite has added nothing that could be taken away again.
    absent &= np.isfinite(filled).all(axis=1)[:, None]
    if weight.size == 0:
        n_absent = np.count_nonzero(absent, axis=0)
        of_one = query(np.zeros((1, X.shape[1])), y, weight)
        return total - of_one * n_absent.reshape(-1, *[1] * (total.ndim - 1))
    for column in np.flatnonzero(absent.any(axis=0)):
        rows = absent[:, column]
        zeros = np.zeros((np.count_nonzero(rows), X.shape[1]))
        total[column] -= query(zeros, y, weight[rows])[column]
    return total


def is_missing(X, missing):
    """Which values equal ``missing``, where NaN equals NaN."""
    return np.isnan(X) if np.isnan(missing) else np.equal(X, missing)


@dataclass(frozen=True)
class PresentCells(ValueCells):
    """Number of rows in each power-of-two cell, of the values that are there.

    A row adds one to at most one cell of each column, as with all values there.
    """

    missing: float = np.nan

    def __call__(self, X, y, weight):
        return total_of_present(super().__call__, X, y, weight, self.missing)


@dataclass(frozen=True, eq=False)
class PresentIntervals(IntervalTree):
    """Number of rows between ascending edges, of the values that are there.

    A row adds one to at most one count of each level and column, as with all values
    there.
    """

    missing: float = np.nan

    def __call__(self, X, y, weight):
        return total_of_present(super().__call__, X, y, weight, self.missing)


@dataclass(frozen=True, eq=False)
class PresentSums(Query):
    """Number and sum of ``z`` of the values that are there, in each column.

    A count gets ``sqrt(2)`` times the noise of a sum. Divided by that, a row adds at
    most ``(1 / sqrt(2), 1)`` for each column: a 2-norm of at most ``sqrt(1.5 d)`` and a
    1-norm of at most ``(1 + sqrt(1 / 2)) d``. On the grid one is ``2 ** 17`` steps and
    ``z`` a whole number of steps, at most as many; a weight in [0, 1] and rounding make
    neither longer.

    Parameters
    ----------
    box : Box
        From :meth:`Box.between` with ``bits`` of 17.
    missing : float, default=NaN
        What stands for a value that is not there.
    """

    box: Box
    missing: float = np.nan
    step = 2.0**-BITS

    @property
    def bound(self):
        """One and a half in square for each column."""
        return sqrt(1.5 * self.box.n_features)

    @property
    def l1_bound(self):
        """A count and a sum for each column."""
        return (1 + sqrt(0.5)) * self.box.n_features

    @property
    def size(self):
        """Two values for each column."""
        return 2 * self.box.n_features

    @property
    def weights(self):
        """Noise of counts and sums, relative to that of the sums."""
        return np.tile([sqrt(2.0), 1.0], (self.box.n_features, 1))

    def __call__(self, X, y, weight):
        return total_of_present(self._sums, X, y, weight, self.missing)

    def _sums(self, X, y, weight):
        """The same, of values that are all there."""
        from skprivate.kernels import moments

        no_codes = np.empty(0, np.int32)
        totals = moments(X, self.box.array, weight, no_codes, 1, self.box.one)[0]
        sums = totals[1 : self.box.n_features + 1]
        return np.stack([np.full_like(sums, totals[0]), sums], axis=1)
