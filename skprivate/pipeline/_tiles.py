"""Transform rows so that none of them depends on how many others there are."""

import numpy as np
from scipy import sparse
from sklearn.preprocessing import Binarizer, Normalizer, PolynomialFeatures

from skprivate.base._tables import take
from skprivate.pipeline._listed import arrayed
from skprivate.preprocessing import (
    CategoryHasher,
    DPMinMaxScaler,
    DPOneHotEncoder,
    DPOrdinalEncoder,
    DPStandardScaler,
    DPTargetEncoder,
    RowNormClipper,
)

_ROWS = 1024
# These work value by value, or row by row: tiles would only cost time.
_NO_PRODUCTS = (
    Binarizer,
    CategoryHasher,
    DPMinMaxScaler,
    DPOneHotEncoder,
    DPOrdinalEncoder,
    DPStandardScaler,
    DPTargetEncoder,
    Normalizer,
    PolynomialFeatures,
    RowNormClipper,
)


def transformed(step, X, **params):
    """Rows after a fitted step, each of them as in any other company.

    In exact arithmetic a transformer maps each row on its own. In floating point a
    product of matrices may round a row differently if there is one row more, and then a
    neighbour would differ in the last bits of many rows. So what may compute products
    gets tiles of one shape, the last of them filled up: within a shape, the position
    of a row has made no difference (tests measure that; no BLAS promises it).

    Parameters
    ----------
    step : transformer
        Fitted.
    X : array-like of shape (n_samples, n_features)
        Rows in memory.
    **params : dict
        Parameters of ``transform``; with any of them there are no tiles.
    """
    X = arrayed(step, X)
    if not hasattr(X, "shape") or not X.shape[0]:
        return step.transform(X, **params)
    X = _moderate(X)
    # What lives on a higher floor says so itself.
    by_value = isinstance(step, _NO_PRODUCTS) or getattr(step, "_by_value", False)
    if params or by_value:
        return _finite(step.transform(X, **params))
    n_rows, parts = X.shape[0], []
    for start in range(0, n_rows, _ROWS):
        tile = take(X, np.arange(start, start + _ROWS) % n_rows)
        parts.append(_finite(step.transform(tile)[: n_rows - start]))
    return _stacked(parts) if len(parts) > 1 else parts[0]


def _moderate(X):
    """Dense rows whose values cannot overflow in a step: those beyond are cut.

    Each value on its own, so neighbours stay neighbours. Otherwise a single huge value,
    which the first step takes for the end of its bounds, would stop a later one.
    """
    limit = _largest(X)
    if limit is None or (X.min() >= -limit and X.max() <= limit):
        return X
    return np.clip(X, -limit, limit)


def _finite(X):
    """Transformed rows, with the largest number in place of infinity."""
    if _largest(X) is None or np.isfinite(X.sum()):
        return X
    most = np.finfo(X.dtype).max
    return np.clip(X, -most, most)  # NaN stays: the next step refuses it


def _largest(X):
    """A limit far beyond any bounds, from which products do not overflow."""
    if not isinstance(X, np.ndarray) or X.dtype not in (np.float64, np.float32):
        return None
    return 1e100 if X.dtype == np.float64 else np.float32(1e18)


def _stacked(parts):
    """Tables of one kind, one below the other."""
    first = parts[0]
    if sparse.issparse(first):
        return sparse.vstack(parts, format="csr")
    if hasattr(first, "iloc"):
        import pandas as pd

        return pd.concat(parts)
    if hasattr(first, "columns"):
        import polars as pl

        return pl.concat(parts)
    return np.concatenate(parts)
