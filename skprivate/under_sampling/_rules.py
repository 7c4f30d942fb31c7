"""Public rules about single rows: which rows of a table meet them.

Each function returns one bool per row, which depends on that row alone.
"""

from numbers import Real

import numpy as np

from skprivate.rows._columns import names_of
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._refusal import refused
from skprivate.rows._untyped import floats_of, is_missing, typed_array
from skprivate.rows._values import (
    codes_of,
    numbers_of,
    places_of,
    seconds_of,
)

_NUMBERS = ("number", "boolean")


def has_no_gap(table, columns):
    """Rows without a missing value."""
    if isinstance(table, np.ndarray) and table.dtype.kind == "O":
        return np.array([not any(map(is_missing, row)) for row in table], dtype=bool)
    kept = np.ones(len(table), dtype=bool)
    for j, column in enumerate(columns):
        kept &= ~np.isnan(_values(table, j, column.kind)[0])
    return kept


def within_bounds(table, columns, low, high):
    """Rows of numbers that are all between two ends; missing ones are not judged."""
    kept = np.ones(len(table), dtype=bool)
    for j, column in enumerate(columns):
        if column.kind not in _NUMBERS:
            raise ValueError(
                "bounds are for columns of numbers, and X has others. Give a schema."
            )
        values = numbers_of(table, j)
        kept &= ~((values < low[j]) | (values > high[j]))
    return kept


def within_schema(table, columns, schema):
    """Rows of which no value contradicts a schema; missing ones are not judged."""
    kept = np.ones(len(table), dtype=bool)
    names = names_of(columns)
    if hasattr(table, "columns"):  # numbers may be names, too
        names = [str(name) for name in table.columns]
    for name, field in schema.items():
        if names.count(name) != 1:
            raise ValueError(
                "The schema names a column that X does not have once. Give a data "
                "frame with the columns of the schema."
            )
        values, listed = _values(table, names.index(name), field.kind)
        if field.bounds is not None:
            low, high = (_as_number(end, field.kind) for end in field.bounds)
            kept &= ~((values < low) | (values > high))
        if field.categories is not None:
            known = places_of(listed, list(field.categories), np.nan) >= 0
            known = np.append(known, True)  # what is missing is not judged
            codes = np.where(np.isnan(values), len(listed), values).astype(np.intp)
            kept &= known[codes]
    return kept


def follows_rule(table, keep, *, listed=False):
    """Rows that a function keeps; it is shown one at a time, so it sees no other."""
    told = []
    for row in map(_plain, _rows_of(table)) if listed else _rows_of(table):
        try:
            told.append(keep(row))
        except Exception:
            told = None
        if told is None or not isinstance(told[-1], (bool, np.bool_)):
            # Outside of the handler: the error of the rule may hold a value of the row.
            raise refused(
                ValueError,
                "keep failed on a row, or did not return a bool. Let it return True or "
                "False for every row.",
            )
    return np.array(told, dtype=bool)


def _rows_of(table):
    """One row after another: of an array, or as a dict."""
    if is_polars(table):
        return table.iter_rows(named=True)
    if not is_pandas(table):
        rows = np.array(table)
        rows.flags.writeable = False
        return iter(rows)
    if not table.columns.is_unique:
        raise ValueError(
            "keep needs names of columns that differ. Rename those of X that do not."
        )
    columns = (typed_array(table[name]).tolist() for name in table.columns)
    names = list(table.columns)
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _plain(row):
    """A row of a list: floats if it holds numbers alone, else its objects."""
    if all(isinstance(v, (Real, np.bool_)) or is_missing(v) for v in row):
        row = floats_of(row)
        row.flags.writeable = False
    return row


def _values(table, j, kind):
    """A column as float64, NaN for what is missing; and what codes of it stand for."""
    if kind == "category":
        return codes_of(table, j)
    return (seconds_of if kind == "date" else numbers_of)(table, j), None


def _as_number(end, kind):
    """An end of a range as numbers of the column are read."""
    if kind != "date":
        return end
    return np.datetime64(end, "us").astype(np.int64) * 1e-6
