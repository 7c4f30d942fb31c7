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
from skprivate.queries._moments import BITS
from skprivate.queries._second_moments import SecondMoments

_ROOM = 1 - 2.0**-40  # so that rounded responsibilities add up to less than one
_BOX = 4.0  # how far from a mean a value reaches, in lengths of the longest row


class _OfComponents(Query):
    """What queries about components share: the rows in the units of each.

    Subclasses have the fields ``low, high, means, whites, logs, sharpness``.
    """

    @property
    def width(self):
        """A column for each feature."""
        return len(self.low)

    @property
    def n_components(self):
        """Number of components."""
        return len(self.means)

    def _field_problems(self):
        k, d = len(self.logs), len(self.low)
        if not (k and d) or self.logs.ndim != 1 or self.low.ndim != 1:
            yield "there is no component, or no feature"
        elif self.high.shape != (d,) or not (self.low <= self.high).all():
            yield "bounds are not ascending, or of other features"
        elif self.means.shape != (k, d) or self.whites.shape != (k, *self._white(d)):
            yield "means or whites are not one of each component"
        elif self.sharpness < 0:
            yield "sharpness is negative"

    def _parts(self, X):
        """For each component: rows in its units, and responsibilities.

        A row that is not finite, as it is or in these units, gets NaN.
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


@dataclass(frozen=True, eq=False)
class MixtureMoments(_OfComponents):
    """For each component the triangle of the sum of ``r v v'``, ``v = (z, 1)``.

    ``z`` is the row in the units of the component, ``r`` its responsibility. With
    ``tied``, the blocks of ``z z'`` of all components are added up: the answer is one
    triangle of these, and then for each component the border ``r v``.

    **Guarantee.** Each ``v`` is shortened to ``row_bound``, so that the norm of
    ``r v v'`` is at most ``r row_bound**2``, where entries off the diagonal count
    ``sqrt(2)`` times, as in :class:`SecondMoments`. Responsibilities are not negative
    and add up to one at most, hence so do their squares: all components together have
    a norm of at most ``row_bound**2``. On the grid, a row of weight ``w r`` adds
    ``u u'`` for a vector of integers no longer than ``sqrt(w r)`` times the row, but
    for a few parts in ``2**52``; responsibilities add up to ``1 - 2**-40``, which
    leaves more room than that.

    Tied: the norm of the sum of the blocks is at most ``sum r |z|**2 <= max |z|**2``,
    and the borders add ``2 r**2 |z|**2 + r**2`` in square: together no more than
    ``max (|z|**2 + 1)**2``, the same bound. The 1-norm is at most
    ``sum r |v|_1**2 <= (d + 1) row_bound**2`` in both cases.

    Parameters
    ----------
    low, high : ndarray of shape (n_features,)
        Values outside are moved to the nearest end.
    means : ndarray of shape (n_components, n_features)
    whites : ndarray of shape (n_components, n_features, n_features)
    logs : ndarray of shape (n_components,)
        Logarithms of the weights of components, and of their densities at the mean.
    sharpness : float
        Multiplies squared distances in responsibilities: one for those of the mixture,
        more for harder ones.
    row_bound : float
        Norm to which ``v`` is shortened.
    tied : int
        Whether the blocks are added up: one or zero.
    """

    low: np.ndarray
    high: np.ndarray
    means: np.ndarray
    whites: np.ndarray
    logs: np.ndarray
    sharpness: float
    row_bound: float
    tied: int = 0

    def _white(self, d):
        return d, d

    def problems(self):
        """Fields are of one mixture, and the grid is one on which squares are exact."""
        yield from self._field_problems()
        if not 2.0**-8 <= self.row_bound <= 2.0**12:
            yield "row_bound is too short, or too long"
        elif self.box.bits < 1:
            yield "there are too many features for squares that are exact"

    @cached_property
    def box(self):
        """Box of the rows in the units of any component."""
        d = len(self.low)
        reach = _BOX * max(self.row_bound, 1.0)
        room = 52 - np.log2((d + 1) * reach**2)
        bits = int(min(SecondMoments.bits(self.row_bound), room // 2))
        return Box.around_ball(d, reach, 1.0, bits)

    @property
    def _triangle(self):
        return np.triu_indices(self.width + 1)

    @cached_property
    def _shared(self):
        """Entries of a triangle that belong to the block."""
        return self._triangle[1] < self.width

    @property
    def size(self):
        """A triangle for each component, or one and the borders."""
        if not self.tied:
            return self.n_components * len(self._shared)
        n_shared = int(self._shared.sum())
        return n_shared + self.n_components * (len(self._shared) - n_shared)

    @property
    def step(self):
        """Product of two steps of the box."""
        return self.box.one**-2

    @property
    def bound(self):
        """Square of the length of a row."""
        return above(Fraction(self.row_bound) ** 2)

    @property
    def l1_bound(self):
        """Square of the largest 1-norm of a row (Cauchy-Schwarz)."""
        return above((self.width + 1) * Fraction(self.row_bound) ** 2)

    @cached_property
    def weights(self):
        """Noise of each entry, relative to the diagonal."""
        rows, columns = self._triangle
        one = np.where(rows == columns, 1.0, root_above(0.5))
        return self._arranged([one] * self.n_components, adding=False)

    def _arranged(self, triangles, *, adding=True):
        """Triangles of all components as an answer."""
        if not self.tied:
            return np.concatenate(triangles)
        shared = [triangle[self._shared] for triangle in triangles]
        block = sum(shared) if adding else shared[0]
        return np.concatenate([block, *(t[~self._shared] for t in triangles)])

    def matrices(self, answer):
        """The noisy matrices of an answer: sums of ``r v v'`` of each component.

        Where they are tied, all have the sum of the blocks.
        """
        size, k = len(self._shared), self.n_components
        triangles = np.empty((k, size))
        if self.tied:
            n_shared = int(self._shared.sum())
            triangles[:, self._shared] = answer[:n_shared]
            triangles[:, ~self._shared] = answer[n_shared:].reshape(k, -1)
        else:
            triangles[:] = answer.reshape(k, size)
        full = np.zeros((k, self.width + 1, self.width + 1))
        rows, columns = self._triangle
        full[:, rows, columns] = triangles
        full[:, columns, rows] = triangles
        return full

    def _whitened(self, X, k):
        return row_products(X - self.means[k], self.whites[k])

    def __call__(self, X, y, weight):
        from skprivate.kernels import second_moments

        box, nothing = self.box, np.empty(0)
        levels, triangles = self.row_bound * box.one, []
        for own, part in self._parts(X):
            part = part * weight if len(weight) else part
            matrix = second_moments(
                own, nothing, box.array, nothing, part, levels, box.one
            )
            triangles.append(matrix[self._triangle])
        return self._arranged(triangles)


@dataclass(frozen=True, eq=False)
class MixtureSpreads(_OfComponents):
    """For each component the sum of ``r (1, z, 2 z**2 - 1)``, feature by feature.

    ``z`` is the row in the units of the component, cut to ``[-reach, reach]`` and
    divided by that; ``r`` is its responsibility.

    **Guarantee.** What follows ``r`` has a norm of at most ``sqrt(1 + 2 d)`` on the
    grid, and a 1-norm of ``1 + 2 d``, as in :class:`Moments`. Responsibilities add up
    to one at most, hence so do their squares, so all components together have no
    more; but each entry is rounded to the nearest integer after it is multiplied, which
    adds half a step at most for each of them.

    Parameters
    ----------
    low, high, means, logs, sharpness
        As for :class:`MixtureMoments`.
    whites : ndarray of shape (n_components, n_features)
        What differences are multiplied by.
    reach : float
        In units of the component.
    """

    low: np.ndarray
    high: np.ndarray
    means: np.ndarray
    whites: np.ndarray
    logs: np.ndarray
    sharpness: float
    reach: float
    step = 2.0**-BITS

    def _white(self, d):
        return (d,)

    def problems(self):
        """Fields are of one mixture."""
        yield from self._field_problems()
        if not 2.0**-100 < self.reach < 2.0**100:
            yield "reach is not positive, or too long"

    @property
    def size(self):
        """A count, sums and squares for each component."""
        return self.n_components * (1 + 2 * self.width)

    @property
    def bound(self):
        """That of a row in one component, and what rounding adds."""
        n_values, half = 1 + 2 * self.width, Fraction(self.step) / 2
        rounding = half * Fraction(root_above(self.n_components * n_values))
        return above(Fraction(root_above(n_values)) + rounding)

    @property
    def l1_bound(self):
        """That of a row in one component, and what rounding adds."""
        n_values, half = 1 + 2 * self.width, Fraction(self.step) / 2
        return above(n_values + half * self.n_components * n_values)

    def _whitened(self, X, k):
        return (X - self.means[k]) * self.whites[k]

    def __call__(self, X, y, weight):
        from skprivate.kernels import moments

        end = np.full(self.width, self.reach)
        box, answers = Box.between(-end, end, BITS).array, []
        codes = np.empty(0, np.int32)
        for own, part in self._parts(X):
            part = part * weight if len(weight) else part
            answers.append(moments(own, box, part, codes, 1, 2.0**BITS)[0])
        return np.concatenate(answers)
