"""Sums of rows of which none is longer than a public length."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Box, Query
from skprivate.losses import Squared
from skprivate.mechanisms import above, root_above
from skprivate.queries._gradients import LossGradient


@dataclass(frozen=True, eq=False)
class RowSums(Query):
    """Sum of ``z`` over the rows, those longer than ``longest`` shortened to it.

    This is the gradient of the squared loss of ``(z, 1)`` about coefficients of zero,
    at a target of minus one, but for its last value: so dense and sparse rows give the
    same integers, and sparse ones, in a box that is alike in all features, cost what
    their entries cost.

    **Guarantee.** The kernels shorten the gradient of a row, which is ``(z, 1)``, to a
    norm of ``bound``; without its last value it is no longer. Its 1-norm is at most
    ``sqrt(d)`` times that (Cauchy-Schwarz), and at most what the box allows, or one
    if that is less.

    Parameters
    ----------
    box : Box
        Geometry of the features, with bits of :meth:`bits`.
    longest : float
        In units of ``z``.
    """

    box: Box
    longest: float

    @staticmethod
    def bits(reach: Any) -> Any:
        """Bits of a box of which ``reach`` is the largest ``|z|`` of each feature."""
        return LossGradient.bits(reach)

    def problems(self) -> Iterator[Any]:
        """Those of the gradient."""
        yield from self._gradient.problems()

    @property
    def width(self) -> int:
        """A column for each feature of the box."""
        return self.box.n_features

    @property
    def size(self) -> int:
        """A sum for each feature."""
        return self.box.n_features

    @property
    def step(self) -> Any:
        """The step of the box."""
        return 1 / self.box.one

    @property
    def bound(self) -> Any:
        """Length of ``(z, 1)`` for the longest row."""
        return root_above(1 + Fraction(self.longest) ** 2)

    @property
    def l1_bound(self) -> Any:
        """By Cauchy-Schwarz, or by the box."""
        by_length = Fraction(root_above(self.size)) * Fraction(self.bound)
        reach = self.box.reach[:1] if self.box.uniform else self.box.reach
        by_box = Fraction(self.size, len(reach)) * sum(map(Fraction, reach.tolist()))
        return above(min(by_length, max(by_box, Fraction(1))))

    @property
    def _gradient(self):
        start = np.zeros(self.box.n_features + 1)
        return LossGradient(self.box, start, self.bound, loss=Squared())

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        n_rows = len(X[2]) - 1 if isinstance(X, tuple) else len(X)
        return self._gradient(X, np.full(n_rows, -1.0), weight)[:-1]
