"""Histograms: each row falls into exactly one cell, per feature or in all."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import (
    clean_weights,
    lent,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import add_to_cells, plain_blocks, spared
from skprivate.kernels._rows import square_limit, squared_norms
from skprivate.kernels._sizes import check_codes, check_number, check_shape, check_sizes

# Positions are rounded to this part of a cell, so that a value on an edge falls into
# the cell above it although the edge itself is not a double.
CELL_STEPS = 2.0**20


def class_counts(
    codes: np.ndarray, n_classes: int, weight: np.ndarray, one: float
) -> np.ndarray:
    """Number of rows of each class, times ``one``.

    Guarantee: a row adds ``rint(w * one)``, at most ``one``, to one entry; a row whose
    code is no class, or whose weight is not positive and finite, adds zero. Exact for
    an integer ``one <= 2**36``.

    Parameters
    ----------
    codes : integer ndarray of shape (n,)
    n_classes : int
    weight : ndarray of shape (n,) or (0,)
    one : float

    Returns
    -------
    ndarray of shape (n_classes,)
        Integers in float64.
    """
    check_number("n_classes", n_classes, 1)
    check_codes(codes, np.size(codes))
    check_sizes(len(codes), 1, weight)
    total = np.zeros(n_classes)
    _class_counts(lent(codes), clean_weights(weight), float(one), total)
    return total


@kernel
def _class_counts(codes, weight, one, total):
    for i in range(codes.size):
        if 0 <= codes[i] < total.size:
            total[codes[i]] += np.rint(weight[i] * one) if weight.size else one


def histogram(
    X: TableLike, box: np.ndarray, n_bins: int, weight: np.ndarray, one: float
) -> np.ndarray:
    """Counts of equal-width cells on ``[low, high]``, per feature, times ``one``.

    Guarantee: a row adds ``rint(w * one)``, at most ``one``, to exactly one cell of
    every feature: norms ``one``, ``sqrt(d) * one`` and ``d * one``. A row that is not
    finite, or whose weight is not positive and finite, adds zero. Exact for an integer
    ``one <= 2**36``.

    A value outside counts in the nearest cell, one within 2**-21 of a cell below an
    edge in the cell above it. A feature with ``low == high`` has all in cell 0.

    Parameters
    ----------
    X : chunk
    box : ndarray of shape (4, d)
        Only low and high are used.
    n_bins : int
        At most 2**30.
    weight : ndarray of shape (n,) or (0,)
    one : float

    Returns
    -------
    ndarray of shape (d, n_bins)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    check_number("n_bins", n_bins, 1)
    check_shape("box", box[:2], (2, n_features))
    cells = _cell_box(box[0], box[1], n_bins)
    check_sizes(n_rows, n_features, weight, box=cells)
    tile = tile_box(cells)
    total = np.zeros((n_features, n_bins))
    q, w = open_block(n_features)
    few = spared(_histogram, n_rows * n_features, source)
    count = _plain_histogram if few else _histogram
    count(source, n_rows, tile, clean_weights(weight), float(one), q, w, total)
    return total


def _cell_box(low, high, n_bins):
    """Box whose integers are positions in steps of a cell; halves avoid overflow."""
    half = high / 2.0 - low / 2.0
    scale = np.zeros(low.size)
    with np.errstate(over="ignore"):
        np.divide(n_bins * CELL_STEPS / 2.0, half, out=scale, where=half > 0.0)
    return np.stack([low, high, low, np.where(np.isfinite(scale), scale, 0.0)])


@kernel
def _histogram(source, n_rows, tile, weight, one, q, w, total):
    rows, n_features = q.shape
    last = total.shape[1] - 1.0
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        for i in range(m):
            count = np.rint(w[i] * one)
            for j in range(n_features):
                cell = q[i, j] * (1.0 / CELL_STEPS)
                total[j, int(min(max(cell, 0.0), last))] += count


@np.errstate(all="ignore")
def _plain_histogram(source, n_rows, tile, weight, one, q, w, total):
    """The twin of `_histogram`."""
    last = total.shape[1] - 1.0
    for _, v, weights in plain_blocks(source, n_rows, tile, weight, q, w):
        cell = np.clip(v * (1.0 / CELL_STEPS), 0.0, last).astype(np.int64)
        add_to_cells(cell, np.rint(weights * one), total)


def norm_histogram(
    X: TableLike, box: np.ndarray, edges: np.ndarray, weight: np.ndarray, one: float
) -> np.ndarray:
    """Counts of rows by the L2 norm of their integers, times ``one``.

    Cell c holds the rows with ``edges[c - 1] < norm <= edges[c]``; the last one has no
    upper edge. Norms are compared exactly, a non-integer edge up to 4 parts in 2**53.

    Guarantee: a row adds ``rint(w * one)``, at most ``one``, to exactly one cell. A row
    that is not finite, or whose weight is not positive and finite, adds zero.

    Parameters
    ----------
    X : chunk
    box : ndarray of shape (4, d)
    edges : ndarray of shape (e,)
        Ascending, in grid steps.
    weight : ndarray of shape (n,) or (0,)
    one : float
        Integer, at most 2**36.

    Returns
    -------
    ndarray of shape (e + 1,)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box)
    limits = np.array([square_limit(edge) for edge in edges])
    total = np.zeros(limits.size + 1)
    tile, weight = tile_box(box), clean_weights(weight)
    q, w = open_block(n_features)
    _norm_histogram(source, n_rows, tile, weight, float(one), limits, q, w, total)
    return total


@kernel
def _norm_histogram(source, n_rows, tile, weight, one, limits, q, w, total):
    rows = q.shape[0]
    length = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        squared_norms(q, m, length)
        for i in range(m):
            cell = 0
            for c in range(limits.size):
                cell += 1 if length[i] > limits[c] else 0
            total[cell] += np.rint(w[i] * one)
