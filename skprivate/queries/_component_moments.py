"""Counts, sums and squares of features near each of some centers of each class."""

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Box, Query
from skprivate.mechanisms import root_above
from skprivate.queries._moments import BITS


@dataclass(frozen=True, eq=False)
class ComponentMoments(Query):
    """For each center of a class, ``(1, z, 2 z ** 2 - 1)`` of the rows nearest to it.

    A row belongs to one class and, of the centers of that class, to the nearest: so it
    adds to one part only, and as much as to :class:`~skprivate.queries.Moments`, a
    2-norm of at most ``sqrt(1 + 2 d)`` and a 1-norm of at most ``1 + 2 d``. Centers
    were released; distances are exact integers, so which one is nearest depends on the
    row alone.

    Parameters
    ----------
    box : Box
        From :meth:`Box.between` with ``bits`` of 17.
    centers : ndarray of shape (n_centers, n_features)
        Of all classes, one after another, in units of the box.
    sizes : tuple of int
        Number of centers of each class.
    """

    box: Box
    centers: np.ndarray
    sizes: tuple
    step = 2.0**-BITS

    @property
    def width(self) -> int:
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self) -> Iterator[Any]:
        """Every class has centers in as many features as the box."""
        if self.box.bits != BITS:
            yield f"box has not {BITS} bits"
        if self.centers.shape != (sum(self.sizes), self.box.n_features):
            yield "centers are not as many as sizes say, of as many features"
        if not self.sizes or not all(_is_positive(n) for n in self.sizes):
            yield "a class has no centers"

    @property
    def bound(self) -> Any:
        """A row adds one to a count, and at most 2 in square for each feature."""
        return root_above(1 + 2 * self.box.n_features)

    @property
    def l1_bound(self) -> Any:
        """A row adds one to a count, and at most 2 for each feature."""
        return 1.0 + 2 * self.box.n_features

    @property
    def size(self) -> int:
        """Number of values."""
        return len(self.centers) * (1 + 2 * self.box.n_features)

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import moments

        parts = self._parts(X, np.asarray(y))
        n, one = len(self.centers), self.box.one
        return moments(X, self.box.array, weight, parts, n, one)

    def _parts(self, X, y):
        """Number of the center that each row belongs to; -1 where it has no class."""
        parts, start = np.full(len(y), -1, dtype=np.int32), 0
        for code, n in enumerate(self.sizes):
            centers = self.centers[start : start + n]
            rows = np.flatnonzero(y == code)
            parts[rows] = start
            if n > 1 and len(rows):
                parts[rows] += self._nearest(X, rows, centers)
            start += n
        return parts

    def _nearest(self, X, rows, centers):
        """The nearest of some centers to some rows."""
        from skprivate.kernels._centers import grid_centers, nearest_blocks

        one, sparse = self.box.one, isinstance(X, tuple)
        chunk = X if sparse else np.ascontiguousarray(X[rows])
        grid = grid_centers(centers * one, one)
        blocks = nearest_blocks(chunk, self.box.array, grid, one, np.empty(0))
        found = np.concatenate([nearest[:m].copy() for _, m, _, nearest in blocks])
        return found[rows] if sparse else found


def _is_positive(n):
    return isinstance(n, Integral) and not isinstance(n, bool) and n > 0
