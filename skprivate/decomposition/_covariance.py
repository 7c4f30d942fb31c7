"""A covariance matrix from noisy second moments: symmetric, positive, of right size."""

import numpy as np


def noisy_covariance(moments, noise):
    """Count, mean and covariance that noisy second moments suggest.

    Parameters
    ----------
    moments : ndarray of shape (d + 1, d + 1)
        Noisy sum of ``v v'`` over rows ``v = (z, 1)``.
    noise : float
        Standard deviation of its noise on the diagonal.

    Returns
    -------
    count : float
        At least one.
    mean : ndarray of shape (d,)
    covariance : ndarray of shape (d, d)
        Positive semidefinite.
    """
    count = max(1.0, float(moments[-1, -1]))
    mean = moments[-1, :-1] / count
    covariance = moments[:-1, :-1] / count - np.outer(mean, mean)
    covariance *= count / max(count - 1.0, 1.0)  # unbiased, as scikit-learn's
    trace_noise = noise * np.sqrt(len(mean)) / count
    return count, mean, _nearest_positive(covariance, trace_noise)


def _nearest_positive(matrix, trace_noise):
    """The nearest positive semidefinite matrix of the same trace.

    Setting negative eigenvalues to zero would make the matrix larger than it is known
    to be; so all are lowered by the same amount first, until what remains adds up. A
    trace that noise alone explains tells nothing: it is taken to be that noise.
    """
    values, vectors = np.linalg.eigh(matrix)
    trace = max(float(np.trace(matrix)), trace_noise)
    if values[0] >= 0:
        return matrix
    return (vectors * _on_simplex(values, trace)) @ vectors.T


def _on_simplex(values, total):
    """The nearest vector of non-negative numbers that add up to ``total``."""
    falling = np.sort(values)[::-1]
    shifts = (np.cumsum(falling) - total) / np.arange(1, len(values) + 1)
    above = falling > shifts
    shift = shifts[above][-1] if above.any() else falling[0]
    return np.maximum(values - shift, 0.0)
