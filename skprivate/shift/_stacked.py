"""Two tables as one, and which rows are of the second."""

import numpy as np

from skprivate.rows import Rows, refused, schema_of
from skprivate.rows._columns import names_of
from skprivate.rows._concatenated import concatenated
from skprivate.rows._kinds import is_dask, is_pandas, is_polars, is_sparse
from skprivate.shift._column_counts import refuse_other_columns


def stacked(first, second):
    """One table, the second below the first, and zeros and ones for their rows.

    **Guarantee.** A row of it is a row of one of them, as it is; the type of a column
    is that which both types have in common, and depends on no value.

    Parameters
    ----------
    first, second : array-like, sparse matrix or data frame
        With the same columns.

    Returns
    -------
    X : table
    y : ndarray of int
    """
    for table in (first, second):
        if isinstance(table, Rows) or is_dask(table):
            raise refused(
                TypeError,
                "Both tables must be in memory. Of other sources, make one whose "
                "target says which table a row is of, and call fit.",
            )
    one, other = (_kind(table) for table in (first, second))
    if one != other:
        raise refused(
            TypeError,
            "The two tables are of different kinds. Give two data frames of one "
            "library, or two arrays.",
        )
    if one == "sparse":
        first, second = first.tocsr(), second.tocsr()
        _refuse_widths(first.shape[1], second.shape[1])
        from scipy.sparse import vstack

        X = vstack([first, second], format="csr")
    else:
        first, second = (t if one != "array" else _array(t) for t in (first, second))
        names = [names_of(schema_of(table)) for table in (first, second)]
        refuse_other_columns(names[1], names[0])
        X = _JOIN[one](first, second)
    sizes = first.shape[0], second.shape[0]
    return X, np.repeat([0, 1], sizes)


def _kind(table):
    """How a table is stacked."""
    if is_sparse(table):
        return "sparse"
    if is_pandas(table):
        return "pandas"
    return "polars" if is_polars(table) else "array"


def _array(table):
    """An array with two dimensions; lists as they are read elsewhere."""
    found = np.asarray(table)
    if found.ndim != 2:
        raise refused(
            ValueError,
            "Expected 2D array, got another: each table must have rows and columns. "
            "Reshape it.",
        )
    return found


def _refuse_widths(first, second):
    if first != second:
        raise refused(
            ValueError,
            f"The tables have {first} and {second} columns. Give both the same ones.",
        )


def _pandas(first, second):
    return concatenated([first, second])


def _polars(first, second):
    import polars as pl

    return pl.concat([first, second], how="vertical_relaxed")


_JOIN = {
    "array": lambda first, second: np.concatenate([first, second]),
    "pandas": _pandas,
    "polars": _polars,
}
