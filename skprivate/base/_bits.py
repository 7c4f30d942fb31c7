"""Compare to the last bit whatever a query or an estimator may hold."""

import pickle
from dataclasses import fields, is_dataclass
from functools import partial
from inspect import isroutine

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator

_SHOWN_IN_FULL = (type(None), bool, int, complex, str, bytes, range, slice, np.dtype)
_WRITTEN_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE


def bits_of(value):
    """A nested tuple that is equal for equal values only, down to the last bit.

    NaN equals NaN, 0.0 differs from -0.0, int differs from float. What cannot be looked
    into (functions, above all) equals itself and nothing else: two functions of one
    name need not do the same.
    """
    kind = type(value)
    if isinstance(value, np.ma.MaskedArray):
        return kind, bits_of(value.filled()), bits_of(np.ma.getmaskarray(value))
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return kind, value.shape, tuple(bits_of(item) for item in value.flat)
    if isinstance(value, (np.ndarray, np.generic)):
        return kind, str(value.dtype), value.shape, value.tobytes()
    if sparse.issparse(value):
        parts = value.tocoo()
        arrays = (*parts.coords, parts.data)
        return kind, value.format, value.shape, *map(bits_of, arrays)
    if isinstance(value, float):
        return kind, value.hex()
    if isinstance(value, dict):
        return kind, tuple((bits_of(k), bits_of(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return kind, tuple(map(bits_of, value))
    if isinstance(value, (set, frozenset)):
        return kind, tuple(sorted(map(bits_of, value), key=repr))
    return _bits_of_object(value)


def _bits_of_object(value):
    """The same for what is no container and no number of NumPy's."""
    kind = type(value)
    if kind in _SHOWN_IN_FULL:
        return kind, repr(value)
    if isinstance(value, type) or isroutine(value):
        return kind, value
    if isinstance(value, partial):
        return kind, bits_of(value.func), bits_of(value.args), bits_of(value.keywords)
    if is_dataclass(value):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return kind, bits_of(named)
    if isinstance(value, BaseEstimator):
        return kind, bits_of(vars(value))
    if hasattr(value, "to_numpy"):  # series and data frames keep caches
        return kind, *map(bits_of, _parts_of_table(value))
    if hasattr(value, "__dict__") and _is_plain(kind):
        return kind, bits_of(vars(value))
    return kind, _pickled(value)


def _parts_of_table(table):
    """Values, names and types of a table, a series or an index."""
    yield np.asarray(table.to_numpy())
    for name in ("columns", "index", "name"):
        labels = getattr(table, name, None)
        yield labels if labels is None or callable(labels) else np.asarray(labels)
    kinds = getattr(table, "dtypes", getattr(table, "dtype", None))
    yield [str(kind) for kind in np.ravel(np.asarray(kinds, dtype=object))]


def _is_plain(kind):
    """Whether objects of a class have attributes, and no state or code beside them."""
    return not any(
        vars(base).get("__slots__") or not base.__flags__ & _WRITTEN_IN_PYTHON
        for base in kind.__mro__[:-1]
    )


def _pickled(value):
    """What makes an equal object; or the object itself, if nothing does."""
    try:
        return pickle.dumps(value)
    except Exception:
        return _Itself(value)


class _Itself:
    """Equal if it is about the same object, which it keeps alive."""

    def __init__(self, value):
        self._value = value

    def __eq__(self, other):
        return isinstance(other, _Itself) and self._value is other._value

    def __hash__(self):
        return id(self._value)
