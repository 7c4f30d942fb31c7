"""Gradients of a loss, each row's clipped."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from skprivate.base import Box, Query
from skprivate.losses import Logistic, Multinomial, kernel_task, loss_problems


@dataclass(frozen=True, eq=False)
class LossGradient(Query):
    """Sum over rows of the gradient of a loss of linear margins, clipped to a norm.

    With one margin this is ``r v`` with ``v = (z, 1)`` and ``r`` the derivative of the
    loss: of the logistic one, the probability of the second class minus its indicator.
    With several classes it is the matrix ``R v'`` of one row for each class. The
    kernels, which prove the bound, scale a longer gradient down to ``clip``, whatever
    the loss.

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
    loss : one of skprivate.losses, default=Logistic()
        With two dimensions of ``coef``, Logistic and Multinomial are the same.
    """

    box: Box
    coef: np.ndarray
    clip: float
    loss: object = field(default=Logistic(), kw_only=True)

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
        yield from loss_problems(self.loss)
        if self.coef.ndim == 2:  # Logistic stands for as many classes as there are
            if self.loss not in (Logistic(), Multinomial(len(self.coef))):
                yield "coef has several rows, and the loss has one margin, or others"
        elif self.loss.n_margins != 1:
            yield "coef has one row, and the loss several margins"

    @property
    def name(self):
        """The loss tells."""
        if type(self) is LossGradient:
            return f"{type(self.loss).__name__}Gradient"
        return type(self).__name__

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
            X, y, box, self.coef, one, *kernel_task(self.loss), self.levels, weight,
            reach, self.grid,
        )  # fmt: skip

    def _sparse(self, X, y, weight):
        """The same integers, at the price of the entries."""
        from skprivate import kernels

        one, reach = self.box.one, self.box.one * self.box.reach[0]
        geometry = one / self.box.half[0], reach, self.grid, one
        if self.coef.ndim == 2:
            return kernels.sparse_gradient_softmax(X, y, *geometry, self.levels, weight)
        task = *kernel_task(self.loss), self.levels
        return kernels.sparse_gradient(X, y, *geometry, *task, weight)


LogisticGradient = LossGradient  # which is logistic unless it is told another loss
