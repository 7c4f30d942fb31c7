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

    def read(self, values):
        """Numbers of output columns; NaN where the indicator says so."""
        numbers = self.range.center + self.range.scale * values[:, 0]
        if self.indicator:
            numbers = np.where(values[:, 1] > 0.5, np.nan, numbers)
        return numbers

    def _scaled(self, values):
        if not self.range.scale > 0:
            return np.zeros_like(values)
        moved = np.clip(values, self.range.low, self.range.high)
        return (moved - self.range.center) / self.range.scale


@dataclass(frozen=True, eq=False)
class CategoryPart:
    """A category: a column of zeros and ones for each value.

    Of two values that are all there are, the second alone has a column. A value of
    which nothing is known is the usual mixture of all: each column holds the share of
    its category. So is a missing value, unless that is a category of its own. A model
    then answers with its average over the categories. A column of their own, or zeros,
    which hardly a row has, would be answered with noise.

    Parameters
    ----------
    categories : ndarray
        Those that have a column.
    others : bool
        Whether there is a column for all other values.
    shares : ndarray
        Of each category, which add up to one.
    many_others : bool, default=False
        Whether that column is used, as there are enough rows to learn from.
    """

    categories: np.ndarray
    others: bool
    shares: np.ndarray
    many_others: bool = False

    def endings(self):
        """What the name of each output column ends with."""
        named = [str(value) for value in self.categories[self._first :]]
        return [*named, _OTHERS] if self.others else named

    def bounds(self):
        """Zeros and ones."""
        return [(0.0, 1.0)] * len(self.endings())

    def write(self, codes, out):
        """Write the output columns, of which all are zero before."""
        n_known = len(self.categories)
        usual = np.isnan(codes) | ((codes >= n_known) & (not self.many_others))
        place = np.where(usual, -1, codes) - self._first
        (rows,) = np.nonzero(place >= 0)
        out[rows, place[rows].astype(np.intp)] = 1
        if usual.any():
            out[usual, : n_known - self._first] = self.shares[self._first :]

    def read(self, values):
        """The category with the largest value in each row of output columns."""
        names = np.empty(len(self.categories) + self.others, dtype=object)
        names[:] = [*self.categories, *[_OTHERS] * self.others]
        if self._first:  # of two, the first has no column
            values = np.column_stack([1 - values, values])
        if not len(names):
            return np.full(len(values), None)
        return names[values.argmax(axis=1)]

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

    def read(self, values):
        """Dates of the year, in seconds; without it nothing is known."""
        if not self.year:
            return np.full(len(values), np.datetime64("NaT", "s"))
        seconds = NumberPart(self.year).read(values[:, :1])
        return np.rint(seconds).astype("datetime64[s]")


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
