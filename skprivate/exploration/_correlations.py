"""Rank correlations of all pairs of numbers, with intervals, from one release."""

import numpy as np

from skprivate.queries import symmetric
from skprivate.queries._rank_moments import RankMoments
from skprivate.queries._views import Columns, OfView


def rank_correlations(curator, numbers, quantiles, references, gaps, *, share, z):
    """Spearman's correlation of each pair of columns, and its interval.

    Ranks are those of private quantiles. With values missing, a pair's covariance is
    that of the rows that have both, its deviations are those of all rows that have one.

    Parameters
    ----------
    curator : Curator
    numbers : tuple of int
        Numbers of the columns in the table.
    quantiles : ndarray of shape (n_numbers, n_quantiles)
        Private quantiles of the columns.
    references : ndarray of shape (n_quantiles,)
        Their ranks.
    gaps : tuple of int
        Columns, counted among ``numbers``, of which values are missing.
    share : float
        Fraction of the budget.
    z : float
        Half-width of an interval in standard deviations.

    Returns
    -------
    value, low, high : ndarray of shape (n_numbers, n_numbers)
        NaN, -1 and 1 where noise hides how a column varies.
    """
    query = OfView(RankMoments(quantiles, references, gaps), Columns(numbers))
    moments = symmetric(curator.release(query, share=share))
    return correlations_of(moments, curator.noise_of(query), len(numbers), gaps, z)


def correlations_of(moments, noise, n_numbers, gaps, z):
    """Correlations that noisy second moments suggest, and their intervals.

    By the delta method: relative errors of a quotient add up in square. ``noise`` is
    that of the diagonal; off it, it is ``sqrt(2)`` smaller.
    """
    indicator = np.full(n_numbers, len(moments) - 1)  # the last is the constant one
    indicator[list(gaps)] = n_numbers + np.arange(len(gaps))
    square = moments[:n_numbers, :n_numbers]
    both = moments[np.ix_(indicator, indicator)]
    sums = moments[:n_numbers, indicator]  # of i, where j is there
    alone = np.diag(both)
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = square / both - sums * sums.T / both**2
        variance = np.diag(square) / alone - (np.diag(sums) / alone) ** 2
        known = (variance * alone > z * noise) & (alone > z * noise)
        deviation = np.sqrt(np.where(known, variance, 1.0))
        scale = np.outer(deviation, deviation)
        value = covariance / scale
        own = (noise / (alone * variance)) ** 2 + (noise / alone) ** 2
        others = (noise / both) ** 2 + (own[:, None] + own) / 4
        error = (noise / both / scale) ** 2 / 2 + value**2 * others
    clear = np.outer(known, known) & (both > z * noise)
    value = np.where(clear, np.clip(value, -1.0, 1.0), np.nan)
    reach = z * np.sqrt(np.where(clear, error, 0.0))
    low = np.where(clear, np.clip(value - reach, -1.0, 1.0), -1.0)
    return value, low, np.where(clear, np.clip(value + reach, -1.0, 1.0), 1.0)
