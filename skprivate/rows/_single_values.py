"""A value as a number, a text, a boolean or a date, whatever holds it."""

from datetime import date
from decimal import Decimal
from numbers import Real

import numpy as np

from skprivate.rows._untyped import is_missing


def _number(value):
    """A float, also of a text that is one: NumPy makes such, beside texts."""
    if not isinstance(value, (Real, Decimal, np.bool_, str)):
        return np.nan
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return np.nan
    return np.nan if isinstance(value, str) and not np.isfinite(number) else number


def _text(value):
    """A text, also of anything else; whole numbers are written as such."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    return str(value)


def _boolean(value):
    """True or false, also of one and zero."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return {"True": True, "False": False}.get(value)
    known = isinstance(value, (Real, np.bool_)) and value in (0, 1)
    return bool(value) if known else None


def _date(value):
    """A date."""
    there = not is_missing(value) and isinstance(value, (date, np.datetime64))
    return value if there else None


def _object(value):
    """Anything; a number as a float."""
    if is_missing(value):
        return None
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return _number(value) if is_number else value


READERS = {
    "number": _number,
    "text": _text,
    "boolean": _boolean,
    "date": _date,
    "object": _object,
}
