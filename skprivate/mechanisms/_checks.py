"""Checks of parameters and inputs, with messages that never show a data value."""

import math
from numbers import Integral, Real

import numpy as np

SMALLEST, LARGEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def check_positive(name, value, *, infinite=False):
    """Return a positive real parameter as float; NaN, bool and text are refused."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(
            f"{name} must be a number, not {type(value).__name__}; pass a float > 0"
        )
    value = float(value)
    if not value > 0:  # also true for NaN
        raise ValueError(f"{name} must be positive; pass a float > 0")
    if math.isinf(value) and not infinite:
        raise ValueError(f"{name} must be finite; pass a float > 0")
    return value


def check_delta(value):
    """Return a probability 0 < delta < 1 as float."""
    value = check_positive("delta", value)
    if value >= 1:
        raise ValueError("delta must be below 1; pass a small one, such as 1e-6")
    return value


def check_count(name, value):
    """Return a positive integer parameter as int."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(
            f"{name} must be an integer, not {type(value).__name__}; pass an int >= 1"
        )
    if value < 1:
        raise ValueError(f"{name} must be at least 1; pass an int >= 1")
    return int(value)


def check_levels(levels):
    """Return the sensitivity in grid steps as float: finite, 0 or more."""
    if isinstance(levels, (bool, np.bool_)) or not isinstance(levels, Real):
        raise TypeError(
            f"levels must be a number, not {type(levels).__name__}; pass the largest "
            "norm of one row's contribution in grid steps"
        )
    levels = float(levels)
    if not 0 <= levels < math.inf:
        raise ValueError(
            "levels must be finite and not negative; pass the largest norm of one "
            "row's contribution in grid steps"
        )
    return levels


def check_integers(name, values):
    """Return integers as a C-contiguous int64 array (not copied if it is one)."""
    values = np.asarray(values)
    if values.dtype == bool or not np.can_cast(values.dtype, np.int64):
        raise TypeError(
            f"{name} must be integers that fit in int64, not {values.dtype}; put the "
            "values on the grid and convert them with astype(numpy.int64)"
        )
    return np.asarray(values, np.int64, order="C")


def check_scores(scores):
    """Return a non-empty vector of int64 scores."""
    scores = check_integers("scores", scores)
    if scores.ndim != 1 or scores.size == 0:
        raise ValueError("scores must be one row of at least one candidate; reshape it")
    return scores


def check_scale(levels, parameter):
    """Return levels / parameter, rounded up: noise is never below what is due."""
    scale = math.nextafter(levels / parameter, math.inf) if levels else 0.0
    if math.isinf(scale):
        raise ValueError(
            "the noise scale exceeds every float; raise the privacy parameter or "
            "lower levels"
        )
    return scale
