"""Norms of rows, and rows scaled into a ball: nothing is put on a grid."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._jit import kernel, part
from skprivate.kernels._sizes import check_chunk

# Squares of numbers in this range neither overflow nor lose digits.
LARGE, SMALL = 1e150, 1e-140
LARGEST = np.finfo(np.float64).max


def clip_rows(X: TableLike, bound: float, norm: int) -> np.ndarray:
    """Rows multiplied by ``min(1, bound / norm)``; rows not finite become zero.

    Guarantee: a row that is shortened has, in exact arithmetic, norm at most ``bound``
    as long as its values are normal numbers of their type; every other row is returned
    bit for bit, and its norm is at most ``bound`` up to ``d`` parts in 2**52. Rows are
    treated alike dense or sparse, by sums in the order of columns. (Sums on the grid
    clip again: no proof of privacy rests on this function.)

    Proof. The factor is short by ``d + 12`` units of 2**-52, or of 2**-23 for float32,
    where products are rounded once more; the norm, summed in order, is off by at most
    ``d + 3`` units of 2**-53, and fewer than eight other operations round.

    Parameters
    ----------
    X : chunk
        Dense matrix, or CSR tuple in canonical form.
    bound : float
    norm : int
        1, 2, or 0 for the largest absolute value.

    Returns
    -------
    ndarray of the shape and dtype of X, or of its ``data``
    """
    values, bounds, n_features = _spans(X)
    unit = 2.0**-52 if values.dtype == np.float64 else 2.0**-23
    out = np.empty_like(values)
    _clip_spans(
        values, bounds, bound * (1.0 - (n_features + 12) * unit), bound, norm, out
    )
    return out.reshape(X.shape) if isinstance(X, np.ndarray) else out


def row_norms(X: TableLike, norm: int) -> np.ndarray:
    """Norms of rows; NaN for rows that are not finite.

    A norm is that of the row alone, summed in the order of columns: the same bits
    dense or sparse, and in any company. One beyond all numbers is the largest number.

    Parameters
    ----------
    X : chunk
        Dense matrix, or CSR tuple in canonical form.
    norm : int
        1, 2, or 0 for the largest absolute value.

    Returns
    -------
    ndarray of shape (n,)
    """
    values, bounds, _ = _spans(X)
    norms = np.empty(len(bounds) - 1)
    _norms_of_spans(values, bounds, norm, norms)
    return norms


def _spans(X):
    """Values of a chunk, where its rows begin and end, and the number of features."""
    check_chunk(X)
    if isinstance(X, np.ndarray):
        bounds = np.arange(X.shape[0] + 1) * X.shape[1]
        return X.reshape(-1), bounds, X.shape[1]
    values, _, bounds, n_features = X
    return values, bounds, n_features


@kernel
def _norms_of_spans(values, bounds, norm, norms):
    """Norm of each span ``values[bounds[i]:bounds[i + 1]]``."""
    for i in range(bounds.size - 1):
        peak = _peak(values, bounds[i], bounds[i + 1])
        scale = 1.0 if SMALL < peak < LARGE or peak == 0.0 else peak
        if peak < np.inf:
            size = _span_norm(values, bounds[i], bounds[i + 1], scale, norm)
            norms[i] = min(scale * size, LARGEST)
        else:
            norms[i] = np.nan


@kernel
def _clip_spans(values, bounds, room, bound, norm, out):
    """Clip each span ``values[bounds[i]:bounds[i + 1]]``."""
    for i in range(bounds.size - 1):
        first, last = bounds[i], bounds[i + 1]
        peak = _peak(values, first, last)
        finite = peak < np.inf
        scale = 1.0 if SMALL < peak < LARGE or not finite or peak == 0.0 else peak
        size = _span_norm(values, first, last, scale, norm)
        longer = size > bound / scale
        for k in range(first, last):
            v = np.float64(values[k]) / scale * (room / size) if longer else values[k]
            out[k] = v if finite else 0.0


@part
def _peak(values, first, last):
    """Largest absolute value, or inf if any is not finite."""
    peak = 0.0
    for k in range(first, last):
        size = abs(np.float64(values[k]))
        if not size < np.inf:
            return np.inf
        peak = max(peak, size)
    return peak


@part
def _span_norm(values, first, last, scale, norm):
    """Norm of the values divided by ``scale``, summed in order."""
    total = 0.0
    for k in range(first, last):
        v = abs(np.float64(values[k]) / scale)
        if norm == 2:
            total += v * v
        elif norm == 1:
            total += v
        else:
            total = max(total, v)
    return np.sqrt(total) if norm == 2 else total
