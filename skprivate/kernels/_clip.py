"""Sums of rows clipped to a ball, on the grid."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import (
    clean_weights,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._rows import (
    SHRINK,
    absolute_norms,
    add_truncated,
    square_limit,
    squared_norms,
)
from skprivate.kernels._sizes import check_sizes


def clipped_sum(
    X: TableLike, box: np.ndarray, weight: np.ndarray, norm: int, levels: float
) -> np.ndarray:
    """Sum of the rows on the grid, each clipped to ``levels`` in the given norm.

    Guarantee: a row contributes a vector of integers of norm at most ``levels``, in
    exact arithmetic; a row that is not finite, or whose weight is not positive and
    finite, contributes zero. A row within the ball and of weight one contributes its
    integers unchanged.

    Proof. A longer row is multiplied by ``f = w * (levels / norm * (1 - 2**-50))``.
    Five operations round (square root, quotient, product with the constant, with
    w <= 1, with q), each by a factor within 1 + 2**-53, and
    ``(1 + 2**-53)**5 * (1 - 2**-50) < 1``; truncation toward zero then shortens every
    coordinate. Squared norms are exact for the bits that `clipped_sum_bits` allows. In
    the largest-value norm every integer is cut to ``floor(levels)``.

    Parameters
    ----------
    X : chunk
        Dense matrix or CSR tuple, at most 2**16 rows.
    box : ndarray of shape (4, d)
        Low, high, center, scale.
    weight : ndarray of shape (n,) or (0,)
        In [0, 1]; empty means all ones.
    norm : int
        1, 2, or 0 for the largest absolute value.
    levels : float
        Radius of the ball in grid steps, at most 2**36.

    Returns
    -------
    ndarray of shape (d,)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box)
    tile = tile_box(box, np.floor(levels) if norm == 0 else np.inf)
    limit = square_limit(levels) if norm == 2 else levels
    q, factor = open_block(n_features)
    total = np.zeros(n_features)
    if norm and longest(tile, n_features, norm) <= limit:
        norm = 0
    _clipped_sum(
        source,
        n_rows,
        tile,
        clean_weights(weight),
        norm,
        limit,
        levels,
        q,
        factor,
        total,
    )
    return total


def longest(tile, n_features, norm):
    """Norm (squared, if L2) of the longest row of the box; a public number."""
    reach = np.maximum(-tile[2, :n_features], tile[3, :n_features])
    return np.sum(np.abs(reach) ** norm)


@kernel
def _clipped_sum(source, n_rows, tile, weight, norm, limit, levels, q, factor, total):
    rows = q.shape[0]
    length = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, factor)
        if norm == 2:
            squared_norms(q, m, length)
        elif norm == 1:
            absolute_norms(q, m, length)
        if norm:
            shrink_long_rows(length, m, limit, levels, norm, factor)
        add_truncated(q, m, factor, total)


@inner
def shrink_long_rows(length, m, limit, levels, norm, factor):
    """Multiply ``factor`` of every row longer than ``limit`` by what makes it fit.

    Lengths are squared if ``norm`` is two. Roots and quotients are taken only for
    blocks that have such rows. Returns whether there are any.
    """
    n_long = 0
    for i in range(m):
        n_long += 0 if length[i] <= limit else 1
    if n_long:
        for i in range(m):
            if not length[i] <= limit:
                size = np.sqrt(length[i]) if norm == 2 else length[i]
                factor[i] *= levels / size * SHRINK
    return n_long > 0
