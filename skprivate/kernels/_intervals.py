"""Histograms over intervals of any lengths, one after another, per feature."""

from dataclasses import dataclass

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import clean_weights, load_block, open_block, open_chunk
from skprivate.kernels._jit import kernel, part
from skprivate.kernels._plain import add_to_cells, plain_blocks, spared
from skprivate.kernels._sizes import check_shape, check_sizes

BUCKETS_PER_EDGE = 16
MOST_BUCKETS = 2**15
FEW = 8  # so many edges are looked through one by one
# Blocks of rows, feature by feature: the tables of one feature fit the cache, those of
# all may not.
BLOCK_VALUES = 2**13


@dataclass(frozen=True, eq=False)
class IntervalTable:
    """Where to look for the interval of a value; made by `interval_table`.

    Attributes
    ----------
    edges : ndarray of shape (d, e)
        Ascending.
    ends : ndarray of shape (2, d)
        A value x is ``(x - ends[0]) * ends[1]`` buckets from the start.
    starts : int32 ndarray of shape (d, n_buckets + 1)
        Number of edges in the buckets before each.
    """

    edges: np.ndarray
    ends: np.ndarray
    starts: np.ndarray


def interval_table(
    edges: np.ndarray, low: np.ndarray, high: np.ndarray
) -> IntervalTable:
    """Prepare the search for intervals, by buckets of equal length.

    The search is fast where few edges are in a bucket, and correct anywhere.

    Parameters
    ----------
    edges : ndarray of shape (d, e)
        Finite and ascending, possibly equal; at most 2**30 of them.
    low, high : ndarray of shape (d,)
        Finite ends of the buckets. They bound no value.

    Returns
    -------
    IntervalTable
    """
    n_features, n_edges = edges.shape
    check_shape("low", low, (n_features,))
    check_shape("high", high, (n_features,))
    n_buckets = min(BUCKETS_PER_EDGE * (n_edges + 1), MOST_BUCKETS)
    scale = np.zeros(n_features)
    with np.errstate(over="ignore"):
        np.divide(n_buckets, high - low, out=scale, where=high > low)
    scale[~np.isfinite(scale)] = 0.0
    starts = np.zeros((n_features, n_buckets + 1), np.int32)
    for j in range(n_features):
        with np.errstate(over="ignore", invalid="ignore"):
            place = (edges[j] - low[j]) * scale[j]
        bucket = np.fmin(np.fmax(place, 0.0), n_buckets - 1.0).astype(np.int64)
        starts[j, 1:] = np.cumsum(np.bincount(bucket, minlength=n_buckets))
    return IntervalTable(edges, np.stack([low, scale]), starts)


def interval_counts(
    X: TableLike, table: IntervalTable, weight: np.ndarray, one: float
) -> np.ndarray:
    """Counts of the intervals between ascending edges, per feature, times ``one``.

    Interval c holds the values with ``edges[c - 1] <= x < edges[c]``; the first and the
    last have no end. Values are compared exactly: the buckets of the table only say
    where to look. The bucket of a value and that of an edge are computed by the same
    monotone operations, so if they differ, value and edge differ in the same direction.

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
    check_sizes(n_rows, n_features, weight)
    check_shape("edges", table.edges, (n_features, table.edges.shape[1]))
    total = np.zeros((n_features, table.edges.shape[1] + 1))
    x, w = open_block(n_features, BLOCK_VALUES // max(n_features, 1))
    weight, one = clean_weights(weight), float(one)
    parts = table.edges, table.ends, table.starts
    few = spared(_interval_counts, n_rows * n_features, source)
    count = _plain_interval_counts if few else _interval_counts
    count(source, n_rows, *parts, weight, one, x, w, total)
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
            ends_j = ends[0, j], ends[1, j]
            _count_feature(x, w, m, j, edges[j], ends_j, starts[j], total[j])


@part
def _count_feature(x, count, m, j, edges, ends, starts, total):
    low, scale = ends
    last_bucket = starts.size - 2.0
    for i in range(m):
        value = x[i, j]
        place = (value - low) * scale
        # NaN, of an overflow times zero, becomes zero: then there is one bucket only.
        place = place if place > 0.0 else 0.0
        place = place if place < last_bucket else last_bucket
        bucket = int(place)
        first, last = starts[bucket], starts[bucket + 1]
        while last - first > FEW:
            middle = (first + last) // 2
            if edges[middle] <= value:
                first = middle + 1
            else:
                last = middle
        while first < last and edges[first] <= value:
            first += 1
        total[first] += count[i]


@np.errstate(all="ignore")
def _plain_interval_counts(
    source, n_rows, edges, ends, starts, weight, one, x, w, total
):
    """The twin of `_interval_counts`; it needs no buckets."""
    no_tile = np.empty((0, 0))
    for _, values, weights in plain_blocks(source, n_rows, no_tile, weight, x, w):
        cells = np.empty(values.shape, dtype=np.int64)
        for j, column in enumerate(values.T):
            cells[:, j] = np.searchsorted(edges[j], column, side="right")
        add_to_cells(cells, np.rint(weights * one), total)
