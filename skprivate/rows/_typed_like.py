"""Tables of a user's function, in types that were known before any row was read.

A function may return another type if one row has a text, or a gap, and then all other
rows look different. Here the types are given, and each value is read on its own.
"""

import numpy as np

from skprivate.rows._arrow import framed
from skprivate.rows._kinds import is_pandas, is_polars, is_sparse
from skprivate.rows._refusal import refused
from skprivate.rows._single_values import READERS
from skprivate.rows._untyped import UNTYPED, objects_of
from skprivate.rows._values import days_of


def typed_like(made, table, *, exact=False):
    """``table`` in the types of ``made``, each value by itself.

    **Guarantee.** A value of the result is a function of one value of ``table`` and of
    the type that ``made`` has for its column: what does not fit that is missing. All
    numbers become floats, since a gap would make floats of integers.

    Parameters
    ----------
    made : table
        Has the types; its rows do not matter. A list, or None, has none.
    table : table
        Of the same kind, with the same columns; else it is refused.
    exact : bool, default=False
        Whether a column that has its type already is left as it is, integers and all.
    """
    if made is None or isinstance(made, UNTYPED):
        return table
    table = framed(table)
    if _form(made) != _form(table):
        raise refused(
            ValueError,
            "A function returns other columns for some rows than for a made-up one. "
            "Let it return the same kind of table, with the same columns, for all.",
        )
    if is_sparse(table):
        return table.astype(_float_type(made.dtype))
    if is_pandas(table):
        return _frame(made, table, exact)
    if is_polars(table):
        return _polars_frame(made, table, exact)
    if isinstance(table, np.ndarray):
        return _array(made.dtype, table, exact)
    if hasattr(table, "iloc"):
        return _column(made.dtype, table, exact)
    if type(table).__module__.startswith("polars"):
        return _polars_column(made.dtype, table, exact)
    return table


def is_listed(dtype):
    """Whether a type of pandas or polars lists categories: Categorical of the latter
    names what occurs, and is a text.
    """
    return hasattr(dtype, "categories") and not str(dtype).startswith("Categorical")


def as_objects(frame, names, of_pandas=object):
    """A frame with columns of objects, or texts in polars, in place of some."""
    if not names:
        return frame
    if is_pandas(frame):
        return frame.astype(dict.fromkeys(names, of_pandas))
    import polars as pl

    return frame.cast(dict.fromkeys(names, pl.String))


def _form(table):
    """What of a table must be the same for all rows."""
    names = [*table.columns] if hasattr(table, "columns") else None
    shape = getattr(table, "shape", None)
    kind = "sparse" if is_sparse(table) else type(table).__module__.partition(".")[0]
    return kind, names, None if shape is None else tuple(shape[1:])


def _frame(made, table, exact):
    """A frame of pandas, column by column."""
    import pandas as pd

    columns = [
        _column(made.dtypes.iloc[j], table.iloc[:, j], exact)
        for j in range(table.shape[1])
    ]
    frame = pd.concat(columns, axis=1) if columns else table
    frame.columns = table.columns
    return frame


def _column(dtype, column, exact):
    """A series of pandas."""
    import pandas as pd

    if exact and column.dtype == dtype:
        return column
    kind = _kind_of_pandas(dtype)
    given = getattr(column.dtype, "kind", "O")
    if kind == "number":
        target = _float_type(dtype)
        plain = given in "biuf" and "pyarrow" not in str(column.dtype)
        if plain:
            values = column.to_numpy(dtype=target, na_value=np.nan)
        else:
            values = _each(kind, column.to_numpy(dtype=object)).astype(target)
        if exact and dtype.kind in "iu":
            values = _whole(values)
    elif kind == "date":
        if column.dtype == dtype:
            return column
        values = _dates(dtype, column)
    elif kind == "text" and column.dtype == dtype:
        return column
    elif kind == "listed":
        if column.dtype == dtype:
            return column
        known = {value: value for value in dtype.categories}
        objects = column.to_numpy(dtype=object)
        values = pd.Categorical(
            [_known(known, value) for value in objects], dtype=dtype
        )
    elif kind in ("boolean", "text", "object"):
        objects = _each(kind, column.to_numpy(dtype=object))
        target = {"boolean": "boolean", "text": dtype, "object": object}[kind]
        values = pd.array(objects, dtype=target) if kind != "object" else objects
    elif column.dtype == dtype:
        return column
    else:
        raise _other_type()
    return pd.Series(values, index=column.index, name=column.name)


