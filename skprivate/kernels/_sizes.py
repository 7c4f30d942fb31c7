"""Sizes of what kernels read: compiled code does not look where it reads and writes."""

import numpy as np


def check_chunk(X):
    """Refuse what is no dense matrix or CSR tuple, or points outside of itself.

    Column indices are left to kernels, which ignore those outside of the matrix.
    """
    if isinstance(X, np.ndarray):
        _require(X.ndim == 2 and X.dtype.kind == "f", "X must be a matrix of floats")
        n_features = X.shape[1]
    else:
        _require(isinstance(X, tuple) and len(X) == 4, "X must be a matrix or a tuple")
        data, indices, starts, n_features = X
        _require(
            all(part.ndim == 1 for part in (data, indices, starts))
            and data.size == indices.size
            and starts.size > 0
            and starts[0] >= 0
            and starts[-1] <= data.size
            and bool((starts[1:] >= starts[:-1]).all()),
            "the parts of a CSR tuple do not go together",
        )
    _require(n_features >= 1, "X must have columns")


def check_sizes(n_rows, n_features, weight, *, box=None, scale=None):
    """Refuse arrays that are not as long as there are rows, or columns.

    Parameters
    ----------
    n_rows, n_features : int
    weight : ndarray of shape (n_rows,) or (0,)
    box : ndarray of shape (4, n_features), default=None
        Without NaN, from which no cell or integer could be made.
    scale : float64 ndarray of shape (n_rows,) or (0,), default=None
    """
    _require(np.shape(weight) in ((0,), (n_rows,)), "weight must have one of each row")
    if box is not None:
        _require(np.shape(box) == (4, n_features), "box must have 4 of each column")
        _require(not np.isnan(box).any(), "box must not have NaN")
    if scale is not None:
        _require(np.shape(scale) in ((0,), (n_rows,)), "scale must be one of each row")
        _require(scale.dtype == np.float64, "scale must be float64")


def check_codes(codes, n_rows):
    """Refuse codes that are not integers, one for each row; kernels skip odd ones."""
    _require(
        isinstance(codes, np.ndarray)
        and codes.dtype.kind in "iu"
        and codes.shape == (n_rows,),
        "codes must be integers, one of each row",
    )


def check_shape(name, array, shape):
    """Refuse an array of another shape."""
    _require(np.shape(array) == shape, f"{name} must have the shape {shape}")


def check_number(name, value, least):
    """Refuse a count that is no whole number, or too small."""
    _require(value == int(value) and value >= least, f"{name} must be at least {least}")


def _require(fits, message):
    if not fits:
        raise ValueError(f"{message}: give kernels arrays of the sizes they document.")
