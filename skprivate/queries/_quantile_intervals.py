"""Quantiles with intervals that hold the exact ones, as far as noise allows to say."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from skprivate.queries._intervals import (
    FAN_OUT,
    IntervalTree,
    depth_of,
    level_variances,
)
from skprivate.queries._quantiles import checked_quantiles, last_look, values_at


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Private quantiles of some features, and what noise leaves open.

    Attributes
    ----------
    values, low, high : ndarray of shape (n_features, n_quantiles)
        Estimates and the ends of their intervals.
    rows : ndarray of shape (n_features,)
        Noisy number of the rows that were ranked.
    rows_noise : float
        Standard deviation of their noise.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rows: np.ndarray
    rows_noise: float


def quantiles_with_intervals(
    curator, quantiles, low, high, *, share, z, tree=IntervalTree
):
    """Quantiles as of :func:`private_quantiles`, with intervals, for the same price.

    The interval of a quantile ``q`` holds the smallest value up to which there are at
    least ``q`` of the rows, moved into the bounds, wherever the noise of ranks is less
    than ``z`` deviations. For that, it reaches from the last edge that is surely below,
    to the first that is surely above.

    **Deviation.** Let ``S`` be the sum of consistent counts up to an edge, and ``T``
    that of all. A sum over the top level misses by ``j (1 - q)**2 + (8 - j) q**2``
    variances of such a count in ``S - q T``, ``j`` of eight neighbours being below:
    at most ``8 max(q, 1 - q)**2``. On each level below, given the sum of eight
    neighbours, the sum of the first ``j`` misses by ``j (8 - j) / 8 <= 2``. Levels are
    independent of each other, since the estimate is by least squares (Hay et al. 2010,
    Theorem 3); and of a neighbour that an edge cuts, the part below counts, so that a
    variance, which is convex in that part, is largest for all of it or none.

    Parameters
    ----------
    curator, quantiles, low, high, share, tree
        As for :func:`private_quantiles`.
    z : float
        Half-width of an interval in standard deviations.

    Returns
    -------
    Quantiles
    """
    quantiles = checked_quantiles(quantiles)
    ends, rounds = (low, high), {"share": share, "rounds": 3, "tree": tree}
    last = last_look(curator, quantiles, *ends, **rounds)
    values = values_at(last, quantiles)
    variances = level_variances(depth_of(last.edges.shape[1] - 1))
    of_total = last.noise * sqrt(FAN_OUT * variances[0])
    farther = np.maximum(quantiles, 1 - quantiles)
    below = last.noise**2 * FAN_OUT / 4 * sum(variances[1:])
    reach = z * np.sqrt((of_total * farther) ** 2 + below)
    wanted = quantiles * last.totals[:, None]
    lower = _edges_at(last, wanted - reach, inside=-1)
    upper = _edges_at(last, wanted + reach, inside=0)
    return Quantiles(
        values,
        np.minimum(lower, values),
        np.maximum(upper, values),
        last.totals,
        of_total,
    )


def _edges_at(last, ranks, inside):
    """The first edge with at least so many rows below it, or the one before."""
    found = []
    for edges, sums, wanted in zip(last.edges, last.sums, ranks, strict=True):
        place = np.searchsorted(sums, wanted, side="left") + inside
        found.append(edges[np.clip(place, 0, len(edges) - 1)])
    return np.array(found).reshape(ranks.shape)
