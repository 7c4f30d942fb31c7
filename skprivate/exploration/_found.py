"""Two noisy counts of a category, of which one is only told if it came out large."""

from math import hypot

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

_HALVINGS = 60


def both_counts(found, own, deviations, threshold, z):
    """Means of two counts each, weighted by their precision, and their intervals.

    The first count of a category is told if it is above a threshold; if just above, it
    may owe that to the noise. So the interval begins at the least number of rows for
    which both counts together are not too large, *among those that are told*. Given
    that it is told, the chance of a first count as large as this is a quotient of two
    tails (a conditional test; Fithian, Sun and Taylor 2014, "Optimal inference after
    model selection"); that of the second, whose noise is independent, is a tail. As
    normal deviates, weighted by precision, they are added up (Stouffer's method). Far
    from the threshold this is the interval of the mean. Whatever the number of rows is,
    the interval begins above it with at most the probability ``p`` that a normal
    variable exceeds ``z``.

    It ends ``z`` deviations of the mean above it, as if all counts were told. It ends
    below the number of rows if a sum of noises is small, and the count is told if one
    of them is large: given the latter, the former has at most its probability ``p``.

    Parameters
    ----------
    found : ndarray
        First counts: whole numbers above the threshold.
    own : ndarray
        Second counts.
    deviations : tuple of float
        Of the noise of either, which is Gaussian.
    threshold : int
    z : float

    Returns
    -------
    values, below, above : ndarray
        The means, and how far the intervals reach.
    """
    first, second = deviations
    if first == 0 or second == 0:
        return own, np.zeros(len(own)), np.zeros(len(own))
    whole = hypot(first, second)
    weight, deviation = (second / whole) ** 2, first * second / whole
    values = own + weight * (found - own)
    low, high = np.zeros(len(own)), np.maximum(values, 0.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_few = z < deviation * (
            _deviate_of_told(found, middle, first, threshold) / first
            + (own - middle) / second**2
        )
        low, high = np.where(too_few, middle, low), np.where(too_few, high, middle)
    half_row = 0.5 * weight  # the first noise is rounded to whole rows
    return values, values - low, np.full(len(own), z * deviation + half_row)


def _deviate_of_told(counts, rows, deviation, threshold):
    """How large counts are among those that are told, as normal deviates."""
    # Noise is rounded: told is what reaches half a row more than the threshold.
    exceeds = log_ndtr((rows - counts + 0.5) / deviation)
    told = log_ndtr((rows - threshold - 0.5) / deviation)
    return -ndtri_exp(np.minimum(exceeds - told, 0.0))
