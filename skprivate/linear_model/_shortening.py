"""What the second moments of rows would be had no row been shortened.

A row ``v = (u, 1)`` longer than ``B`` counts as ``v B / |v|``. Of rows whose features
and target ``u`` vary as normal ones do about the center, with variances ``l_j`` along
the axes of their covariance, moments thus shrink by known factors: with
``h(s) = min(1, B ** 2 / (1 + s))`` and ``s = |u| ** 2``, the variance along an axis is
``l_j E h(s_j) / E h(s)``, where ``s_j`` has that axis counted as chi-square of three
degrees of freedom in place of one. By Stein's lemma means shrink by the same factors.

Without this a target is shortened where it is large, so slopes would be too small, by
about ``2 / n_columns`` of the variance that they leave unexplained.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

_MIDDLES = (np.arange(64) + 0.5) / 64
_ROUNDS = 60
_EXACT = 1e-10


@dataclass(frozen=True, eq=False)
class Shortening:
    """What shortening did to moments.

    Attributes
    ----------
    kept : float
        Mean of the squares of what rows were multiplied by.
    axes : ndarray of shape (n, n)
        Of the covariance of rows, in columns.
    shrunk : ndarray of shape (n,)
        Factor by which the variance along each axis is smaller.
    stretch : ndarray of shape (n,)
        Product of two of them: how far a change of the sum of products along two axes
        changes what it would be of rows in full length.
    spread : float
        By how much rows that count unequally add to the variance of an average.
    """

    kept: float
    axes: np.ndarray
    shrunk: np.ndarray
    stretch: np.ndarray
    spread: float

    def undone(self, power=1.0):
        """The matrix that takes rows back to their length, or variances to theirs."""
        return (self.axes * self.shrunk**-power) @ self.axes.T

    def stretched(self):
        """What noise of the sums of products becomes, from both sides."""
        return (self.axes * self.stretch) @ self.axes.T


def shortening_of(covariance, bound):
    """What happened to rows, by the covariance that is left.

    Parameters
    ----------
    covariance : ndarray of shape (n, n)
        Of rows weighted by the squares of what they were multiplied by.
    bound : float
        Norm of the longest row, with a constant of one.

    Returns
    -------
    Shortening
    """
    left, axes = np.linalg.eigh(covariance)
    left = np.maximum(left, 0.0)
    shrunk = np.ones_like(left)
    for _ in range(_ROUNDS):
        values = left / shrunk
        kept = _mean(values, bound)[0]
        before, shrunk = shrunk, _mean(values, bound, 2) / kept
        if np.max(np.abs(shrunk - before)) < _EXACT:
            break
    values = left / shrunk
    kept, once = _mean(values, bound)[0], _mean(values, bound, 4)
    spread = np.mean(_mean(values, bound, 4, power=2) / once**2)
    return Shortening(float(kept), axes, shrunk, once**-0.5, float(spread))


def _mean(values, bound, extra=0, power=1):
    """Mean of ``h ** power`` of a sum of weighted chi-squares, taken for a gamma.

    One mean for each axis, in which it has ``extra`` more degrees of freedom.
    """
    sums = values.sum() + extra * values
    squares = values @ values + extra * values**2
    where = squares > 0
    shape = np.where(where, sums**2 / np.where(where, 2 * squares, 1.0), 1.0)
    lengths = 1 + gammaincinv(shape[:, None], _MIDDLES) * (sums / shape)[:, None]
    return np.mean(np.minimum(1.0, bound**2 / lengths) ** power, axis=1)
