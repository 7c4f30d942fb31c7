"""A covariance matrix from noisy second moments: symmetric, positive, of right size."""

from dataclasses import dataclass

import numpy as np

from skprivate.queries._spread import look_at_features
from skprivate.queries._standardized import (
    refuse_many,
    standardized_box,
    standardized_moments,
)

_BOUNDS_SHARE = 0.1
_SHORTEST = 0.85


@dataclass(frozen=True, eq=False)
class Covariance:
    """Mean and covariance of the rows, as far as they are released.

    Attributes
    ----------
    count : float
        Number of rows, at least one.
    mean : ndarray of shape (n_features,)
        Within the bounds; zero, if rows were taken to be centered.
    center : ndarray of shape (n_features,)
        The same mean, but never taken to be zero.
    matrix : ndarray of shape (n_features, n_features)
        Divided by the number of rows less one; if rows were taken to be centered, the
        mean square. Positive semidefinite, unless it was asked for as it came.
    doubt : ndarray of shape (n_features,)
        What noise alone may make of the variance of a direction, in each feature.
    low, high : ndarray of shape (n_features,)
        Bounds of the features.
    """

    count: float
    mean: np.ndarray
    center: np.ndarray
    matrix: np.ndarray
    doubt: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def lifted(self):
        """The matrix, with no direction known better than the noise permits.

        In units in which the noise is the same in all directions, eigenvalues below
        its spectral norm are raised to it: they are as likely noise as not, and an
        inverse would make much of them.
        """
        unit = np.sqrt(self.doubt)
        usable = unit > 0
        if not usable.any():
            return self.matrix
        unit = np.where(usable, unit, 1.0)
        values, vectors = np.linalg.eigh(self.matrix / np.outer(unit, unit))
        values = np.maximum(values, 1.0)
        lifted = (vectors * values) @ vectors.T * np.outer(unit, unit)
        return np.where(np.outer(usable, usable), lifted, self.matrix)


def released_covariance(
    curator, bounds, *, norm=None, centered=False, relative=False, repaired=True
):
    """Spend the budget on the covariance of the features.

    A tenth of the budget finds out roughly where the rows lie, a tenth their bounds if
    they are not given, and the rest is one release of second moments about that point,
    of rows cut to the norm that the noise suggests.

    Parameters
    ----------
    curator : Curator
    bounds : tuple (low, high) or "private"
    norm : float, default=None
        Public length of the longest row, if it is announced.
    centered : bool, default=False
        Whether moments are taken about zero.
    relative : bool, default=False
        Whether noise is to be proportional to the spread of each feature. Else it is to
        be the least in total, which favours features of large variance.

    Returns
    -------
    Covariance
    """
    refuse_many(curator.n_features)
    low, high = curator.bounds(bounds, share=_BOUNDS_SHARE, norm=norm)
    rows = look_at_features(curator, low, high, norm)
    if centered:
        rows = rows.around_zero
    unit = rows.scale
    if not relative:
        # The total noise is proportional to sum(unit**2) * sum((scale / unit)**2).
        unit = np.sqrt(unit * np.mean(unit))
    moments, noise = standardized_moments(
        curator, rows, standardized_box(low, high, rows, unit), shortest=_SHORTEST
    )
    count, mean, matrix = noisy_covariance(
        moments, noise, centered=centered, repaired=repaired
    )
    mean = np.clip(rows.center + unit * mean, low, high)
    doubt = unit**2 * (noise * np.sqrt(len(unit)) / count)
    return Covariance(
        count=count,
        mean=np.zeros_like(mean) if centered else mean,
        center=mean,
        matrix=matrix * np.outer(unit, unit),
        doubt=doubt,
        low=low,
        high=high,
    )


def noisy_covariance(moments, noise, *, centered=False, repaired=True):
    """Count, mean and covariance that noisy second moments suggest.

    Parameters
    ----------
    moments : ndarray of shape (d + 1, d + 1)
        Noisy sum of ``v v'`` over rows ``v = (z, 1)``.
    noise : float
        Standard deviation of its noise on the diagonal.
    centered : bool, default=False
        Whether the mean is zero: then the covariance is the mean square.
    repaired : bool, default=True
        Whether the covariance is made positive semidefinite.

    Returns
    -------
    count : float
        At least one.
    mean : ndarray of shape (d,)
    covariance : ndarray of shape (d, d)
    """
    count = max(1.0, float(moments[-1, -1]))
    mean = moments[-1, :-1] / count
    covariance = moments[:-1, :-1] / count
    if not centered:
        covariance -= np.outer(mean, mean)
        covariance *= count / max(count - 1.0, 1.0)  # unbiased, as scikit-learn's
    if not repaired:
        return count, mean, covariance
    trace_noise = noise * np.sqrt(len(mean)) / count
    return count, mean, _nearest_positive(covariance, trace_noise)


def _nearest_positive(matrix, trace_noise):
    """The nearest positive semidefinite matrix of the same trace."""
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= 0:
        return matrix
    return (vectors * repaired_eigenvalues(values, trace_noise)) @ vectors.T


def repaired_eigenvalues(values, trace_noise):
    """Eigenvalues of the nearest positive semidefinite matrix of the same trace.

    Setting negative eigenvalues to zero would make the matrix larger than it is known
    to be; so all are lowered by the same amount first, until what remains adds up. A
    trace that noise alone explains tells nothing: it is taken to be that noise.

    Parameters
    ----------
    values : ndarray of shape (d,)
    trace_noise : float
        Standard deviation of the noise of the trace.

    Returns
    -------
    ndarray of shape (d,)
    """
    if np.min(values) >= 0:
        return values
    return _on_simplex(values, max(float(np.sum(values)), trace_noise))


def _on_simplex(values, total):
    """The nearest vector of non-negative numbers that add up to ``total``."""
    falling = np.sort(values)[::-1]
    shifts = (np.cumsum(falling) - total) / np.arange(1, len(values) + 1)
    above = falling > shifts
    shift = shifts[above][-1] if above.any() else falling[0]
    return np.maximum(values - shift, 0.0)
