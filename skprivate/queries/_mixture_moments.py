"""Moments of the components of a mixture: rows count for each as far as they are its.

What a row is to the components, its *responsibilities*, are not negative and add up to
one. They follow from the row and from what was released: means, and matrices that take
differences from a mean to units in which the component is a sphere of variance one.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from skprivate.base import Box, Query, log_probabilities
from skprivate.base._products import row_products
from skprivate.mechanisms import above, root_above
from skprivate.queries._second_moments import SecondMoments

FULL, TIED, DIAGONAL = range(3)
_ROOM = 1 - 2.0**-40  # so that rounded responsibilities add up to less than one


@dataclass(frozen=True, eq=False)
class MixtureMoments(Query):
    """For each component the triangle of the sum of ``r v v'``, ``v = (z, 1)``.

    ``z`` is the row in the units of the component, each value of it cut to ``reach``;
    ``r`` is its responsibility. A *tied* answer has one triangle for the sum of the
    blocks of ``z z'`` of all components, and then for each the border ``r v``. A
    *diagonal* one leaves out products of different features.

    **Guarantee.** Each ``v`` is shortened to ``row_bound``, so that the norm of
    ``r v v'`` is at most ``r row_bound**2``, where entries off the diagonal count
    ``sqrt(2)`` times, as in :class:`SecondMoments`. Responsibilities are not negative
    and add up to one at most, hence so do their squares: all components together have
    a norm of at most ``row_bound**2``. On the grid, a row of weight ``w r`` adds
    ``u u'`` for a vector of integers no longer than ``sqrt(w r)`` times the row, value
    by value, but for a few parts in ``2**52``; responsibilities add up to
    ``1 - 2**-40``, which leaves more room than that.

    Tied: the norm of the sum of the blocks is at most ``sum r |z|**2 <= max |z|**2``,
    and the borders add ``2 r**2 |z|**2 + r**2`` in square: together no more than
    ``max (|z|**2 + 1)**2``, the same bound.

    Diagonal: what is left of ``v v'`` has ``sum z**4 + 2 |z|**2 + 1`` in square at most
    (the last value of ``v`` is no larger than one), and ``z**4 <= reach**2 z**2``: so
    ``(reach**2 + 2) row_bound**2 + 1`` is a bound, too, and less for many features. Its
    1-norm is at most ``|z|**2 + sqrt(2) |z|_1 + 1``.

    The 1-norm is at most ``sum r |v|_1**2 <= (d + 1) row_bound**2`` in all cases.

    Parameters
    ----------
    low, high : ndarray of shape (n_features,)
        Values outside are moved to the nearest end.
    means : ndarray of shape (n_components, n_features)
    whites : ndarray of shape (n_components, n_features, n_features)
        What differences from the mean are multiplied by, from the right; or the
        diagonals, of shape (n_components, n_features).
    logs : ndarray of shape (n_components,)
        Logarithms of the weights of components, and of their densities at the mean.
    sharpness : float
        Multiplies squared distances in responsibilities: one for those of the mixture,
        more for harder ones.
    row_bound : float
        Norm to which ``v`` is shortened.
    reach : float
        Largest value of ``z``.
    structure : int
        `FULL`, `TIED` or `DIAGONAL`.
    """

    low: np.ndarray
    high: np.ndarray
    means: np.ndarray
    whites: np.ndarray
    logs: np.ndarray
    sharpness: float
    row_bound: float
    reach: float
    structure: int = FULL

    @property
    def width(self):
        """A column for each feature."""
        return len(self.low)

    @property
    def n_components(self):
        """Number of components."""
        return len(self.means)

    def problems(self):
        """Fields are of one mixture, and the grid is one on which squares are exact."""
        k, d = len(self.logs), len(self.low)
        if not (k and d) or self.logs.ndim != 1 or self.low.ndim != 1:
            yield "there is no component, or no feature"
        elif self.high.shape != (d,) or not (self.low <= self.high).all():
            yield "bounds are not ascending, or of other features"
        elif self.means.shape != (k, d) or self.whites.shape not in ((k, d), (k, d, d)):
            yield "means or whites are not one of each component"
        elif self.sharpness < 0 or self.structure > DIAGONAL:
            yield "sharpness is negative, or structure is none"
        elif not (2.0**-8 <= self.row_bound <= 2.0**12 and 1 <= self.reach <= 2.0**14):
            yield "row_bound or reach are too short, or too long"
        elif self.box.bits < 1:
            yield "there are too many features for squares that are exact"

    @cached_property
    def box(self):
        """Box of the rows in the units of any component."""
        d = len(self.low)
        room = 52 - np.log2((d + 1) * self.reach**2)
        bits = int(min(SecondMoments.bits(self.row_bound), room // 2))
        return Box.around_ball(d, self.reach, 1.0, bits)

    @property
    def _triangle(self):
        return np.triu_indices(self.width + 1)

    @cached_property
    def _places(self):
        """Places in a triangle of what all components share, and of what each has."""
        rows, columns = self._triangle
        border = columns == self.width
        if self.structure == TIED:
            return np.flatnonzero(~border), np.flatnonzero(border)
        if self.structure == DIAGONAL:
            border |= rows == columns
            return np.empty(0, np.intp), np.flatnonzero(border)
        return np.empty(0, np.intp), np.arange(len(rows))

    @property
    def size(self):
        """What is shared, and what each component has."""
        shared, own = self._places
        return len(shared) + self.n_components * len(own)

    @property
    def step(self):
        """Product of two steps of the box."""
        return self.box.one**-2

    @property
    def bound(self):
        """Square of the length of a row, or less if only the diagonal is asked for."""
        square = Fraction(self.row_bound) ** 2
        if self.structure == DIAGONAL:
            of_diagonal = (Fraction(self.reach) ** 2 + 2) * square + 1
            return root_above(min(square**2, of_diagonal))
        return above(square)

    @property
    def l1_bound(self):
        """Square of the largest 1-norm of a row (Cauchy-Schwarz), or as above."""
        length = Fraction(self.row_bound)
        most = (self.width + 1) * length**2
        if self.structure == DIAGONAL:
            border = Fraction(root_above(2 * self.width)) * length
            most = min(most, length**2 + border + 1)
        return above(most)

    @cached_property
    def weights(self):
        """Noise of each entry, relative to the diagonal."""
        rows, columns = self._triangle
        one = np.where(rows == columns, 1.0, root_above(0.5))
        shared, own = self._places
        return np.concatenate([one[shared], np.tile(one[own], self.n_components)])

    def matrices(self, answer):
        """The noisy matrices of an answer: sums of ``r v v'`` of each component.

        Where they are tied, all have the sum of the blocks; what was not asked for is
        zero.
        """
        shared, own = self._places
        rows, columns = self._triangle
        triangles = np.zeros((self.n_components, len(rows)))
        triangles[:, shared] = answer[: len(shared)]
        triangles[:, own] = answer[len(shared) :].reshape(self.n_components, -1)
        full = np.zeros((self.n_components, self.width + 1, self.width + 1))
        full[:, rows, columns] = triangles
        full[:, columns, rows] = triangles
        return full

    def _parts(self, X):
        """For each component: rows in its units, and responsibilities.

        A row that is not finite, as it is or in these units, has none.
        """
        X = np.ascontiguousarray(X, dtype=np.float64)
        finite = np.isfinite(X).all(axis=1)
        X = np.clip(np.where(finite[:, None], X, self.low), self.low, self.high)
        with np.errstate(all="ignore"):
            rows = [self._whitened(X, k) for k in range(self.n_components)]
            logs = np.empty((len(X), self.n_components))
            for k, own in enumerate(rows):
                squares = np.ascontiguousarray(own * own).sum(axis=1)
                logs[:, k] = self.logs[k] - self.sharpness / 2 * squares
            counts = finite & np.isfinite(logs).all(axis=1)
            logs = np.where(counts[:, None], logs, 0.0)
            part = np.exp(log_probabilities(logs)) * _ROOM
        part = np.where(counts[:, None], part, 0.0)
        return [(own, part[:, k].copy()) for k, own in enumerate(rows)]

    def _whitened(self, X, k):
        apart, white = X - self.means[k], self.whites[k]
        return apart * white if white.ndim == 1 else row_products(apart, white)

    def __call__(self, X, y, weight):
        from skprivate.kernels import second_moments

        box, nothing, (shared, own) = self.box, np.empty(0), self._places
        levels, together, each = self.row_bound * box.one, np.zeros(len(shared)), []
        for z, part in self._parts(X):
            part = part * weight if len(weight) else part
            matrix = second_moments(
                z, nothing, box.array, nothing, part, levels, box.one
            )
            triangle = matrix[self._triangle]
            together += triangle[shared]
            each.append(triangle[own])
        return np.concatenate([together, *each])
