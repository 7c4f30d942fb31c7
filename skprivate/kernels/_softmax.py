"""Sum of per-row gradients of losses of several margins, each clipped."""

from typing import Any, Literal

import numpy as np

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
from skprivate.kernels._gradients import (
    NOT_SCALED,
    plain_squares,
    rounded_coef,
    scale_slopes,
    square_of_sums,
)
from skprivate.kernels._jit import kernel, part
from skprivate.kernels._losses import exponentials, plain_exponentials
from skprivate.kernels._plain import plain_blocks, spared
from skprivate.kernels._rows import (
    absolute_norms,
    add_truncated,
    dots,
    squared_norms,
)
from skprivate.kernels._sizes import check_codes, check_shape, check_sizes


def gradient_softmax(
    X: TableLike, codes: np.ndarray, box: np.ndarray, coef: np.ndarray, one: float,
    clip: float, weight: np.ndarray, reach: float | np.ndarray = 1.0,
    grid: tuple[Any, ...] | None = None, scale: np.ndarray = NOT_SCALED,
    norm: Literal[2, 1] = 2, hinge: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """Sum over rows of ``R v'``, each clipped to Frobenius norm ``clip``.

    ``v = (q, one)`` and ``R_k = p_k - [k == code]``, with p the softmax of the margins
    ``coef @ (z, 1)``, times ``scale`` of the row; or, if ``hinge`` is positive, with
    ``R_k`` the derivative of half a squared hinge of margin k, cut to ``hinge``, which
    tells class k from all others. Dividing the total by ``one`` gives the gradient with
    respect to ``coef``.

    Guarantee: a row contributes a matrix of integers of Frobenius norm, or of 1-norm if
    ``norm`` is 1, at most ``clip`` in exact arithmetic; a row that is not finite, whose
    code is no class, or whose weight is not positive and finite, contributes zero.

    Proof. The entry is ``trunc(f R_k v_j)`` with ``f = w * min(1, room / (|R| |v|))``
    and ``room = clip * (1 - (K + 16) * 2**-53)``. ``|R|**2`` sums K squares in fixed
    order, off by at most ``K + 1`` parts in 2**53, half as many after the square root;
    nine other operations round, by one part each. Together these are fewer than the
    ``K + 16`` parts by which the room is short, and truncation shortens. Of 1-norms,
    ``|R|`` sums K absolute values, off by ``K - 1`` parts, and the square of ``|v|`` is
    off by two more parts than above, one after the root: ``K + 9`` in all.

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
    norm : {2, 1}, default=2
        That of ``clip``.
    hinge : float, default=0.0
        Where hinges are cut, at most 2**64; zero: softmax.

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
    task = (float(one), room_of_softmax(clip, n_classes), step, norm, float(hinge))
    tile, weight = tile_box(box, one * reach), clean_weights(weight)
    codes, scale = lent(codes), lent(scale)
    per_row = n_features * max(n_classes // 4, 1)  # which the twin loops over
    few = spared(_softmax, n_rows * per_row, source)
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
    one, room, step, norm, hinge = task
    rows, n_features = q.shape
    n_classes = coef.shape[0]
    length = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        if norm == 1:
            absolute_norms(q, m, length)
            square_of_sums(length, m, one, length)
        else:
            squared_norms(q, m, length)
        for k in range(n_classes):
            slope = slopes[k]
            dots(q, m, coef[k], slope)
            for i in range(m):
                slope[i] = (slope[i] + one * coef[k, n_features]) * step
        slopes_of_classes(slopes, codes, start, m, hinge)
        for k in range(n_classes):
            scale_slopes(slopes[k], scale, start, m)
        clip_softmax_slopes(slopes, codes, start, m, one, room, length, w, norm)
        for k in range(n_classes):
            slope = slopes[k]
            add_truncated(q, m, slope, total[k])
            for i in range(m):
                total[k, n_features] += np.trunc(slope[i] * one)


@part
def slopes_of_classes(slopes, codes, start, m, hinge):
    """Turn margins (class by row) into derivatives of the loss, in place."""
    if hinge > 0.0:
        hinge_slopes(slopes, codes, start, m, hinge)
    else:
        softmax_slopes(slopes, codes, start, m)


@part
def hinge_slopes(slopes, codes, start, m, hinge):
    """The same of hinges; a margin that is NaN has a derivative of zero."""
    for k in range(slopes.shape[0]):
        for i in range(m):
            s = 1.0 if codes[start + i] == k else -1.0
            lack = 1.0 - s * slopes[k, i]
            slopes[k, i] = -s * min(lack, hinge) if lack > 0.0 else 0.0


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
def clip_softmax_slopes(slopes, codes, start, m, one, room, length, w, norm):
    """Scale the slopes of each row so that the gradient has norm at most ``room``."""
    n_classes, rows = slopes.shape
    square = np.empty(rows)
    for i in range(m):
        square[i] = 0.0
    for k in range(n_classes):
        for i in range(m):
            r = slopes[k, i]
            square[i] += abs(r) if norm == 1 else r * r
    for i in range(m):
        size = square[i] if norm == 1 else np.sqrt(square[i])
        size *= np.sqrt(length[i] + one * one)
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
    one, room, step, norm, hinge = task
    classes = np.arange(len(coef))[:, None]
    for rows, v, weights in plain_blocks(source, n_rows, tile, weight, q, w):
        slope = (coef[:, :-1] @ v.T + one * coef[:, -1:]) * step
        is_class = classes == codes[rows]
        slope = _plain_slopes(slope, is_class, hinge)
        slope = slope * scale[rows] if scale.size else slope
        size = _plain_size(slope, norm)
        size = size * np.sqrt(plain_squares(v, one, norm) + one * one)
        known = is_class.any(axis=0)
        slope *= weights * np.where(known, room / np.maximum(size, room), 0.0)
        yield rows, slope, np.column_stack([v, np.full(len(v), one)])


def _plain_slopes(margins, is_class, hinge):
    """The twin of `slopes_of_classes`."""
    if hinge == 0.0:
        slope = plain_exponentials(margins - np.max(margins, axis=0))
        return slope / _sum_in_order(slope) - is_class
    s = np.where(is_class, 1.0, -1.0)
    lack = 1.0 - s * margins
    return np.where(lack > 0.0, -s * np.minimum(lack, hinge), 0.0)


def _plain_size(slope, norm):
    """Norm of the derivatives of each row."""
    if norm == 1:
        return _sum_in_order(np.abs(slope))
    return np.sqrt(_sum_in_order(slope * slope))


def _sum_in_order(values):
    """Sum over the first axis, one after another: these are no integers."""
    total = np.zeros(values.shape[1])
    for row in values:
        total += row
    return total
