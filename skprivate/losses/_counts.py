"""Losses of targets that are not negative, whose link is the logarithm.

Their gradients have no bound but on a public range of margins, by `largest_gradient`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from skprivate.losses._rows import exponential, row_gradient


@dataclass(frozen=True)
class Poisson:
    """Half the Poisson deviance, up to a constant of the target: counts.

    Examples
    --------
    >>> from skprivate.losses import Poisson
    >>> float(Poisson().gradient(0.0, 3.0))
    -2.0
    """

    kernel: ClassVar = "POISSON"
    param: ClassVar = 0.0
    n_margins: ClassVar = 1
    gradient_bound: ClassVar = np.inf
    curvature_bound: ClassVar = np.inf

    def link(self, mean: Any) -> Any:
        """Logarithm."""
        return np.log(mean)

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Exponential."""
        return exponential(margin)

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """``exp(margin) - target * margin``."""
        return exponential(margin) - np.multiply(target, margin)

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Mean minus target."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """The mean."""
        return exponential(margin) + np.zeros_like(target, dtype=np.float64)


@dataclass(frozen=True)
class Gamma:
    """Half the Gamma deviance, up to a constant of the target: positive numbers.

    Examples
    --------
    >>> from skprivate.losses import Gamma
    >>> float(Gamma().gradient(0.0, 3.0))
    -2.0
    """

    kernel: ClassVar = "GAMMA"
    param: ClassVar = 0.0
    n_margins: ClassVar = 1
    gradient_bound: ClassVar = np.inf
    curvature_bound: ClassVar = np.inf

    def link(self, mean: Any) -> Any:
        """Logarithm."""
        return np.log(mean)

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Exponential."""
        return exponential(margin)

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """``margin + target * exp(-margin)``."""
        return margin + np.multiply(target, exponential(np.negative(margin)))

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """One minus target by mean."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Target by mean."""
        return np.multiply(target, exponential(np.negative(margin)))


@dataclass(frozen=True)
class Tweedie:
    """Half the Tweedie deviance, up to a constant of the target: costs, most of them 0.

    A sum of a Poisson number of Gamma amounts, whose variance is the mean to the
    ``power``: near 1 that of counts, near 2 that of amounts (Jorgensen 1987).

    Parameters
    ----------
    power : float
        Between 1 and 2.

    Examples
    --------
    >>> from skprivate.losses import Tweedie
    >>> float(Tweedie(1.5).gradient(0.0, 3.0))
    -2.0
    """

    power: float
    kernel: ClassVar = "TWEEDIE"
    n_margins: ClassVar = 1
    gradient_bound: ClassVar = np.inf
    curvature_bound: ClassVar = np.inf

    @property
    def param(self) -> Any:
        """``power``."""
        return self.power

    def link(self, mean: Any) -> Any:
        """Logarithm."""
        return np.log(mean)

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Exponential."""
        return exponential(margin)

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """``m ** (2 - p) / (2 - p) + target * m ** (1 - p) / (p - 1)``."""
        mean, weight = self._powers(margin)
        weighed = np.multiply(target, weight) / (self.power - 1.0)
        return mean / (2.0 - self.power) + weighed

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """``mean ** (2 - power) - target * mean ** (1 - power)``."""
        return row_gradient(self, margin, target)

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Its derivative, which is positive: the loss is convex."""
        mean, weight = self._powers(margin)
        weighed = np.multiply(target, weight) * (self.power - 1.0)
        return mean * (2.0 - self.power) + weighed

    def _powers(self, margin):
        """The mean to the powers ``2 - power`` and ``1 - power``."""
        margin = np.asarray(margin, dtype=np.float64)
        ends = 2.0 - self.power, 1.0 - self.power
        return tuple(exponential(margin * end) for end in ends)
