"""The focal loss of two classes: rows that are right already count little."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log1p, logit  # of each number by itself, unlike NumPy's

from skprivate.losses._rows import exponential

_FAR = 1e3  # a margin at which p is no more than noise of rounding
_REACH, _STEP = 40.0, 2.0**-10  # of the grid on which the bound is looked for


@dataclass(frozen=True)
class Focal:
    """Log loss times ``(1 - p)**gamma``, with p the probability of the row's class.

    After Lin, Goyal, Girshick, He and Dollár (2017). The target is 0 or 1.

    **Guarantee.** ``|gradient| <= gradient_bound``, up to rounding. With ``q = 1 - p``
    the derivative along the margin of the right class is ``-f``, ``f = q**gamma (q +
    gamma p log(1/p))``. Its own derivative is ``p q`` times that of f by p, which is no
    steeper than ``s = (2 gamma + 1) / 4 + (gamma + gamma**2) / e``, as ``p log(1/p)``
    is at most ``1/e`` and at most q. So f is at most its largest value on a grid of
    margins, and s times half of a step; beyond the grid it is at most
    ``1 + 40 gamma exp(-40)`` on the one side, and falls to zero on the other.

    ``curvature`` is no derivative, as this loss is not convex: it is ``p f (1 + gamma
    p)``, which is positive, agrees with the second derivative where a row is nearly
    right, and is that of the log loss for ``gamma=0``. It is at most ``(1 + gamma)``
    times the bound of f.

    Parameters
    ----------
    gamma : float, default=2.0
        At least zero, where it is the log loss, and at most 8.

    Examples
    --------
    >>> from skprivate.losses import Focal
    >>> float(Focal(0.0).gradient(0.0, 1.0)), round(Focal().gradient_bound, 2)
    (-0.5, 1.13)
    """

    gamma: float = 2.0
    n_margins: ClassVar = 1
    convex: ClassVar = False

    @cached_property
    def gradient_bound(self) -> float:
        """Largest gradient of any margin."""
        grid = np.arange(-_REACH, _REACH + _STEP, _STEP)
        g = float(self.gamma)
        steepest = (2 * g + 1) / 4 + (g + g * g) / np.e
        largest = max(float(self._slope(grid)[1].max()), 1 + 1e-12)
        return largest + steepest * _STEP / 2

    @property
    def curvature_bound(self) -> float:
        """Largest curvature of any margin."""
        return (1.0 + self.gamma) * self.gradient_bound

    def link(self, mean: Any) -> Any:
        """Log odds, as of the log loss."""
        return logit(mean)

    def inverse_link(self, margin: ArrayLike) -> Any:
        """Probability of the second class; the focal loss pulls it towards a half."""
        return 1.0 / (1.0 + exponential(-np.asarray(margin, dtype=np.float64)))

    def value(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """The loss of each row."""
        p, _, missed = self._parts(_sided(margin, target))
        return (1.0 - p) ** self.gamma * missed

    def gradient(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """Derivative of the loss of each row."""
        sign = np.where(np.asarray(target) > 0.5, -1.0, 1.0)
        return sign * self._slope(_sided(margin, target))[1]

    def curvature(self, margin: ArrayLike, target: ArrayLike) -> Any:
        """A positive stand-in for the second derivative."""
        p, f = self._slope(_sided(margin, target))
        return p * f * (1.0 + self.gamma * p)

    def _slope(self, z):
        p, q, missed = self._parts(z)
        missed = np.minimum(missed, _FAR)  # where p is rounded up to a tiny number
        return p, q**self.gamma * (q + self.gamma * p * missed)

    def _parts(self, z):
        """Probability of the right class, of the other one, and minus the log of p."""
        with np.errstate(all="ignore"):
            e = exponential(-np.abs(z))
            small, large = e / (1.0 + e), 1.0 / (1.0 + e)
            right = z >= 0
            missed = log1p(e) + np.maximum(-z, 0.0)
        return np.where(right, large, small), np.where(right, small, large), missed

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with the field."""
        g = self.gamma
        if isinstance(g, bool) or not isinstance(g, Real) or not 0 <= g <= 8:
            yield "the gamma of the loss is not between 0 and 8"


def _sided(margin, target):
    """Margin of the right class."""
    margin = np.asarray(margin, dtype=np.float64)
    return np.where(np.asarray(target) > 0.5, margin, -margin)
