"""Shift and scale the columns of rows, dense or sparse."""

from scipy import sparse

from skprivate.rows import checked_input


def scaled_rows(estimator, X, offset, scale):
    """``(X - offset) / scale``, in the dtype of ``X``; ``offset`` may be None."""
    X = _rows_to_change(estimator, X)
    if sparse.issparse(X):
        X.data /= scale.astype(X.dtype)[X.indices]
        return X
    if offset is not None:
        X -= offset.astype(X.dtype)
    X /= scale.astype(X.dtype)
    return X


def unscaled_rows(estimator, X, offset, scale):
    """``X * scale + offset``, in the dtype of ``X``; ``offset`` may be None."""
    X = _rows_to_change(estimator, X, names=False)
    if sparse.issparse(X):
        X.data *= scale.astype(X.dtype)[X.indices]
        return X
    X *= scale.astype(X.dtype)
    if offset is not None:
        X += offset.astype(X.dtype)
    return X


def _rows_to_change(estimator, X, *, names=True):
    """Checked rows that may be overwritten."""
    tags = estimator.__sklearn_tags__().input_tags
    return checked_input(
        estimator,
        X,
        accept_sparse=tags.sparse,
        copy=estimator.copy,
        allow_nan=tags.allow_nan,
        names=names,
    )
