"""What becomes of one column of a table: a few bounded columns."""

from dataclasses import dataclass

import numpy as np

from skprivate.tables._ranges import Range

DATE_PARTS = ("year", "month", "day", "weekday", "hour")
# Lowest and highest value of the parts that come round again.
_ROUNDS = {"month": (1, 12), "day": (1, 31), "weekday": (0, 6), "hour": (0, 23)}
_OTHERS = "infrequent_sklearn"  # as scikit-learn's encoder calls them


@dataclass(frozen=True)
class NumberPart:
    """A number, moved into a range, and in units of it.

    What is missing becomes the center, which is zero.

    Parameters
    ----------
    range : Range
        Where values lie.
    indicator : bool, default=False
        Whether to add a column that is one where a value is missing.
    """

    range: Range
    indicator: bool = False

    def endings(self):
        """What the name of each output column ends with."""
        return ["", "missing"] if self.indicator else [""]

    def bounds(self):
        """Lowest and highest value of each output column."""
        ends = self._scaled(np.array([self.range.low, self.range.high]))
        return [tuple(ends), (0.0, 1.0)][: 1 + self.indicator]

    def write(self, values, out):
        """Write the output columns, of which all are zero before."""
        missing = np.isnan(values)
        out[:, 0] = np.where(missing, 0.0, self._scaled(values))
        if self.indicator:
            out[:, 1] = missing

    def _scaled(self, values):
        if not self.range.scale > 0:
            return np.zeros_like(values)
        moved = np.clip(values, self.range.low, self.range.high)
        return (moved - self.range.center) / self.range.scale


@dataclass(frozen=True, eq=False)
class CategoryPart:
    """A category: a column of zeros and ones for each value.

    Of two values that are all there are, the second alone has a column. Missing values
    have zeros everywhere, unless they are a category of their own.

    Parameters
    ----------
    categories : ndarray
        Those that have a column.
    others : bool
        Whether there is a column for all other values.
    """

    categories: np.ndarray
    others: bool

    def endings(self):
        """What the name of each output column ends with."""
        named = [str(value) for value in self.categories[self._first :]]
        return [*named, _OTHERS] if self.others else named

    def bounds(self):
        """Zeros and ones."""
        return [(0.0, 1.0)] * len(self.endings())

    def write(self, codes, out):
        """Write the output columns, of which all are zero before."""
        place = codes - self._first
        (rows,) = np.nonzero((place >= 0) & (place < out.shape[1]))  # no gap is
        out[rows, place[rows].astype(np.intp)] = 1

    @property
    def _first(self):
        """Number of the first category that has a column."""
        return int(len(self.categories) == 2 and not self.others)


@dataclass(frozen=True)
class DatePart:
    """A date: its parts, each a bounded number.

    The year, with its fractions, is a number like others, in a unit of its own. Parts
    that come round again go from -1 to 1. Of time zones nothing is left: all is in
    UTC. Missing dates are zeros everywhere.

    Parameters
    ----------
    year : Range or None
        Of the seconds since 1970; None leaves the year out.
    parts : tuple of str
        Of the other parts.
    """

    year: Range | None
    parts: tuple

    def endings(self):
        """What the name of each output column ends with."""
        return [*(["year"] if self.year else []), *self.parts]

    def bounds(self):
        """Lowest and highest value of each output column."""
        year = NumberPart(self.year).bounds() if self.year else []
        return [*year, *[(-1.0, 1.0)] * len(self.parts)]

    def write(self, seconds, out):
        """Write the output columns, of which all are zero before."""
        if self.year:
            NumberPart(self.year).write(seconds, out[:, :1])
        start = out.shape[1] - len(self.parts)
        for number, values in enumerate(_rounds(seconds, self.parts), start):
            out[:, number] = values


def _rounds(seconds, parts):
    """Parts of dates that come round again, from -1 to 1, zero where one is missing."""
    missing = np.isnan(seconds)
    moment = np.where(missing, 0.0, seconds).astype("datetime64[s]")
    day = moment.astype("datetime64[D]")
    month = moment.astype("datetime64[M]")
    values = {
        "month": month.astype(np.int64) % 12 + 1,
        "day": (day - month).astype(np.int64) + 1,
        "weekday": (day.astype(np.int64) + 3) % 7,  # 1970 began with a Thursday
        "hour": (moment - day).astype(np.int64) // 3600,
    }
    for part in parts:
        low, high = _ROUNDS[part]
        scaled = (values[part] - low) * (2 / (high - low)) - 1
        yield np.where(missing, 0.0, scaled)
