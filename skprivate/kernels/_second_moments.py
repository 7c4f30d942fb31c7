"""Exact second moments of clipped rows, at the speed of BLAS."""

import numpy as np
from scipy.linalg.blas import dgemm, dsyrk

from skprivate.kernels._blocks import (
    aligned,
    clean_weights,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._clip import shrink_long_rows
from skprivate.kernels._jit import kernel
from skprivate.kernels._rows import square_limit, squared_norms

# A block of rows and the packed copy BLAS makes of it share the second-level cache.
PRODUCT_VALUES = 2**15
# OpenBLAS does not copy what a product of so few multiplications reads.
SMALL_PRODUCT = 900_000
# Up to here a general product is faster than a symmetric one of half the work.
FEW_COLUMNS = 48
# Wider rows are so many at a time that BLAS does more than to read and write the total.
MOST_ROWS = 1024
# Where fewer values are not zero, adding up their products one by one is faster: BLAS
# does some 30 products in the time of one addition to a random place.
FEW_VALUES = 0.1
MOST_LEVELS = 2.0**18


def second_moments(X, target, box, target_box, weight, levels, one):
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
    target, unit = _target_and_unit(target, target_box)
    weight = clean_weights(weight)
    n_ends = 2 if len(target_box) else 1
    tile, limit = tile_box(box), square_limit(levels)
    v, ends, factor = _open_rows(n_features, n_ends)
    gram = np.zeros((n_features, n_features), order="F")
    border = np.zeros((n_ends, n_features))
    corner = np.zeros((n_ends, n_ends))
    for start in range(0, n_rows, v.shape[0]):
        m = min(v.shape[0], n_rows - start)
        _clipped_rows(
            source, start, m, tile, weight, target, unit, one, limit, levels, v, ends,
            factor,
        )  # fmt: skip
        rows, tail = v[:m], ends[:, :m]
        gram = _plus_gram(rows, gram)
        border += tail @ rows
        corner += tail @ tail.T
    gram = np.triu(gram) + np.triu(gram, 1).T
    return np.block([[gram, border.T], [border, corner]])


def _open_rows(n_features, n_ends):
    """Memory for the rows that BLAS multiplies, their last entries, and factors.

    A whole number of the blocks that are quantised at a time, each of which starts at a
    cache line.
    """
    block, factor = open_block(n_features)
    n_rows = PRODUCT_VALUES // n_features
    if n_features <= FEW_COLUMNS:
        n_rows = min(n_rows, SMALL_PRODUCT // n_features**2)
    else:
        n_rows = max(n_rows, min(n_features, MOST_ROWS))
    n_rows = max(n_rows - n_rows % len(block), len(block))
    v = aligned(n_rows * n_features).reshape(n_rows, n_features)
    return v, np.empty((n_ends, n_rows)), factor


def _plus_gram(rows, total):
    """The upper triangle of ``total`` plus that of ``rows' rows``, in place."""
    columns = rows.T  # as BLAS sees it
    if rows.shape[1] <= FEW_COLUMNS:
        return dgemm(1.0, columns, columns, 1.0, total, trans_b=True, overwrite_c=True)
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


def _target_and_unit(target, target_box):
    """Float64 targets; and center, scale, lowest and highest integer of their grid."""
    if not len(target_box):
        return np.empty(0), np.zeros(4)
    unit = tile_box(np.reshape(target_box, (4, 1)))[:4, 0]
    return np.ascontiguousarray(target, dtype=np.float64), np.ascontiguousarray(unit)


@kernel
def _clipped_rows(
    source, first, n_rows, tile, weight, target, unit, one, limit, levels, v, ends,
    factor,
):  # fmt: skip
    """Fill ``v`` and ``ends`` with rows from ``first`` on, clipped and truncated."""
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
            plain &= _add_targets(target, first + start, m, unit, start, ends, factor)
            for i in range(m):
                length[i] += ends[1, start + i] * ends[1, start + i]
        if not plain:
            for i in range(m):
                factor[i] = np.sqrt(factor[i])
        shrink_long_rows(length, m, limit, levels, True, factor)
        for i in range(m):
            if factor[i] != 1.0:
                _shorten(factor[i], start + i, v, ends)


@kernel
def _add_targets(target, first, m, unit, start, ends, factor):
    """Targets on their grid; a row whose target is not finite gets the factor zero.

    Returns whether all are finite. Such a row is not multiplied by NaN, but by zero.
    """
    center, scale, lowest, highest = unit
    finite = True
    for i in range(m):
        t = target[first + i]
        known = abs(t) < np.inf
        finite &= known
        t = np.rint((t - center) * scale) if known else 0.0
        t = lowest if t < lowest else t
        ends[1, start + i] = highest if t > highest else t
        factor[i] = factor[i] if known else 0.0
    return finite


@kernel
def _shorten(f, i, v, ends):
    """Multiply row ``i`` by ``f``, and truncate it."""
    for j in range(v.shape[1]):
        v[i, j] = np.trunc(f * v[i, j])
    for k in range(ends.shape[0]):
        ends[k, i] = np.trunc(f * ends[k, i])
