"""Exact second moments of clipped rows, at the speed of BLAS."""

import numpy as np

from skprivate.kernels._blocks import (
    aligned,
    clean_target,
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
# Up to here a general product beats NumPy's symmetric one, which handles few columns
# badly.
FEW_COLUMNS = 64
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
    extra, weight = _quantised_target(target, target_box, weight)
    p = n_features + (2 if len(target_box) else 1)
    # With unequal widths NumPy does not see a matrix times itself.
    width = p + 8 - p % 8 if p <= FEW_COLUMNS else p
    v = aligned(max(PRODUCT_VALUES // width, 8) * width).reshape(-1, width)
    v[:, p:] = 0.0
    tile, limit = tile_box(box), square_limit(levels)
    q, factor = open_block(n_features)
    total = np.zeros((p, p))
    for start in range(0, n_rows, v.shape[0]):
        m = min(v.shape[0], n_rows - start)
        _clipped_rows(
            source, start, m, tile, weight, extra, one, limit, levels, q, factor, v
        )
        total += (v[:m, :p].T @ v[:m])[:, :p]
    return total


def _quantised_target(target, target_box, weight):
    """Targets on the grid of their box, and weights that skip the non-finite ones."""
    if not len(target_box):
        return np.empty(0), clean_weights(weight)
    target, weight = clean_target(target, weight)
    center, scale, lowest, highest = tile_box(np.reshape(target_box, (4, 1)))[:4, 0]
    with np.errstate(over="ignore"):
        grid = np.rint((target - center) * scale)
    return np.clip(grid, lowest, highest), weight


@kernel
def _clipped_rows(
    source, first, n_rows, tile, weight, extra, one, limit, levels, q, factor, out
):
    """Fill ``out`` with the rows from ``first`` on, extended, clipped and truncated."""
    rows = q.shape[0]
    length = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        plain = load_block(source, first + start, m, tile, weight, q, factor)
        squared_norms(q, m, length)
        for i in range(m):
            length[i] += one * one
        if extra.size:
            for i in range(m):
                t = extra[first + start + i]
                length[i] += t * t
        if not plain:
            for i in range(m):
                factor[i] = np.sqrt(factor[i])
        shrink_long_rows(length, m, limit, levels, True, factor)
        _write_rows(q, m, factor, one, extra, first + start, start, out)


@kernel
def _write_rows(q, m, factor, one, extra, first, start, out):
    """Write ``trunc(factor * (q, one, extra))`` to ``out``, from row ``start`` on."""
    n_features = q.shape[1]
    for i in range(m):
        f, to = factor[i], start + i
        for j in range(n_features):
            out[to, j] = np.trunc(f * q[i, j])
        out[to, n_features] = np.trunc(f * one)
    if extra.size:
        for i in range(m):
            out[start + i, n_features + 1] = np.trunc(factor[i] * extra[first + i])
