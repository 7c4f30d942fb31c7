"""Drawn values as the kind of table that was given."""

import ast

import numpy as np

from skprivate.base._limits import held_by
from skprivate.rows._emptied import emptied
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.synthesis._values import OTHERS, SECONDS, is_whole, may_lack

_FLOATS = "float16", "float32", "float64"
_NUMBERS = "int", "uint", "float", "bool", "decimal("
_ORDERED = "category[ordered]"
_OF_KIND = {  # types of polars that have parameters
    "category": ("Enum(", "Decimal("),
    "number": ("Decimal(",),
    "boolean": (),
    "date": ("Datetime(",),
}


def types_of(X, *, exact=False):
    """Kind of a table, and names of the types of its columns: public facts.

    Lists and arrays count as arrays of floats, unless they are to be ``exact``: an
    array has one type for all columns, which says little about any of them.
    """
    if isinstance(X, (list, tuple)):
        return "list" if exact else "array", ("float64",)
    empty = emptied(X)
    if is_pandas(empty) and hasattr(empty, "dtypes"):
        return "pandas", tuple(
            _ORDERED if getattr(dtype, "ordered", False) else str(dtype)
            for dtype in empty.dtypes
        )
    if is_polars(empty):
        return "polars", tuple(str(dtype) for dtype in empty.dtypes)
    known = exact and isinstance(empty, np.ndarray)
    return "array", (str(empty.dtype) if known else "float64",)


def types_beside(types, n_columns):
    """The same, with one type for each of so many columns."""
    kind, known = types
    if len(known) != n_columns:
        known = (known[0] if known else "float64",) * n_columns
    return kind, known


def as_table(types, names, columns, values):
    """Drawn values as a table.

    Parameters
    ----------
    types : tuple (kind, names of types)
        See :func:`types_of`.
    names : list of str
    columns : sequence of ColumnValues
    values : list of ndarray
        Of each column.
    """
    kind, types = types_beside((types[0], types[1][: len(columns)]), len(columns))
    make = _pandas if kind == "pandas" else _column
    made = [make(*of_one) for of_one in zip(columns, values, types, strict=True)]
    if kind == "polars":
        return _polars(names, columns, made, types)
    if kind == "pandas":
        import pandas as pd

        return pd.DataFrame(dict(zip(names, made, strict=True)))
    table = _objects(made) if any(c.dtype == object for c in made) else None
    table = np.column_stack(made) if table is None else table
    return table.tolist() if kind == "list" else table


def as_labels(y, codes, classes, n_columns):
    """Labels as the kind of column that ``y`` is; None if it is none."""
    if y is None:
        return None
    if n_columns:
        return np.eye(n_columns)[classes[codes].astype(np.intp)]
    labels = classes[codes]
    if isinstance(y, list):
        return labels.tolist()
    if is_pandas(y) or type(y).__module__.startswith("pandas"):
        import pandas as pd

        if y.ndim == 2:
            frame = pd.DataFrame({y.columns[0]: labels})
            return frame.astype(y.dtypes.to_dict())
        return pd.Series(labels, name=y.name).astype(y.dtype)
    if type(y).__module__.startswith("polars"):
        import polars as pl

        return pl.Series(y.name, labels.tolist()).cast(y.dtype)
    return labels.reshape(-1, 1) if getattr(y, "ndim", 1) == 2 else labels


def _polars(names, columns, made, types):
    import polars as pl

    table = {}
    for name, column, values, dtype in zip(names, columns, made, types, strict=True):
        values = values.tolist() if values.dtype == object else values
        series = pl.Series(name, values)
        if series.dtype.is_float() and not dtype.startswith("Float"):
            series = series.fill_nan(None)
        known = getattr(pl, dtype, None)  # unless it has parameters
        if known is None and dtype.startswith(_OF_KIND[column.kind]):
            known = _with_parameters(dtype)
            if dtype.startswith("Enum") and column.possible[-2]:
                known = pl.Enum([*dict.fromkeys([*known.categories, OTHERS])])
        table[name] = series if known is None else series.cast(known)
    return pl.DataFrame(table)


def _with_parameters(text):
    """A type of polars, from what it prints."""
    import polars as pl

    call = ast.parse(text, mode="eval").body
    given = {part.arg: ast.literal_eval(part.value) for part in call.keywords}
    return getattr(pl, call.func.id)(**given)


def _column(column, values, dtype):
    """Values of a column as an array of NumPy."""
    if column.kind == "category":
        return _categories(column, values, dtype)
    if column.kind in ("date", "number"):
        values = held_by(values, dtype)
    if column.kind == "date":
        days = np.full(len(values), "NaT", dtype="datetime64[us]")
        there = ~np.isnan(values)
        days[there] = (
            np.rint(values[there] * SECONDS).astype("int64").astype("datetime64[us]")
        )
        return days
    if column.kind == "boolean":
        if np.isnan(values).any():
            found = np.array([False, True, None], dtype=object)
            return found[np.where(np.isnan(values), 2, values).astype(int)]
        return values.astype(bool)
    if dtype == "bool" or is_whole(dtype):
        whole = np.rint(values)
        return whole if may_lack(dtype) else np.nan_to_num(whole).astype(dtype)
    return values.astype(dtype) if dtype in _FLOATS else values


def _categories(column, codes, dtype):
    """Categories of codes; of what is in no list, a word if others are words."""
    words = not dtype.lower().startswith(_NUMBERS)
    listed = [*column.listed, OTHERS if words else None, None]
    if all(value is None or type(value) in (int, float) for value in listed):
        table = np.array([np.nan if value is None else value for value in listed])
        found = table.astype(np.float64)[codes]
        return found if may_lack(dtype) else found.astype(dtype)
    table = np.empty(len(listed), dtype=object)
    table[:] = listed
    return table[codes]


def _pandas(column, values, dtype):
    """A series of the type that the column had."""
    import pandas as pd

    if dtype in ("category", _ORDERED) and column.kind == "category":
        return _categorical(pd, column, values, dtype == _ORDERED)
    made = _column(column, values, dtype)
    if dtype.startswith("Sparse"):
        return pd.arrays.SparseArray(made, fill_value=0.0)
    if dtype.startswith("datetime64"):
        series = pd.Series(made)
        if "," in dtype:
            series = series.dt.tz_localize("UTC")
        return series.astype(dtype)
    if dtype == "object" and made.dtype.kind == "f":
        return made
    try:
        return pd.Series(made).astype("category" if dtype == _ORDERED else dtype)
    except (NotImplementedError, TypeError, ValueError):
        return made


def _categorical(pd, column, codes, ordered):
    """A column of categories from codes alone: no text is looked at.

    Categories that were found have no order.
    """
    listed = [v for v in column.listed if v is not None]
    if OTHERS not in listed and column.possible[-2]:
        listed.append(OTHERS)
    places = [listed.index(v) if v in listed else -1 for v in (*column.listed, OTHERS)]
    dtype = pd.CategoricalDtype(listed, ordered and not column.possible[-2])
    return pd.Categorical.from_codes(np.array([*places, -1])[codes], dtype=dtype)


def _objects(columns):
    table = np.empty((len(columns[0]), len(columns)), dtype=object)
    for j, column in enumerate(columns):
        table[:, j] = column
    return table


def name_of_labels(y):
    """What labels are called."""
    name = getattr(y, "name", None)
    return name if isinstance(name, str) else "y"
