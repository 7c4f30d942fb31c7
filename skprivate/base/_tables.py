"""Rows in the kind of table the user gave: array, sparse matrix, data frame, list."""

import numpy as np
from scipy import sparse

from skprivate._sklearn import safe_indexing
from skprivate.base._limits import held_by
from skprivate.rows._arrow import framed


def take(table, indices):
    """The rows of ``table`` at ``indices``, as the same kind of table."""
    if sparse.issparse(table):
        return table.tocsr()[indices]
    return safe_indexing(framed(table), indices)


def is_by_row(value):
    """Whether a parameter has an entry for each row."""
    if hasattr(value, "shape"):
        return len(value.shape) > 0
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes, dict))


def appended(table, values):
    """``table`` followed by new rows, as the same kind.

    Parameters
    ----------
    table : table, or vector
    values : ndarray, or list of ndarray
        Rows; or the columns of a table, each of its own type.
    """
    if isinstance(values, list):
        return _appended_columns(table, values)
    if sparse.issparse(table):
        more = sparse.csr_array(_cast(values, table.dtype))
        return type(table)(sparse.vstack([table, more], format=table.format))
    if isinstance(table, list):
        return table + values.tolist()
    if hasattr(table, "iloc"):
        return _appended_pandas(table, values)
    if type(table).__module__.startswith("polars"):
        return _appended_polars(table, values)
    if isinstance(table, np.ndarray):
        return np.concatenate([table, _cast(values, table.dtype)])
    raise TypeError(
        f"Rows cannot be added to a {type(table).__name__}. Give an array, a sparse "
        "matrix, a data frame of pandas or polars, or a list."
    )


def _appended_columns(table, columns):
    """``table`` with more rows, which are given column by column."""
    if hasattr(table, "iloc"):
        return _pandas_of(table, columns)
    if type(table).__module__.startswith("polars"):
        return _polars_of(table, columns)
    if isinstance(table, np.ndarray) and table.dtype.kind in "biuf":
        columns = [_whole(column, table.dtype.kind) for column in columns]
        return appended(table, np.column_stack(columns))
    rows = np.empty((len(columns[0]), len(columns)), dtype=object)
    for j, column in enumerate(columns):
        rows[:, j] = column
    if isinstance(table, list):
        return table + rows.tolist()
    return np.concatenate([table, rows.astype(table.dtype)])


def _appended_pandas(table, values):
    """Series or data frame with more rows; the index is numbered anew."""
    import pandas as pd

    if table.ndim == 1:
        more = pd.Series(values, name=table.name).astype(table.dtype)
        return pd.concat([table, more], ignore_index=True)
    return _pandas_of(table, [*values.reshape(len(values), table.shape[1]).T])


def _pandas_of(table, columns):
    """The same of columns, by position: names may occur twice."""
    import pandas as pd

    more = [
        pd.Series(_cast_column(column, table.iloc[:, j].dtype)).astype(
            table.iloc[:, j].dtype
        )
        for j, column in enumerate(columns)
    ]
    more = pd.concat(more, axis=1)
    more.columns = table.columns
    return pd.concat([table, more], ignore_index=True)


def _cast_column(values, dtype):
    """Values that ``astype(dtype)`` will not truncate, nor miss."""
    kind, values = getattr(dtype, "kind", "O"), held_by(values, dtype)
    if kind in "biu" and values.dtype.kind == "f":
        holds_gaps = not isinstance(dtype, np.dtype)
        return np.rint(values) if holds_gaps else _whole(values, kind)
    if kind == "M" and getattr(dtype, "tz", None) is not None:
        import pandas as pd

        return pd.Series(values).dt.tz_localize("UTC")
    return values


def _whole(values, kind):
    """Numbers for a type that knows neither fractions nor gaps."""
    if kind == "f":
        return values
    values = np.asarray(values, dtype=np.float64)
    gaps = np.isnan(values)
    if gaps.any():  # synthetic ones: the middle of the others takes their place
        middle = 0.0 if gaps.all() else np.nanmedian(values)
        values = np.where(gaps, middle, values)
    return np.rint(values)


def _appended_polars(table, values):
    """A polars series or frame with more rows, in the same schema."""
    import polars as pl

    if isinstance(table, pl.Series):
        return pl.concat([table, pl.Series(table.name, values).cast(table.dtype)])
    return _polars_of(table, [*values.reshape(len(values), table.width).T])


def _polars_of(table, columns):
    """The same of columns."""
    import polars as pl

    more = {
        name: _polars_column(column, dtype)
        for column, (name, dtype) in zip(columns, table.schema.items(), strict=True)
    }
    return pl.concat([table, pl.DataFrame(more)])


def _polars_column(values, dtype):
    """A column of the type, which does not truncate, and knows gaps as null."""
    import polars as pl

    values = held_by(values, dtype)
    if values.dtype.kind == "f" and (dtype.is_integer() or dtype == pl.Boolean):
        values = np.rint(values)
    column = pl.Series(values.tolist() if values.dtype.kind == "O" else values)
    if values.dtype.kind == "f" and not dtype.is_float():
        column = column.fill_nan(None)
    if values.dtype.kind == "M" and getattr(dtype, "time_zone", None):
        column = column.dt.replace_time_zone("UTC")
    return column.cast(dtype)


def _cast(values, dtype):
    """``values`` in ``dtype``, rounded where it holds integers or booleans."""
    values = held_by(values, dtype)
    if dtype.kind in "biu" and values.dtype.kind == "f":
        values = np.rint(values)
    return values.astype(dtype, copy=False)
