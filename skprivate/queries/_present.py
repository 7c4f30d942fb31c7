"""Sums over the values that are there, column by column, where others are missing.

Kernels add nothing for a row with a value that is not finite. In a table most rows lack
some value, and yet say much in their other columns. So here a row adds nothing to a
column where its value is missing, and to the others what it would add if none were.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from skprivate.base import Box, Query
from skprivate.base._range import ValueCells, search_ranges
from skprivate.mechanisms import above, root_above
from skprivate.queries._intervals import IntervalTree
from skprivate.queries._moments import BITS

_FEW = 64


def total_of_present(query, X, y, weight, missing=np.nan):
    """What ``query`` returns if values that equal ``missing`` add nothing.

    ``query(X, y, weight)`` must be an exact sum over rows with one entry of its first
    axis for each column of ``X``, of which entry ``j`` depends on column ``j`` only;
    ``y`` is not used. A sparse ``X`` lacks the values that are stored as NaN.

    **Guarantee.** A row adds to column ``j`` what it adds with zeros for its missing
    values, minus the same integers if it lacks column ``j``, which is zero exactly. So
    its contribution is a part of one that ``query`` bounds, and zero if some value
    that is not missing is not finite.

    Where no value is NaN, rows are read once: kernels tell whether they met any.
    """
    if np.isnan(missing) and not np.isnan(_first_values(X)).any():
        total = _total_if_finite(query, X, y, weight)
        if total is not None:
            return total
    filled, gaps = _filled(X, missing)
    total = query(filled, y, weight)
    n_features = len(total)
    if weight.size == 0:
        of_one = query(np.zeros((1, n_features)), y, weight)
        return total - of_one * gaps.counts.reshape(-1, *[1] * (total.ndim - 1))
    for column in np.flatnonzero(gaps.counts):
        given = weight[gaps.rows(column)]
        zeros = np.zeros((len(given), n_features))
        total[column] -= query(zeros, y, given)[column]
    return total


def _first_values(X):
    """Some values: if one of them is NaN, kernels need not be asked whether any is."""
    return X[0][:_FEW] if isinstance(X, tuple) else X[:_FEW]


def _total_if_finite(query, X, y, weight):
    """What ``query`` returns, or None if kernels met a row that is not finite."""
    from skprivate.kernels import finite_watch
    from skprivate.kernels._watch import tell

    n_features = int(X[3]) if isinstance(X, tuple) else X.shape[1]
    with finite_watch(n_features) as all_finite:
        total = query(X, y, weight)
    if not all_finite():
        return None
    tell(n_features, np.zeros(1))  # for the door, which listens, too
    return total


@dataclass(frozen=True, eq=False)
class _Gaps:
    """Where values are missing.

    Attributes
    ----------
    counts : ndarray of shape (n_features,)
        Number of missing values in each column.
    rows : callable
        From a column to the rows where its value is missing: a mask, or indices.
    """

    counts: np.ndarray
    rows: Callable


def _filled(X, missing):
    """Rows with zeros for what is missing, and where that is.

    A row that is not finite even so is not among them: it adds nothing that could be
    taken away again.
    """
    if not isinstance(X, tuple):
        absent = is_missing(X, missing)
        filled = X.copy()
        np.copyto(filled, 0, where=absent)
        with np.errstate(all="ignore"):  # a sum is quick, and mostly says it all
            surely_finite = np.isfinite(filled.sum())
        if not surely_finite:
            absent &= np.isfinite(filled).all(axis=1)[:, None]
        # Products with ones are exact below 2**53, and faster than counting.
        counts = np.ones(len(absent)) @ absent.astype(np.float64)
        return filled, _Gaps(counts, lambda column: absent[:, column])
    data, columns, indptr, n_features = X
    absent = is_missing(data, missing)
    filled = np.where(absent, data.dtype.type(0), data)
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    odd = np.zeros(len(indptr) - 1, bool)
    odd[rows[~np.isfinite(filled)]] = True
    absent &= ~odd[rows]
    rows, of_column = rows[absent], columns[absent]
    counts = np.bincount(of_column, minlength=n_features)
    filled = filled, columns, indptr, n_features
    return filled, _Gaps(counts, lambda column: rows[of_column == column])


def is_missing(X, missing):
    """Which values of an array equal ``missing``, where NaN equals NaN."""
    return np.isnan(X) if np.isnan(missing) else np.equal(X, missing)


def bounds_of_present(curator, bounds, *, share, missing=np.nan):
    """As :meth:`Curator.bounds`, where values may be missing.

    Parameters
    ----------
    curator : Curator
        Whose rows are meant.
    bounds : tuple (low, high) or "private"
        Bounds that are given, or to be found.
    share : float
        Fraction of the budget for a search.
    missing : float, default=NaN
        What stands for a value that is not there.

    Returns
    -------
    low, high : ndarray of shape (n_features,)
    """
    if not (isinstance(bounds, str) and bounds == "private"):
        return curator.bounds(bounds, share=share)

    def ask(blocks):
        return PresentCells(curator.n_features, blocks=blocks, missing=missing)

    ranges = search_ranges(curator, ask, share=share)
    return ranges.low, ranges.high


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
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The bound is stated for the grid of the box."""
        if self.box.bits != BITS:
            yield f"box has not {BITS} bits"

    @property
    def bound(self):
        """One and a half in square for each column."""
        return root_above(1.5 * self.box.n_features)

    @property
    def l1_bound(self):
        """A count and a sum for each column."""
        return above((1 + Fraction(root_above(0.5))) * self.box.n_features)

    @property
    def size(self):
        """Two values for each column."""
        return 2 * self.box.n_features

    @property
    def weights(self):
        """Noise of counts and sums, relative to that of the sums."""
        return np.tile([root_above(2), 1.0], (self.box.n_features, 1))

    def __call__(self, X, y, weight):
        return total_of_present(self._sums, X, y, weight, self.missing)

    def _sums(self, X, y, weight):
        """The same, of values that are all there."""
        from skprivate.kernels import moments

        no_codes = np.empty(0, np.int32)
        totals = moments(X, self.box.array, weight, no_codes, 1, self.box.one)[0]
        sums = totals[1 : self.box.n_features + 1]
        return np.stack([np.full_like(sums, totals[0]), sums], axis=1)
