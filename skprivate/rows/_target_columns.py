"""Columns of a target that has several: how many there are is public."""

import numpy as np
from scipy import sparse

from skprivate.rows._arrow import framed
from skprivate.rows._refusal import refused, sealed

_LISTS = (list, tuple)


def n_columns(y):
    """Number of columns of a target; None where each row has one value.

    Of a list it is the length of what the first row holds, where that is a list.
    """
    if y is None:
        return None
    if isinstance(y, _LISTS):
        return len(y[0]) if len(y) and isinstance(y[0], _LISTS) else None
    shape = getattr(_table_of(y), "shape", ())
    return int(shape[1]) if len(shape) == 2 else None


def columns_of(y):
    """Each column of such a target, in the kind of container that it has.

    **Guarantee.** The value of a row in a column is a function of that row.
    """
    y, n = _table_of(y), n_columns(y)
    if isinstance(y, _LISTS):
        if any(not isinstance(row, _LISTS) or len(row) != n for row in y):
            raise refused(
                ValueError,
                "y has rows of unequal length. Give every row one value for each "
                "output.",
            )
        return [[row[j] for row in y] for j in range(n)]
    if sparse.issparse(y):
        y = y.tocsc()
        return (y[:, [j]].toarray().ravel() for j in range(n))
    if hasattr(y, "iloc"):
        return (y.iloc[:, j] for j in range(n))
    return (y[:, j] for j in range(n))


def target_table(y, number):
    """Numbers of rows, a column for each target, as kernels read rows.

    Parameters
    ----------
    y : ndarray of float64 of shape (n_rows,) or (n_rows, number)
    number : int
    """
    y = np.asarray(y, dtype=np.float64)
    if y.shape[1:] != (number,) and not (number == y.ndim == 1):
        raise refused(
            ValueError, "y has not the columns that a query asks about. Give as many."
        )
    return np.ascontiguousarray(y).reshape(-1, number)


def beside(X, table):
    """A chunk of rows, dense or CSR, with more columns, which follow.

    **Guarantee.** A row of it holds what that row has in both.
    """
    if not isinstance(X, tuple):
        return np.hstack([X, table])
    data, indices, indptr, n_features = X
    n_more = table.shape[1]
    starts = indptr + n_more * np.arange(len(indptr))
    places = starts[1:, np.newaxis] - np.arange(n_more, 0, -1)
    old = np.ones(starts[-1], dtype=bool)
    old[places] = False
    values, columns = np.empty(len(old)), np.empty(len(old), indices.dtype)
    values[old], columns[old] = data, indices
    values[places], columns[places] = table, n_features + np.arange(n_more)
    return values, columns, starts.astype(indptr.dtype), n_features + n_more


def _table_of(y):
    """A target that can be cut into columns; what only becomes an array is one."""
    y = framed(y)
    bare = hasattr(y, "__array__") and not hasattr(y, "shape")
    return sealed(lambda: np.asarray(y), "y") if bare else y
