"""Compare to the last bit whatever a query or an estimator may hold."""

from dataclasses import fields, is_dataclass

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator


def bits_of(value):
    """A nested tuple that is equal for equal values only, down to the last bit.

    NaN equals NaN, 0.0 differs from -0.0, int differs from float.
    """
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return "objects", value.shape, tuple(bits_of(item) for item in value.flat)
    if isinstance(value, (np.ndarray, np.generic)):
        return str(value.dtype), value.shape, value.tobytes()
    if sparse.issparse(value):
        parts = value.tocoo()
        arrays = (*parts.coords, parts.data)
        return "sparse", value.format, value.shape, *map(bits_of, arrays)
    if isinstance(value, float):
        return "float", value.hex()
    if isinstance(value, dict):
        pairs = [(bits_of(k), bits_of(v)) for k, v in value.items()]
        return "dict", tuple(pairs)
    if isinstance(value, (list, tuple)):
        return type(value).__name__, tuple(map(bits_of, value))
    if isinstance(value, (set, frozenset)):
        return "set", tuple(sorted(map(bits_of, value), key=repr))
    return _bits_of_object(value)


def _bits_of_object(value):
    """The same for what is no container and no number of NumPy's."""
    name = type(value).__qualname__
    if isinstance(value, type):
        return "class", value.__qualname__
    if is_dataclass(value):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return name, bits_of(named)
    if isinstance(value, BaseEstimator):
        return name, bits_of(vars(value))
    if hasattr(value, "to_numpy"):  # series and data frames keep caches
        return name, bits_of(value.to_numpy()), str(getattr(value, "columns", ""))
    if callable(value):
        return "callable", getattr(value, "__qualname__", name)
    if hasattr(value, "__dict__"):
        return name, bits_of(vars(value))
    return name, repr(value)
