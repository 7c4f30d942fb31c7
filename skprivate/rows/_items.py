"""Rows that are items: texts, images, clips and series, one for each row."""

import numpy as np
from scipy import sparse

from skprivate.rows._arrow import framed
from skprivate.rows._refusal import refused

_ONE = "X must hold one item for each row, and is a single {}. Give a list: [item]."


def items_of(X):
    """Items of rows as a list; none of them is looked into.

    **Guarantee.** An item is what its row holds, whatever the others are: nothing is
    converted to a type that several have in common, but where a table declares one.

    Parameters
    ----------
    X : list, array, column or table of one column
        An array of more dimensions has one item for each entry of the first.

    Returns
    -------
    list
    """
    X = framed(X)
    if isinstance(X, (str, bytes)):
        raise refused(ValueError, _ONE.format("text"))
    if sparse.issparse(X):
        raise refused(
            TypeError, "X is sparse, and items are read as they are. Use X.toarray()."
        )
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) == 0:
        raise refused(ValueError, _ONE.format("value"))
    if hasattr(X, "columns"):
        X = _column(X) if shape[1] == 1 else X.to_numpy()
    elif isinstance(X, np.ndarray) and X.dtype.kind in "OUS" and X.shape[1:] == (1,):
        X = X[:, 0]
    if hasattr(X, "to_list"):
        return X.to_list()
    return list(X)


def declared_kind(X):
    """Kind of the type that an array or a column declares, and number of dimensions.

    Both are public. The kind is None if nothing is declared, and "table" for several
    columns of any types.
    """
    shape = getattr(X, "shape", ())
    is_array = isinstance(X, np.ndarray) and X.dtype.kind not in "OUST"
    if len(shape) == 2 and shape[1] != 1 and not is_array:
        return "table", 2
    dtype = getattr(X, "dtype", None)
    if dtype is None:
        return None, 1
    if isinstance(dtype, np.dtype):
        return dtype.kind, len(X.shape)
    if hasattr(dtype, "is_numeric"):  # of polars
        return ("f" if dtype.is_numeric() else "O"), 1
    return getattr(dtype, "kind", "O"), len(X.shape)


def _column(table):
    return table.iloc[:, 0] if hasattr(table, "iloc") else table.to_series(0)
