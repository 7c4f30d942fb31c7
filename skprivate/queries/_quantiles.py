"""Any number of quantiles of every feature at once, in a few rounds of noisy counts."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.base import Curator
from skprivate.queries._atoms import round_number
from skprivate.queries._intervals import (
    FAN_OUT,
    IntervalTree,
    consistent_counts,
    depth_of,
)
from skprivate.queries._refine import first_edges, monotone_sums, refined_edges

_SHARES = {1: (1.0,), 2: (0.2, 0.8), 3: (0.1, 0.15, 0.75)}
_FEW = 6  # so many quantiles need fewer intervals, which are known better
_MANY_FEATURES = 64  # of so many, a fine table would be large, and its noise larger
_CROWD = 16.0  # how much denser than its neighbours a shared value is
_REACH = 4.0  # deviations of a sum within which a quantile is looked for


def private_quantiles(
    curator: Curator,
    quantiles: ArrayLike,
    low: np.ndarray,
    high: np.ndarray,
    *,
    share: float,
    rounds: Literal[1, 2, 3] = 3,
    tree: Callable[..., Any] = IntervalTree,
) -> np.ndarray:
    """Quantiles of every feature, all of them within one share of the budget.

    Each round releases one :class:`IntervalTree` of all features. The first
    looks everywhere; the intervals of the next gather where, after the round before,
    the quantiles may be; of the last one the quantiles are read off. So the error in
    ranks hardly depends on how far apart the bounds are, and grows only slowly with the
    number of quantiles. What is released is a function of these counts and of public
    numbers, and nothing else: no number of rows is needed.

    Parameters
    ----------
    curator : Curator
        Whose rows are meant.
    quantiles : array-like of shape (n_quantiles,)
        Public numbers in [0, 1], ascending.
    low, high : ndarray of shape (n_features,)
        Public, or private, ends of each feature. Values outside count as if they were
        at the nearest end.
    share : float
        Fraction of the budget.
    rounds : {1, 2, 3}, default=3
        Number of releases. Each makes intervals finer by the number of intervals per
        quantile.
    tree : type, default=IntervalTree
        What to ask: ``PresentIntervals`` where values may be missing.

    Returns
    -------
    ndarray of shape (n_features, n_quantiles)
        Ascending, within the bounds. Quantiles so near to the ends that noise hides
        the rows beyond are moved inwards.
    """
    quantiles = checked_quantiles(quantiles)
    ends = low, high
    last = last_look(curator, quantiles, *ends, share=share, rounds=rounds, tree=tree)
    return values_at(last, quantiles)


@dataclass(frozen=True, eq=False)
class LastLook:
    """Noisy ranks of the edges of narrow intervals around the wanted quantiles.

    Attributes
    ----------
    edges : ndarray of shape (n_features, n_intervals + 1)
        Ascending, from the lower to the upper bound.
    sums : ndarray of shape (n_features, n_intervals + 1)
        Noisy numbers of rows below each edge, ascending.
    totals : ndarray of shape (n_features,)
        Noisy numbers of rows, at least zero.
    noise : float
        Deviation of the noise of a single count.
    """

    edges: np.ndarray
    sums: np.ndarray
    totals: np.ndarray
    noise: float


def checked_quantiles(quantiles):
    """Quantiles as an array; they are public, and must be ascending."""
    quantiles = np.asarray(quantiles, dtype=np.float64)
    inside = (quantiles >= 0).all() and (quantiles <= 1).all()
    if quantiles.ndim != 1 or not inside or (np.diff(quantiles) < 0).any():
        raise ValueError("quantiles must be numbers from 0 to 1, in ascending order.")
    return quantiles


def last_look(curator, quantiles, low, high, *, share, rounds, tree):
    """Ranks near the quantiles, after some rounds; see :func:`private_quantiles`."""
    sizes = _numbers_of_intervals(len(quantiles), len(low), rounds)
    bounds = zip(low, high, strict=True)
    edges = np.array([first_edges(*ends, sizes[0]) for ends in bounds])
    shares = share * np.array(_SHARES[rounds])
    shares[-1] = share - shares[:-1].sum()
    for number, (part, size) in enumerate(zip(shares, sizes, strict=True), 1):
        sums, totals, noise = _sums(curator, tree, edges, low, high, part)
        if number < rounds:
            wanted = _wanted_ranks(quantiles, totals, 2 * noise)
            reach = max(1.0, _REACH * noise * _spread(size))
            near = reach, noise / FAN_OUT, sizes[number]
            edges = np.array(
                [
                    refined_edges(*of_one, *near)
                    for of_one in zip(edges, sums, wanted, strict=True)
                ]
            )
    return LastLook(edges, sums, totals, noise)


def values_at(last, quantiles):
    """Where each feature reaches the ranks of the quantiles."""
    wanted = _wanted_ranks(quantiles, last.totals, 2 * last.noise)
    of_all = zip(last.edges, last.sums, wanted, strict=True)
    found = [_values(*of_one, last.noise) for of_one in of_all]
    return np.array(found).reshape(len(last.edges), len(quantiles))


def _numbers_of_intervals(n_quantiles, n_features, rounds):
    """A power of eight for each round; public, because the arguments are."""
    fine = n_quantiles > _FEW and n_features <= _MANY_FEATURES
    sizes = [FAN_OUT ** (4 if fine else 3)] * rounds
    if rounds == 2:  # for speed: the tables of the first round stay in the cache
        sizes[0] = FAN_OUT**3
    return sizes


def _spread(n_intervals):
    """Largest deviation of a sum, given the total, in deviations of a count.

    On each level at most half of eight neighbours are added up; given the sum of all
    eight, that has a variance of two.
    """
    return sqrt(depth_of(n_intervals) * FAN_OUT / 4)


def _sums(curator, tree, edges, low, high, share):
    """Release cumulative counts at the edges and totals, with the noise of a count."""
    query = tree(np.ascontiguousarray(edges[:, 1:-1]), low, high)
    counts = consistent_counts(curator.release(query, share=share))
    totals = np.maximum(counts.sum(axis=1), 0.0)
    return monotone_sums(counts), totals, curator.noise_of(query)


def _wanted_ranks(quantiles, totals, margin):
    """Ranks of the quantiles of each feature, a margin away from the ends."""
    margin = np.minimum(margin, totals / 2)[:, None]
    return np.clip(quantiles * totals[:, None], margin, totals[:, None] - margin)


def _values(edges, sums, wanted, noise):
    """Where the sums reach the wanted ranks; in the middle, if they do so for long."""
    first = np.searchsorted(sums, wanted, side="left") - 1
    last = np.searchsorted(sums, wanted, side="right") - 1
    at_start, at_end = wanted <= sums[0], wanted >= sums[-1]
    first = np.where(at_start, last, first)
    last = np.where(at_end, first, last)
    n_intervals = len(edges) - 1
    ends = [np.clip(end, 0, n_intervals - 1) for end in (first, last)]
    values = [_interpolated(edges, sums, wanted, end) for end in ends]
    value = values[0] + (values[1] - values[0]) / 2
    shared = _is_shared(edges, sums, ends[0], noise) & (ends[0] == ends[1])
    start, stop = edges[ends[0][shared]], edges[ends[0][shared] + 1]
    value[shared] = round_number(start, stop)
    return np.clip(np.maximum.accumulate(value), edges[0], edges[-1])


def _interpolated(edges, sums, wanted, interval):
    """Point of an interval at which a wanted rank is reached."""
    rows = sums[interval + 1] - sums[interval]
    rank = np.clip(wanted - sums[interval], 0.0, rows)
    part = np.divide(rank, rows, out=np.zeros_like(rank), where=rows > 0)
    return edges[interval] + part * (edges[interval + 1] - edges[interval])


def _is_shared(edges, sums, interval, noise):
    """Whether intervals surely hold many rows, far denser than on either side.

    Then they hold a value that many rows share, or as good as that.
    """
    rows = np.pad(np.diff(sums), 1)
    width = np.pad(np.diff(edges), 1, constant_values=1.0)
    alone = rows[interval + 1] > 8 * noise
    for beside in (interval, interval + 2):
        surely = np.maximum(rows[beside] - 4 * noise, 0.0)
        crowd = _CROWD * surely * width[interval + 1]
        alone &= crowd <= rows[interval + 1] * width[beside]
    return alone
