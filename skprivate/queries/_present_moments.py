"""Moments and cells of the values that are there, where others are missing."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Box, Query
from skprivate.mechanisms import root_above
from skprivate.queries._cells import DyadicCells
from skprivate.queries._moments import BITS, means_and_variances
from skprivate.queries._present import total_of_present


@dataclass(frozen=True, eq=False)
class PresentDyadicCells(DyadicCells):
    """Number of rows in every dyadic part, of the values that are there.

    A row adds one to at most one cell of each level and column, as with all values
    there.
    """

    missing: float = np.nan

    def __call__(self, X, y, weight):
        return total_of_present(super().__call__, X, y, weight, self.missing)


@dataclass(frozen=True, eq=False)
class PresentMoments(Query):
    """For each column, ``(1, z, 2 z ** 2 - 1)`` summed over the values that are there.

    A count gets twice the noise of the two sums, of which the squares have a sum of at
    most 2 (see :class:`~skprivate.queries.Moments`). Divided by that, a row adds at
    most ``(1/2, z, 2 z ** 2 - 1)`` for each column: a 2-norm of at most ``sqrt(2.25
    d)`` and a 1-norm of at most ``2.5 d``. On the grid one is ``2 ** 17`` steps and the
    others are whole numbers of steps, at most as many; a weight in [0, 1] and rounding
    make none longer.

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
        """A quarter and two in square for each column."""
        return root_above(2.25 * self.box.n_features)

    @property
    def l1_bound(self):
        """A half and two for each column."""
        return 2.5 * self.box.n_features

    @property
    def size(self):
        """Three values for each column."""
        return 3 * self.box.n_features

    @property
    def weights(self):
        """Noise of counts and sums, relative to that of the sums."""
        return np.tile([2.0, 1.0, 1.0], (self.box.n_features, 1))

    def __call__(self, X, y, weight):
        return total_of_present(self._sums, X, y, weight, self.missing)

    def _sums(self, X, y, weight):
        """The same, of values that are all there."""
        from skprivate.kernels import moments

        no_codes = np.empty(0, np.int32)
        totals = moments(X, self.box.array, weight, no_codes, 1, self.box.one)[0]
        sums, squares = np.split(totals[1:], 2)
        return np.stack([np.full_like(sums, totals[0]), sums, squares], axis=1)


def moments_of_present(answer):
    """Counts, means and variances of ``z`` of each column.

    Parameters
    ----------
    answer : ndarray of shape (n_features, 3)
        A release of :class:`PresentMoments`.

    Returns
    -------
    counts, means, variances : ndarray of shape (n_features,)
        As :func:`means_and_variances` returns them.
    """
    counts, means, variances = means_and_variances(answer)
    return counts, means[:, 0], variances[:, 0]
