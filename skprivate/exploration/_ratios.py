"""Intervals of quotients of noisy sums."""

import numpy as np


def quotient(above, below, noise, z, *, ends=(0.0, 1.0), spread=0.0):
    """A quotient of two noisy sums, and its interval.

    ``above - p * below`` has mean zero at the true quotient ``p``, and a variance that
    is known there: that of its noise, ``var - 2 p cov + p**2 var``, and ``spread``, if
    rows are a sample. The interval holds every ``p`` at which the difference is no more
    than ``z`` deviations (Fieller 1954). It is all that is possible where noise drowns
    the denominator.

    Parameters
    ----------
    above, below : ndarray
        Noisy sums.
    noise : tuple of float
        Variances of the noise of either, and their covariance.
    z : float
        Half-width in standard deviations.
    ends : tuple of float, default=(0.0, 1.0)
        What the quotient cannot be beyond.
    spread : ndarray or float, default=0.0
        Variance of ``above - p * below`` over samples.

    Returns
    -------
    value, low, high : ndarray
    """
    of_above, of_below, both = noise
    value = np.clip(above / np.maximum(below, 1.0), *ends)
    # a p**2 - 2 b p + c <= 0
    a = below**2 - z**2 * of_below
    b = above * below - z**2 * both
    c = above**2 - z**2 * (of_above + np.maximum(spread, 0.0))
    clear = (a > 0) & (below > 0)
    a = np.where(clear, a, 1.0)
    root = np.sqrt(np.maximum(b**2 - a * c, 0.0))
    low = np.where(clear, np.clip((b - root) / a, *ends), ends[0])
    high = np.where(clear, np.clip((b + root) / a, *ends), ends[1])
    return value, np.minimum(low, value), np.maximum(high, value)