def _kind_of_pandas(dtype):
    """How values of a type of pandas are read."""
    if hasattr(dtype, "categories"):
        return "listed"
    if getattr(dtype, "type", None) is str:
        return "text"
    kind = "M" if "date32" in str(dtype) else getattr(dtype, "kind", "O")
    kinds = {"b": "boolean", "M": "date", "O": "object", "U": "text"}
    return (kinds | dict.fromkeys("iuf", "number")).get(kind, "other")


def _whole(values):
    """Numbers as integers; those that are none are missing."""
    import pandas as pd

    fits = (values == np.rint(values)) & (np.abs(values) < 2.0**63)
    return pd.arrays.IntegerArray(np.where(fits, values, 0).astype(np.int64), ~fits)


def _dates(dtype, column):
    """Dates of any type or unit in one of them."""
    import pandas as pd

    if getattr(column.dtype, "kind", "O") != "M":
        column = _each("date", column.to_numpy(dtype=object))
    days = pd.Series(days_of(column))
    if getattr(dtype, "tz", None) is not None:
        days = days.dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
    return days.astype(dtype).array


def _array(dtype, array, exact):
    """An array of NumPy, of any shape."""
    if array.dtype.kind in "biuf" and dtype.kind in "biuf":
        return array if exact else array.astype(_float_type(dtype), copy=False)
    if exact and array.dtype == dtype:
        return array
    kinds = dict.fromkeys("biuf", "number") | dict.fromkeys("UST", "text")
    kind = (kinds | {"O": "object", "M": "date"}).get(dtype.kind)
    if kind is None or (kind == "date" and array.dtype.kind == "M"):
        if array.dtype.kind != dtype.kind:
            raise _other_type()
        return array.astype(dtype)
    flat = _each(kind, array.astype(object).ravel())
    if kind == "number":
        flat = flat.astype(_float_type(dtype))
    elif kind == "date":
        flat = days_of(flat).astype(dtype)
    return flat.reshape(array.shape)


def _polars_frame(made, table, exact):
    """A frame of polars, column by column."""
    return table.with_columns(
        [
            _polars_column(dtype, table.to_series(j), exact)
            for j, dtype in enumerate(made.dtypes)
        ]
    )


def _polars_column(dtype, column, exact):
    """A series of polars."""
    import polars as pl

    if exact and column.dtype == dtype:
        return column
    if dtype.is_numeric():
        kind, target = "number", pl.Float32 if dtype == pl.Float32 else pl.Float64
        if column.dtype.is_numeric():
            return column.cast(target)
    elif dtype == pl.Boolean:
        kind, target = "boolean", dtype
    elif dtype in (pl.Date, pl.Datetime):
        kind, target = "date", dtype
    elif dtype == pl.Object:
        kind, target = "object", dtype
    elif dtype in (pl.String, pl.Categorical, pl.Null):
        kind, target = "text", pl.String
    else:
        kind, target = "text" if dtype == pl.Enum else None, dtype
    if column.dtype == target:
        return column
    if kind is None or (kind == "date" and column.dtype.is_temporal()):
        return column.cast(target, strict=False)
    values = [*_each(kind, objects_of(column.to_list()))]
    if kind == "number":
        values = [
            None if value is None or value != value else value for value in values
        ]
    if dtype == pl.Enum:
        known = {value: value for value in dtype.categories}
        values = [_known(known, value) for value in values]
    return pl.Series(column.name, values, dtype=target, strict=False)


def _each(kind, objects):
    """Values of one kind, each of them read on its own; None for what does not fit."""
    return objects_of([*map(READERS[kind], objects.tolist())])


def _known(known, value):
    """A value if it is listed, else None."""
    try:
        return known.get(value)
    except TypeError:  # which cannot be looked up
        return None


def _float_type(dtype):
    """Single precision if it was so before, else double."""
    return np.float32 if str(dtype).lower().startswith("float32") else np.float64


def _other_type():
    return refused(
        TypeError,
        "A function returns another type for some rows than for a made-up one. Let it "
        "return numbers, text, booleans or dates, each column of one type.",
    )
