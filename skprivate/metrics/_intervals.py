"""Intervals for ratios of noisy counts."""

import numpy as np

_TINY = np.finfo(float).tiny


def proportion(hits, misses, noise_hits, noise_misses, z, spread=None):
    """Estimate of ``p`` and interval, from noisy counts of hits and misses.

    ``hits - p * (hits + misses)`` has mean zero at the true ``p``, and a variance that
    is known there: ``n p (1 - p)`` because rows are a sample, and ``(1 - p)**2`` and
    ``p**2`` times the variances of the noise. The interval holds every ``p`` at which
    the difference is no more than ``z`` standard deviations (Wilson 1927 without noise;
    Fieller 1954 for ratios). It is quadratic in ``p``, and says [0, 1] where noise
    drowns the counts.

    Parameters
    ----------
    hits, misses : float or ndarray
        Noisy counts.
    noise_hits, noise_misses : float or ndarray
        Variances of their noise; the noises are independent.
    z : float or ndarray
        Half-width in standard deviations.
    spread : float or ndarray, default=None
        Variance of ``hits - p * n`` over samples, where it is not ``n p (1 - p)``:
        hits may be fractions.

    Returns
    -------
    estimate, low, high : ndarray
    """
    hits, misses = np.asarray(hits, float), np.asarray(misses, float)
    total = hits + misses
    rows = np.maximum(total, 1.0)
    estimate = np.clip(hits / rows, 0.0, 1.0)
    binomial = rows if spread is None else 0.0
    # A noisy spread may be negative; cut at zero it would be too large on average.
    fixed = 0.0 if spread is None else np.maximum(spread, -noise_hits / 8)
    # a p**2 - 2 b p + c <= 0
    a = total**2 + z**2 * (binomial - noise_hits - noise_misses)
    b = hits * total + z**2 * (binomial / 2 - noise_hits)
    c = hits**2 - z**2 * (noise_hits + fixed)
    root = np.sqrt(np.maximum(b**2 - a * c, 0.0))
    clear = (a > 0) & (total > 0)
    a = np.where(clear, a, 1.0)
    low = np.where(clear, np.clip((b - root) / a, 0.0, 1.0), 0.0)
    high = np.where(clear, np.clip((b + root) / a, 0.0, 1.0), 1.0)
    return estimate, np.minimum(low, estimate), np.maximum(high, estimate)


def weighted_sum(ends_at, weights, z, widen=1.0):
    """Weighted sum of independent estimates, and its interval.

    Its end is where the sum of estimates that are ``z_i`` deviations off is farthest,
    with ``sum(z_i**2) = z**2``: squares of distances add up, as variances do (Zou and
    Donner 2008, "Construction of confidence limits about effect measures"). They take
    all distances at ``z``. But each estimate has only its part in the error of the sum,
    ``z_i`` in proportion to its weight and deviation, and the interval of a class that
    noise drowns is much wider at ``z`` than ``z / z_i`` times that at ``z_i``.

    Parameters
    ----------
    ends_at : callable
        Gives estimates and their low and high ends, from ``z_i``.
    weights : ndarray
        At least zero.
    z : float
        Half-width in standard deviations.
    widen : float, default=1.0
        Multiplies the distances, where the estimates are not independent.

    Returns
    -------
    estimate, low, high : float
    """
    equal = z * weights / max(float(np.linalg.norm(weights)), _TINY)
    estimates, lows, highs = ends_at(equal)
    estimate = float(np.sum(weights * estimates))
    down = _parts(estimates - lows, z)
    up = _parts(highs - estimates, z)
    down = float(np.sum(weights * (estimates - ends_at(down)[1])))
    up = float(np.sum(weights * (ends_at(up)[2] - estimates)))
    return estimate, estimate - widen * down, estimate + widen * up


def _parts(distances, z):
    """Each estimate's ``z_i`` from distances at a ``z_i`` in proportion to weights."""
    return z * distances / max(float(np.linalg.norm(distances)), _TINY)
