"""Losses of positive targets, whose link is the logarithm.

Their gradients have no bound but on a public range of margins, by `largest_gradient`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

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

    def link(self, mean):
        """Logarithm."""
        return np.log(mean)

    def inverse_link(self, margin):
        """Exponential."""
        return exponential(margin)

    def value(self, margin, target):
        """``exp(margin) - target * margin``."""
        return exponential(margin) - np.multiply(target, margin)

    def gradient(self, margin, target):
        """Mean minus target."""
        return row_gradient(self, margin, target)

    def curvature(self, margin, target):
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

    def link(self, mean):
        """Logarithm."""
        return np.log(mean)

    def inverse_link(self, margin):
        """Exponential."""
        return exponential(margin)

    def value(self, margin, target):
        """``margin + target * exp(-margin)``."""
        return margin + np.multiply(target, exponential(np.negative(margin)))

    def gradient(self, margin, target):
        """One minus target by mean."""
        return row_gradient(self, margin, target)

    def curvature(self, margin, target):
        """Target by mean."""
        return np.multiply(target, exponential(np.negative(margin)))
