"""Products of rows and a matrix, and distances to points: each row by itself.

BLAS multiplies all rows at once. For another number of rows, another place or other
threads it takes other code, and then rounds otherwise: where rows are private, one row
more would change the last bits of many.

Guarantee: a row of a result is a function of that row and of the matrix, bit for bit.
Each of its numbers is a sum in the order of columns, of products that are rounded one
by one. Without fast-math flags the compiler neither reorders sums nor fuses them with
products, so vector instructions, and the code for what is left over, give the bits of
the plain loop. A zero adds nothing, so sparse and dense rows have the same products.
"""

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import lent, open_chunk
from skprivate.kernels._jit import kernel
from skprivate.kernels._sizes import check_shape


def row_products(X: TableLike, matrix: np.ndarray) -> np.ndarray:
    """``X @ matrix``, each row by itself; see above.

    Parameters
    ----------
    X : chunk
        Dense matrix, or CSR tuple in canonical form.
    matrix : ndarray of shape (d, k)
        Finite, of the type of X or of a longer one.

    Returns
    -------
    ndarray of shape (n, k), of the type of the matrix
    """
    matrix = lent(np.ascontiguousarray(matrix))
    if isinstance(X, np.ndarray):
        check_shape("matrix", matrix, (X.shape[1], matrix.shape[1]))
        out = np.zeros((len(X), matrix.shape[1]), matrix.dtype)
        _products(lent(np.ascontiguousarray(X)), matrix, out)
        return out
    source, n_rows, n_features = open_chunk(X)
    check_shape("matrix", matrix, (n_features, matrix.shape[1]))
    out = np.zeros((n_rows, matrix.shape[1]), matrix.dtype)
    _sparse_products(*source, matrix, out)
    return out


def squared_distances(X: TableLike, points: np.ndarray) -> np.ndarray:
    """Squared distances of rows to points, each row by itself; see above.

    Sparse rows change the squares of the points where they have entries, so that their
    distances may have other last bits than those of dense rows.

    Parameters
    ----------
    X : chunk
        Dense matrix, or CSR tuple in canonical form.
    points : ndarray of shape (k, d)
        Finite.

    Returns
    -------
    ndarray of shape (n, k), float64
    """
    places = lent(np.ascontiguousarray(points.T, dtype=np.float64))
    if isinstance(X, np.ndarray):
        check_shape("points", points, (len(points), X.shape[1]))
        out = np.zeros((len(X), len(points)))
        _distances(lent(np.ascontiguousarray(X)), places, out)
        return out
    source, n_rows, n_features = open_chunk(X)
    check_shape("points", points, (len(points), n_features))
    out = np.empty((n_rows, len(points)))
    out[:] = np.square(places).sum(axis=0)
    _sparse_distances(*source, places, out)
    return np.maximum(out, 0.0, out=out)


@kernel
def _products(X, matrix, out):
    """Four columns at a time, which saves three of four times reading the sums."""
    n_features, n_outputs = matrix.shape
    whole = n_features - n_features % 4
    for i in range(X.shape[0]):
        row, total = X[i], out[i]
        for j in range(0, whole, 4):
            a, b, c, d = row[j], row[j + 1], row[j + 2], row[j + 3]
            for k in range(n_outputs):
                part = total[k] + a * matrix[j, k]
                part = part + b * matrix[j + 1, k]
                part = part + c * matrix[j + 2, k]
                total[k] = part + d * matrix[j + 3, k]
        for j in range(whole, n_features):
            for k in range(n_outputs):
                total[k] += row[j] * matrix[j, k]


@kernel
def _sparse_products(data, indices, indptr, matrix, out):
    """The same of the entries that are stored."""
    for i in range(out.shape[0]):
        total = out[i]
        for entry in range(indptr[i], indptr[i + 1]):
            if 0 <= indices[entry] < matrix.shape[0]:
                value, places = data[entry], matrix[indices[entry]]
                for k in range(total.size):
                    total[k] += value * places[k]


@kernel
def _distances(X, places, out):
    """Sums of squared differences, in the order of columns."""
    for i in range(X.shape[0]):
        row, total = X[i], out[i]
        for j in range(row.size):
            for k in range(total.size):
                difference = row[j] - places[j, k]
                total[k] += difference * difference


@kernel
def _sparse_distances(data, indices, indptr, places, out):
    """Put the squared difference of an entry in place of the square of the point."""
    for i in range(out.shape[0]):
        total = out[i]
        for entry in range(indptr[i], indptr[i + 1]):
            if 0 <= indices[entry] < places.shape[0]:
                value, point = data[entry], places[indices[entry]]
                for k in range(total.size):
                    difference = value - point[k]
                    total[k] += difference * difference - point[k] * point[k]
