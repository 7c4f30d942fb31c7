"""What a linear model makes of rows, which it treats as it treated those of its fit."""

import numpy as np
from scipy import sparse

from skprivate.base._products import row_products
from skprivate.base._single import rounded_to


def margins_of(X, coef, intercept, box=None):
    """``X @ coef + intercept`` of rows that are moved to the bounds of the fit.

    A fit moves values to the nearest end of its bounds. What it has learned says
    nothing of values beyond them: where bounds had to be found, and a column lies
    outside of what was found, margins would be made of noise. A function of each row,
    and of what was released.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_rows, n_features)
    coef : ndarray of shape (n_features,) or (n_features, n_outputs)
    intercept : float or ndarray of shape (n_outputs,)
    box : tuple (low, high) of ndarray of shape (n_features,), default=None
        None: values stay where they are.
    """
    # Products are added up in double precision, whatever the model and the rows are in.
    margins = _margins(X, coef.astype(np.float64, copy=False), intercept, box)
    return rounded_to(margins, X.dtype, coef, intercept)


def _margins(X, coef, intercept, box):
    """The same in double precision."""
    if box is None:
        return row_products(X, coef) + intercept
    low, high = box
    if not sparse.issparse(X):
        ends = low.astype(X.dtype), high.astype(X.dtype)
        return row_products(np.clip(X, *ends), coef) + intercept
    zero = np.clip(0.0, low, high)  # where an entry lies that is not stored
    moved = X.copy()
    columns = moved.indices
    moved.data = np.clip(moved.data, low[columns], high[columns]) - zero[columns]
    return row_products(moved, coef) + (zero @ coef + intercept)
