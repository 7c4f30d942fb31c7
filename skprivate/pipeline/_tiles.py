"""Transform rows so that none of them depends on others, nor overflows."""

import numpy as np

from skprivate.base._tiles import unsealed_responses
from skprivate.pipeline._listed import arrayed


def transformed(step, X, **params):
    """Rows after a fitted step, each of them as in any other company.

    Parameters
    ----------
    step : transformer
        Fitted.
    X : array-like of shape (n_samples, n_features)
        Rows in memory.
    **params : dict
        Parameters of ``transform``.

    Errors are for the caller to seal: they may quote a value of what a step read.
    """
    X = _moderate(arrayed(step, X))
    return _finite(unsealed_responses(step, "transform", X, **params))


def _moderate(X):
    """Dense rows whose values cannot overflow in a step: those beyond are cut.

    Each value on its own, so neighbours stay neighbours. Otherwise a single huge value,
    which the first step takes for the end of its bounds, would stop a later one.
    """
    limit = _largest(X)
    if limit is None or not X.size or (X.min() >= -limit and X.max() <= limit):
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
