"""Rates of groups, with intervals that all hold at once."""

from dataclasses import dataclass
from math import log

import numpy as np
from scipy.special import ndtr, ndtri

from skprivate.metrics._intervals import proportion

# Outcomes, in the order of GroupOutcomes, that count for a rate, and those against it.
RATES = {
    "selection_rate": ((0, 2), (1, 3, 4)),
    "tpr": ((0,), (1,)),
    "fpr": ((2,), (3, 4)),
    "fnr": ((1,), (0,)),
    "tnr": ((3, 4), (2,)),
    "precision": ((0,), (2,)),
    "accuracy": ((0, 3), (1, 2, 4)),
    "base_rate": ((0, 1), (2, 3, 4)),
}
TOO_WIDE = 0.5  # an interval of half of all that is possible says next to nothing


@dataclass(frozen=True, eq=False)
class Rates:
    """Estimates and ends of intervals, of shape (n_metrics, n_groups).

    Parameters
    ----------
    values, low, high : ndarray
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray


def rates_of(counts, noise, metrics, z):
    """Rates of groups from noisy counts of outcomes.

    Parameters
    ----------
    counts : ndarray of shape (n_groups, n_outcomes)
    noise : float
        Variance of the noise of each.
    metrics : sequence of str
        Keys of ``RATES``.
    z : float
        Half-width of each interval in standard deviations.
    """
    found = []
    for name in metrics:
        sums, variances = [], []
        for outcomes in RATES[name]:
            places = [k for k in outcomes if k < counts.shape[1]]
            sums.append(counts[:, places].sum(axis=1))
            variances.append(noise * len(places))
        found.append(proportion(*sums, *variances, z))
    return Rates(*np.moveaxis(np.array(found), 1, 0))


def simultaneous(z, number, *, laplace):
    """Half-width of each of several intervals that are to hold together.

    With ``1 - a = (1 - b) ** number``, intervals of confidence ``1 - b`` hold all at
    once with at least ``1 - a`` where errors are normal, however they are correlated
    (Sidak 1967): rates of one group share rows, and the overall ones share all.

    Parameters
    ----------
    z : float
        Half-width of a single one.
    number : int
    laplace : bool
        Whether noise has Laplace's tails.

    Returns
    -------
    z : float
    stretch : float
        By how much to multiply the deviation of the noise, for its longer tails.
    """
    beyond = -np.expm1(np.log(2 * ndtr(z) - 1) / number)
    each = float(-ndtri(beyond / 2))
    stretch = max(1.0, -log(beyond) / np.sqrt(2) / each) if laplace else 1.0
    return each, stretch
