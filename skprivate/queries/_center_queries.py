"""What k-means asks about the rows near each of some centers."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from skprivate.base import Box, Query
from skprivate.mechanisms import above, root_above


@dataclass(frozen=True, eq=False)
class CenterCounts(Query):
    """Number of rows nearest to each center: a row counts once, wherever it lies.

    Parameters
    ----------
    box : Box
        In whose units distances are.
    centers : ndarray of shape (n_centers, n_features)
        In units of the box.
    """

    box: Box
    centers: np.ndarray
    bound = 1.0
    l1_bound = 1.0

    @property
    def size(self):
        """One count for each center."""
        return len(self.centers)

    @property
    def step(self):
        """A step of the box."""
        return 1 / self.box.one

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The grid must be one on which distances are exact."""
        yield from _center_problems(self)

    def __call__(self, X, y, weight):
        from skprivate.kernels import nearest_center_sums

        box = self.box
        centers = np.rint(self.centers * box.one)
        return nearest_center_sums(X, box.array, centers, box.one, weight)[:, -1]


@dataclass(frozen=True, eq=False)
class CenterShifts(Query):
    """For each center ``c``, the sum over its nearest rows of ``(z - c, row_count)``.

    Differences are clipped to ``radius``, so that a row adds at most
    ``sqrt(radius**2 + row_count**2)``, however far away the box allows it to be; and at
    most ``sqrt(n_features) * radius + row_count`` in the 1-norm.

    Parameters
    ----------
    box : Box
        In whose units distances are.
    centers : ndarray of shape (n_centers, n_features)
        In units of the box, multiples of its step.
    radius : float
        How far a row may pull its center.
    row_count : float
        What a row adds to the count of its center, a multiple of the step. The larger,
        the less noise have counts, and the more have differences.
    """

    box: Box
    centers: np.ndarray
    radius: float
    row_count: float

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The grid must be one on which distances are exact."""
        yield from _center_problems(self)
        if not (self.radius > 0 and self.row_count > 0):
            yield "radius or row_count is not positive"

    @property
    def bound(self):
        """A row adds to one center."""
        return root_above(Fraction(self.radius) ** 2 + Fraction(self.row_count) ** 2)

    @property
    def l1_bound(self):
        """A row adds to one center."""
        root = Fraction(root_above(self.box.n_features))
        return above(root * Fraction(self.radius) + Fraction(self.row_count))

    @property
    def size(self):
        """A difference and a count for each center."""
        return self.centers.size + len(self.centers)

    @property
    def step(self):
        """A step of the box."""
        return 1 / self.box.one

    def __call__(self, X, y, weight):
        from skprivate.kernels._center_residuals import nearest_center_residuals

        one = self.box.one
        return nearest_center_residuals(
            X,
            self.box.array,
            self.centers * one,
            one,
            weight,
            self.radius * one,
            self.row_count * one,
        )


@dataclass(frozen=True, eq=False)
class CenterInertia(Query):
    """Sum of squared distances of rows to their nearest centers, each cut to a length.

    In units of the square of that length. On the grid a squared distance is a whole
    number below ``2**53``, hence exact; a row adds the smaller of one and its quotient
    by the square of ``radius``, times its weight, rounded down: one at most.

    Parameters
    ----------
    box : Box
        In whose units distances are.
    centers : ndarray of shape (n_centers, n_features)
        In units of the box.
    radius : float
        Rows that are farther away count as if they were so far.
    """

    box: Box
    centers: np.ndarray
    radius: float
    bound = 1.0
    l1_bound = 1.0
    size = 1

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The grid must be one on which distances are exact."""
        yield from _center_problems(self)
        if not 1 <= self.radius * self.box.one <= 2.0**100:
            yield "radius is shorter than a step of the box, or too long"

    def __call__(self, X, y, weight):
        from skprivate.kernels._centers import grid_centers, nearest_blocks

        one = self.box.one
        centers = grid_centers(self.centers * one, one)
        farthest, total = (self.radius * one) ** 2, 0.0
        for q, m, w, nearest in nearest_blocks(X, self.box.array, centers, one, weight):
            apart = q[:m] - centers[nearest[:m]]
            squares = np.square(apart).sum(axis=1)
            parts = np.minimum(squares / farthest, 1.0) * w[:m]
            total += np.floor(parts * self.levels).sum()
        return np.array([total])


def _center_problems(query):
    """What is wrong with the centers of a query."""
    from skprivate.kernels import center_bits

    if query.centers.shape[1:] != (query.box.n_features,) or not len(query.centers):
        yield "there are no centers of as many features"
    if query.box.bits > center_bits(query.box.n_features):
        yield "box has more bits than are exact"
