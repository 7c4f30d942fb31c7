"""Sums of clipped gradients over sparse rows, at the price of their entries.

The same integers as the kernels of dense rows add, bit for bit, for a box that is
alike in all features and keeps zero at zero: an absent entry adds nothing to a margin,
to a norm or to a total. So millions of columns cost what the entries cost.
"""

from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import clean_target, clean_weights, lent, open_chunk
from skprivate.kernels._gradients import (
    NOT_SCALED,
    clip_slopes,
    scale_slopes,
    square_of_sums,
)
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._losses import residuals
from skprivate.kernels._sizes import check_codes, check_shape, check_sizes
from skprivate.kernels._softmax import (
    clip_softmax_slopes,
    room_of_softmax,
    slopes_of_classes,
)


def sparse_gradient(
    X: tuple[Any, Any, Any, Any], target: np.ndarray, unit: float, reach: float,
    grid: tuple[np.ndarray, float], one: Any, loss: Any, param: Any, clip: Any,
    weight: np.ndarray, scale: Any = NOT_SCALED, norm: float = 2,
) -> np.ndarray:  # fmt: skip
    """What `gradient` adds for the box with ``q = rint(x * unit)`` cut to ``reach``.

    Parameters
    ----------
    X : tuple (data, indices, indptr, n_features)
        Canonical CSR.
    target : ndarray of shape (n,)
    unit : float
        Grid steps in a unit of each feature.
    reach : float
        Largest ``|q|``, a whole number; `gradient_bits` of ``reach / one`` keep
        squares exact even in a row that has an entry in every column.
    grid : tuple (ndarray of shape (d + 1,), float)
        Of `rounded_coef`.
    one, loss, param, clip, weight, scale, norm
        As for `gradient`.

    Returns
    -------
    ndarray of shape (d + 1,)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    coef, step = grid
    check_sizes(n_rows, n_features, weight, scale=scale)
    check_shape("target", target, (n_rows,))
    check_shape("coef", coef, (n_features + 1,))
    target, weight = clean_target(target, weight)
    weight = weight if weight.size else np.ones(n_rows)
    total = np.zeros(n_features + 1)
    reading = (float(unit), float(reach))
    task = (loss, float(param), float(one), float(clip), step, norm)
    _add(*source, target, weight, lent(scale), reading, coef, task, total)
    return total


def sparse_gradient_softmax(
    X: TableLike,
    codes: np.ndarray,
    unit: Any,
    reach: Any,
    grid: tuple[np.ndarray, float],
    one: Any,
    clip: Any,
    weight: np.ndarray,
    scale: Any = NOT_SCALED,
    norm: float = 2,
    hinge: float = 0.0,
) -> np.ndarray:
    """What `gradient_softmax` adds for such a box.

    Parameters
    ----------
    X, unit, reach, one, clip, weight, scale
        As for `sparse_gradient`.
    codes : int32 ndarray of shape (n,)
    grid : tuple (ndarray of shape (K, d + 1), float)
        Of `rounded_coef`.
    norm, hinge
        As for `gradient_softmax`.

    Returns
    -------
    ndarray of shape (K, d + 1)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    coef, step = grid
    n_classes = len(coef)
    check_sizes(n_rows, n_features, weight, scale=scale)
    check_codes(codes, n_rows)
    check_shape("coef", coef, (n_classes, n_features + 1))
    weight = clean_weights(weight)
    weight = weight.copy() if weight.size else np.ones(n_rows)
    total = np.zeros((n_features + 1, n_classes))
    room = room_of_softmax(clip, n_classes)
    reading, task = (float(unit), float(reach)), (float(one), room, step, norm, hinge)
    by_feature = np.ascontiguousarray(coef.T)
    rows = lent(codes), weight, lent(scale)
    _add_softmax(*source, *rows, reading, by_feature, task, total)
    return np.ascontiguousarray(total.T)


@inner
def _on_grid(value, reading):
    """The integer of a finite value."""
    unit, reach = reading
    return min(max(np.rint(np.float64(value) * unit), -reach), reach)


@inner
def _size(data, indices, first, last, n_features, reading, norm):
    """Squared norm of the integers of a row, or 1-norm; NaN if it is not finite."""
    size = odd = 0.0
    for k in range(first, last):
        if 0 <= indices[k] < n_features:
            odd += data[k] * 0.0
            q = _on_grid(data[k], reading)
            size += abs(q) if norm == 1 else q * q
    return size + odd


@kernel
def _add(data, indices, indptr, target, weight, scale, reading, coef, task, total):
    loss, param, one, clip, step, norm = task
    n_rows, d = indptr.size - 1, coef.size - 1
    length, slope, work = np.empty(n_rows), np.empty(n_rows), np.empty(n_rows)
    for i in range(n_rows):
        square = margin = odd = 0.0
        for k in range(indptr[i], indptr[i + 1]):  # what takes time is to reach coef[j]
            j = indices[k]
            if 0 <= j < d:
                odd += data[k] * 0.0
                q = _on_grid(data[k], reading)
                square += abs(q) if norm == 1 else q * q
                margin += q * coef[j]
        length[i] = square + odd  # NaN if the row is not finite, which has no margin
        margin = margin if length[i] == length[i] else 0.0
        slope[i] = (margin + one * coef[d]) * step
    residuals(loss, param, slope, target, 0, n_rows, work)
    scale_slopes(slope, scale, 0, n_rows)
    if norm == 1:
        square_of_sums(length, n_rows, one, length)
    clip_slopes(slope, n_rows, length, one, clip)
    for i in range(n_rows):
        if length[i] == length[i]:
            factor = weight[i] * slope[i]
            total[d] += np.trunc(factor * one)
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                if 0 <= j < d:
                    total[j] += np.trunc(factor * _on_grid(data[k], reading))


@kernel
def _add_softmax(
    data, indices, indptr, codes, weight, scale, reading, coef, task, total
):
    one, room, step, norm, hinge = task
    n_rows, d, n_classes = indptr.size - 1, coef.shape[0] - 1, coef.shape[1]
    length, slopes = np.empty(n_rows), np.empty((n_classes, n_rows))
    margin = np.empty(n_classes)
    for i in range(n_rows):
        first, last = indptr[i], indptr[i + 1]
        length[i] = _size(data, indices, first, last, d, reading, norm)
        if length[i] != length[i]:
            length[i], weight[i], last = 0.0, 0.0, first
        margin[:] = 0.0
        for k in range(first, last):
            j = indices[k]
            if 0 <= j < d:
                q = _on_grid(data[k], reading)
                for c in range(n_classes):
                    margin[c] += q * coef[j, c]
        for c in range(n_classes):
            slopes[c, i] = (margin[c] + one * coef[d, c]) * step
    if norm == 1:
        square_of_sums(length, n_rows, one, length)
    slopes_of_classes(slopes, codes, 0, n_rows, hinge)
    for c in range(n_classes):
        scale_slopes(slopes[c], scale, 0, n_rows)
    clip_softmax_slopes(slopes, codes, 0, n_rows, one, room, length, weight, norm)
    for i in range(n_rows):
        if weight[i] > 0.0:
            for c in range(n_classes):
                total[d, c] += np.trunc(slopes[c, i] * one)
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                if 0 <= j < d:
                    q = _on_grid(data[k], reading)
                    for c in range(n_classes):
                        total[j, c] += np.trunc(slopes[c, i] * q)
