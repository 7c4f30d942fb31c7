"""Floats on the safe side of exact numbers: a bound up, a budget down."""

import math
from fractions import Fraction
from typing import Any


def above(exact: Any) -> Any:
    """Float that is not below a rational number, and equal to it where one is."""
    value = float(exact)
    return value if Fraction(value) >= exact else math.nextafter(value, math.inf)


def below(exact: Any) -> Any:
    """Float that is not above a rational number, and equal to it where one is."""
    value = float(exact)
    return value if Fraction(value) <= exact else math.nextafter(value, -math.inf)


def root_above(square: Any) -> Any:
    """Float that is not below the square root of a float, or of a rational number.

    Guarantee: its square, in exact arithmetic, is at least ``square``; so a norm of at
    most the true root is at most this. Whole roots are exact.
    """
    square = _exact(square)
    root = math.sqrt(square)
    while Fraction(root) ** 2 < square:
        root = math.nextafter(root, math.inf)
    return root


def root_below(square: Any) -> Any:
    """Float whose square, in exact arithmetic, is at most ``square``."""
    square = _exact(square)
    root = math.sqrt(square)
    while Fraction(root) ** 2 > square:
        root = math.nextafter(root, 0.0)
    return root


def _exact(number):
    """A fraction of Python's integers: those of NumPy would stay, and overflow."""
    return Fraction(number.item() if hasattr(number, "item") else number)
