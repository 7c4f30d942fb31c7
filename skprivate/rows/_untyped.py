"""Values in containers that declare no type: each of them is read on its own.

NumPy finds a type for all values of a list together: one fraction makes floats of all
whole numbers, one text makes texts of them. So one row would change what all others
are. Here a list becomes an array of objects, and only then is each value looked at.
"""

from numbers import Real
from typing import Any

import numpy as np

from skprivate.rows._refusal import refused, sealed

UNTYPED = (list, tuple, range)
MISSING = {"NoneType", "NAType", "NaTType"}


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NaT or pandas.NA."""
    if type(value).__name__ in MISSING:
        return True
    return isinstance(value, Real) and bool(value != value)


def untyped_array(values, name="X"):
    """A list, or list of lists, as an array of objects.

    Guarantee: an entry of the result is the value in the list, whatever the others are.
    """
    array = sealed(lambda: np.array(_without_dates(values), dtype=object), name)
    if array.ndim == 1 and any(isinstance(v, (list, tuple, np.ndarray)) for v in array):
        raise refused(
            ValueError,
            f"{name} has rows of unequal length. Give every row the same number of "
            "columns.",
        )
    return array


def typed_array(values):
    """A container with a type as an array; exact, even where values are missing.

    NumPy would read integers beside a gap as floats: then that a value is missing
    changes all others. Such columns become objects. So does text of polars, of which
    NumPy drops what ends in zeros, if nothing is missing. Dates and durations have a
    gap of their own, NaT: beside one they stay what they are.
    """
    home = type(values).__module__.partition(".")[0]
    if home == "pandas":
        return _pandas_array(values)
    if home == "polars" and hasattr(values, "to_list") and not _is_plain(values):
        return objects_of(values.to_list())
    array = np.asarray(values)
    if home == "pyarrow" and values.null_count and array.dtype.kind not in "mM":
        return objects_of(values.to_pylist())
    return array


def _is_plain(series):
    """Whether NumPy reads a series of polars faithfully."""
    if series.dtype.is_temporal():
        return True
    kind = str(series.dtype.base_type())
    return not series.null_count() and kind not in ("String", "Int128", "UInt128")


def floats_of(array):
    """An array of objects as float64, NaN for what is missing.

    Guarantee: each entry is what `float` makes of this value alone.
    """
    if any(kind.__name__ in MISSING for kind in set(map(type, array.flat))):
        gaps = [type(value).__name__ in MISSING for value in array.flat]
        array = array.copy()
        array[np.reshape(gaps, array.shape)] = np.nan
    return array.astype(np.float64)


def exact_array(values):
    """A list of labels as an array in which none of them is altered.

    Of the type that NumPy finds, where all of them survive it, else of objects. So what
    is shown of it must be public, all of it.
    """
    found = np.asarray(values)
    if not isinstance(values, UNTYPED) or found.ndim != 1:
        return found
    texts = found.dtype.kind in "US"
    if texts and all(isinstance(value, (str, bytes)) for value in values):
        return found
    altered = found.dtype.kind in "iuf" and found.tolist() != [*map(_plain, values)]
    return objects_of(values) if texts or altered else found


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def _without_dates(values):
    """The list, without arrays of dates, of which NumPy makes integers."""
    if not any(
        isinstance(row, np.ndarray) and row.dtype.kind in "mM" for row in values
    ):
        return values
    return [list(row) if isinstance(row, np.ndarray) else row for row in values]


def objects_of(values):
    """A list as a 1-D array of objects, even if they are lists themselves."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _pandas_array(values):
    """A series of pandas, an array that may stand behind one, or a frame."""
    if values.ndim == 2 and values.shape[1] == 1:
        return typed_array(values.iloc[:, 0])[:, np.newaxis]
    if (
        values.ndim == 2
        or getattr(values.dtype, "kind", "O") in "mM"
        or isinstance(values.dtype, np.dtype)
        or not values.isna().any()
    ):
        return np.asarray(values)
    if not hasattr(values.dtype, "categories"):
        return values.to_numpy(dtype=object)
    known = objects_of([*values.dtype.categories.tolist(), None])
    return known[getattr(values, "cat", values).codes]
