"""Penalties with corners: what of a step is not a gradient."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.linear_model._newton import inverse_of
from skprivate.linear_model._penalized import cornered_solution
from skprivate.linear_model._stages import STIFF
from skprivate.linear_model._steps import MOST_PASSES, mean_of_last

_TOLERANCE = 1e-7
# Where noise counts: points wander, so it is more than that of a mean of gradients.
# Of 56 features without signal 1.0 let 14 pass, 1.5 one, and 2.0 cost accuracy.
_LOUD = 1.5


@dataclass(frozen=True, eq=False)
class Corners:
    """The penalty ``sum(sizes * |coef|)`` of coefficients in standard units.

    Attributes
    ----------
    sizes : ndarray of shape (n_columns,)
        Not negative; zero for the intercept, which is last.
    part : float, default=1.0
        How much of a penalty this is: the rest is smooth.
    """

    sizes: np.ndarray
    part: float = 1.0

    @classmethod
    def of_features(cls, rows, strength, part):
        """``part * strength`` times the 1-norm of coefficients.

        Of features as they are given, beside the mean loss. All of it is
        post-processing: it reads units of features that were released.

        Parameters
        ----------
        rows : StandardRows
        strength : float
            Not negative.
        part : float
            Positive, at most one.
        """
        with np.errstate(over="ignore"):
            sizes = np.minimum(part * strength * rows.per_unit, STIFF)
        sizes = np.where(rows.per_unit > 0, sizes, STIFF)
        return cls(np.append(sizes, 0.0), part)

    def beside_noise(self, deviation):
        """No smaller than what noise alone would let pass.

        Parameters
        ----------
        deviation : float
            Of the noise in each entry of the mean of gradients.
        """
        n = len(self.sizes) - 1
        least = self.part * _LOUD * deviation * np.sqrt(2 * np.log(max(n, 2)))
        return replace(self, sizes=np.append(self.sizes[:-1] + least, 0.0))

    def ahead(self, point, slopes, stiffness):
        """Where ``slopes w + (w - point) H (w - point) / 2``, and this, is least.

        Parameters
        ----------
        point, slopes : ndarray of shape (..., n_columns)
        stiffness : ndarray of shape (n_columns, n_columns) or (n_columns,)
            ``H``, positive definite; a vector is its diagonal.

        Returns
        -------
        ndarray of the shape of ``point``
        """
        if stiffness.ndim == 1:
            return _shortened(point - slopes / stiffness, self.sizes / stiffness)
        free = np.zeros(len(self.sizes), dtype=bool)
        rows = zip(np.atleast_2d(point), np.atleast_2d(slopes), strict=True)
        found = [
            cornered_solution(stiffness, stiffness @ w - g, self.sizes, free, w)
            for w, g in rows
        ]
        return np.reshape(found, np.shape(point))

    def flattest(self, point, slopes):
        """The shortest subgradient of a loss with these ``slopes``, and this."""
        within = _shortened(slopes, self.sizes)
        return np.where(point == 0.0, within, slopes + self.sizes * np.sign(point))

    @staticmethod
    def mean(path, weights=None):
        """Mean of the last points, zero where most of these are."""
        mean = mean_of_last(path, weights)
        is_zero = mean_of_last([np.equal(point, 0.0) for point in path], weights)
        return np.where(is_zero > 0.5, 0.0, mean)


def proximal_descent(gradient, start, metric, corners, n_steps):
    """Accelerated steps to what corners leave; see `accelerated_descent`."""
    stiffness = stiffness_of(metric)
    here, before, path = start, start, []
    for k in range(n_steps):
        ahead = here + k / (k + 3) * (here - before)
        before, here = here, corners.ahead(ahead, gradient(ahead), stiffness)
        path.append(here)
    return corners.mean(path)


def exact_proximal_descent(gradient, start, metric, corners):
    """The same with exact gradients, until points rest, or after enough passes.

    Momentum starts anew where a step goes back (O'Donoghue and Candes 2015).
    """
    stiffness = stiffness_of(metric)
    here, before, momentum = start, start, 0
    for _ in range(MOST_PASSES):
        ahead = here + momentum / (momentum + 3) * (here - before)
        before, here = here, corners.ahead(ahead, gradient(ahead), stiffness)
        back = np.vdot(ahead - here, here - before) > 0
        momentum = 0 if back else momentum + 1
        if np.max(np.abs(here - ahead)) <= _TOLERANCE * (1 + np.max(np.abs(here))):
            break
    return here


def stiffness_of(metric):
    """The inverse of a metric."""
    return 1 / metric if metric.ndim == 1 else inverse_of(metric)


def _shortened(values, sizes):
    """Values moved to zero by these sizes, no farther."""
    return np.sign(values) * np.maximum(np.abs(values) - sizes, 0.0)
