"""Rows in the kind of table the user gave: array, sparse matrix, data frame, list."""

import numpy as np
from scipy import sparse

from skprivate._sklearn import safe_indexing
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
    """``table`` followed by the rows of the array ``values``, as the same kind."""
    if sparse.issparse(table):
        more = sparse.csr_array(values.astype(table.dtype, copy=False))
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


def _appended_pandas(table, values):
    """Series or data frame with more rows; the index is numbered anew."""
    import pandas as pd

    if table.ndim == 1:
        more = pd.Series(values, name=table.name).astype(table.dtype)
    else:
        values = values.reshape(len(values), len(table.columns))
        columns = zip(table.columns, values.T, strict=True)
        more = pd.DataFrame(
            {name: _cast_column(column, table[name].dtype) for name, column in columns}
        ).astype(table.dtypes.to_dict())
    return pd.concat([table, more], ignore_index=True)


def _cast_column(values, dtype):
    """Values that ``astype(dtype)`` will not truncate."""
    return np.rint(values) if getattr(dtype, "kind", "O") in "iu" else values


def _appended_polars(table, values):
    """A polars series or frame with more rows, in the same schema."""
    import polars as pl

    if isinstance(table, pl.Series):
        return pl.concat([table, pl.Series(table.name, values).cast(table.dtype)])
    columns = {
        name: pl.Series(name, _polars_column(column, table[name].dtype))
        for name, column in zip(table.columns, values.T, strict=True)
    }
    return pl.concat([table, pl.DataFrame(columns).cast(dict(table.schema))])


def _polars_column(values, dtype):
    """Values that ``cast(dtype)`` will not truncate."""
    return np.rint(values) if dtype.is_integer() else values


def _cast(values, dtype):
    """``values`` in ``dtype``, rounded where it holds integers."""
    if dtype.kind in "iu" and values.dtype.kind == "f":
        values = np.rint(values)
    return values.astype(dtype, copy=False)
