"""The value that many rows share, guessed from an interval that holds it."""

import numpy as np

_LARGEST_POWER, _SMALLEST_POWER = 18, -18


def round_number(low, high):
    """The roundest decimal number ``v`` with ``low <= v < high``, near their middle.

    Values that many rows share are mostly round: ages, prices, counts. What is known
    privately is an interval, and any number in it is as private as another.

    Parameters
    ----------
    low, high : ndarray
        Of equal shape, ``low <= high``.

    Returns
    -------
    ndarray
        The middle, where an interval holds no number of 18 decimals, or is empty.
    """
    middle = low + (high - low) / 2
    found = middle.copy()
    missing = np.ones(low.shape, dtype=bool)
    for power in range(_LARGEST_POWER, _SMALLEST_POWER - 1, -1):
        if not missing.any():
            break
        number = _multiple(middle, power)
        for candidate in (number, number - 10.0**power, number + 10.0**power):
            candidate = _multiple(candidate, power)
            fits = missing & (low <= candidate) & (candidate < high)
            found[fits] = candidate[fits] + 0.0  # zero has no sign
            missing &= ~fits
    return found


def _multiple(value, power):
    """The multiple of a power of ten nearest to ``value``."""
    scale = 10.0 ** abs(power)
    if power >= 0:
        return np.rint(value / scale) * scale
    with np.errstate(over="ignore"):
        scaled = value * scale
    return np.where(np.isfinite(scaled), np.rint(scaled) / scale, value)
