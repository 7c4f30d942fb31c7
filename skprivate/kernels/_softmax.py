"""Sum of per-row gradients of the multinomial logistic loss, each clipped."""

import numpy as np

from skprivate.kernels._blocks import (
    aligned,
    clean_weights,
    lent,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._gradients import NOT_SCALED, rounded_coef, scale_slopes
from skprivate.kernels._jit import kernel, part
from skprivate.kernels._losses import exponentials, plain_exponentials
from skprivate.kernels._plain import plain_blocks, spared
from skprivate.kernels._rows import add_truncated, dots, squared_norms
from skprivate.kernels._sizes import check_codes, check_shape, check_sizes


def gradient_softmax(
    X, codes, box, coef, one, clip, weight, reach=1.0, grid=None, scale=NOT_SCALED
):
    """Sum over rows of ``R v'``, each clipped to Frobenius norm ``clip``.

    ``v = (q, one)`` and ``R_k = p_k - [k == code]``, with p the softmax of the margins
    ``coef @ (z, 1)``, times ``scale`` of the row. Dividing the total by ``one`` gives
    the gradient with respect to ``coef``.

    Guarantee: a row contributes a matrix of integers of Frobenius norm at most
    ``clip`` in exact arithmetic; a row that is not finite, whose code is no class, or
    whose weight is not positive and finite, contributes zero.

    Proof. The entry is ``trunc(f R_k v_j)`` with ``f = w * min(1, room / (|R| |v|))``
    and ``room = clip * (1 - (K + 16) * 2**-53)``. ``|R|**2`` sums K squares in fixed
    order, off by at most ``K + 1`` parts in 2**53, half as many after the square root;
    nine other operations round, by one part each. Together these are fewer than the
    ``K + 16`` parts by which the room is short, and truncation shortens.

    Parameters
    ----------
    X : chunk
    codes : int32 ndarray of shape (n,)
    box : ndarray of shape (4, d)
    coef : ndarray of shape (K, d + 1)
        In units of z; the intercepts are last.
    one : float
        ``2.0**bits``, `gradient_bits` of ``reach`` at most.
    clip : float
        In grid steps, at most 2**36.
    weight : ndarray of shape (n,) or (0,)
    reach : float or ndarray of shape (d,), default=1.0
        Largest ``|z|``, to which features are cut; ``reach * one`` is whole.
    grid : tuple, default=None
        `rounded_coef` of ``coef``; None: it is computed for this chunk.
    scale : ndarray of shape (n,) or (0,)
        Factor of the loss of each row, before clipping, at most 2**64; none means one.

    Returns
    -------
    ndarray of shape (K, d + 1)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    n_classes = coef.shape[0]
    check_sizes(n_rows, n_features, weight, box=box, scale=scale)
    check_codes(codes, n_rows)
    check_shape("coef", coef, (n_classes, n_features + 1))
    grid_coef, step = grid or rounded_coef(coef, one, reach)
    q, w = open_block(n_features)
    slopes = aligned(n_classes * len(q)).reshape(n_classes, len(q))
    total = np.zeros(coef.shape)
    task = (float(one), room_of_softmax(clip, n_classes), step)
    tile, weight = tile_box(box, one * reach), clean_weights(weight)
    codes, scale = lent(codes), lent(scale)
    few = spared(_softmax, n_rows * n_features, source)
    add = _plain_softmax if few else _softmax
    rows = tile, weight, codes, scale
    add(source, n_rows, *rows, grid_coef, task, q, w, slopes, total)
    return total


def room_of_softmax(clip, n_classes):
    """The norm to which gradients are scaled, for the proof of `gradient_softmax`."""
    return float(max(clip * (1.0 - (n_classes + 16) * 2.0**-53), 2.0**-99))


@kernel
def _softmax(
    source, n_rows, tile, weight, codes, scale, coef, task, q, w, slopes, total
):
    one, room, step = task
    rows, n_features = q.shape
    n_classes = coef.shape[0]
    length = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        squared_norms(q, m, length)
        for k in range(n_classes):
            slope = slopes[k]
            dots(q, m, coef[k], slope)
            for i in range(m):
                slope[i] = (slope[i] + one * coef[k, n_features]) * step
        softmax_slopes(slopes, codes, start, m)
        for k in range(n_classes):
            scale_slopes(slopes[k], scale, start, m)
        clip_softmax_slopes(slopes, codes, start, m, one, room, length, w)
        for k in range(n_classes):
            slope = slopes[k]
            add_truncated(q, m, slope, total[k])
            for i in range(m):
                total[k, n_features] += np.trunc(slope[i] * one)


@part
def softmax_slopes(slopes, codes, start, m):
    """Turn margins (class by row) into probabilities minus indicators, in place."""
    n_classes, rows = slopes.shape
    top, total, work = np.empty(rows), np.empty(rows), np.empty(rows)
    for i in range(m):
        top[i], total[i] = -np.inf, 0.0
    for k in range(n_classes):
        for i in range(m):
            top[i] = max(top[i], slopes[k, i])
    for k in range(n_classes):
        slope = slopes[k]
        for i in range(m):
            slope[i] -= top[i]
        exponentials(slope, m, work)
        for i in range(m):
            slope[i] = work[i]
            total[i] += work[i]
    for k in range(n_classes):
        slope = slopes[k]
        for i in range(m):
            slope[i] = slope[i] / total[i] - (1.0 if codes[start + i] == k else 0.0)


@part
def clip_softmax_slopes(slopes, codes, start, m, one, room, length, w):
    """Scale the slopes of each row so that the gradient has norm at most ``room``."""
    n_classes, rows = slopes.shape
    square = np.empty(rows)
    for i in range(m):
        square[i] = 0.0
    for k in range(n_classes):
        for i in range(m):
            square[i] += slopes[k, i] * slopes[k, i]
    for i in range(m):
        size = np.sqrt(square[i]) * np.sqrt(length[i] + one * one)
        known = 0 <= codes[start + i] < n_classes
        # Equal to min(1, room / size), and safe when every slope is zero.
        w[i] *= room / max(size, room) if known else 0.0
    for k in range(n_classes):
        for i in range(m):
            slopes[k, i] *= w[i]


@np.errstate(all="ignore")
def _plain_softmax(
    source, n_rows, tile, weight, codes, scale, coef, task, q, w, slopes, total
):
    """The twin of `_softmax`, which needs no memory for ``slopes``."""
    rows = source, n_rows, tile, weight, codes, scale
    for _, factors, v in plain_softmax_slopes(*rows, coef, task, q, w):
        for k, factor in enumerate(factors):
            total[k] += np.sum(np.trunc(factor[:, None] * v), axis=0)


def plain_softmax_slopes(source, n_rows, tile, weight, codes, scale, coef, task, q, w):
    """Yield slices of rows, factors of each class and row, and the ``v`` of rows."""
    one, room, step = task
    classes = np.arange(len(coef))[:, None]
    for rows, v, weights in plain_blocks(source, n_rows, tile, weight, q, w):
        slope = (coef[:, :-1] @ v.T + one * coef[:, -1:]) * step
        slope = plain_exponentials(slope - np.max(slope, axis=0))
        is_class = classes == codes[rows]
        slope = slope / _sum_in_order(slope) - is_class
        slope = slope * scale[rows] if scale.size else slope
        size = np.sqrt(_sum_in_order(slope * slope))
        size = size * np.sqrt(np.sum(v * v, axis=1) + one * one)
        known = is_class.any(axis=0)
        slope *= weights * np.where(known, room / np.maximum(size, room), 0.0)
        yield rows, slope, np.column_stack([v, np.full(len(v), one)])


def _sum_in_order(values):
    """Sum over the first axis, one after another: these are no integers."""
    total = np.zeros(values.shape[1])
    for row in values:
        total += row
    return total
