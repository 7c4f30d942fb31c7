"""Validation of privacy parameters: every comparison also refuses NaN."""

import math
from numbers import Real

SMALLEST_EPSILON = 2.0**-40
LARGEST_EPSILON = 1e300  # beyond, numbers overflow on the way to the noise


def check_real(name, value):
    """Return `value` as a float; booleans, strings and arrays are refused."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{name} is of type {type(value).__name__}; pass a plain number."
        )
    number = float(value)
    if math.isnan(number):
        raise ValueError(f"{name} is not a number (NaN); pass a plain number.")
    return number


def check_epsilon(value, name="epsilon"):
    """Return epsilon as a float in [2^-40, inf]."""
    epsilon = check_real(name, value)
    if not epsilon > 0:
        raise ValueError(f"{name} is not positive; pass a number above 0, such as 1.0.")
    if not epsilon >= SMALLEST_EPSILON:
        raise ValueError(
            f"{name} is below 2**-40, too small to calibrate noise; pass a larger one."
        )
    if LARGEST_EPSILON < epsilon < math.inf:
        raise ValueError(
            f"{name} is above 1e300, where nothing is protected; pass inf for no noise "
            "at all, or a smaller one."
        )
    return epsilon


def check_delta(value, name="delta"):
    """Return delta as a float in [0, 1)."""
    delta = check_real(name, value)
    if not (delta >= 0 and delta < 1):
        raise ValueError(
            f"{name} is outside [0, 1); pass a small number such as 1e-6, "
            "or 0 for pure differential privacy."
        )
    return delta


def check_reserve(value, delta):
    """Return a part of `delta` that is set aside, as a float in [0, delta)."""
    reserve = check_delta(value, "reserve")
    if reserve and not reserve < delta:
        raise ValueError("reserve is not below delta; pass a part of it, or 0.")
    return reserve


def check_nonnegative(name, value):
    """Return `value` as a float in [0, inf]."""
    number = check_real(name, value)
    if not number >= 0:
        raise ValueError(f"{name} is negative; pass a number that is at least 0.")
    return number


def check_share(value, name="share"):
    """Return a share as a float in (0, 1]."""
    share = check_real(name, value)
    if not (share > 0 and share <= 1):
        raise ValueError(
            f"{name} is outside (0, 1]; pass the fraction of the budget to spend."
        )
    return share
