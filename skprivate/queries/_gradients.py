"""Gradients of the logistic loss, each row's clipped."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.base import Box, Query


@dataclass(frozen=True, eq=False)
class LogisticGradient(Query):
    """Sum over rows of the gradient of the logistic loss, clipped to a norm.

    With two classes this is ``r v`` with ``v = (z, 1)`` and ``r`` the probability of
    the second class minus its indicator. With more it is the matrix ``R v'`` of one row
    for each class. The kernels, which prove the bound, scale a longer gradient down
    to ``clip``.

    Parameters
    ----------
    box : Box
        Geometry of the features; ``z`` may exceed one. Its bits are those of
        :meth:`bits`.
    coef : ndarray of shape (n_features + 1,) or (n_classes, n_features + 1)
        Where to take the gradient, in units of ``z``; intercepts are last. One
        dimension means two classes.
    clip : float
        Largest norm of the gradient of one row.
    """

    box: Box
    coef: np.ndarray
    clip: float

    @staticmethod
    def bits(reach):
        """Bits of a box of which ``reach`` is the largest ``|z|`` of each feature."""
        from skprivate.kernels import gradient_bits

        return gradient_bits(len(reach), reach)

    @property
    def step(self):
        """The step of the box."""
        return 1 / self.box.one

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The grid must be one on which squares are exact."""
        if self.box.bits > self.bits(self.box.reach):
            yield "box has more bits than are exact"
        shape = self.coef.shape[:-1] + (self.box.n_features + 1,)
        if self.coef.ndim not in (1, 2) or self.coef.shape != shape:
            yield "coef is not one of each feature, and one more"

    @property
    def bound(self):
        """Norm to which gradients are clipped."""
        return self.clip

    @property
    def size(self):
        """Number of coefficients, intercepts included."""
        return self.coef.size

    @cached_property
    def grid(self):
        """The coefficients as integers, for margins that are exact."""
        from skprivate.kernels import rounded_coef

        reach = self.box.reach
        return rounded_coef(self.coef, self.box.one, reach)

    def __call__(self, X, y, weight):
        if isinstance(X, tuple) and self.box.uniform:
            return self._sparse(X, y, weight)
        from skprivate import kernels

        box, one, reach = self.box.array, self.box.one, self.box.reach
        if self.coef.ndim == 2:
            return kernels.gradient_softmax(
                X, y, box, self.coef, one, self.levels, weight, reach, self.grid
            )
        return kernels.gradient(
            X, y, box, self.coef, one, kernels.LOGISTIC, 0.0, self.levels, weight,
            reach, self.grid,
        )  # fmt: skip

    def by_unit(self, X, y, weight, unit):
        """The same integers, of a dense chunk, summed up by the unit of each row."""
        from skprivate import kernels
        from skprivate.kernels import _unit_gradients as by_unit

        box, one, reach = self.box.array, self.box.one, self.box.reach
        rest = self.levels, weight, reach, self.grid, unit
        if self.coef.ndim == 2:
            return by_unit.gradient_softmax_by_unit(X, y, box, one, *rest)
        task = kernels.LOGISTIC, 0.0
        return by_unit.gradient_by_unit(X, y, box, one, *task, *rest)

    def _sparse(self, X, y, weight):
        """The same integers, at the price of the entries."""
        from skprivate import kernels

        one, reach = self.box.one, self.box.one * self.box.reach[0]
        geometry = one / self.box.half[0], reach, self.grid, one
        if self.coef.ndim == 2:
            return kernels.sparse_gradient_softmax(X, y, *geometry, self.levels, weight)
        task = kernels.LOGISTIC, 0.0, self.levels
        return kernels.sparse_gradient(X, y, *geometry, *task, weight)
