"""Second moments of rows, with the least noise that their symmetry allows."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Box, Query
from skprivate.mechanisms import above, root_above
from skprivate.rows._target_columns import beside, target_table

ROW_LEVELS = 2.0**18


@dataclass(frozen=True, eq=False)
class SecondMoments(Query):
    """Upper triangle of the sum of ``v v'`` over rows ``v = (z, 1)`` or ``(z, 1, t)``.

    Of several targets ``t`` are all of them, which are clipped together with the row.

    Rows are clipped to norm ``row_bound``. With each entry off the diagonal counted
    ``sqrt(2)`` times, the triangle of ``v v'`` has the norm of the whole matrix, which
    is ``norm(v) ** 2 <= row_bound ** 2``. So the noise off the diagonal may be
    ``sqrt(2)`` times smaller than on it. (Analyze Gauss, Dwork et al. 2014, adds the
    larger noise everywhere.) The 1-norm, too, is at most that of the whole matrix: the
    square of the 1-norm of the row.

    Parameters
    ----------
    box : Box
        Geometry of the features.
    target : Box or None
        Geometry of the targets, a column for each; None leaves them out.
    row_bound : float
        Norm to which rows are clipped, in units of ``z``.
    """

    box: Box
    target: Box | None
    row_bound: float

    @staticmethod
    def bits(row_bound: Any) -> Any:
        """Bits of the boxes for which a row of that norm has at most 2**18 steps."""
        return 18 - max(0, int(np.ceil(np.log2(row_bound))))

    @property
    def n_columns(self) -> Any:
        """Length of a row ``v``."""
        return self.box.n_features + 1 + self._n_targets

    @property
    def _n_targets(self):
        return 0 if self.target is None else self.target.n_features

    @property
    def size(self) -> int:
        """Number of entries in the triangle."""
        return self.n_columns * (self.n_columns + 1) // 2

    @property
    def step(self) -> Any:
        """Product of two steps of the box."""
        return self.box.one**-2

    @property
    def width(self) -> int:
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self) -> Iterator[Any]:
        """The grid must be one on which squares of norms are exact."""
        if not 0 < self.row_bound * self.box.one <= ROW_LEVELS:
            yield "row_bound is not positive, or too many grid steps"
        reach = [*self.box.reach, 1.0]
        if self.target is not None:
            reach.extend(self.target.reach)
            if self.target.bits != self.box.bits:
                yield "target and box have different grids"
        if sum((r * self.box.one) ** 2 for r in reach) >= 2.0**53:
            yield "box has more bits than are exact"

    @property
    def bound(self) -> Any:
        """Square of the norm of a row."""
        return above(Fraction(self.row_bound) ** 2)

    @property
    def l1_bound(self) -> Any:
        """Square of the largest 1-norm of a row: by Cauchy-Schwarz, or by the box."""
        longest = 1 + sum(map(Fraction, self.box.reach.tolist()))
        if self.target is not None:
            longest += sum(map(Fraction, self.target.reach.tolist()))
        square = self.n_columns * Fraction(self.row_bound) ** 2
        return above(min(square, longest**2))

    @cached_property
    def weights(self) -> Any:
        """Noise of each entry, relative to the diagonal."""
        rows, columns = np.triu_indices(self.n_columns)
        return np.where(rows == columns, 1.0, root_above(0.5))

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import second_moments

        box, place = self.box.array, np.arange(self.n_columns)
        target = target_box = np.empty(0)
        if self._n_targets == 1:
            target, target_box = y, self.target.array[:, 0]
        elif self._n_targets:  # columns beside those of X, before the constant
            X = beside(X, target_table(y, self._n_targets))
            box, n_features = np.hstack([box, self.target.array]), self.box.n_features
            place = np.r_[:n_features, place[-1], n_features : place[-1]]
        one, levels = self.box.one, self.row_bound * self.box.one
        matrix = second_moments(X, target, box, target_box, weight, levels, one)
        return matrix[np.ix_(place, place)][np.triu_indices(self.n_columns)]


def symmetric(triangle: Any) -> Any:
    """The symmetric matrix whose upper triangle is given, row by row."""
    size = int((np.sqrt(8 * len(triangle) + 1) - 1) / 2)
    matrix = np.zeros((size, size))
    matrix[np.triu_indices(size)] = triangle
    return matrix + np.triu(matrix, 1).T
