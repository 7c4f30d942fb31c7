"""Gradients of a loss, each row's clipped."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Box, Query
from skprivate.base._class_weights import factors_of
from skprivate.losses import (
    Focal,
    Hinge,
    Logistic,
    Multinomial,
    OneVsRest,
    SquaredHinge,
    kernel_task,
    loss_problems,
)

_HEAVIEST = 2.0**20
_OF_CLASSES = Hinge, Logistic, Multinomial, OneVsRest, SquaredHinge


@dataclass(frozen=True, eq=False)
class LossGradient(Query):
    """Sum over rows of the gradient of a loss of linear margins, clipped to a norm.

    With one margin this is ``r v`` with ``v = (z, 1)`` and ``r`` the derivative of the
    loss: of the logistic one, the probability of the second class minus its indicator.
    With several classes it is the matrix ``R v'`` of one row for each class; a row of
    the data is clipped as a whole, over all classes. The kernels, which prove the
    bound, scale a longer gradient down to ``clip``, whatever the loss: after it was
    multiplied by the weight of the class, if classes have weights, and before it is by
    that of the row, which is at most one.

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
    by_class : ndarray of shape (n_classes,), default=None
        Weight of each class in the loss, at most ``2**20``; None: all are one.
    loss : one of skprivate.losses, default=Logistic()
        With two dimensions of ``coef``, Logistic and Multinomial are the same.
    target : Box or None, default=None
        Geometry of the target, a box of one column, where the loss is of numbers: each
        is moved to the ends of the box, and into its units. Its bits do not matter.
    in_norm : {2, 1}, default=2
        The norm that ``clip`` is about. The 1-norm, for ``delta=0``, is never smaller
        than the 2-norm, so that gradients have both at most ``clip``.
    """

    box: Box
    coef: np.ndarray
    clip: float
    by_class: np.ndarray | None = None
    loss: object = field(default=Logistic(), kw_only=True)
    target: Box | None = field(default=None, kw_only=True)
    in_norm: int = field(default=2, kw_only=True)

    @staticmethod
    def bits(reach: Any) -> Any:
        """Bits of a box of which ``reach`` is the largest ``|z|`` of each feature."""
        from skprivate.kernels import gradient_bits

        return gradient_bits(len(reach), reach)

    @property
    def step(self) -> Any:
        """The step of the box."""
        return 1 / self.box.one

    @property
    def width(self) -> int:
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self) -> Iterator[Any]:
        """The grid must be one on which squares are exact."""
        if self.box.bits > self.bits(self.box.reach):
            yield "box has more bits than are exact"
        shape = self.coef.shape[:-1] + (self.box.n_features + 1,)
        if self.coef.ndim not in (1, 2) or self.coef.shape != shape:
            yield "coef is not one of each feature, and one more"
        yield from loss_problems(self.loss)
        if self.coef.ndim == 2:  # Logistic stands for as many classes as there are
            one_for_each = isinstance(self.loss, Multinomial | OneVsRest)
            named = self.loss.n_margins if one_for_each else None
            if self.loss != Logistic() and named != len(self.coef):
                yield "coef has several rows, and the loss has one margin, or others"
        elif isinstance(self.loss, Focal):
            yield "no kernel knows the focal loss"
        elif self.loss.n_margins != 1:
            yield "coef has one row, and the loss several margins"
        if self.in_norm not in (1, 2):
            yield "in_norm is neither 1 nor 2"
        yield from self._problems_of_weights()
        if self.target is not None:
            if self.target.n_features != 1 or not self.target.varies[0]:
                yield "target is not of one column that varies"
            if isinstance(self.loss, _OF_CLASSES):
                yield "target is about numbers, and the loss is of classes"

    def _problems_of_weights(self):
        if self.by_class is None:
            return
        n_classes = 2 if self.coef.ndim == 1 else len(self.coef)
        if self.by_class.shape != (n_classes,):
            yield "by_class is not one of each class"
        if not ((self.by_class >= 0) & (self.by_class <= _HEAVIEST)).all():
            yield "by_class has weights that are negative, or too large"
        if not isinstance(self.loss, _OF_CLASSES):
            yield "by_class is about classes, and the loss has none"

    @property
    def name(self) -> Any:
        """The loss tells."""
        if type(self) is LossGradient:
            return f"{type(self.loss).__name__}Gradient"
        return type(self).__name__

    @property
    def bound(self) -> Any:
        """Norm to which gradients are clipped."""
        return self.clip

    @property
    def l1_bound(self) -> Any:
        """The same, where the 1-norm is clipped."""
        return self.clip if self.in_norm == 1 else None

    @property
    def size(self) -> int:
        """Number of coefficients, intercepts included."""
        return self.coef.size

    @cached_property
    def grid(self) -> Any:
        """The coefficients as integers, for margins that are exact."""
        from skprivate.kernels import rounded_coef

        reach = self.box.reach
        return rounded_coef(self.coef, self.box.one, reach)

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        y = self._in_units(y)
        if isinstance(X, tuple) and self.box.uniform:
            return self._sparse(X, y, weight)
        from skprivate import kernels

        box, one, reach = self.box.array, self.box.one, self.box.reach
        geometry = reach, self.grid, self._scale_of(y)
        if self.coef.ndim == 2:
            return kernels.gradient_softmax(
                X, y, box, self.coef, one, self.levels, weight, *geometry,
                self.in_norm, self._hinge,
            )  # fmt: skip
        return kernels.gradient(
            X, y, box, self.coef, one, *kernel_task(self.loss), self.levels, weight,
            *geometry, self.in_norm,
        )  # fmt: skip

    def by_unit(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray, unit: Any
    ) -> Any:
        """The same integers, of a dense chunk, summed up by the unit of each row."""
        from skprivate.kernels import _unit_gradients as by_unit

        y = self._in_units(y)
        box, one, reach = self.box.array, self.box.one, self.box.reach
        rest = self.levels, weight, reach, self.grid, self._scale_of(y), unit
        rest = *rest, self.in_norm
        if self.coef.ndim == 2:
            rest = *rest, self._hinge
            return by_unit.gradient_softmax_by_unit(X, y, box, one, *rest)
        task = kernel_task(self.loss)
        return by_unit.gradient_by_unit(X, y, box, one, *task, *rest)

    def _sparse(self, X, y, weight):
        """The same integers, at the price of the entries."""
        from skprivate import kernels

        one, reach, scale = self.box.one, self.box.reach[0], self._scale_of(y)
        reach *= one
        geometry = one / self.box.half[0], reach, self.grid, one
        if self.coef.ndim == 2:
            return kernels.sparse_gradient_softmax(
                X, y, *geometry, self.levels, weight, scale, self.in_norm, self._hinge
            )
        task = *kernel_task(self.loss), self.levels
        rest = weight, scale, self.in_norm
        return kernels.sparse_gradient(X, y, *geometry, *task, *rest)

    @property
    def _hinge(self):
        """Where hinges of several classes are cut; zero if these are none."""
        return float(self.loss.delta) if isinstance(self.loss, OneVsRest) else 0.0

    def _in_units(self, y):
        """Targets in the units of the box; NaN, which adds nothing, where none is."""
        if self.target is None:
            return y
        y, box = np.asarray(y, dtype=np.float64), self.target
        units = (np.clip(y, box.low[0], box.high[0]) - box.center[0]) / box.half[0]
        return np.where(np.isfinite(y), units, np.nan)

    def _scale_of(self, y):
        """Weight of the class of each row; kernels skip rows of no class."""
        if self.by_class is None:
            return np.empty(0)
        return factors_of(self.by_class, y)


LogisticGradient = LossGradient  # which is logistic unless it is told another loss
