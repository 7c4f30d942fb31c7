"""What kinds of containers there are, and which may be read as numbers."""

import sys
from datetime import date, timedelta

import numpy as np
import scipy.sparse as sp

from skprivate.rows._arrow import framed
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._untyped import (
    MISSING,
    UNTYPED,
    floats_of,
    typed_array,
    untyped_array,
)

_WHAT_TO_DO = {
    "c": (
        ValueError,
        "Complex data not supported: {name} must hold real numbers. Pass the real and "
        "imaginary parts as two features.",
    ),
    "M": (
        TypeError,
        "{name} holds dates. Convert them to numbers first, or put a DPTableVectorizer "
        "in front.",
    ),
    "m": (TypeError, "{name} holds durations. Convert them to numbers first."),
    "U": (
        ValueError,
        "{name} holds text where numbers are needed. Encode text columns first: put a "
        "DPTableVectorizer or a DPOneHotEncoder in front.",
    ),
}
_WHAT_TO_DO["S"] = _WHAT_TO_DO["T"] = _WHAT_TO_DO["U"]
_NO_NUMBERS = (
    TypeError,
    "{name} holds values that are no numbers. Convert or drop such columns first.",
)


def is_sparse(X):
    """Whether `X` is a sparse matrix or array of scipy."""
    return sp.issparse(X)


def is_dask(X):
    """Whether `X` is a dask collection; looked at without importing dask."""
    return hasattr(X, "__dask_graph__")


def is_pandas(X):
    """Whether `X` is a DataFrame of pandas; looked at without importing pandas."""
    return "pandas" in sys.modules and isinstance(X, sys.modules["pandas"].DataFrame)


def is_polars(X):
    """Whether `X` is a DataFrame of polars; looked at without importing polars."""
    return "polars" in sys.modules and isinstance(X, sys.modules["polars"].DataFrame)


def refuse_double_names(X):
    """Refuse a DataFrame of which two columns have one name: which is which?"""
    if is_pandas(X) and not X.columns.is_unique:
        name = X.columns[X.columns.duplicated()][0]
        raise refused(
            ValueError,
            f"Two columns have the same name, {name!r}. Rename or drop one of them.",
        )


def feature_names(X):
    """Names of the columns if all are text, else None."""
    if not hasattr(X, "columns"):
        return None
    names = tuple(X.columns)
    return names if names and all(isinstance(name, str) for name in names) else None


def refuse_kinds(kinds, name):
    """Refuse kinds of numbers (the letters of ``dtype.kind``) that are not real.

    scikit-learn would read dates as nanoseconds, and text if it looks like a number.
    """
    for kind in kinds:
        if kind not in "biufO":
            error, message = _WHAT_TO_DO.get(kind, _NO_NUMBERS)
            raise refused(error, message.format(name=name))


def refuse_masked(X, name):
    """Refuse an array with masked entries: NumPy would use what the mask hides."""
    if np.ma.isMaskedArray(X) and np.ma.is_masked(X):
        raise refused(
            ValueError,
            f"{name} has masked entries. Fill them with {name}.filled(value), or drop "
            "those rows first.",
        )


def in_memory_array(values, name):
    """`values` as an array of any shape and type; not copied where it is one.

    A list has no type: it becomes an array of objects. See :mod:`._untyped`.
    """
    values = framed(values, name)
    listed = isinstance(values, UNTYPED) or hasattr(values, "__array__")
    if is_dask(values) or is_sparse(values) or not listed:
        raise refused(
            TypeError,
            f"{name} must be an array or list in memory. Convert it with np.asarray, "
            "or give it to the source of rows, as in ArrowRows(path, target=...).",
        )
    if isinstance(values, UNTYPED):
        return untyped_array(values, name)
    refuse_masked(values, name)
    return sealed(lambda: typed_array(values), name)


def real_array(values, name):
    """An array of real numbers; one of objects as float64, each value on its own."""
    refuse_kinds(kinds_of_array(values), name)
    if values.dtype.kind != "O":
        return values
    return sealed(lambda: floats_of(values), name)


def is_complex(array):
    """Whether an array holds complex numbers, as such or as objects."""
    if array.dtype.kind != "O":
        return array.dtype.kind == "c"
    kinds = set(map(type, array.flat))
    return any(issubclass(kind, (complex, np.complexfloating)) for kind in kinds)


def kinds_of_array(array):
    """Kinds of the values of an array, in the letters of ``dtype.kind``.

    Of objects only text, dates and durations are told apart; "O" is any other, which
    may be a number. NumPy would read all three as numbers where it can.
    """
    if array.dtype.kind != "O":
        return [array.dtype.kind]
    special = {str: "U", bytes: "S", np.datetime64: "M", np.timedelta64: "m"}
    special |= {date: "M", timedelta: "m"}
    return [
        next((kind for base, kind in special.items() if issubclass(found, base)), "O")
        for found in set(map(type, array.flat))
        if found.__name__ not in MISSING  # NaT of pandas is a date
    ]


def kinds_of_columns(frame):
    """Kinds in each column of a DataFrame, in the letters of ``dtype.kind``."""
    if is_polars(frame):
        return [[_kind_of_polars(dtype)] for dtype in frame.dtypes]
    kinds = []
    for i, dtype in enumerate(frame.dtypes):
        kind = getattr(dtype, "kind", "V")
        # Types that say text say so without a look at the values.
        of = getattr(getattr(dtype, "categories", None), "dtype", dtype)
        kind = "U" if getattr(of, "type", None) is str else kind
        column = np.asarray(frame.iloc[:, i]) if kind == "O" else None
        kinds.append([kind] if column is None else kinds_of_array(column))
    return kinds


def _kind_of_polars(dtype):
    """The NumPy letter for a type of polars; "V" for what has none."""
    if dtype.is_numeric():
        return "f"
    if dtype.is_temporal():
        return "M"
    kinds = {"Boolean": "b", "Null": "O", "Object": "O"}
    kinds |= dict.fromkeys(("String", "Categorical", "Enum"), "U")
    return kinds.get(str(dtype.base_type()), "V")
