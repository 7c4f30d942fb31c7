"""A row that nobody has: what plans hand to steps in place of rows."""

from numbers import Integral

import numpy as np
from scipy import sparse

from skprivate.rows._emptied import emptied
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._refusal import refused
from skprivate.rows._rows import Rows
from skprivate.rows._untyped import UNTYPED, untyped_array


def made_up_row(X, number=0, text=""):
    """A table of one made-up row, like ``X``; of ``X`` no value is looked at.

    Parameters
    ----------
    X : int or table
        A number of columns, which are numbers; or a table with names and types. A list
        declares no types: its columns are numbers, too.
    number, text : int and str
        What is made up.

    Returns
    -------
    ndarray, sparse matrix or data frame
        Zeros, false, empty texts, the first of the categories that a type declares.
    """
    if isinstance(X, UNTYPED):
        X = _width_of_list(X)
    if isinstance(X, Integral) and X >= 1:
        return np.full((1, int(X)), float(number))
    if isinstance(X, Rows):
        row = X.first_row()
        X = np.zeros((1, X.n_features)) if row is None else row
    empty = emptied(X)
    if len(getattr(empty, "shape", ())) != 2 or not empty.shape[1]:
        raise refused(
            TypeError,
            "n_features must be a whole number of at least 1, or a table with names "
            "and types. Give it X, or X.shape[1]; or 1, where a row is one item, such "
            "as a text.",
        )
    if sparse.issparse(empty):
        return type(empty)((1, empty.shape[1]), dtype=empty.dtype)
    if is_pandas(empty):
        return _of_pandas(empty, number, text)
    if is_polars(empty):
        return _of_polars(empty, number, text)
    value = text if empty.dtype.kind in "OUST" else number
    return np.full((1, empty.shape[1]), value).astype(empty.dtype)


def _width_of_list(rows):
    """Number of columns of a list of rows; None if it holds no such rows."""
    try:
        shape = untyped_array(rows).shape
    except ValueError:  # rows of unequal length, such as clips
        return None
    return shape[1] if len(shape) == 2 else None


def _of_pandas(empty, number, text):
    import pandas as pd

    columns = [
        pd.Series(_values(dtype, number, text), dtype=dtype) for dtype in empty.dtypes
    ]
    row = pd.concat(columns, axis=1)
    row.columns = empty.columns
    return row


def _values(dtype, number, text):
    """One value of a type of pandas."""
    if hasattr(dtype, "categories"):
        return [*dtype.categories[:1]] or [None]
    kind = getattr(dtype, "kind", "O")
    return [number] if kind in "biufmM" else [text]


def _of_polars(empty, number, text):
    import polars as pl

    columns = []
    for name, dtype in empty.schema.items():
        is_text = dtype in (pl.String, pl.Categorical, pl.Object)
        listed = dtype.categories.to_list() if dtype == pl.Enum else [text]
        first = listed[:1] if is_text or dtype == pl.Enum else [number]
        column = pl.Series(name, first, strict=False)
        columns.append(
            column.cast(dtype) if dtype not in (pl.Null, pl.Object) else column
        )
    return pl.DataFrame(columns)
