"""Second moments of rows, with the least noise that their symmetry allows."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from skprivate.base import Box, Query
from skprivate.mechanisms import above, root_above

ROW_LEVELS = 2.0**18


@dataclass(frozen=True, eq=False)
class SecondMoments(Query):
    """Upper triangle of the sum of ``v v'`` over rows ``v = (z, 1)`` or ``(z, 1, t)``.

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
        Geometry of the target, a box of one column; None leaves it out.
    row_bound : float
        Norm to which rows are clipped, in units of ``z``.
    """

    box: Box
    target: Box | None
    row_bound: float

    @staticmethod
    def bits(row_bound):
        """Bits of the boxes for which a row of that norm has at most 2**18 steps."""
        return 18 - max(0, int(np.ceil(np.log2(row_bound))))

    @property
    def n_columns(self):
        """Length of a row ``v``."""
        return self.box.n_features + 1 + (self.target is not None)

    @property
    def size(self):
        """Number of entries in the triangle."""
        return self.n_columns * (self.n_columns + 1) // 2

    @property
    def step(self):
        """Product of two steps of the box."""
        return self.box.one**-2

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The grid must be one on which squares of norms are exact."""
        if self.target is not None and self.target.n_features != 1:
            yield "target is not of one column"
        if not 0 < self.row_bound * self.box.one <= ROW_LEVELS:
            yield "row_bound is not positive, or too many grid steps"
        reach = [*self.box.reach, 1.0]
        if self.target is not None:
            reach.append(self.target.reach[0])
            if self.target.bits != self.box.bits:
                yield "target and box have different grids"
        if sum((r * self.box.one) ** 2 for r in reach) >= 2.0**53:
            yield "box has more bits than are exact"

    @property
    def bound(self):
        """Square of the norm of a row."""
        return above(Fraction(self.row_bound) ** 2)

    @property
    def l1_bound(self):
        """Square of the largest 1-norm of a row: by Cauchy-Schwarz, or by the box."""
        longest = 1 + sum(map(Fraction, self.box.reach.tolist()))
        if self.target is not None:
            longest += Fraction(float(self.target.reach[0]))
        square = self.n_columns * Fraction(self.row_bound) ** 2
        return above(min(square, longest**2))

    @cached_property
    def weights(self):
        """Noise of each entry, relative to the diagonal."""
        rows, columns = np.triu_indices(self.n_columns)
        return np.where(rows == columns, 1.0, root_above(0.5))

    def __call__(self, X, y, weight):
        from skprivate.kernels import second_moments

        target_box = np.empty(0)
        target = np.empty(0)
        if self.target is not None:
            target_box, target = self.target.array[:, 0], y
        levels = self.row_bound * self.box.one
        matrix = second_moments(
            X, target, self.box.array, target_box, weight, levels, self.box.one
        )
        return matrix[np.triu_indices(self.n_columns)]


def symmetric(triangle):
    """The symmetric matrix whose upper triangle is given, row by row."""
    size = int((np.sqrt(8 * len(triangle) + 1) - 1) / 2)
    matrix = np.zeros((size, size))
    matrix[np.triu_indices(size)] = triangle
    return matrix + np.triu(matrix, 1).T
