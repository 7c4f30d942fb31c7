"""Exact sums that may leave int64: int64 where all values fit, else Python integers."""

from collections.abc import Iterable
from typing import Any

import numpy as np

WIDEST = 1 << 100  # sums with noise stop here, if those of int64 do not
_FITS = 1 << 62  # sums of two such numbers fit in int64


def exact_sum(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """Sum of integer arrays of one shape.

    Guarantee: exact for numbers of any size, and the same array for every order: of
    int64 if all sums fit, else of objects, which are Python integers.

    Parameters
    ----------
    arrays : iterable of ndarray of int64 or Python integers

    Returns
    -------
    ndarray of int64 or Python integers
    """
    arrays = iter(arrays)
    total = narrowed(next(arrays))
    for part in arrays:
        total = _plus(total, part)
    return total


def narrowed(values):
    """Integers as int64 if all of them fit, else as an array of Python integers."""
    values = np.asarray(values)
    if values.dtype != object:
        return values
    try:
        return values.astype(np.int64)
    except OverflowError:
        return values


def is_exact(values: Any) -> bool:
    """Whether it is such an array as :func:`exact_sum` returns."""
    if type(values) is not np.ndarray:
        return False
    wide = are_python_integers(values) and narrowed(values) is values
    return wide or values.dtype == np.int64


def are_python_integers(values):
    """Whether an array holds objects, all of which are plain integers."""
    return values.dtype == object and set(map(type, values.flat)) <= {int}


def stopped(values):
    """Integers that stop at `WIDEST`, narrowed."""
    return narrowed(np.clip(values, -WIDEST, WIDEST))


def is_small(values):
    """Whether the sum of any two of these integers fits in int64."""
    return np.min(values, initial=0) >= -_FITS and np.max(values, initial=0) < _FITS


def _plus(a, b):
    if a.dtype == b.dtype == np.int64:
        total = a + b
        # Both terms differ in sign from the sum only if it wrapped.
        if not np.any((a ^ total) & (b ^ total) < 0):
            return total
    return narrowed(a.astype(object) + b.astype(object))
