"""Losses of classes."""

from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from skprivate.losses._rows import exponential, row_gradient

MOST_HINGE = 2.0**64  # beyond which squares might overflow in a kernel


@dataclass(frozen=True)
class Logistic:
    """Log loss of two classes; the target is 0 or 1, or a probability.

    **Guarantee.** ``|gradient| <= 1`` for targets in [0, 1], rounding included: it is
    ``(1 - target) - 1 / (1 + exp(margin))``, of two numbers in [0, 1].
    ``0 <= curvature <= 1 / 4``, the largest ``p (1 - p)``.

    Examples
    --------
    >>> from skprivate.losses import Logistic
    >>> float(Logistic().gradient(0.0, 1.0))
    -0.5
    """

    kernel: ClassVar = "LOGISTIC"
    param: ClassVar = 0.0
    n_margins: ClassVar = 1
    gradient_bound: ClassVar = 1.0
    curvature_bound: ClassVar = 0.25

    def link(self, mean: Any) -> Any:
        """Log odds."""
        return logit(mean)

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Probability of the second class."""
        return 1.0 / (1.0 + exponential(-np.asarray(margin, dtype=np.float64)))

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Minus the log likelihood."""
        return np.logaddexp(0.0, margin) - np.multiply(target, margin)

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Probability minus target."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Variance of the class."""
        p = self.inverse_link(margin)
        return p * (1.0 - p)


@dataclass(frozen=True)
class Multinomial:
    """Log loss of several classes; the target is the code of a class.

    Margins are of shape (n, n_classes), and so are gradients ``p - [class]``. A row
    whose code is no class has gradient zero.

    **Guarantee.** The 2-norm of the gradient of a row is at most the root of two, up to
    rounding: its square is ``(1 - p_y)**2`` and the sum of the other squares, which is
    at most the square of their sum, ``1 - p_y``. The curvature is the diagonal of
    ``diag(p) - p p'``, whose largest eigenvalue is at most 1/2 (Böhning 1992).

    Parameters
    ----------
    n_classes : int

    Examples
    --------
    >>> from skprivate.losses import Multinomial
    >>> Multinomial(2).gradient([[0.0, 0.0]], [1]).tolist()
    [[0.5, -0.5]]
    """

    n_classes: int
    kernel: ClassVar = "MULTINOMIAL"  # which has a kernel of its own, gradient_softmax
    param: ClassVar = 0.0
    gradient_bound: ClassVar = sqrt(2.0)
    curvature_bound: ClassVar = 0.5

    @property
    def n_margins(self) -> int:
        """One for each class."""
        return self.n_classes

    def link(self, mean: Any) -> Any:
        """Logarithms, whose sum over the classes is zero."""
        logs = np.log(mean)
        return logs - logs.mean(axis=-1, keepdims=True)

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Probabilities of the classes."""
        margin = np.asarray(margin, dtype=np.float64)
        parts = exponential(margin - margin.max(axis=-1, keepdims=True))
        return parts / _sum_in_order(parts)[..., None]

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Minus the log likelihood; zero for what is no class."""
        is_class = self._indicators(target)
        p = (self.inverse_link(margin) * is_class).sum(axis=-1)
        return -np.log(np.where(is_class.any(axis=-1), p, 1.0))

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Probabilities minus indicators."""
        is_class = self._indicators(target)
        residuals = self.inverse_link(margin) - is_class
        return np.where(is_class.any(axis=-1, keepdims=True), residuals, 0.0)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Variance of the indicator of each class."""
        p = self.inverse_link(margin)
        return p * (1.0 - p)

    def _indicators(self, target):
        return np.asarray(target)[..., None] == np.arange(self.n_classes)


@dataclass(frozen=True)
class SquaredHinge:
    """Half the squared hinge ``max(0, 1 - s margin)``; s is -1, or 1 for target 1.

    **Guarantee.** ``curvature`` is 0 or 1. Gradients have no bound.

    Examples
    --------
    >>> from skprivate.losses import SquaredHinge
    >>> float(SquaredHinge().gradient(0.5, 1.0))
    -0.5
    """

    kernel: ClassVar = "SQUARED_HINGE"
    param: ClassVar = 0.0
    n_margins: ClassVar = 1
    gradient_bound: ClassVar = np.inf
    curvature_bound: ClassVar = 1.0

    def link(self, mean: Any) -> Any:
        """The margin of least loss where so many rows are of the second class."""
        return 2.0 * np.asarray(mean) - 1.0

    def inverse_link(self, margin: ArrayLike) -> Any:
        """The mean that a margin stands for, between 0 and 1."""
        return np.clip((np.asarray(margin) + 1.0) / 2.0, 0.0, 1.0)

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Half the square of how far a margin is from its side."""
        return row_gradient(self, margin, target) ** 2 / 2.0

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """How far a margin is from its side, towards it."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One where a margin is not far enough on its side."""
        return (row_gradient(self, margin, target) != 0.0).astype(np.float64)


