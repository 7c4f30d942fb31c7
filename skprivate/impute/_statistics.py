"""What stands in for a missing value: a noisy mean, median or most frequent value."""

from functools import partial

import numpy as np

from skprivate.base import Box
from skprivate.queries import private_quantiles
from skprivate.queries._moments import BITS
from skprivate.queries._present import PresentIntervals, PresentSums

_COUNTS_SHARE = 0.1  # where values are not found by counts of all of them
_N_QUANTILES = 255  # the most frequent value is that which most of them share
_UNSURE = 12.0  # so many times the noise of a count, ranks of quantiles may be wrong
_DEVIATIONS = 4.0  # of noise, which alone explains no larger count
_MANY = 10.0  # times as many: other columns surely hold values, where one has none


def noisy_mean(curator, low, high, missing):
    """Mean of the values that are there, and which columns have any."""
    sums, box, noise = _sums(curator, low, high, missing, curator.remaining)
    means = np.clip(sums[:, 1] / np.maximum(sums[:, 0], 1.0), -1.0, 1.0)
    return box.center + box.half * means, _occupied(sums[:, 0], noise)


def noisy_median(curator, low, high, missing):
    """Median of the values that are there, and which columns have any."""
    sums, _, noise = _sums(curator, low, high, missing, _COUNTS_SHARE)
    median = _quantiles(curator, [0.5], low, high, missing)[:, 0]
    return median, _occupied(sums[:, 0], noise)


def noisy_mode(curator, low, high, missing):
    """Most frequent of the values that are there, and which columns have any.

    Quantiles repeat a value as often as many rows share it. Of values that are equally
    frequent the smallest is taken, and if no more rows share one than noise explains,
    the middle of where values are densest.
    """
    sums, _, noise = _sums(curator, low, high, missing, _COUNTS_SHARE)
    wanted = np.arange(1, _N_QUANTILES + 1) / (_N_QUANTILES + 1)
    found = _quantiles(curator, wanted, low, high, missing)
    of_count = curator.noise_of(PresentIntervals(low[:, None], low, high, missing))
    rows = np.maximum(sums[:, 0], 1.0) / _N_QUANTILES  # of a quantile
    by_chance = 2 + _UNSURE * of_count / rows
    modes = [_most_shared(*of_one) for of_one in zip(found, by_chance, strict=True)]
    return np.array(modes), _occupied(sums[:, 0], noise)


def _most_shared(quantiles, by_chance):
    """The value with most quantiles; if there is none, the middle of the closest."""
    values, counts = np.unique(quantiles, return_counts=True)
    if counts.max() > min(by_chance, _N_QUANTILES / 2):
        return values[counts.argmax()]
    values = quantiles
    few = len(values) // 16
    start = np.argmin(values[few:] - values[:-few])
    return values[start : start + few + 1].mean()


def _quantiles(curator, wanted, low, high, missing):
    """Quantiles of the values that are there, for all that remains of the budget."""
    share, tree = curator.remaining, partial(PresentIntervals, missing=missing)
    return private_quantiles(curator, wanted, low, high, share=share, tree=tree)


def _sums(curator, low, high, missing, share):
    """Counts and sums of columns, the box they are about, and the noise of counts."""
    box = Box.between(low, high, BITS)
    query = PresentSums(box, missing)
    sums = curator.release(query, share=share)
    return sums, box, curator.noise_of(query) * query.weights[0, 0]


def _occupied(counts, noise):
    """Which columns surely are not empty, or may just be small like all others.

    A column counts as empty if noise explains its count, and if there is a column with
    so many values more that noise does not explain the difference.
    """
    likely = _DEVIATIONS * noise
    return (counts > likely) | (counts.max() <= _MANY * likely)
