"""Columns of a table as numbers, or as codes of the values that occur in them.

Values are looked at in C, column by column: there is no loop over rows. The values that
occur stay inside a source of rows; only a curator may count them.
"""

import sys
from datetime import UTC, date, timedelta
from decimal import Decimal
from itertools import repeat
from numbers import Integral, Real

import numpy as np

from skprivate.rows._column import BOOLEANS
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._untyped import MISSING, floats_of, is_missing, objects_of

_MICROSECONDS = 1e-6
_CURES = (  # of objects that are no categories
    (
        (date, np.datetime64),
        "dates",
        "to a type of dates, for example with pandas.to_datetime, declare its range in "
        "a schema",
    ),
    (
        Decimal,
        "decimals",
        "to numbers, for example with astype(float), declare its range in a schema",
    ),
    ((timedelta, np.timedelta64), "durations", "to numbers, for example of seconds"),
)
_INEXACT = 2.0**53  # floats lack some integers beyond it
_COUNTED = 2048  # up to here all whole numbers are exact in half precision, too


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


def _declares(column, kinds):
    """Whether the type of a column of a frame says that it holds text, or dates."""
    if type(column).__module__.startswith("polars"):
        found = "M" if column.dtype.is_temporal() else str(column.dtype.base_type())
        return {"String": "U", "Enum": "U"}.get(found, found) in kinds
    dtype = column.dtype
    is_text = getattr(dtype, "type", None) is str and not hasattr(dtype, "categories")
    return ("U" if is_text else getattr(dtype, "kind", "O")) in kinds


def _column(X, j):
    """A column as a series or an array."""
    if is_pandas(X):
        return X.iloc[:, j]
    return X.to_series(j) if is_polars(X) else X[:, j]


def _numbers(column):
    if isinstance(column, np.ndarray):
        return _numbers_of_array(column)
    if _declares(column, "U"):
        raise _no_numbers()
    if type(column).__module__.startswith("polars"):
        import polars as pl

        if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
            return _numbers_of_array(objects_of(column.to_list()))
        return column.cast(pl.Float64).to_numpy()
    decimal = "decimal" in str(getattr(column.dtype, "pyarrow_dtype", ""))
    if getattr(column.dtype, "kind", "O") == "O" and not decimal:
        return _numbers_of_array(column.to_numpy(dtype=object))
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _numbers_of_array(array):
    """Real numbers of an array; texts are refused, even if they look like numbers."""
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    kinds = _real_types(array.tolist()) if array.dtype.kind == "O" else {str}
    if not all(issubclass(kind, (Real, Decimal, np.bool_)) for kind in kinds):
        raise _no_numbers()
    return floats_of(array)


def _seconds(column):
    if type(column).__module__.startswith("polars"):
        import polars as pl

        if column.dtype == pl.Object:
            return _seconds(objects_of(column.to_list()))
        if not isinstance(column.dtype, (pl.Date, pl.Datetime)):
            raise _no_dates()
        days = column.cast(pl.Datetime("us", getattr(column.dtype, "time_zone", None)))
        return days.to_physical().cast(pl.Float64).to_numpy() * _MICROSECONDS
    days = days_of(column)
    seconds = days.astype(np.int64) * _MICROSECONDS
    return np.where(np.isnat(days), np.nan, seconds)


def days_of(column):
    """A column of an array, or of pandas, as microseconds since 1970, in UTC."""
    if not isinstance(column, np.ndarray):
        return _days_of_pandas(column)
    days = _days_of_objects(column) if column.dtype.kind == "O" else column
    if days.dtype.kind != "M":
        raise _no_dates()
    return days.astype("datetime64[us]")


def _days_of_pandas(column):
    import pandas as pd

    kind, arrow = getattr(column.dtype, "kind", "O"), "date" in str(column.dtype)
    if column.dtype == object:
        return _days_of_objects(column.to_numpy())
    if kind != "M" and not arrow:
        raise _no_dates()
    return pd.to_datetime(column, utc=True).to_numpy("datetime64[us]")


def _days_of_objects(values):
    """Dates of objects, in UTC, each of them on its own."""
    days = np.full(len(values), "NaT", dtype="datetime64[us]")
    for i, value in enumerate(values):
        if is_missing(value):
            continue
        if not isinstance(value, (date, np.datetime64)):
            raise _no_dates()
        if getattr(value, "tzinfo", None) is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        days[i] = np.datetime64(value, "us")
    return days


def _codes(column):
    if isinstance(column, np.ndarray):
        return _codes_of_array(column)
    if _declares(column, "mMc"):
        raise _no_category({np.datetime64} if _declares(column, "M") else ())
    if type(column).__module__.startswith("polars"):
        return _codes_of_polars(column)
    return _codes_of_pandas(column)


def _codes_of_pandas(column):
    import pandas as pd

    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _with_gaps(column.cat.codes.to_numpy()), _checked(dtype.categories)
    kind = getattr(dtype, "kind", "O")
    if kind in "biuf" and isinstance(dtype, (np.dtype, pd.SparseDtype)):
        return _codes_of_array(column.to_numpy())
    if kind == "f":
        return _codes_of_array(_numbers(column))
    if kind in "biu":  # with gaps, perhaps: never as floats, which are not exact
        codes, values = pd.factorize(column)
        return _with_gaps(codes), values.tolist()
    if isinstance(dtype, pd.StringDtype) or hasattr(dtype, "pyarrow_dtype"):
        codes, values = pd.factorize(column)
        return _with_gaps(codes), _checked(values)
    return _codes_of_array(column.to_numpy(dtype=object))


