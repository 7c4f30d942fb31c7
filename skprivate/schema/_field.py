"""What is public about one column."""

import warnings
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

KINDS = ("number", "category", "boolean", "date")
_WIDEST = 2.0**500
_MOST_SHOWN = 4


@dataclass(frozen=True)
class Field:
    """Public facts about a column of a table; what is not known is None.

    Parameters
    ----------
    kind : {"number", "category", "boolean", "date"}
        What it holds.
    bounds : tuple (low, high) or None, default=None
        Range of numbers, or of dates: ISO text such as ``"2020-01-31"``, or whatever
        ``numpy.datetime64`` takes.
    categories : sequence of str, int, float or bool, or None, default=None
        All values of a category that matter; others are "infrequent".
    unit : str or None, default=None
        Unit of a number, for readers.

    Examples
    --------
    >>> from skprivate.schema import Field
    >>> Field("number", bounds=(0, 120), unit="years")
    Field(number, 0 to 120 years)
    """

    kind: str
    bounds: tuple | None = None
    categories: tuple | None = None
    unit: str | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}. Use one.")
        if self.bounds is not None:
            object.__setattr__(self, "bounds", _checked_bounds(self.kind, self.bounds))
        if self.categories is not None:
            found = _checked_categories(self.kind, self.categories)
            object.__setattr__(self, "categories", found)
        if self.unit is not None and not isinstance(self.unit, str):
            raise TypeError("unit must be a text, or None. Use one.")

    @classmethod
    def of(cls, fact: "Field | str | tuple[Any, ...] | list[Any]") -> "Field":
        """A field from a short form.

        Parameters
        ----------
        fact : Field, str, tuple or list
            A field; a kind; a tuple ``(low, high)`` of numbers or of dates; or a list
            of categories.

        Returns
        -------
        Field
        """
        if isinstance(fact, cls):
            return fact
        if isinstance(fact, str):
            return cls(fact)
        if isinstance(fact, tuple):
            numbers = all(isinstance(end, Real) for end in fact)
            return cls("number" if numbers else "date", bounds=fact)
        if isinstance(fact, list):
            return cls("category", categories=fact)
        raise TypeError(
            "A field is a Field, a kind such as 'number', a tuple (low, high), or a "
            "list of categories. Give one of these."
        )

    def __repr__(self):
        said = ", ".join(filter(None, [self.kind, self.values()]))
        return f"Field({said})"

    def values(self) -> Any:
        """What is known about the values, in a few words."""
        if self.bounds is not None:
            low, high = (_short(end) for end in self.bounds)
            return f"{low} to {high}" + (f" {self.unit}" if self.unit else "")
        if self.categories is not None:
            first = ", ".join(map(str, self.categories[:_MOST_SHOWN]))
            more = len(self.categories) - _MOST_SHOWN
            return first + (f", and {more} more" if more > 0 else "")
        return f"in {self.unit}" if self.unit else ""


def _checked_bounds(kind, bounds):
    """Two ends of a range, as floats or as ISO texts."""
    if kind not in ("number", "date"):
        raise ValueError(f"A {kind} has no bounds. Leave them out.")
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
        raise ValueError("bounds must be a pair (low, high). Give both ends.")
    if kind == "date":
        return _checked_dates(bounds)
    if not all(isinstance(e, Real) and not isinstance(e, bool) for e in bounds):
        raise TypeError("bounds of a number must be two numbers. Give these.")
    low, high = map(float, bounds)
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise ValueError("bounds must be finite, with low <= high. Mend them.")
    if high / 2 - low / 2 > _WIDEST / 2:
        raise ValueError("bounds are too far apart. Give a narrower range.")
    return low, high


def _checked_dates(bounds):
    """Two dates as ISO texts, the earlier one first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns of time zones
            low, high = (np.datetime64(end) for end in bounds)
    except (TypeError, ValueError, Warning):
        low = high = np.datetime64("NaT")
    if np.isnat(low) or np.isnat(high):
        raise ValueError(
            "bounds of a date must be two dates in UTC, without a time zone, such as "
            "('2020-01-01', '2030-01-01')."
        )
    if low > high:
        raise ValueError("bounds must have the earlier date first. Swap them.")
    return str(low), str(high)


def _checked_categories(kind, categories):
    """Categories as a tuple of plain values, each of them once."""
    if kind != "category":
        raise ValueError(f"A {kind} has no list of categories. Leave it out.")
    if isinstance(categories, (str, bytes)) or not hasattr(categories, "__len__"):
        raise TypeError("categories must be a list of values. Give a list.")
    plain = tuple(_plain(value) for value in categories)
    if len({(type(value), value) for value in plain}) < len(plain):
        raise ValueError("categories holds a value twice. List each once.")
    return plain


def _plain(value):
    """A category as a value that JSON knows."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, (str, bool, Integral)):
        return value
    if isinstance(value, Real) and np.isfinite(value):
        return float(value)
    raise TypeError("categories must be texts, numbers or truth values. Convert them.")


def _short(end):
    """One end of a range in a few characters."""
    return end if isinstance(end, str) else f"{end:.6g}"
