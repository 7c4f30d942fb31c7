"""Products of checked rows, dense or sparse, in which no row depends on others."""

import numpy as np
from scipy import sparse

from skprivate.rows._sparse import canonical


def row_products(X, matrix):
    """``X @ matrix``, for ``transform`` and ``predict``.

    **Guarantee.** Each row of the result depends on that row and on the matrix alone,
    bit for bit; ``@`` rounds otherwise if there is one row more. See
    ``kernels/_products.py``.

    Parameters
    ----------
    X : {ndarray, CSR matrix} of shape (n, d)
        Float64 or float32.
    matrix : ndarray of shape (d, k) or (d,)

    Returns
    -------
    ndarray of shape (n, k) or (n,)
    """
    from skprivate import kernels  # numba is loaded at first use

    matrix = np.asarray(matrix, dtype=np.result_type(X.dtype, matrix))
    product = kernels.row_products(chunk_of(X), matrix.reshape(len(matrix), -1))
    return product.reshape(X.shape[:1] + matrix.shape[1:])


def squared_distances(X, points):
    """Squared distances of rows to points, by themselves as in :func:`row_products`.

    Parameters
    ----------
    X : {ndarray, CSR matrix} of shape (n, d)
        Float64 or float32.
    points : ndarray of shape (k, d)

    Returns
    -------
    ndarray of shape (n, k), float64
    """
    from skprivate import kernels

    return kernels.squared_distances(chunk_of(X), points)


def chunk_of(X):
    """Rows as kernels read them."""
    if not sparse.issparse(X):
        return X
    X = canonical(X)
    return X.data, X.indices, X.indptr, X.shape[1]