def _codes_of_polars(column):
    import polars as pl

    dtype = column.dtype
    if dtype.is_float() or dtype.is_decimal():
        return _codes_of_array(_numbers(column))
    if dtype.is_integer() or dtype == pl.Boolean:  # never as floats, as above
        there = column.is_not_null().to_numpy()
        known = column.drop_nulls()
        if dtype in (pl.Int128, pl.UInt128):  # which NumPy does not have
            known, values = _hashed(objects_of(known.to_list()), known.to_list())
        else:
            known, values = _codes_of_array(known.to_numpy())
        codes = np.full(len(column), np.nan)
        codes[there] = known
        return codes, values
    if isinstance(dtype, pl.Enum):
        codes = column.to_physical().cast(pl.Float64).to_numpy()
        return codes, dtype.categories.to_list()
    return _codes_of_array(objects_of(column.to_list()))


def _codes_of_array(array):
    """Codes of an array, by a hash table where there is one."""
    kind = array.dtype.kind
    if kind == "b":
        return array.astype(np.float64), [*BOOLEANS]
    if kind in "iuf":
        # Zero is one value: which of its signs comes first, the order of rows decides.
        array = array + array.dtype.type(0)
        small = _small(array)
        if small is not None:
            return small
        codes, known = _hashed(array)
        return _with_gaps(codes), known
    if kind not in "OUT":
        raise _no_category({np.datetime64} if kind == "M" else ())
    values = array.tolist()
    types = _real_types(values)
    if types and not all(issubclass(t, str) for t in types):
        return _codes_of_objects(array, types)
    if not types <= {str}:  # a kind of text of its own may be shown in another way
        values = [str.__str__(v) if isinstance(v, str) else v for v in values]
        array = objects_of(values)
    codes, known = _hashed(array, values)
    return _with_gaps(codes), known


def _small(array):
    """Codes and values, by counting, or None if not all are small whole numbers.

    A table of all values that there may be is several times faster than a hash. Values
    do not depend on which one is used, and their order is private in either.
    """
    if not len(array) or not (array.min() >= 0 and array.max() < _COUNTED):  # NaN, too
        return None
    whole = array.astype(np.uint16)
    if not np.array_equal(whole, array):
        return None
    there = np.flatnonzero(np.bincount(whole))
    places = np.empty(there[-1] + 1)
    places[there] = np.arange(len(there))
    return places[whole], there.astype(array.dtype).tolist()


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


def _codes_of_objects(array, types):
    """Codes of objects that are no texts: all booleans, or all numbers.

    Guarantee: the key of a number is a float if that is exact, else an integer; so it
    does not depend on others. (Integers where all are whole would be nicer to look at,
    but a single gap or fraction would change them all.)
    """
    if all(issubclass(kind, (bool, np.bool_)) for kind in types):
        codes, found = _codes_of_array(floats_of(array))
        return codes, [*map(bool, found)]
    no_bool = not any(issubclass(kind, (bool, np.bool_)) for kind in types)
    if not no_bool or not all(issubclass(kind, Real) for kind in types):
        raise _no_category(types)
    numbers = floats_of(array)
    codes, values = _codes_of_array(numbers)
    index = {}
    for i in np.flatnonzero(np.abs(numbers) >= _INEXACT).tolist():
        value = array[i]
        if isinstance(value, Integral) and int(value) != numbers[i].item():
            codes[i] = len(values) + index.setdefault(int(value), len(index))
    return codes, [*values, *index]


def _real_types(values):
    """Types of the values that are there."""
    types = set(map(type, values))
    types = {kind for kind in types if kind.__name__ not in MISSING}
    floats = {kind for kind in types if issubclass(kind, (float, np.floating))}
    if floats and any(issubclass(kind, str) for kind in types):
        found = filter(_is_float, dict.fromkeys(values))
        return types - floats if all(map(is_missing, found)) else types
    return types


def _is_float(value):
    return isinstance(value, (float, np.floating))


def _with_gaps(codes):
    """Codes as float64, NaN for negative ones."""
    codes = np.asarray(codes, np.float64)
    return np.where(codes < 0, np.nan, codes)


def _checked(values):
    """Values as a list, refused unless they are all texts, or all of another kind."""
    values = np.asarray(values, dtype=object)
    types = _real_types(values.tolist())
    if types and not all(issubclass(t, str) for t in types):
        _codes_of_objects(values, types)
    return values.tolist()


def _no_numbers():
    return refused(
        ValueError,
        "X holds text where numbers are needed, or other objects. Convert that column "
        "to numbers, or encode it. In a list, columns are numbers: pass a data frame, "
        "or declare a schema.",
    )


def _no_category(types=()):
    """The refusal of a column of these types, each of which may have its own cure."""
    for special, word, cure in _CURES:
        if any(issubclass(kind, special) for kind in types):
            return refused(
                TypeError,
                f"X holds {word}, or mixes them with others, where categories are "
                f"needed. Convert it {cure}, or drop it.",
            )
    return refused(
        TypeError,
        "X mixes text with numbers, or holds dates or other objects, where categories "
        "are needed. Convert it, for example with astype(str), or "
        "drop it.",
    )


def _no_dates():
    return refused(
        TypeError,
        "X has no dates where dates are needed. Convert that column first, for example "
        "with pandas.to_datetime.",
    )
