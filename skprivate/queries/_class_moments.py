"""Counts of the classes and moments of all rows, in one release."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Box, Query
from skprivate.mechanisms import above, root_above
from skprivate.queries._moments import BITS


@dataclass(frozen=True, eq=False)
class ClassesAndMoments(Query):
    """Number of rows of each class, and sums of ``z`` and ``2 z**2 - 1`` of all rows.

    Counts get ``2 / sqrt(d)`` times the noise of the sums of ``z``, and those of
    ``2 z**2 - 1`` twice as much. Divided by these weights, what a row adds has a norm
    of at most ``sqrt(1.5 d)``: ``d / 4`` in square for its class, and for each feature
    ``z**2 + (2 z**2 - 1)**2 / 4 = z**4 + 1 / 4 <= 5 / 4``. So the noise of the features
    is little more than if nobody had asked for the classes.

    On the grid, with ``N = 2**17``, ``s = z**2`` and ``t = N (2 s - 1) + e`` instead of
    ``2 z**2 - 1``, where ``|e| <= 1/2``, the square of a feature is at most
    ``N**2 (s**2 + 1/4) + N / 4 + 1 / 16``. At ``s = 1`` there is no rounding; otherwise
    ``s <= (1 - 1/N)**2``, so that ``N**2 (1 - s**2) >= 2 N - 1 >= N / 4 + 1 / 16``. A
    sample weight in [0, 1] makes no integer longer, rounding included.

    The 1-norm, so divided, is at most ``sqrt(d) / 2 + 1.5 d``: the largest value of
    ``|z| + |2 z**2 - 1| / 2`` is 1.5, at ``|z| = 1``, where nothing is rounded;
    elsewhere ``|z| <= 1 - 1/N`` leaves a step of room, of which ``e`` takes a quarter.

    Parameters
    ----------
    box : Box
        From :meth:`Box.between` with ``bits`` of 17.
    n_classes : int
        Number of classes.
    """

    box: Box
    n_classes: int
    step = 2.0**-BITS

    @property
    def width(self) -> int:
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self) -> Iterator[Any]:
        """The bound is stated for the grid of the box."""
        if self.box.bits != BITS:
            yield f"box has not {BITS} bits"
        if self.n_classes < 1:
            yield "there is no class"

    @property
    def bound(self) -> Any:
        """Norm of what a row adds, divided by the weights."""
        return root_above(1.5 * self.box.n_features)

    @property
    def l1_bound(self) -> Any:
        """1-norm of what a row adds, divided by the weights."""
        d = self.box.n_features
        return above(Fraction(root_above(d)) / 2 + Fraction(3 * d, 2))

    @property
    def size(self) -> int:
        """Number of values."""
        return self.n_classes + 2 * self.box.n_features

    @cached_property
    def weights(self) -> np.ndarray:
        """Noise of counts, sums and squares, relative to that of the sums."""
        d = self.box.n_features
        return np.repeat([root_above(Fraction(4, d)), 1.0, 2.0], [self.n_classes, d, d])

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import moments

        by_class = moments(X, self.box.array, weight, y, self.n_classes, self.box.one)
        return np.concatenate([by_class[:, 0], by_class[:, 1:].sum(axis=0)])
