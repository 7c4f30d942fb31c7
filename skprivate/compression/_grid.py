"""Numbers of few bits: on a grid whose step is a power of two, or of few digits."""

import numpy as np

_MANTISSA = 53


def on_grid(values, bits):
    """Values rounded to a grid that has no more than ``2 ** bits`` points.

    The step is a power of two, so that a whole number of steps is a float exactly, and
    zero stays zero. No value moves by more than half a step, which is at most
    ``2 ** -(bits - 2)`` of the largest value.

    Parameters
    ----------
    values : ndarray of float64
        Finite.
    bits : int
        From 2 to 16.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if not largest:
        return values
    most = 2 ** (bits - 1) - 1  # steps to either side
    step = 2.0 ** np.ceil(np.log2(largest / most))
    return np.clip(np.rint(values / step), -most, most) * step


def of_few_digits(values, bits):
    """Values rounded to so many binary digits each, whatever their sizes.

    No value moves by more than ``2 ** -bits`` of itself.
    """
    part, exponent = np.frexp(values)
    return np.ldexp(np.rint(np.ldexp(part, bits)), exponent - bits)


def codes_of_floats(values):
    """Whole numbers and a power of two that multiply to values, exactly.

    Parameters
    ----------
    values : ndarray of float64

    Returns
    -------
    tuple (codes, exponent) or None
        Codes are of the smallest type that holds them; None where 16 bits do not, or
        where a value is not finite, or a negative zero.
    """
    if not np.isfinite(values).all() or np.signbit(values[values == 0]).any():
        return None
    part, exponent = np.frexp(values[values != 0])
    if not part.size:
        return np.zeros(values.shape, np.int8), 0
    whole = np.ldexp(part, _MANTISSA).astype(np.int64)
    low = np.frexp((whole & -whole).astype(np.float64))[1] - 1  # zeros at the end
    least = int((exponent - _MANTISSA + low).min())
    if int(exponent.max()) - least > 16:
        return None
    codes = np.ldexp(values, -least)
    for kind in (np.int8, np.int16):
        if np.abs(codes).max() <= np.iinfo(kind).max:
            return codes.astype(kind), least
    return None


def floats_of_codes(codes, exponent):
    """What :func:`codes_of_floats` was given."""
    return np.ldexp(codes.astype(np.float64), exponent)


def smallest(numbers):
    """Whole numbers in the smallest type that holds them."""
    if not numbers.size:
        return numbers.astype(np.int8)
    low, high = int(numbers.min()), int(numbers.max())
    for kind in (np.int8, np.uint8, np.int16, np.uint16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers
