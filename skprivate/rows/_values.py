"""Columns of a table as numbers, or as codes of the values that occur in them.

Values are looked at in C, column by column: there is no loop over rows. The values that
occur stay inside a source of rows; only a curator may count them.
"""

import sys
from itertools import repeat
from numbers import Real

import numpy as np

from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._schema import BOOLEANS

_MISSING = {"NoneType", "NAType", "NaTType"}
_MICROSECONDS = 1e-6


def is_missing(value):
    """Whether a value stands for none: None, NaN, NaT or pandas.NA."""
    if type(value).__name__ in _MISSING:
        return True
    return isinstance(value, Real) and bool(value != value)


def numbers_of(X, j):
    """A column as float64; NaN for what is missing."""
    return sealed(lambda: _numbers(_column(X, j)))


def seconds_of(X, j):
    """A column of dates as seconds since 1970, in UTC; NaN for what is missing."""
    return sealed(lambda: _seconds(_column(X, j)))


def codes_of(X, j):
    """A column as codes, and the values that they stand for.

    Returns
    -------
    codes : ndarray of float64 of shape (n_rows,)
        Indices; NaN for what is missing.
    values : list
        Different texts, different booleans or different numbers.
    """
    return sealed(lambda: _codes(_column(X, j)))


def places_of(values, wanted, other):
    """For each value its index in `wanted`, or `other`."""
    index = {value: i for i, value in enumerate(wanted)}
    return np.fromiter(map(index.get, values, repeat(other)), np.float64, len(values))


def _column(X, j):
    """A column as a series or an array."""
    if is_pandas(X):
        return X.iloc[:, j]
    return X.to_series(j) if is_polars(X) else X[:, j]


def _numbers(column):
    if isinstance(column, np.ndarray):
        return _numbers_of_array(column)
    if type(column).__module__.startswith("polars"):
        import polars as pl

        if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
            return _numbers_of_array(_objects(column.to_list()))
        return column.cast(pl.Float64).to_numpy()
    decimal = "decimal" in str(getattr(column.dtype, "pyarrow_dtype", ""))
    if getattr(column.dtype, "kind", "O") == "O" and not decimal:
        return _numbers_of_array(column.to_numpy(dtype=object))
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _numbers_of_array(array):
    """Real numbers of an array; texts are refused, even if they look like numbers."""
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    values = array.tolist() if array.dtype.kind == "O" else None
    kinds = set() if values is None else _real_types(values)
    if values is None or not all(issubclass(kind, (Real, np.bool_)) for kind in kinds):
        raise refused(
            ValueError,
            "X holds text where numbers are needed, or other objects. Convert that "
            "column to numbers, or encode it.",
        )
    return _floats(values)


def _seconds(column):
    if isinstance(column, np.ndarray):
        if column.dtype.kind != "M":
            raise _no_dates()
        days = column
    elif type(column).__module__.startswith("polars"):
        import polars as pl

        if not isinstance(column.dtype, (pl.Date, pl.Datetime)):
            raise _no_dates()
        days = column.cast(pl.Datetime("us", getattr(column.dtype, "time_zone", None)))
        return days.to_physical().cast(pl.Float64).to_numpy() * _MICROSECONDS
    else:
        days = _days_of_pandas(column)
    days = days.astype("datetime64[us]")
    seconds = days.astype(np.int64) * _MICROSECONDS
    return np.where(np.isnat(days), np.nan, seconds)


def _days_of_pandas(column):
    import pandas as pd

    kind, arrow = getattr(column.dtype, "kind", "O"), "date" in str(column.dtype)
    if kind != "M" and not arrow:
        raise _no_dates()
    return pd.to_datetime(column, utc=True).to_numpy("datetime64[us]")


def _codes(column):
    if isinstance(column, np.ndarray):
        return _codes_of_array(column)
    if type(column).__module__.startswith("polars"):
        return _codes_of_polars(column)
    return _codes_of_pandas(column)


def _codes_of_pandas(column):
    import pandas as pd

    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _with_gaps(column.cat.codes.to_numpy()), _checked(dtype.categories)
    kind = getattr(dtype, "kind", "O")
    if kind in "biu" and not column.hasnans:
        return _codes_of_array(column.to_numpy(dtype=getattr(dtype, "type", None)))
    if kind in "biuf":
        codes, values = _codes_of_array(_numbers(column))
        return codes, [{"f": float, "b": bool}.get(kind, int)(v) for v in values]
    if isinstance(dtype, pd.StringDtype) or hasattr(dtype, "pyarrow_dtype"):
        codes, values = pd.factorize(column)
        return _with_gaps(codes), _checked(values)
    return _codes_of_array(column.to_numpy(dtype=object))


