"""Sums of per-row gradients of generalised linear losses, each clipped."""

from typing import Any, Literal

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import (
    clean_target,
    lent,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._losses import plain_residuals, residuals
from skprivate.kernels._plain import plain_blocks, spared
from skprivate.kernels._rows import (
    SHRINK,
    absolute_norms,
    add_truncated,
    norms_and_dots,
)
from skprivate.kernels._sizes import check_shape, check_sizes

NOT_SCALED = np.empty(0)


def gradient(
    X: TableLike, target: np.ndarray, box: np.ndarray, coef: np.ndarray, one: float,
    loss: int, param: float, clip: float, weight: np.ndarray,
    reach: float | np.ndarray = 1.0, grid: tuple[Any, ...] | None = None,
    scale: np.ndarray = NOT_SCALED, norm: Literal[2, 1] = 2,
) -> np.ndarray:  # fmt: skip
    """Sum over rows of ``r v`` with ``v = (q, one)``, each clipped to norm ``clip``.

    ``r`` is the derivative of the loss (see `residuals`) at the margin
    ``z @ coef[:-1] + coef[-1]``, ``z = q / one``, times ``scale`` of the row. Dividing
    the total by ``one`` gives the gradient with respect to ``coef``.

    Guarantee: a row contributes ``trunc(f v)``, a vector of integers of L2 norm, or of
    L1 norm if ``norm`` is 1, at most ``clip`` in exact arithmetic; a row that is not
    finite, target included, or whose weight is not positive and finite, contributes
    zero.

    Proof. With ``u = 2**-53``: a row counts as short if ``r**2 |v|**2``, of two rounded
    operations (``|v|**2`` is exact), is at most ``clip**2 (1 - 16 u)``, of another two.
    Then ``|r| |v| <= clip (1 - 6 u)``; the products with w <= 1 and v round up by
    ``(1 + u)**2`` at most. Other rows are multiplied by ``w clip (1 - 8 u) / |v|``:
    five rounded operations, v included, and ``(1 + u)**5 (1 - 8 u) < 1``. Truncation
    shortens. This holds for any ``r``, even NaN, which counts as zero:
    nothing rests on the accuracy of the margin or of the loss. The L1 norm is a sum of
    exact integers, whose square, of three rounded operations, takes the place of
    ``|v|**2``: then ``|r| |v| <= clip (1 - 4.5 u)``, and of other rows it takes six
    and a half parts of the eight.

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
        LOGISTIC, SQUARED, HUBER, SQUARED_HINGE, POISSON, GAMMA, QUANTILE, TWEEDIE or
        HINGE.
    param : float
        Of the loss; HUBER, QUANTILE, TWEEDIE and HINGE only.
    clip : float
        In grid steps, at most 2**36.
    weight : ndarray of shape (n,) or (0,)
    reach : float or ndarray of shape (d,), default=1.0
        Largest ``|z|``; ``reach * one`` is whole.
    grid : tuple, default=None
        `rounded_coef` of ``coef``; None: it is computed for this chunk.
    scale : ndarray of shape (n,) or (0,)
        Factor of the loss of each row, before clipping; none means one.
    norm : {2, 1}, default=2
        That of ``clip``.

    Returns
    -------
    ndarray of shape (d + 1,)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box, scale=scale)
    check_shape("target", target, (n_rows,))
    check_shape("coef", coef, (n_features + 1,))
    target, weight = clean_target(target, weight)
    grid_coef, step = grid or rounded_coef(coef, one, reach)
    tile = tile_box(box, one * reach)
    q, w = open_block(n_features)
    total = np.zeros(n_features + 1)
    task = (loss, float(param), float(one), float(clip), step, norm)
    few = spared(_gradient, n_rows * n_features, source)
    add = _plain_gradient if few else _gradient
    scale = lent(scale)
    add(source, n_rows, tile, weight, target, scale, grid_coef, task, q, w, total)
    return total


def rounded_coef(
    coef: Any, one: Any, reach: float | np.ndarray = 1.0
) -> tuple[Any, Any]:
    """Integers W and a power of two with ``margin = ((q, one) . W) * step``, exactly.

    Where ``|q[j]| <= one * reach[j]``, the product has ``sum |q W| <= 2**52``, so every
    partial sum is an integer below 2**53. The error of the margin is below
    ``sum |coef| * d * one * 2**-51`` if ``reach`` is one.
    """
    coef = np.asarray(coef, dtype=np.float64)
    # A feature of reach zero has no say, but its W must not overflow either.
    reach = np.maximum(np.asarray(reach, dtype=np.float64), 1.0)
    weights = np.abs(coef[..., :-1]) * reach
    size = np.frexp(np.max(weights.sum(axis=-1) + np.abs(coef[..., -1])))[1]
    bits = 51 - int(np.log2(one)) - int(size)
    return np.trunc(np.ldexp(coef, bits)), float(np.ldexp(1.0 / one, -bits))


@kernel
def _gradient(source, n_rows, tile, weight, target, scale, coef, task, q, w, total):
    loss, param, one, clip, step, norm = task
    rows, n_features = q.shape
    length = np.empty(rows)
    slope = np.empty(rows)
    work = np.empty(rows)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        norms_and_dots(q, m, coef, length, slope)
        for i in range(m):
            slope[i] = (slope[i] + one * coef[n_features]) * step
        residuals(loss, param, slope, target, start, m, work)
        scale_slopes(slope, scale, start, m)
        if norm == 1:
            absolute_norms(q, m, work)
            square_of_sums(work, m, one, length)
        clip_slopes(slope, m, length, one, clip)
        total[n_features] += _weigh(slope, m, one, w)
        add_truncated(q, m, w, total)


@np.errstate(all="ignore")
def _plain_gradient(
    source, n_rows, tile, weight, target, scale, coef, task, q, w, total
):
    """The twin of `_gradient`."""
    rows = source, n_rows, tile, weight, target, scale
    for _, parts in plain_gradients(*rows, coef, task, q, w):
        total += np.sum(parts, axis=0)


def plain_gradients(source, n_rows, tile, weight, target, scale, coef, task, q, w):
    """Yield slices of rows, and what each of them adds to `_gradient`."""
    loss, param, one, clip, step, norm = task
    for rows, v, weights in plain_blocks(source, n_rows, tile, weight, q, w):
        slope = (v @ coef[:-1] + one * coef[-1]) * step
        slope = plain_residuals(loss, param, slope, target[rows])
        slope = slope * scale[rows] if scale.size else slope
        square = plain_squares(v, one, norm) + one * one
        short = slope * slope * square <= clip * clip * (1.0 - 2.0**-49)
        room = clip * SHRINK / np.sqrt(square)
        cut = np.where(slope > 0.0, room, np.where(slope < 0.0, -room, 0.0))
        factor = weights * np.where(short, slope, cut)
        parts = np.full((len(v), len(coef)), one)
        parts[:, :-1] = v
        parts *= factor[:, None]
        yield rows, np.trunc(parts, out=parts)


@inner
def square_of_sums(sums, m, one, length):
    """Squares of ``sums + one``, without that of ``one``, as `clip_slopes` reads them.

    So a 1-norm takes the place of the 2-norm. NaN stays NaN.
    """
    for i in range(m):
        length[i] = sums[i] * (sums[i] + 2.0 * one)


def plain_squares(v, one, norm):
    """Squared norms of rows, without their constant, as `clip_slopes` reads them."""
    if norm == 2:
        return np.sum(v * v, axis=1)
    sums = np.sum(np.abs(v), axis=1)
    return sums * (sums + 2.0 * one)


@inner
def scale_slopes(slope, scale, start, m):
    """Multiply what belongs to a row by the factor of its loss, if there are any."""
    if scale.size:
        for i in range(m):
            slope[i] *= scale[start + i]


@inner
def clip_slopes(slope, m, length, one, clip):
    """Cut derivatives of the loss so that ``|r| |v| <= clip``.

    ``length`` has the squared norms of ``v`` without its constant. A derivative that is
    NaN counts as zero, so that no loss can break the guarantee. Squares tell that most
    rows need no cutting; roots and quotients are taken only for blocks with others, and
    change only those.
    """
    limit = clip * clip * (1.0 - 2.0**-49)
    n_long = 0
    for i in range(m):
        r = slope[i]
        n_long += 0 if r * r * (length[i] + one * one) <= limit else 1
    if n_long:
        for i in range(m):
            r = slope[i]
            square = length[i] + one * one
            if not r * r * square <= limit:
                room = clip * SHRINK / np.sqrt(square)
                slope[i] = room if r > 0.0 else (-room if r < 0.0 else 0.0)


@inner(fastmath={"reassoc"})
def _weigh(slope, m, one, w):
    """Multiply weights by slopes; the sum of their products with ``one``, truncated.

    ``one`` is a power of two: reassociated, the products round to the same numbers.
    """
    total = 0.0
    for i in range(m):
        w[i] *= slope[i]
        total += np.trunc(w[i] * one)
    return total
