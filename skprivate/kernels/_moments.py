"""Counts, sums and second Chebyshev sums of features, per group."""

import numpy as np
from scipy.sparse import csr_array

from skprivate._typing import TableLike
from skprivate.kernels._blocks import (
    clean_weights,
    lent,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import EXACT, inner, kernel
from skprivate.kernels._plain import plain_blocks, spared
from skprivate.kernels._sizes import check_codes, check_number, check_sizes

NARROW = 64  # features; fewer make short loops


def moments(
    X: TableLike,
    box: np.ndarray,
    weight: np.ndarray,
    codes: np.ndarray,
    n_groups: int,
    one: float,
) -> np.ndarray:
    """Per group, the sum over its rows of ``(one, q, t)``.

    With ``z = q / one`` in [-1, 1], ``t = rint(2 * q**2 / one) - one`` is the
    Chebyshev polynomial ``T2(z) = 2 z**2 - 1`` on the grid. Sums of squares follow as
    ``(t + one) / 2``; unlike squares, ``t`` is centred, so noise buys more.

    Guarantee: a row adds integers to one group, with ``q**2 + t**2 <= 2 * one**2`` for
    every feature, hence a vector of norm at most ``one * sqrt(1 + 2 d)``. A weight w
    replaces every entry v by ``rint(w * v)``. A row that is not finite, of a weight
    that is not positive and finite, or of a code outside the groups adds zero.

    Proof. Let N = one >= 2, s = z**2 and ``t = N (2 s - 1) + e``, ``|e| <= 1/2``. Then
    ``q**2 + t**2 <= N**2 (4 s**2 - 3 s + 1) + N |2 s - 1| + 1/4``. Where q is N or -N,
    nothing is rounded and the value is 2 N**2. Otherwise s <= (1 - 1/N)**2; the first
    bracket is 2 - (1 - s)(4 s + 1), and N**2 (1 - s)(4 s + 1), concave in s, is at
    least the smaller of its ends N**2 and
    (2 N - 1) (4 (1 - 1/N)**2 + 1) >= 2 (2 N - 1), both of
    which are at least N + 1/4. N = 1 is checked by hand. Weights: ``|w v| <= |v|``, so
    ``|rint(w v)| <= |v|`` as ``|v|`` is an integer.

    Parameters
    ----------
    X : chunk
    box : ndarray of shape (4, d)
        With integers in ``[-one, one]``.
    weight : ndarray of shape (n,) or (0,)
    codes : int32 ndarray of shape (n,) or (0,)
        Group of each row; empty means that all rows are in group 0.
    n_groups : int
    one : float
        ``2.0**bits``, at most ``2.0**24``.

    Returns
    -------
    ndarray of shape (n_groups, 1 + 2 d)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box)
    if codes is None or np.size(codes):
        check_codes(codes, n_rows)
    check_number("n_groups", n_groups, 1)
    q, w = open_block(n_features)
    count = np.zeros(n_groups)
    first = np.zeros((n_groups, n_features))
    second = np.zeros((n_groups, n_features))
    tile = tile_box(box, one)
    weight, codes = clean_weights(weight), lent(codes)
    few = spared(_moments, n_rows * n_features, source)
    add = _plain_moments if few else _moments
    add(source, n_rows, tile, weight, codes, one, q, w, count, first, second)
    return np.concatenate([count[:, None], first, second], axis=1)


@kernel
def _moments(source, n_rows, tile, weight, codes, one, q, w, count, first, second):
    rows, n_features = q.shape
    member = np.empty(rows)
    everyone, ones = np.zeros((2, n_features)), np.zeros((2, n_features))
    lanes = np.zeros((2, n_features * (rows // 4 if n_features < NARROW else 1)))
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        plain = load_block(source, start, m, tile, weight, q, w)
        if plain and codes.size == 0:
            count[0] += m * one
            _add_whole(q, m, one, lanes[0], lanes[1])
        elif plain and count.size == 2 and _are_bits(codes, start, m, member):
            _add_to_two(q, m, member, one, count, everyone, ones)
        elif plain:
            _add_by_group(q, m, codes, start, one, count, first, second)
        else:
            for i in range(m):
                group = codes[start + i] if codes.size else 0
                if 0 <= group < count.size:
                    count[group] += np.rint(w[i] * one)
                    _add_row(q[i], w[i], one, first[group], second[group])
    if count.size == 2:
        for j in range(n_features):
            first[0, j] += everyone[0, j] - ones[0, j]
            second[0, j] += everyone[1, j] - ones[1, j]
            first[1, j] += ones[0, j]
            second[1, j] += ones[1, j]
    if codes.size == 0:
        for k in range(lanes.shape[1]):
            first[0, k % n_features] += lanes[0, k]
            second[0, k % n_features] += lanes[1, k]


@inner
def _add_by_group(q, m, codes, start, one, count, first, second):
    """Add rows of weight one, each to its group."""
    step = 2.0 / one
    for i in range(m):
        group = codes[start + i]
        if 0 <= group < count.size:
            count[group] += one
            for j in range(q.shape[1]):
                first[group, j] += q[i, j]
            for j in range(q.shape[1]):
                second[group, j] += np.rint(step * q[i, j] * q[i, j]) - one


@inner(fastmath={"reassoc"})
def _add_whole(q, m, one, first, second):
    """Add rows of weight one to lanes: totals of every so many values.

    There are as many lanes as features, or as values in a quarter of a block where
    features are few: long loops are fast whatever the number of features is.

    Reassociation cannot reach ``(2 / one * v) * v``: scaling by a power of two is
    exact, so every grouping rounds to the same number.
    """
    step = 2.0 / one
    width = first.size
    values = q.reshape(q.size)[: m * q.shape[1]]
    whole = values.size - values.size % (4 * width)
    for k in range(0, whole, 4 * width):
        a, b = values[k:], values[k + width :]
        c, d = values[k + 2 * width :], values[k + 3 * width :]
        for j in range(width):
            ta = np.rint(step * a[j] * a[j]) + np.rint(step * b[j] * b[j])
            tc = np.rint(step * c[j] * c[j]) + np.rint(step * d[j] * d[j])
            first[j] += (a[j] + b[j]) + (c[j] + d[j])
            second[j] += (ta + tc) - 4.0 * one
    for k in range(whole, values.size):
        v, lane = values[k], (k - whole) % width
        first[lane] += v
        second[lane] += np.rint(step * v * v) - one


@inner
def _are_bits(codes, start, m, member):
    """Copy codes to ``member``; whether all of them are zero or one."""
    other = 0
    for i in range(m):
        code = codes[start + i]
        other |= code >> 1
        member[i] = code
    return other == 0


@inner(fastmath=EXACT)
def _add_to_two(q, m, member, one, count, everyone, ones):
    """Add rows of weight one to group 0 or 1, as ``member`` says, four at a time.

    Sums of all rows and of those of group 1 tell those of group 0, exactly: a product
    with zero or one costs less than a branch. Contraction cannot reach the square,
    which is rounded before it is added.
    """
    step = 2.0 / one
    n_features = q.shape[1]
    fours = q.reshape(q.shape[0] // 4, 4, n_features)
    for i in range(m // 4):
        wa, wb = member[4 * i], member[4 * i + 1]
        wc, wd = member[4 * i + 2], member[4 * i + 3]
        for j in range(n_features):
            a, b, c, d = fours[i, 0, j], fours[i, 1, j], fours[i, 2, j], fours[i, 3, j]
            ones[0, j] += (wa * a + wb * b) + (wc * c + wd * d)
            everyone[0, j] += (a + b) + (c + d)
            ta, tb = np.rint(step * a * a), np.rint(step * b * b)
            tc, td = np.rint(step * c * c), np.rint(step * d * d)
            ones[1, j] += (wa * ta + wb * tb) + (wc * tc + wd * td)
            everyone[1, j] += (ta + tb) + (tc + td)
    for i in range(m - m % 4, m):
        for j in range(n_features):
            t = np.rint(step * q[i, j] * q[i, j])
            ones[0, j] += member[i] * q[i, j]
            everyone[0, j] += q[i, j]
            ones[1, j] += member[i] * t
            everyone[1, j] += t
    n_ones = 0.0
    for i in range(m):
        n_ones += member[i]
    count[0] += one * (m - n_ones)
    count[1] += one * n_ones
    for j in range(n_features):
        ones[1, j] -= one * n_ones
        everyone[1, j] -= one * m


@inner
def _add_row(row, w, one, first, second):
    """Add one row of any weight."""
    step = 2.0 / one
    for j in range(row.size):
        v = row[j]
        first[j] += np.rint(w * v)
        second[j] += np.rint(w * (np.rint(step * v * v) - one))


@np.errstate(all="ignore")
def _plain_moments(
    source, n_rows, tile, weight, codes, one, q, w, count, first, second
):
    """The twin of `_moments`."""
    step = 2.0 / one
    for rows, v, weights in plain_blocks(source, n_rows, tile, weight, q, w):
        m = len(v)
        group = codes[rows] if codes.size else np.zeros(m, dtype=np.int32)
        known = np.flatnonzero((group >= 0) & (group < count.size))
        places = np.ones(known.size), (group[known], known)
        groups = csr_array(places, shape=(count.size, m))
        count += groups @ np.rint(weights * one)
        first += groups @ np.rint(weights[:, None] * v)
        t = np.rint(step * v * v) - one
        second += groups @ np.rint(weights[:, None] * t)
