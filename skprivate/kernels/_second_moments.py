"""Exact second moments of clipped rows, at the speed of BLAS."""

import numpy as np
from scipy.linalg.blas import dsyrk

from skprivate._typing import TableLike
from skprivate.kernels._blocks import (
    aligned,
    clean_weights,
    lent,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._clip import shrink_long_rows
from skprivate.kernels._columns import (
    add_clipped_products,
    load_targets,
    open_columns,
    plain_clipped_products,
)
from skprivate.kernels._jit import kernel, part
from skprivate.kernels._plain import spared
from skprivate.kernels._rows import square_limit, squared_norms
from skprivate.kernels._sizes import check_shape, check_sizes

# Up to here columns are multiplied in our own kernel, which is faster than BLAS.
FEW_COLUMNS = 192
# Wide rows are so many at a time that BLAS does more than to read and write the total.
FEW_ROWS = 128
MOST_ROWS = 1024
# Where fewer values are not zero, adding up their products one by one is faster: BLAS
# does some 30 products in the time of one addition to a random place.
FEW_VALUES = 0.1
MOST_LEVELS = 2.0**18


def second_moments(
    X: TableLike,
    target: np.ndarray,
    box: np.ndarray,
    target_box: np.ndarray,
    weight: np.ndarray,
    levels: float,
    one: float,
) -> np.ndarray:
    """Sum over rows of ``v v'`` with ``v = (q, one, t)`` clipped to ``levels``.

    Guarantee: a row adds ``u u'`` for a vector u of integers of norm at most
    ``levels``, so a matrix of Frobenius norm at most ``levels**2``; the proof is that
    of `clipped_sum`. A weight w scales the row by ``sqrt(w)`` before truncation, so
    that its addition is a Gram matrix of about w times its own. A row that is not
    finite, target included, adds zero.

    Sums are exact, and BLAS may order them as it likes, because
    ``levels**2 * 2**16 rows <= 2**52``.

    Parameters
    ----------
    X : chunk
    target : ndarray of shape (n,) or (0,)
    box : ndarray of shape (4, d)
    target_box : ndarray of shape (4,) or (0,)
        Box of the target; empty means that rows have no target.
    weight : ndarray of shape (n,) or (0,)
    levels : float
        At most 2**18.
    one : float
        The constant coordinate; 0.0 leaves it out of the norm.

    Returns
    -------
    ndarray of shape (p, p), p = d + 1 or d + 2
        Symmetric, integers in float64.
    """
    if not levels <= MOST_LEVELS:
        raise ValueError("levels above 2**18 are not exact: use a coarser grid")
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box)
    if len(target_box):
        check_shape("target_box", target_box, (4,))
        target_cell = np.reshape(target_box, (4, 1))
        check_sizes(n_rows, 1, weight, box=target_cell)
        check_shape("target", target, (n_rows,))
    rows = source, n_rows, tile_box(box), clean_weights(weight)
    targets = _targets_and_unit(target, target_box)
    ball = one, square_limit(levels), levels
    n_ends = 2 if len(target_box) else 1
    if n_features <= FEW_COLUMNS:
        return _by_columns(rows, targets, ball, n_features, n_ends)
    return _by_rows(rows, targets, ball, n_features, n_ends)


def _by_columns(rows, targets, ball, n_features, n_ends):
    q, w = open_block(n_features)
    columns = open_columns(n_features + n_ends)
    total = np.zeros((len(columns), len(columns)))
    few = spared(add_clipped_products, rows[1] * n_features, rows[0])
    add = plain_clipped_products if few else add_clipped_products
    add(*rows, *targets, ball, q, w, columns, total)
    return total[: n_features + n_ends, : n_features + n_ends]


def _by_rows(rows, targets, ball, n_features, n_ends):
    source, n_rows, tile, weight = rows
    v, ends, factor = _open_rows(n_features, n_ends)
    gram = np.zeros((n_features, n_features), order="F")
    border = np.zeros((n_ends, n_features))
    corner = np.zeros((n_ends, n_ends))
    for first in range(0, n_rows, len(v)):
        m = min(len(v), n_rows - first)
        _clipped_rows(source, first, m, tile, weight, *targets, ball, v, ends, factor)
        block, tail = v[:m], ends[:, :m]
        gram = _plus_gram(block, gram)
        border += tail @ block
        corner += tail @ tail.T
    gram = np.triu(gram) + np.triu(gram, 1).T
    return np.block([[gram, border.T], [border, corner]])


def _open_rows(n_features, n_ends):
    """Memory for the rows that BLAS multiplies, their last entries, and factors.

    A whole number of the blocks that are quantised at a time, each of which starts at a
    cache line.
    """
    block, factor = open_block(n_features)
    n_rows = max(FEW_ROWS, min(n_features, MOST_ROWS))
    n_rows = max(n_rows - n_rows % len(block), len(block))
    v = aligned(n_rows * n_features).reshape(n_rows, n_features)
    return v, np.empty((n_ends, n_rows)), factor


def _plus_gram(rows, total):
    """The upper triangle of ``total`` plus that of ``rows' rows``, in place."""
    columns = rows.T  # as BLAS sees it
    if np.count_nonzero(rows) > FEW_VALUES * rows.size:
        return dsyrk(1.0, columns, 1.0, total, overwrite_c=True)
    _add_products(rows, total.T)
    return total


@kernel
def _add_products(rows, total):
    """The lower triangle of ``total`` plus that of ``rows' rows``, value by value."""
    places = np.empty(rows.shape[1] + 1, dtype=np.int64)
    for i in range(rows.shape[0]):
        row, n_values = rows[i], 0
        for j in range(row.size):
            places[n_values] = j
            n_values += row[j] != 0.0
        for a in range(n_values):
            value, line = row[places[a]], total[places[a]]
            for b in range(a + 1):
                line[places[b]] += value * row[places[b]]


def _targets_and_unit(target, target_box):
    """Float64 targets; and center, scale, lowest and highest integer of their grid."""
    if not len(target_box):
        return lent(np.empty(0)), np.zeros(4)
    unit = tile_box(np.reshape(target_box, (4, 1)))[:4, 0]
    target = np.ascontiguousarray(target, dtype=np.float64)
    return lent(target), np.ascontiguousarray(unit)


@kernel
def _clipped_rows(
    source, first, n_rows, tile, weight, target, unit, ball, v, ends, factor
):
    """Fill ``v`` and ``ends`` with rows from ``first`` on, clipped and truncated."""
    one, limit, levels = ball
    rows = factor.size - 1
    length = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        q = v[start : start + rows]
        plain = load_block(source, first + start, m, tile, weight, q, factor)
        squared_norms(q, m, length)
        for i in range(m):
            ends[0, start + i] = one
            length[i] += one * one
        if target.size:
            plain &= load_targets(
                target, first + start, m, unit, ends[1, start:], factor
            )
            for i in range(m):
                length[i] += ends[1, start + i] * ends[1, start + i]
        if not plain:
            for i in range(m):
                factor[i] = np.sqrt(factor[i])
        shrink_long_rows(length, m, limit, levels, 2, factor)
        for i in range(m):
            if factor[i] != 1.0:
                _shorten(factor[i], start + i, v, ends)


@part
def _shorten(f, i, v, ends):
    """Multiply row ``i`` by ``f``, and truncate it."""
    for j in range(v.shape[1]):
        v[i, j] = np.trunc(f * v[i, j])
    for k in range(ends.shape[0]):
        ends[k, i] = np.trunc(f * ends[k, i])
