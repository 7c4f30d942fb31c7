"""Sums over the integers of each row, and exact comparison of norms.

Everything here adds integers whose sums stay below 2**53, so order cannot matter and
the compiler may reassociate; where products are integers below 2**53, too, it may fuse
them with the sum, for neither rounds. Loops take some rows at a time, which keeps the
adders busy although rows are short.
"""

import numpy as np

from skprivate.kernels._jit import EXACT, inner

# 1 - 2**-50 outweighs seven rounded operations, each off by at most 2**-53.
SHRINK = 1.0 - 2.0**-50


@inner(fastmath=EXACT)
def squared_norms(q, m, out):
    """``out[i] = sum_j q[i, j]**2`` of the first ``m`` rows."""
    n_features = q.shape[1]
    whole = m - m % 4
    for i in range(0, whole, 4):
        a, b, c, d = q[i], q[i + 1], q[i + 2], q[i + 3]
        aa = bb = cc = dd = 0.0
        for j in range(n_features):
            aa += a[j] * a[j]
            bb += b[j] * b[j]
            cc += c[j] * c[j]
            dd += d[j] * d[j]
        out[i], out[i + 1], out[i + 2], out[i + 3] = aa, bb, cc, dd
    for i in range(whole, m):
        total = 0.0
        for j in range(n_features):
            total += q[i, j] * q[i, j]
        out[i] = total


@inner(fastmath={"reassoc"})
def absolute_norms(q, m, out):
    """``out[i] = sum_j abs(q[i, j])`` of the first ``m`` rows."""
    for i in range(m):
        total = 0.0
        for j in range(q.shape[1]):
            total += abs(q[i, j])
        out[i] = total


@inner(fastmath=EXACT)
def dots(q, m, coef, out):
    """``out[i] = sum_j q[i, j] * coef[j]`` of the first ``m`` rows, for integers."""
    n_features = q.shape[1]
    whole = m - m % 4
    for i in range(0, whole, 4):
        a, b, c, d = q[i], q[i + 1], q[i + 2], q[i + 3]
        aa = bb = cc = dd = 0.0
        for j in range(n_features):
            w = coef[j]
            aa += a[j] * w
            bb += b[j] * w
            cc += c[j] * w
            dd += d[j] * w
        out[i], out[i + 1], out[i + 2], out[i + 3] = aa, bb, cc, dd
    for i in range(whole, m):
        total = 0.0
        for j in range(n_features):
            total += q[i, j] * coef[j]
        out[i] = total


@inner(fastmath=EXACT)
def norms_and_dots(q, m, coef, squares, out):
    """Both `squared_norms` and `dots`, reading the rows once."""
    n_features = q.shape[1]
    whole = m - m % 2
    for i in range(0, whole, 2):
        a, b = q[i], q[i + 1]
        aa = bb = aw = bw = 0.0
        for j in range(n_features):
            w = coef[j]
            aa += a[j] * a[j]
            bb += b[j] * b[j]
            aw += a[j] * w
            bw += b[j] * w
        squares[i], squares[i + 1], out[i], out[i + 1] = aa, bb, aw, bw
    for i in range(whole, m):
        aa = aw = 0.0
        for j in range(n_features):
            aa += q[i, j] * q[i, j]
            aw += q[i, j] * coef[j]
        squares[i], out[i] = aa, aw


@inner(fastmath={"reassoc"})
def add_truncated(q, m, factor, total):
    """``total[j] += sum_i trunc(factor[i] * q[i, j])`` over the first ``m`` rows."""
    n_features = q.shape[1]
    whole = m - m % 4
    for i in range(0, whole, 4):
        a, b, c, d = q[i], q[i + 1], q[i + 2], q[i + 3]
        fa, fb, fc, fd = factor[i], factor[i + 1], factor[i + 2], factor[i + 3]
        for j in range(n_features):
            total[j] += (np.trunc(fa * a[j]) + np.trunc(fb * b[j])) + (
                np.trunc(fc * c[j]) + np.trunc(fd * d[j])
            )
    for i in range(whole, m):
        for j in range(n_features):
            total[j] += np.trunc(factor[i] * q[i, j])


def square_limit(levels):
    """Largest threshold for which ``squared_norm <= threshold`` proves the norm.

    For an integer squared norm ``s < 2**53``, ``s <= square_limit(levels)`` implies
    ``sqrt(s) <= levels`` in exact arithmetic. The square of an integer below 2**26.5
    is exact and that of a larger one exceeds every ``s``; any other square, off by at
    most one part in 2**53, is shortened by four such parts.
    """
    levels = np.float64(levels)
    square = levels * levels
    return square if levels == np.floor(levels) else square * (1.0 - 2.0**-51)
