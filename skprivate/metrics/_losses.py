"""Means of losses between zero and one."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query
from skprivate.metrics._intervals import proportion
from skprivate.metrics._tables import release

_SPREAD = 2.8  # at most sqrt(8)


class LossSums(Query):
    """Sums of ``l``, ``1 - l`` and ``2.8 l (1 - l)``, for a loss ``l`` in [0, 1].

    The first two are what a mean is made of, the third what its variance is; and the
    third costs nothing. For ``u = l (1 - l) <= 1/4``, the square of the norm of what a
    row adds is ``l**2 + (1 - l)**2 + 2.8**2 u**2 = 1 - 2 u + 7.84 u**2 <= 1``, as
    ``7.84 u <= 1.96``. On the grid, ``l`` is rounded to a multiple of ``1 / N`` and the
    third term down, so the same sum bounds the integers; a sample weight shortens each
    of the three, rounded down. The 1-norm is at most ``1 + 2.8 / 4``.

    A row whose features or loss are not finite adds zero. Subclasses define ``losses``.
    """

    size = 3
    bound = 1.0
    l1_bound = 1 + _SPREAD / 4

    def losses(self, X, y):
        """Loss of each row; what is outside [0, 1] is moved to the nearer end."""
        raise TypeError(f"{type(self).__name__} must define losses(X, y).")

    def __call__(self, X, y, weight):
        one, X = self.levels, np.asarray(X, dtype=np.float64)  # whatever the table is
        with np.errstate(all="ignore"):
            loss = np.asarray(self.losses(X, y), float)
        counts = np.isfinite(X).all(axis=1) & np.isfinite(loss)
        q = np.rint(np.clip(np.where(counts, loss, 0.0), 0.0, 1.0) * one)
        parts = np.stack([q, one - q, np.floor(_SPREAD * q * (one - q) / one)])
        parts *= counts
        if len(weight):
            parts = np.floor(parts * weight)
        return parts.sum(axis=1)


def mean_of(curator, query, share, z):
    """Mean loss in [0, 1], low and high ends of its interval, and the noisy sums."""
    (hits, misses, mixed), variances = release(curator, query, share)
    mean = np.clip(hits / max(hits + misses, 1.0), 0.0, 1.0)
    # Sum of (l - mean)**2: sum of l**2 is hits - mixed / 2.8.
    spread = hits * (1 - 2 * mean) + mean**2 * (hits + misses) - mixed / _SPREAD
    ends = proportion(hits, misses, variances[0], variances[1], z, spread=spread)
    return tuple(float(end) for end in ends)


def moments_of(curator, query, share):
    """Mean and variance of a loss, and how much noise there is in the latter."""
    (hits, misses, mixed), variances = release(curator, query, share)
    n_rows = max(hits + misses, 1.0)
    mean = float(np.clip(hits / n_rows, 0.0, 1.0))
    variance = max((hits - mixed / _SPREAD) / n_rows - mean**2, 0.0)
    # Derivatives of the variance in the three sums, times the number of rows.
    slopes = (1 - mean) ** 2 - variance, mean**2 - variance, 1 / _SPREAD
    deviation = np.sqrt(np.square(slopes) @ variances) / n_rows
    return mean, float(variance), float(deviation)


@dataclass(frozen=True)
class LogLoss(LossSums):
    """Negative logarithm of the probability given to the true class.

    Parameters
    ----------
    n_classes : int
    positive : int
        The class whose probability is the one feature, if there is only one.
    least : float
        Public; smaller probabilities count as this, where the loss is 1.
    """

    n_classes: int
    positive: int
    least: float

    def losses(self, X, y):
        """Relative to that of the least probability."""
        return np.log(np.clip(self.given(X, y), self.least, 1.0)) / np.log(self.least)

    def given(self, X, y):
        """Probability that was given to the true class."""
        if X.shape[1] == 1:
            return np.where(y == self.positive, X[:, 0], 1.0 - X[:, 0])
        codes = np.where((y >= 0) & (y < X.shape[1]), y, 0).astype(np.intp)
        return X[np.arange(len(X)), codes].astype(np.float64)


@dataclass(frozen=True)
class BrierLoss(LossSums):
    """Square of the distance between a probability and what happened."""

    positive: int

    def losses(self, X, y):
        """Probabilities outside [0, 1] are moved to the nearer end."""
        return (np.clip(X[:, 0], 0.0, 1.0) - (y == self.positive)) ** 2


@dataclass(frozen=True)
class ClassBrierLoss(LossSums):
    """Half the square of the distance of probabilities of classes from the truth."""

    def losses(self, X, y):
        """Probabilities outside [0, 1] are moved to the nearer end."""
        true = y[:, None] == np.arange(X.shape[1])
        return ((np.clip(X, 0.0, 1.0) - true) ** 2).sum(axis=1) / 2


@dataclass(frozen=True)
class ErrorLoss(LossSums):
    """Error of a prediction relative to the largest that counts, to some power.

    Parameters
    ----------
    low, high : float
        Targets and predictions outside are moved to the nearer end.
    largest : float
        Larger errors count as this, where the loss is 1.
    power : {1, 2}
    """

    low: float
    high: float
    largest: float
    power: int

    def losses(self, X, y):
        """Between clipped targets and clipped predictions."""
        return (np.abs(self.errors(X, y)) / self.largest) ** self.power

    def errors(self, X, y):
        """Difference of the clipped target and prediction."""
        y = np.clip(np.asarray(y, float), self.low, self.high)
        errors = y - np.clip(X[:, 0], self.low, self.high)
        return np.clip(errors, -self.largest, self.largest)
