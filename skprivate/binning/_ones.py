"""Sparse rows of zeros and ones."""

from typing import Any

import numpy as np
from scipy import sparse

from skprivate._typing import TableLike


def ones_at(
    places: np.ndarray, n_columns: int, dtype: type[Any] = np.float64
) -> TableLike:
    """CSR matrix with a one at some places of each row.

    Parameters
    ----------
    places : ndarray of int of shape (n_rows, n_ones)
        Columns, increasing in each row; negative ones are left out.
    n_columns : int
    dtype : type, default=numpy.float64

    Returns
    -------
    csr_matrix of shape (n_rows, n_columns)
    """
    n_rows, n_ones = places.shape
    there = places >= 0
    if there.all():
        starts, indices = n_ones * np.arange(n_rows + 1), places.ravel()
    else:
        starts = np.append(0, np.cumsum(there.sum(axis=1)))
        indices = places[there]
    ones = np.ones(len(indices), dtype)
    return sparse.csr_matrix((ones, indices, starts), shape=(n_rows, int(n_columns)))
