"""What is public about a table: the names and types of its columns."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.rows._arrow import framed
from skprivate.rows._column import BOOLEANS, Column
from skprivate.rows._kinds import (
    feature_names,
    is_dask,
    is_pandas,
    is_polars,
    is_sparse,
    refuse_kinds,
)
from skprivate.rows._refusal import of_column, refused, sealed
from skprivate.rows._rows import Rows
from skprivate.rows._untyped import UNTYPED, untyped_array

_NOT_YET_KNOWN = (
    "__UNKNOWN_CATEGORIES__",
)  # dask's word for what partitions will hold


def schema_of(X: TableLike) -> tuple[Column, ...]:
    """Public description of the columns of a table; no value is looked at.

    A list of rows declares no types: its columns are numbers, whatever is in them,
    unless somebody says otherwise.

    Parameters
    ----------
    X : array, DataFrame of pandas or polars, table of Arrow, list of rows, dask \
            collection or Rows

    Returns
    -------
    tuple of Column
    """
    if isinstance(X, Rows):
        return X.columns
    X = framed(X)
    refuse_sparse(X)
    if is_dask(X):
        X = X._meta if hasattr(X, "columns") else np.empty((0, X.shape[1]), X.dtype)
    if is_pandas(X):
        found = _of_each(_of_pandas, X)
    elif is_polars(X):
        found = _of_each(_of_polars, X)
    else:
        table = table_array(X)
        refuse_kinds({table.dtype.kind} & {"c"}, "X")
        listed = isinstance(X, UNTYPED)
        found = ("number", None) if listed else _of_numpy(table.dtype)
        found = [found] * (table.shape[1] if table.ndim == 2 else 0)
    names = feature_names(X) or (None,) * len(found)
    return tuple(Column(name, *of) for name, of in zip(names, found, strict=True))


def refuse_out_of_memory(X):
    """Refuse a source of rows, or a collection of dask, whose names nobody compares."""
    if isinstance(X, Rows):
        raise refused(
            TypeError,
            "X must be in memory here, and is a source of rows. Give it to fit, or go "
            "through ArrowRows(...) batch by batch with rows.apply(model.predict); for "
            "a private score of a source, get_dp_scorer('accuracy')(model, rows).",
        )
    if is_dask(X):
        raise refused(
            TypeError,
            "X must be in memory here. What is fitted takes it block by block, for "
            "example with X.map_blocks(model.predict) for a dask array, or "
            "X.map_partitions(...) for a data frame.",
        )


def other_categories(columns, others):
    """Numbers of the columns of which two tables list different categories.

    Where one of the two lists none, they are no different.

    Parameters
    ----------
    columns, others : tuple of Column

    Returns
    -------
    list of int
    """
    return [
        j
        for j, (a, b) in enumerate(zip(columns, others, strict=False))
        if None not in (a.declared, b.declared) and {*a.declared} != {*b.declared}
    ]


def names_of(columns):
    """Names of columns; x0, x1, ... where a table has none, as scikit-learn has it."""
    return [f"x{j}" if c.name is None else c.name for j, c in enumerate(columns)]


def refuse_sparse(X):
    """Refuse a sparse matrix where a table is needed."""
    if is_sparse(X):
        raise refused(
            TypeError,
            "Sparse data was passed, but dense data is required for a table that may "
            "have categories. Use '.toarray()' to convert X to a dense array; behind a "
            "step whose output is sparse, such as HashedText, use a linear model, or "
            "put DPTruncatedSVD between.",
        )


def table_array(X):
    """Something in memory that is no DataFrame, as an array; a list as objects."""
    if isinstance(X, np.ndarray):
        return X
    if isinstance(X, UNTYPED):
        return untyped_array(X)
    if not hasattr(X, "__array__"):
        raise refused(
            TypeError,
            "X is of a kind that is not known here. Pass an array, a list of rows, a "
            "DataFrame of pandas or polars, or ArrowRows(path, target=...) for files.",
        )
    return sealed(lambda: np.asarray(X))


def _of_each(kind_of, frame):
    """What types tell, of each column of a DataFrame."""
    found = []
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        with of_column(name):
            found.append(kind_of(dtype))
    return found


def _of_numpy(dtype):
    """Kind, and categories if the type lists them."""
    kinds = {"b": ("boolean", BOOLEANS), "M": ("date", None)}
    kinds |= dict.fromkeys("iuf", ("number", None))
    kinds |= dict.fromkeys("OUST", ("category", None))
    if dtype.kind not in kinds:
        raise _no_kind()
    return kinds[dtype.kind]


def _of_pandas(dtype):
    """The same for a type of pandas."""
    if hasattr(dtype, "categories"):
        listed = tuple(dtype.categories)
        return "category", None if listed == _NOT_YET_KNOWN else listed
    arrow = getattr(dtype, "pyarrow_dtype", None)
    if arrow is not None:
        from pyarrow import types

        if types.is_decimal(arrow):
            return "number", None
        if types.is_date(arrow):
            return "date", None
    if not hasattr(dtype, "kind"):
        raise _no_kind()
    return _of_numpy(dtype)


def _of_polars(dtype):
    """The same for a type of polars."""
    if dtype.is_numeric():
        return "number", None
    kind = str(dtype.base_type())
    if kind == "Enum":
        return "category", tuple(dtype.categories.to_list())
    kinds = {"Boolean": ("boolean", BOOLEANS)}
    kinds |= dict.fromkeys(("Date", "Datetime"), ("date", None))
    kinds |= dict.fromkeys(
        ("String", "Categorical", "Null", "Object"), ("category", None)
    )
    if kind not in kinds:
        raise _no_kind()
    return kinds[kind]


def _no_kind():
    return refused(
        TypeError,
        "X holds neither numbers, text, booleans nor dates. Convert or drop such a "
        "column first.",
    )
