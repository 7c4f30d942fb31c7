"""A noisy number with an interval."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A noisy number, and the ends of its interval.

    Parameters
    ----------
    value, low, high : float
        In order: ``low <= value <= high``.
    """

    value: float
    low: float
    high: float


def count_estimate(count, below, above):
    """A number of rows, which cannot be negative, and how far its interval reaches."""
    ends = (max(0.0, float(count + by)) for by in (0.0, -below, above))
    return Estimate(*ends)
