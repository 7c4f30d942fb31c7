"""Edges of bins from trees that halve a range wherever there are rows."""

from heapq import heapify, heappop, heappush

import numpy as np

from skprivate.binning import Bins
from skprivate.preprocessing._bin_edges import joined
from skprivate.queries import (
    CellTotals,
    ColumnCells,
    EqualCells,
    OfView,
    RowCounts,
    deepest,
)
from skprivate.tables import view_of

_TREES_SHARE = 0.6
_SEEN = 2.0  # deviations of noise: bins that seem to hold fewer rows are joined


def tree_edges(curator, n_bins, low, high):
    """Edges of the leaves of private trees, as many as were asked for at most.

    A range is halved again and again, where that many rows are that noise does not hide
    them (PrivTree; see :class:`~skprivate.mechanisms.Splits`). Then rows are counted in
    all leaves. The neighbours that hold fewest are joined: until there are not too
    many, and none of which noise hides whether it holds rows at all.

    **Guarantee.** What is asked are splits by :class:`EqualCells`, and counts of rows
    in the leaves; all else follows from the answers.

    Parameters
    ----------
    curator : Curator
    n_bins : ndarray of int of shape (n_features,)
    low, high : ndarray of shape (n_features,)
        Public, or released.
    """
    query = EqualCells(low, high, deepest(len(low)))
    share = _TREES_SHARE * curator.remaining
    leaves = query.edges(curator.splits(query, share=share))
    inner = [np.unique(edges)[1:-1] for edges in leaves]
    bins = Bins.of_edges(inner)
    terms = tuple((j,) for j in range(len(inner)))
    counts = CellTotals(ColumnCells(bins.n_codes, terms), RowCounts())
    answer = curator.release(OfView(counts, view_of(bins)), share=curator.remaining)
    least = _SEEN * curator.noise_of(counts)
    edges = []
    for j, rows in enumerate(counts.by_table(answer)):
        kept = _joined_rows(rows[:-1, 0], int(n_bins[j]), least)
        found = np.concatenate([[low[j]], inner[j][kept], [high[j]]])
        edges.append(joined(found, low[j], high[j]))
    return edges


def _joined_rows(rows, most, least):
    """Which of the edges between bins stay, ascending."""
    rows, n = rows.tolist(), len(rows)
    before, after = [*range(-1, n - 1)], [*range(1, n + 1)]
    waiting, last = [(value, i) for i, value in enumerate(rows)], n
    heapify(waiting)
    alive = [True] * n
    while last > 1:
        value, i = heappop(waiting)
        if not alive[i] or value != rows[i]:
            continue  # joined to another meanwhile, or another to it
        if last <= most and value >= least:
            break
        beside = [k for k in (before[i], after[i]) if 0 <= k < n]
        first, second = sorted((i, min(beside, key=rows.__getitem__)))
        rows[first] += rows[second]
        alive[second], after[first] = False, after[second]
        if after[second] < n:
            before[after[second]] = first
        heappush(waiting, (rows[first], first))
        last -= 1
    return [i - 1 for i in range(1, n) if alive[i]]
