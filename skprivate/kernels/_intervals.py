"""Histograms over intervals of any lengths: each row falls into one of every feature."""

from dataclasses import dataclass

import numpy as np

from skprivate.kernels._blocks import clean_weights, load_block, open_chunk
from skprivate.kernels._jit import kernel

# A position is moved up by this part of a bucket, so that an edge that should be the
# start of a bucket is in it, however its position is rounded.
NUDGE = 2.0**-20
# Large blocks, feature by feature: the tables of one feature fit the cache, those of
# all may not.
BLOCK_VALUES = 2**15


@dataclass(frozen=True, eq=False)
class IntervalTable:
    """Where to look for the interval of a value; made by `interval_table`.

    Attributes
    ----------
    edges : ndarray of shape (d, e + 2)
        Ascending; the first is minus, the last plus infinity.
    low, high, scale : ndarray of shape (d,)
        A value x, cut to ``[low, high]``, is at ``(x - low) * scale`` buckets.
    starts : int32 ndarray of shape (d, n_buckets + 1)
        Number of edges in the buckets before each.
    """

    edges: np.ndarray
    low: np.ndarray
    high: np.ndarray
    scale: np.ndarray
    starts: np.ndarray


def interval_table(edges, low, high):
    """Prepare the search for intervals.

    As many buckets of equal length as there are intervals; the search is fast where
    the edges in a bucket cut it into equal parts, and correct anywhere.

    Parameters
    ----------
    edges : ndarray of shape (d, e)
        Finite and ascending, possibly equal; at most 2**30 of them.
    low, high : ndarray of shape (d,)
        Finite ends of the buckets, less than 2**1023 apart. They bound no value.

    Returns
    -------
    IntervalTable
    """
    n_features, n_edges = edges.shape
    n_buckets = n_edges + 1
    scale = np.zeros(n_features)
    with np.errstate(over="ignore"):
        np.divide(n_buckets, high - low, out=scale, where=high > low)
    scale[~np.isfinite(scale)] = 0.0
    inside = np.clip(edges, low[:, None], high[:, None])
    place = (inside - low[:, None]) * scale[:, None] + NUDGE
    bucket = np.minimum(place, n_buckets - 1.0).astype(np.int64)
    starts = np.zeros((n_features, n_buckets + 1), np.int32)
    for j in range(n_features):
        counts = np.bincount(bucket[j], minlength=n_buckets)
        starts[j, 1:] = np.cumsum(counts)
    ends = np.full((n_features, 1), np.inf)
    edges = np.concatenate([-ends, edges, ends], axis=1)
    return IntervalTable(edges, np.array(low), np.array(high), scale, starts)


def interval_counts(X, table, weight, one):
    """Counts of the intervals between ascending edges, per feature, times ``one``.

    Interval c holds the values with ``edges[c - 1] <= x < edges[c]``; the first and the
    last have no end. Compared exactly: the buckets of the table only say where to look,
    and a value and an edge in different buckets compare as the buckets do, because
    their positions are computed by the same monotone operations.

    Guarantee: a row adds ``rint(w * one)``, at most ``one``, to exactly one interval of
    every feature: norms ``one``, ``sqrt(d) * one`` and ``d * one``. A row that is not
    finite, or whose weight is not positive and finite, adds zero. Exact for an integer
    ``one <= 2**36``.

    Parameters
    ----------
    X : chunk
    table : IntervalTable
    weight : ndarray of shape (n,) or (0,)
    one : float

    Returns
    -------
    ndarray of shape (d, e + 1)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    total = np.zeros((n_features, table.edges.shape[1] - 1))
    rows = max(BLOCK_VALUES // max(n_features, 1), 1)
    x, w = np.empty((rows, n_features)), np.empty(rows)
    ends = np.stack([table.low, table.high, table.scale])
    _interval_counts(
        source,
        n_rows,
        table.edges,
        ends,
        table.starts,
        clean_weights(weight),
        float(one),
        x,
        w,
        total,
    )
    return total


@kernel
def _interval_counts(source, n_rows, edges, ends, starts, weight, one, x, w, total):
    rows, n_features = x.shape
    no_tile = np.empty((0, 0))
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, no_tile, weight, x, w)
        for i in range(m):
            w[i] = np.rint(w[i] * one)
        for j in range(n_features):
            _count_feature(x, w, m, j, edges[j], ends[:, j], starts[j], total[j])


@kernel
def _count_feature(x, count, m, j, edges, ends, starts, total):
    low, high, scale = ends[0], ends[1], ends[2]
    last_bucket = starts.size - 2.0
    for i in range(m):
        value = x[i, j]
        place = (min(max(value, low), high) - low) * scale + NUDGE
        bucket = int(min(place, last_bucket))
        first, last = starts[bucket], starts[bucket + 1]
        cell = first
        if last > first:
            cell = min(first + 1 + int((place - bucket) * (last - first)), last)
        if not edges[cell] <= value < edges[cell + 1]:
            cell = _search(edges, value, first, last)
        total[cell] += count[i]


@kernel
def _search(edges, value, first, last):
    """Number of edges up to ``value``, which lies between ``first`` and ``last``."""
    while first < last:
        middle = (first + last) // 2
        if edges[middle + 1] <= value:
            first = middle + 1
        else:
            last = middle
    return first
