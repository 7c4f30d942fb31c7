"""Losses of the difference of margin and target."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from skprivate.losses._rows import row_gradient


@dataclass(frozen=True)
class Squared:
    """Half the squared difference.

    **Guarantee.** ``curvature`` is one. Gradients have no bound; for targets and
    margins of public ranges see :func:`largest_gradient`.

    Examples
    --------
    >>> from skprivate.losses import Squared, largest_gradient
    >>> largest_gradient(Squared(), margins=(0.0, 1.0), targets=(-1.0, 1.0))
    2.0
    """

    kernel: ClassVar = "SQUARED"
    param: ClassVar = 0.0
    n_margins: ClassVar = 1
    gradient_bound: ClassVar = np.inf
    curvature_bound: ClassVar = 1.0

    def link(self, mean: Any) -> Any:
        """The mean."""
        return mean

    def inverse_link(self, margin: ArrayLike) -> Any:
        """The margin."""
        return margin

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Half the squared difference."""
        return row_gradient(self, margin, target) ** 2 / 2.0

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """The difference."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One."""
        return np.ones(np.broadcast_shapes(np.shape(margin), np.shape(target)))


@dataclass(frozen=True)
class Huber:
    """Squared up to ``delta``, and linear beyond (Huber 1964).

    **Guarantee.** ``|gradient| <= delta``, to which it is cut; ``curvature`` is 0 or 1.

    Parameters
    ----------
    delta : float
        Positive and finite. Small against the noise of the target, this is the
        absolute loss.

    Examples
    --------
    >>> from skprivate.losses import Huber
    >>> float(Huber(2.0).gradient(7.0, 1.0))
    2.0
    """

    delta: float
    kernel: ClassVar = "HUBER"
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
        """The mean."""
        return mean

    def inverse_link(self, margin: ArrayLike) -> Any:
        """The margin."""
        return margin

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Half the square, or its tangent."""
        return _cut_value(self, margin, target)

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """The difference, cut."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One where nothing is cut."""
        return _cut_curvature(self, margin, target)


@dataclass(frozen=True)
class Quantile:
    """The loss of a quantile, squared near zero: what is cut is not symmetric.

    The gradient is ``margin - target``, cut to ``[-quantile, 1 - quantile]``: that of
    the pinball loss, but for targets within less than one of the margin. So targets are
    in units of how finely the quantile shall be told.

    **Guarantee.** ``|gradient| <= max(quantile, 1 - quantile)``, rounding included;
    ``curvature`` is 0 or 1.

    Parameters
    ----------
    quantile : float
        Between 0 and 1.

    Examples
    --------
    >>> from skprivate.losses import Quantile
    >>> float(Quantile(0.75).gradient(0.0, 10.0))
    -0.75
    """

    quantile: float
    kernel: ClassVar = "QUANTILE"
    n_margins: ClassVar = 1
    curvature_bound: ClassVar = 1.0

    @property
    def param(self) -> Any:
        """The quantile."""
        return self.quantile

    @property
    def gradient_bound(self) -> float:
        """The larger one of the quantile and one minus it."""
        return max(self.quantile, 1.0 - self.quantile)

    def link(self, mean: Any) -> Any:
        """The quantile."""
        return mean

    def inverse_link(self, margin: ArrayLike) -> Any:
        """The margin."""
        return margin

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Half the square, or its tangents."""
        return _cut_value(self, margin, target)

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """The difference, cut."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One where nothing is cut."""
        return _cut_curvature(self, margin, target)


def _cut_value(loss, margin, target):
    """Of a loss that is squared where the gradient is not cut, and linear beyond."""
    r, g = np.subtract(margin, target), row_gradient(loss, margin, target)
    return g * (r - g / 2.0)


def _cut_curvature(loss, margin, target):
    r, g = np.subtract(margin, target), row_gradient(loss, margin, target)
    return (r == g).astype(np.float64)