def _codes_of_polars(column):
    import polars as pl

    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        if column.null_count():
            codes, values = _codes_of_array(_numbers(column))
            kind = bool if column.dtype == pl.Boolean else float
            kind = int if column.dtype.is_integer() else kind
            return codes, [*map(kind, values)]
        return _codes_of_array(column.to_numpy())
    if isinstance(column.dtype, pl.Enum):
        codes = column.to_physical().cast(pl.Float64).to_numpy()
        return codes, column.dtype.categories.to_list()
    return _codes_of_array(_objects(column.to_list()))


def _codes_of_array(array):
    """Codes of an array, by a hash table where there is one."""
    kind = array.dtype.kind
    if kind == "b":
        return array.astype(np.float64), [*BOOLEANS]
    if kind in "iuf":
        # Zero is one value: which of its signs comes first, the order of rows decides.
        codes, known = _hashed(array + array.dtype.type(0))
        return _with_gaps(codes), known
    if kind not in "OUT":
        raise _no_category()
    values = array.tolist()
    types = _real_types(values)
    if types and not all(issubclass(t, str) for t in types):
        return _codes_of_objects(values, types)
    codes, known = _hashed(array, values)
    return _with_gaps(codes), [*map(str, known)]


def _hashed(array, values=None):
    """Codes of an array, -1 for what is missing, and the values that they stand for.

    Pandas has the fastest hash table, and is there if the rows are in a frame of it;
    which one is used makes no difference to values, only to their private order.
    """
    if "pandas" in sys.modules:
        codes, known = sys.modules["pandas"].factorize(array)
        return codes, known.tolist()
    if values is not None:
        known = [value for value in dict.fromkeys(values) if not is_missing(value)]
        return places_of(values, known, -1), known
    there = array == array
    known, index = np.unique(array[there], return_inverse=True)
    codes = np.full(len(array), -1)
    codes[there] = index
    return codes, known.tolist()


def _codes_of_objects(values, types):
    """Codes of objects that are no texts: all booleans, or all numbers.

    Numbers are floats here, even if all are whole: else a single gap or fraction would
    change the type of all of them, which whoever sees one of them would notice.
    """
    if all(issubclass(kind, (bool, np.bool_)) for kind in types):
        codes, found = _codes_of_array(_floats(values))
        return codes, [*map(bool, found)]
    no_bool = not any(issubclass(kind, (bool, np.bool_)) for kind in types)
    if no_bool and all(issubclass(kind, Real) for kind in types):
        return _codes_of_array(_floats(values))
    raise _no_category()


def _real_types(values):
    """Types of the values that are there."""
    types = set(map(type, values))
    types = {kind for kind in types if kind.__name__ not in _MISSING}
    floats = {kind for kind in types if issubclass(kind, (float, np.floating))}
    if floats and any(issubclass(kind, str) for kind in types):
        found = filter(_is_float, dict.fromkeys(values))
        return types - floats if all(map(is_missing, found)) else types
    return types


def _is_float(value):
    return isinstance(value, (float, np.floating))


def _floats(values):
    """Objects as float64; NaN for what is missing."""
    index = {value: i for i, value in enumerate(dict.fromkeys(values))}
    known = [np.nan if is_missing(value) else float(value) for value in index]
    places = np.fromiter(map(index.__getitem__, values), np.intp, len(values))
    return np.array(known, dtype=np.float64)[places]


def _objects(values):
    """A list as an array of objects, even if they are lists themselves."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _with_gaps(codes):
    """Codes as float64, NaN for negative ones."""
    codes = np.asarray(codes, np.float64)
    return np.where(codes < 0, np.nan, codes)


def _checked(values):
    """Values as a list, refused unless they are all texts, or all of another kind."""
    values = np.asarray(values, dtype=object).tolist()
    types = _real_types(values)
    if types and not all(issubclass(t, str) for t in types):
        _codes_of_objects(values, types)
    return values


def _no_category():
    return refused(
        TypeError,
        "X mixes text with numbers, or holds dates or other objects, where categories "
        "are needed. Convert it, for example with astype(str), or "
        "drop it.",
    )


def _no_dates():
    return refused(
        TypeError, "X has no dates where dates are needed. Convert that column first."
    )
