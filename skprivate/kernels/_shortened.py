"""Vectors of rows, made so short that no row counts for more than it may."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_shape


def shortened(
    vectors: np.ndarray,
    noise: np.ndarray,
    rooms: tuple[float, ...],
    weight: np.ndarray,
    step: float,
) -> np.ndarray:
    """Vectors in grid steps, scaled down to a 2-norm and a 1-norm.

    Guarantee: row i is ``trunc(w f v / step)``, where ``f`` is at most ``room /
    max(length, room)`` for both norms of ``v / noise``; each of these operations, and
    each addition, in the order of the numbers of the row, is rounded once. A row of
    which one of these is not finite is zero.

    Parameters
    ----------
    vectors : ndarray of float64 of shape (n, k)
    noise : ndarray of float64 of shape (k,)
        Positive.
    rooms : tuple of float
        Largest 2-norm and 1-norm of what is left of a vector, divided by ``noise``.
    weight : ndarray of float64 of shape (n,) or (0,)
        From zero to one.
    step : float

    Returns
    -------
    ndarray of int64 of shape (n, k)
    """
    n, k = vectors.shape
    check_shape("noise", noise, (k,))
    check_shape("weight", weight, (n,) if len(weight) else (0,))
    parts = np.zeros((n, k), dtype=np.int64)
    few = spared(_shortened, vectors.size, vectors)
    shorten = _plain_shortened if few else _shortened
    arrays = (np.ascontiguousarray(a, np.float64) for a in (vectors, noise, weight))
    shorten(*map(lent, arrays), float(rooms[0]), float(rooms[1]), float(step), parts)
    return parts


@kernel
def _shortened(vectors, noise, weight, room, room_l1, step, parts):
    n, k = vectors.shape
    for i in range(n):
        squares, total = 0.0, 0.0
        for j in range(k):
            sized = vectors[i, j] / noise[j]
            squares += sized * sized
            total += abs(sized)
        factor = min(room / max(np.sqrt(squares), room), room_l1 / max(total, room_l1))
        if weight.size:
            factor *= weight[i]
        finite = True
        for j in range(k):
            finite &= abs(factor * vectors[i, j]) < np.inf
        if finite:
            for j in range(k):
                parts[i, j] = np.int64(factor * vectors[i, j] / step)


def _plain_shortened(vectors, noise, weight, room, room_l1, step, parts):
    """The twin of `_shortened`; sums are made in the same order."""
    with np.errstate(all="ignore"):
        squares, total = np.zeros(len(vectors)), np.zeros(len(vectors))
        for column, deviation in zip(vectors.T, noise, strict=True):
            sized = column / deviation
            squares += sized * sized
            total += np.abs(sized)
        factor = np.minimum(
            room / np.maximum(np.sqrt(squares), room),
            room_l1 / np.maximum(total, room_l1),
        )
        if weight.size:
            factor = factor * weight
        vectors = factor[:, np.newaxis] * vectors
        finite = np.isfinite(vectors).all(axis=1)
        np.copyto(parts, np.where(finite[:, None], np.trunc(vectors / step), 0.0),
                  casting="unsafe")  # fmt: skip
