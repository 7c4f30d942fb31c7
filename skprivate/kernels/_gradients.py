"""Sums of per-row gradients of generalised linear losses, each clipped."""

import numpy as np

from skprivate.kernels._blocks import (
    clean_target,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import kernel
from skprivate.kernels._losses import residuals
from skprivate.kernels._rows import SHRINK, add_truncated, dots, squared_norms


def gradient(X, target, box, coef, one, loss, param, clip, weight, reach=1.0):
    """Sum over rows of ``r v`` with ``v = (q, one)``, each clipped to L2 norm ``clip``.

    ``r`` is the derivative of the loss (see `residuals`) at the margin
    ``z @ coef[:-1] + coef[-1]``, ``z = q / one``. Dividing the total by ``one`` gives
    the gradient with respect to ``coef``.

    Guarantee: a row contributes ``trunc(f v)``, a vector of integers of L2 norm at
    most ``clip`` in exact arithmetic; a row that is not finite, target included, or
    whose weight is not positive and finite, contributes zero.

    Proof. ``|f| <= w * min(|r|, clip * (1 - 2**-50) / |v|)`` with ``w <= 1`` and
    ``|v| >= one``. Five operations round (product with the constant, square root,
    quotient, with w, with v), each by a factor within 1 + 2**-53, and
    ``(1 + 2**-53)**5 * (1 - 2**-50) < 1``; truncation shortens. This holds for any
    ``r``, even NaN, which counts as zero: nothing rests on the accuracy of the margin
    or of the loss.

    Margins are exact: ``coef`` is rounded to a public power-of-two grid on which
    ``|q . W| < 2**53`` (`rounded_coef`); integers of feature j are cut to
    ``one * reach[j]``, for which `gradient_bits` keeps squares exact. So equal rows
    have equal residuals, bit for bit, in any kind of chunk.

    Parameters
    ----------
    X : chunk
    target : ndarray of shape (n,)
    box : ndarray of shape (4, d)
    coef : ndarray of shape (d + 1,)
        In units of z; the intercept is last.
    one : float
        ``2.0**bits``, `gradient_bits` of ``reach`` at most.
    loss : int
        LOGISTIC, SQUARED, HUBER, SQUARED_HINGE or POISSON.
    param : float
        Of the loss; HUBER only.
    clip : float
        In grid steps, at most 2**36.
    weight : ndarray of shape (n,) or (0,)
    reach : float or ndarray of shape (d,), default=1.0
        Largest ``|z|``; ``reach * one`` is whole.

    Returns
    -------
    ndarray of shape (d + 1,)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    target, weight = clean_target(target, weight)
    grid_coef, step = rounded_coef(coef, one, reach)
    tile = tile_box(box, one * reach)
    q, w = open_block(n_features)
    total = np.zeros(n_features + 1)
    task = (loss, float(param), float(one), float(clip), step)
    _gradient(source, n_rows, tile, weight, target, grid_coef, task, q, w, total)
    return total


def rounded_coef(coef, one, reach=1.0):
    """Integers W and a power of two with ``margin = ((q, one) . W) * step``, exactly.

    Where ``|q[j]| <= one * reach[j]``, the product has ``sum |q W| <= 2**52``, so every
    partial sum is an integer below 2**53. The error of the margin is below
    ``sum |coef| * d * one * 2**-51`` if ``reach`` is one.
    """
    coef = np.asarray(coef, dtype=np.float64)
    # A feature of reach zero has no say, but its W must not overflow either.
    reach = np.maximum(np.broadcast_to(reach, coef.shape[-1] - 1), 1.0)
    largest = np.abs(coef[..., :-1]) @ reach + np.abs(coef[..., -1])
    size = np.frexp(largest.max())[1]
    bits = 51 - int(np.log2(one)) - int(size)
    return np.trunc(np.ldexp(coef, bits)), float(np.ldexp(1.0 / one, -bits))


@kernel
def _gradient(source, n_rows, tile, weight, target, coef, task, q, w, total):
    loss, param, one, clip, step = task
    rows, n_features = q.shape
    length = np.empty(rows)
    slope = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        squared_norms(q, m, length)
        dots(q, m, coef, slope)
        for i in range(m):
            slope[i] = (slope[i] + one * coef[n_features]) * step
            length[i] = clip * SHRINK / np.sqrt(length[i] + one * one)
        clipped_slopes(loss, param, slope, target, start, m, length, w)
        add_truncated(q, m, w, total)
        for i in range(m):
            total[n_features] += np.trunc(w[i] * one)


@kernel
def clipped_slopes(loss, param, slope, target, start, m, longest, w):
    """Multiply ``w`` by the derivative of the loss, cut to ``[-longest, longest]``.

    A derivative that is NaN counts as zero, so that no loss can break the guarantee.
    """
    work = np.empty(slope.size)
    residuals(loss, param, slope, target, start, m, work)
    for i in range(m):
        r = slope[i] if slope[i] == slope[i] else 0.0
        w[i] *= min(max(r, -longest[i]), longest[i])
