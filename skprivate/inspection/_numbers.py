"""Rows as numbers, for explainers that know of nothing else, and back again."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skprivate.inspection._columns import column_of, names_of
from skprivate.rows._kinds import is_pandas, is_polars

_MICROS = 24 * 60 * 60 * 10**6  # microseconds of a day


@dataclass(frozen=True, eq=False)
class Coding:
    """Which columns of a background are texts, and the codes of these; and dates.

    A date is a number, of days since 1970: those that a background happens to hold
    are not all that there are.

    Parameters
    ----------
    rows : table
        Of a background: its columns, types and texts are public.
    texts : dict of int to list
        The values of each column that holds no numbers and no dates, in order.
    dates : tuple of int
        Columns of dates.
    """

    rows: object
    texts: dict
    dates: tuple = ()

    @classmethod
    def of(cls, rows):
        """From the rows of a background."""
        texts, dates = {}, []
        for j in range(rows.shape[1]):
            column = _values(rows, j)
            if column.dtype.kind == "M":
                dates.append(j)
            elif column.dtype.kind not in "biuf" and not _all_numbers(column):
                texts[j] = sorted({*column.tolist()}, key=str)
        return cls(rows, texts, tuple(dates))

    def numbers(self, rows):
        """A table as float64; a text that the background lacks is -1."""
        columns = []
        for j in range(rows.shape[1]):
            values = _values(rows, j)
            if j in self.dates:
                values = days_of(values)
            elif j in self.texts:
                code = {text: number for number, text in enumerate(self.texts[j])}
                values = [code.get(value, -1) for value in values.tolist()]
            columns.append(np.asarray(values, dtype=np.float64))
        return np.column_stack(columns)

    def table(self, numbers):
        """Numbers as the table that the background is; a text of -1 is missing."""
        numbers = np.atleast_2d(np.asarray(numbers, dtype=np.float64))
        framed = is_pandas(self.rows) or is_polars(self.rows)
        if not (framed or self.texts or self.dates):
            return numbers
        columns = [numbers[:, j] for j in range(numbers.shape[1])]
        for j, texts in self.texts.items():
            place = np.clip(np.rint(columns[j]), -1, len(texts) - 1).astype(int)
            columns[j] = np.array([*texts, None], dtype=object)[place]
        for j in self.dates:
            columns[j] = dates_of(columns[j])
        names = names_of(self.rows)
        if is_pandas(self.rows):
            return _pandas(self.rows, dict(zip(names, columns, strict=True)))
        if is_polars(self.rows):
            return _polars(self.rows, dict(zip(names, columns, strict=True)))
        table = np.empty(numbers.shape, dtype=object)
        for j, column in enumerate(columns):
            table[:, j] = column
        return table

    def asked(self, ask):
        """A function of numbers from one of tables."""
        return partial(_ask, self, ask)


def _values(rows, j):
    """A column as an array; what pandas holds as objects for a time zone, as dates."""
    if is_pandas(rows) and getattr(rows.dtypes.iloc[j], "kind", "O") == "M":
        column = rows.iloc[:, j]
        if _zone(column.dtype) is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return column.astype("datetime64[us]").to_numpy()
    return column_of(rows, j)


def _zone(dtype):
    """The time zone of a type of dates of pandas, or None."""
    return getattr(getattr(dtype, "pyarrow_dtype", dtype), "tz", None)


def days_of(dates):
    """Dates as days since 1970, with fractions; a gap is NaN."""
    micros = dates.astype("datetime64[us]")
    days = micros.astype(np.int64) / _MICROS
    return np.where(np.isnat(micros), np.nan, days)


def dates_of(days):
    """Days since 1970 as dates, to the microsecond."""
    gaps = np.isnan(days)
    micros = np.rint(np.where(gaps, 0.0, days) * _MICROS).astype(np.int64)
    dates = micros.astype("datetime64[us]")
    dates[gaps] = np.datetime64("NaT")
    return dates


def _ask(coding, ask, numbers):
    return ask(coding.table(numbers))


def _all_numbers(column):
    return column.dtype.kind == "O" and all(
        isinstance(value, (int, float)) for value in column.tolist()
    )


def _pandas(rows, columns):
    """A frame of the types of the rows, where numbers allow it."""
    import pandas as pd

    frame = pd.DataFrame(columns)
    for name, dtype in rows.dtypes.items():
        if getattr(dtype, "kind", "O") == "M" and _zone(dtype) is not None:
            frame[name] = frame[name].dt.tz_localize("UTC")
        whole = getattr(dtype, "kind", "O") in "iub"
        if whole or not hasattr(dtype, "kind") or dtype.kind not in "f":
            column = frame[name].round() if whole else frame[name]
            frame[name] = column.astype(dtype)
    return frame


def _polars(rows, columns):
    import polars as pl

    frame = pl.DataFrame({name: column.tolist() for name, column in columns.items()})
    return frame.cast(dict(rows.schema), strict=False)
