"""Sums of products of the columns of few features, clipped row by row.

A block of rows is kept column by column: factors and products then run along columns,
in vector instructions, however few features there are. BLAS, which is made for wide
matrices, takes twice as long.
"""

import numpy as np

from skprivate.kernels._blocks import aligned, load_block
from skprivate.kernels._clip import shrink_long_rows
from skprivate.kernels._jit import EXACT, inner, kernel
from skprivate.kernels._plain import plain_blocks
from skprivate.kernels._prefetch import prefetch
from skprivate.kernels._rows import SHRINK, squared_norms

# An odd number of cache lines a column: else many columns compete for few places.
BLOCK_ROWS = 8 * 33


def open_columns(n_columns):
    """Memory for the columns of a block, a multiple of four of them, zero at first."""
    n_columns += -n_columns % 4
    columns = aligned(n_columns * BLOCK_ROWS).reshape(n_columns, BLOCK_ROWS)
    columns[:] = 0.0
    return columns


@kernel
def add_clipped_products(
    source, n_rows, tile, weight, target, unit, ball, q, w, columns, total
):
    """Sum in ``total``, zero before, the products of clipped rows ``(q, one, t)``."""
    one, limit, levels = ball
    n_features, most = q.shape[1], columns.shape[1]
    n_columns = n_features + (2 if target.size else 1)
    part, length, factor = np.empty(most), np.empty(most), np.empty(most)
    for start in range(0, n_rows, most):
        m = min(most, n_rows - start)
        plain = _load_columns(
            source, start, m, tile, weight, q, w, columns, part, length, factor
        )
        for i in range(m):
            columns[n_features, i] = one
            length[i] += one * one
        if target.size:
            last = columns[n_features + 1]
            plain &= load_targets(target, start, m, unit, last, factor)
            for i in range(m):
                length[i] += last[i] * last[i]
        if not plain:
            for i in range(m):
                factor[i] = np.sqrt(factor[i])
        any_long = shrink_long_rows(length, m, limit, levels, 2, factor)
        if any_long or not plain:
            _shorten(columns, n_columns, m, factor)
        after = (start + m) * n_features
        _add_products(columns, n_columns, m, total, source, after)
    for a in range(n_columns):
        for b in range(a):
            total[b, a] = total[a, b]


@np.errstate(all="ignore")
def plain_clipped_products(
    source, n_rows, tile, weight, target, unit, ball, q, w, columns, total
):
    """The twin of `add_clipped_products`, which needs no ``columns``."""
    one, limit, levels = ball
    n_columns = q.shape[1] + (2 if target.size else 1)
    for rows, v, factor in plain_blocks(source, n_rows, tile, weight, q, w):
        v = np.column_stack([v, np.full(len(v), one)])
        if target.size:
            known, t = _plain_targets(target[rows], unit)
            v, factor = np.column_stack([v, t]), np.where(known, factor, 0.0)
        length = np.sum(v * v, axis=1)
        factor = np.sqrt(factor)
        shorter = factor * (levels / np.sqrt(length) * SHRINK)
        factor = np.where(length <= limit, factor, shorter)
        v = np.trunc(factor[:, None] * v)
        total[:n_columns, :n_columns] += v.T @ v


def _plain_targets(target, unit):
    """Which targets are finite, and their integers; see `load_targets`."""
    center, scale, lowest, highest = unit
    known = np.abs(target) < np.inf
    t = np.where(known, np.rint((target - center) * scale), 0.0)
    return known, np.minimum(np.maximum(t, lowest), highest)


@inner(inline="always")
def _load_columns(
    source, first, n_rows, tile, weight, q, w, columns, part, length, factor
):
    """Fill columns, squared norms and factors of rows.

    Returns whether all factors are certainly one.
    """
    rows, n_features = q.shape
    plain = True
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        plain &= load_block(source, first + start, m, tile, weight, q, w)
        squared_norms(q, m, part)
        for i in range(m):
            length[start + i] = part[i]
            factor[start + i] = w[i]
            for j in range(n_features):
                columns[j, start + i] = q[i, j]
    return plain


@inner
def load_targets(target, first, m, unit, out, factor):
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
        out[i] = highest if t > highest else t
        factor[i] = factor[i] if known else 0.0
    return finite


@inner(inline="always")
def _shorten(columns, n_columns, m, factor):
    """Multiply rows by their factors, and truncate; a factor of one changes nothing."""
    for j in range(n_columns):
        column = columns[j]
        for i in range(m):
            column[i] = np.trunc(factor[i] * column[i])


@inner(fastmath=EXACT)
def _add_products(columns, n_columns, m, total, source, after):
    """Add products of columns, two by four at a time: sums stay in registers.

    Entries above the diagonal are left undefined. Meanwhile the next block, which
    begins at the value ``after``, is asked for.
    """
    n_steps = (n_columns + 1) * (n_columns + 3) // 16 + 1
    portion = m * n_columns // n_steps + 1
    for a in range(0, n_columns, 2):
        x, y = columns[a], columns[a + 1]
        for b in range(0, a + 2, 4):
            prefetch(source, after, after + portion)
            after += portion
            c, d, e, f = columns[b], columns[b + 1], columns[b + 2], columns[b + 3]
            xc = xd = xe = xf = yc = yd = ye = yf = 0.0
            for i in range(m):
                xc += x[i] * c[i]
                xd += x[i] * d[i]
                xe += x[i] * e[i]
                xf += x[i] * f[i]
                yc += y[i] * c[i]
                yd += y[i] * d[i]
                ye += y[i] * e[i]
                yf += y[i] * f[i]
            above, below = total[a], total[a + 1]
            above[b], above[b + 1] = above[b] + xc, above[b + 1] + xd
            above[b + 2], above[b + 3] = above[b + 2] + xe, above[b + 3] + xf
            below[b], below[b + 1] = below[b] + yc, below[b + 1] + yd
            below[b + 2], below[b + 3] = below[b + 2] + ye, below[b + 3] + yf
