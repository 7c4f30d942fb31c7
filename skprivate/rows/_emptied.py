"""A container without its rows: what is public about it is left."""

import numpy as np

from skprivate.rows._arrow import framed, is_arrow
from skprivate.rows._kinds import (
    is_dask,
    is_pandas,
    is_polars,
    is_sparse,
)
from skprivate.rows._rows import Rows

_LISTED = (list, tuple, range)


def emptied(values):
    """The same container with its columns and types, and without a row.

    **Guarantee.** The result is a function of the kind of container, of the number,
    names and declared types of its columns, and of nothing else. A list has none of
    these: whatever it holds, the result is None.

    Parameters
    ----------
    values : array, data frame or other
        What is no container at all, or is a source of rows, is returned as it is.
    """
    if values is None or isinstance(values, Rows):
        return values
    if isinstance(values, _LISTED):
        return None
    values = framed(values.slice(0, 0) if is_arrow(values) else values)
    if is_dask(values):
        if hasattr(values, "columns") or not hasattr(values, "shape"):
            return values._meta
        return np.empty((0, *values.shape[1:]), values.dtype)
    if is_sparse(values):
        if len(values.shape) != 2:
            return values
        return type(values)((0, values.shape[1]), dtype=values.dtype)
    if isinstance(values, np.ndarray):
        return values[:0] if values.ndim else values
    is_frame = is_pandas(values) or is_polars(values)
    if is_frame or type(values).__module__.partition(".")[0] in ("pandas", "polars"):
        return _head(values)
    return None if hasattr(values, "__array__") else values


def _head(values):
    """Of a frame or a column; of an index or an array that stands behind a column."""
    if hasattr(values, "head"):
        return values.head(0)
    return values[:0] if hasattr(values, "__len__") else None


def emptied_column(values):
    """The same for one value a row; something without a row, where none is known."""
    if values is None:
        return None
    found = emptied(values)
    if found is None:
        return np.empty(0)
    if len(getattr(found, "shape", ())) == 2 and found.shape[1] == 1:
        return np.asarray(found).reshape(-1)  # which warns, but once: in the fit
    return found