@dataclass(frozen=True)
class Hinge:
    """Half the squared hinge up to ``delta``, and linear beyond.

    With ``delta`` of two this is half of scikit-learn's ``modified_huber``; a small
    one, divided by it, is the hinge but for a rounded corner.

    **Guarantee.** ``|gradient| <= delta``, to which it is cut; ``curvature`` is 0 or 1.

    Parameters
    ----------
    delta : float
        Positive and finite.

    Examples
    --------
    >>> from skprivate.losses import Hinge
    >>> float(Hinge(2.0).gradient(-7.0, 1.0))
    -2.0
    """

    delta: float
    kernel: ClassVar = "HINGE"
    n_margins: ClassVar = 1
    curvature_bound: ClassVar = 1.0

    @property
    def param(self) -> Any:
        """``delta``."""
        return self.delta

    @property
    def gradient_bound(self) -> float:
        """``delta``."""
        return self.delta

    def link(self, mean: Any) -> Any:
        """The margin of least loss, if it were not cut."""
        return 2.0 * np.asarray(mean) - 1.0

    def inverse_link(self, margin: ArrayLike) -> Any:
        """The mean that a margin stands for, between 0 and 1."""
        return np.clip((np.asarray(margin) + 1.0) / 2.0, 0.0, 1.0)

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Half the square of how far a margin is from its side, or its tangent."""
        g = np.abs(row_gradient(self, margin, target))
        s = np.where(np.asarray(target) > 0.5, 1.0, -1.0)
        return g * (np.maximum(0.0, 1.0 - s * np.asarray(margin)) - g / 2.0)

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """How far a margin is from its side, towards it, cut."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One where a margin is not far enough on its side, and nothing is cut."""
        g = np.abs(row_gradient(self, margin, target))
        return ((g > 0.0) & (g < self.delta)).astype(np.float64)


@dataclass(frozen=True)
class OneVsRest:
    """Of each of several classes a :class:`Hinge`, which tells it from all others.

    Margins and gradients are of shape (n, n_classes). A row whose code is no class has
    gradient zero.

    **Guarantee.** No entry of a gradient is larger than ``delta``; the curvature is
    diagonal, of 0 and 1.

    Parameters
    ----------
    n_classes : int
    delta : float, default=2**64
        Where hinges are cut, at most as far as that: squares, for all that is known.

    Examples
    --------
    >>> from skprivate.losses import OneVsRest
    >>> OneVsRest(3).gradient([[0.5, -3.0, 0.0]], [0]).tolist()
    [[-0.5, 0.0, 1.0]]
    """

    n_classes: int
    delta: float = MOST_HINGE
    kernel: ClassVar = "ONE_VS_REST"  # it is gradient_softmax, too, that has this one
    curvature_bound: ClassVar = 1.0

    @property
    def param(self) -> Any:
        """``delta``."""
        return self.delta

    @property
    def n_margins(self) -> int:
        """One for each class."""
        return self.n_classes

    @property
    def gradient_bound(self) -> float:
        """The 2-norm of as many entries."""
        return sqrt(self.n_classes) * self.delta

    def link(self, mean: Any) -> Any:
        """The margins of least loss, if nothing were cut."""
        return 2.0 * np.asarray(mean) - 1.0

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Shares that margins stand for; equal ones where no margin is inside."""
        parts = np.clip((np.asarray(margin, dtype=np.float64) + 1.0) / 2.0, 0.0, 1.0)
        total = _sum_in_order(parts)[..., None]
        return np.where(total > 0.0, parts / np.where(total > 0.0, total, 1.0),
                        1.0 / self.n_classes)  # fmt: skip

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """The sum of the hinges; zero for what is no class."""
        g = np.abs(self.gradient(margin, target))
        lack = np.maximum(0.0, 1.0 - self._signs(target) * np.asarray(margin))
        return (g * (lack - g / 2.0)).sum(axis=-1)

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """How far each margin is from its side, towards it, cut."""
        s = self._signs(target)
        lack = np.minimum(np.maximum(0.0, 1.0 - s * np.asarray(margin)), self.delta)
        known = (s > 0).any(axis=-1, keepdims=True)
        return np.where(known, -s * lack, 0.0)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One where a margin is not far enough on its side, and nothing is cut."""
        g = np.abs(self.gradient(margin, target))
        return ((g > 0.0) & (g < self.delta)).astype(np.float64)

    def _signs(self, target):
        is_class = np.asarray(target)[..., None] == np.arange(self.n_classes)
        return np.where(is_class, 1.0, -1.0)


def _sum_in_order(parts):
    """Sum over the last axis, one after another."""
    total = np.zeros(parts.shape[:-1])
    for k in range(parts.shape[-1]):
        total += parts[..., k]
    return total
