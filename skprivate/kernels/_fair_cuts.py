"""Cuts of a box after which both parts hold sensitive values enough (l and t)."""

import numpy as np

from skprivate.kernels._jit import part


@part
def running_sums(whole):
    """Cumulative shares of the values of each column, and their cumulative sums."""
    n_secret, n_values = whole.shape
    total, sums = np.empty((n_secret, n_values)), np.zeros((n_secret, n_values + 1))
    for s in range(n_secret):
        run = 0.0
        for v in range(n_values):
            run += whole[s, v]
            total[s, v] = run
            sums[s, v + 1] = sums[s, v] + run
    return total, sums


@part
def best_fair_cut(
    column, own, lefts, gains, least, rows, secret, whole, total, sums, sizes, rule
):
    """The cut of largest gain that is allowed, and its gain; none: -1.

    The best are tried first: most often one of them is allowed, and no other need be
    looked at. A part that is too far from the table is so with a few rows more or less,
    too: these cuts are left out, so that few are looked at where none is allowed.

    Parameters
    ----------
    column : int32 ndarray of shape (n_rows,)
        Codes by which the box is cut.
    own : int32 ndarray
        Codes of the box, in order: a cut is after one of them.
    lefts : int64 ndarray
        Rows up to each; zero where a cut leaves too few.
    gains : float64 ndarray
        Of each cut.
    least : float
        Only a larger gain counts.
    rows : int32 ndarray of shape (n_secret, size)
        Rows of the box, sorted by each sensitive column.
    secret, whole, sizes, rule
        As of :func:`split_boxes`.
    total, sums : float64 ndarray
        Of :func:`running_sums`.
    """
    size = rows.shape[1]
    barred = np.zeros(len(gains), np.bool_)
    for p in np.argsort(-gains, kind="mergesort"):
        if gains[p] <= least or gains[p] < 0:
            break
        if barred[p]:
            continue
        fair, more, fewer = True, 0.0, 0.0
        for s in range(len(secret)):
            up, down = _unfair(
                column, own[p], lefts[p], size - lefts[p], rows[s], secret[s], whole[s],
                total[s], sums[s], sizes[s], rule,
            )  # fmt: skip
            fair = fair and up < 0 and down < 0
            more, fewer = max(more, up), max(fewer, down)
        if fair:
            return own[p], gains[p]
        q = p + 1
        while q < len(gains) and lefts[q] - lefts[p] < more:
            barred[q] = True
            q += 1
        q = p - 1
        while q >= 0 and lefts[p] - lefts[q] < fewer:
            barred[q] = True
            q -= 1
    return 0, -1.0


@part
def _unfair(column, cut, left, right, rows, secret, whole, total, sums, sizes, rule):
    """How many rows more on the left, or fewer, do not help; both -1 if it is fair.

    A part of ``m`` rows whose distance is ``e`` too large: of ``j`` rows more, the mean
    is of ``m + j``, so the distance falls by ``j / (m + j)`` at most, and that is less
    than ``e`` if ``j < m e / (1 - e)``. Of ``j`` fewer it falls by ``j / m`` at most.
    """
    least, entropy, most = rule
    far, kinds = _both_parts(
        column, cut, left, right, rows, secret, whole, total, sums, sizes, entropy,
        most < 1,
    )  # fmt: skip
    up, down = -1.0, -1.0
    if min(kinds[0], kinds[1]) < least:
        # Of fewer rows there are no more values; of entropy that need not be so.
        up = right if kinds[1] < least and not entropy else 0.0
        down = left if kinds[0] < least and not entropy else 0.0
    beyond, other = far[0] - most, far[1] - most
    if beyond > 0:
        up = max(up, left * beyond / (1 - beyond))
        down = max(down, left * beyond)
    if other > 0:
        up = max(up, right * other)
        down = max(down, right * other / (1 - other))
    return up, down


@part
def _both_parts(
    column, cut, left, right, rows, secret, whole, total, sums, sizes, entropy, near
):
    """Distances from the table, and numbers of values, of both parts of a box.

    One walk over the rows by value: of the values that no row of the box has, sums over
    all before tell what they add.
    """
    n_values, ordered = sizes[0], sizes[1] > 0
    far, far_right = 0.0, 0.0
    kinds, kinds_right, surprise, surprise_right = 0.0, 0.0, 0.0, 0.0
    seen, seen_right, at, p = 0, 0, 0, 0
    while p < len(rows):
        v, mine, theirs = secret[rows[p]], 0, 0
        while p < len(rows) and secret[rows[p]] == v:
            if column[rows[p]] <= cut:
                mine += 1
            else:
                theirs += 1
            p += 1
        share, other = mine / left, theirs / right
        if mine > 0:
            kinds += 1
            surprise -= share * np.log(share) if entropy else 0.0
        if theirs > 0:
            kinds_right += 1
            surprise_right -= other * np.log(other) if entropy else 0.0
        if near and ordered:
            far += _gap(seen / left, total, sums, at, v)
            far_right += _gap(seen_right / right, total, sums, at, v)
            at = v
        elif near:
            far += abs(share - whole[v]) - whole[v]
            far_right += abs(other - whole[v]) - whole[v]
        seen += mine
        seen_right += theirs
    if near and ordered:
        scale = 1 / max(1, n_values - 1)
        far = scale * (far + _gap(1.0, total, sums, at, n_values))
        far_right = scale * (far_right + _gap(1.0, total, sums, at, n_values))
    elif near:
        far, far_right = 0.5 * (1 + far), 0.5 * (1 + far_right)
    if entropy:
        kinds = np.exp(surprise) + 1e-9
        kinds_right = np.exp(surprise_right) + 1e-9
    return (far, far_right), (kinds, kinds_right)


@part
def _gap(level, total, sums, low, high):
    """Sum of ``abs(level - total)`` from one value to before another."""
    first, last = low, high
    while first < last:  # the first value from which on the table is above
        middle = (first + last) // 2
        if total[middle] < level:
            first = middle + 1
        else:
            last = middle
    below = level * (first - low) - (sums[first] - sums[low])
    return below + (sums[high] - sums[first]) - level * (high - first)
