"""A target that is a number: a column more of the table, and what it comes back as."""

import numpy as np

from skprivate.rows import refused
from skprivate.rows._kinds import in_memory_array, is_pandas, is_polars
from skprivate.rows._target import checked_target


def is_number(y, classes, followed_by):
    """Whether ``y`` is a number and no label, by public facts.

    Parameters
    ----------
    y : array-like or None
        No value of it is looked at.
    classes : array-like or None
        As declared: then it is a label.
    followed_by : {"number", "class", None}
        What the last step of a pipeline predicts, where there is one.
    """
    return y is not None and classes is None and followed_by == "number"


def name_beside(X, name):
    """The name of a target that no column has."""
    names = {*getattr(X, "columns", ())}
    while name in names:
        name += "_"
    return name


def with_column(X, y, name):
    """A table with its target as the last column.

    Each row keeps its values, and gets its own target: a function of the row alone.

    Parameters
    ----------
    X : data frame, array or list of rows
    y : array-like of shape (n_rows,)
        Refused unless it holds finite numbers.
    name : str
        Of the new column, if columns have names.
    """
    if getattr(y, "ndim", 1) == 2 and y.shape[1] == 1:
        y = in_memory_array(y, "y").ravel()
    numbers = checked_target(y, "number")
    if isinstance(X, (list, tuple)):
        if len(X) == len(numbers):
            return [[*row, y] for row, y in zip(X, numbers.tolist(), strict=True)]
    elif not (is_pandas(X) or is_polars(X) or isinstance(X, np.ndarray)):
        raise refused(
            TypeError,
            "y holds numbers, and X is no table in memory. Put the target into the "
            "rows, as one more column.",
        )
    if len(X) != len(numbers):
        raise refused(
            ValueError,
            "Found input variables with inconsistent numbers of samples: X and y must "
            "have the same number of rows.",
        )
    whole = getattr(y, "dtype", None)
    if isinstance(whole, np.dtype) and whole.kind in "iu":
        numbers = np.asarray(y).ravel()
    if is_pandas(X):
        import pandas as pd

        return pd.concat([X, pd.Series(numbers, index=X.index, name=name)], axis=1)
    if is_polars(X):
        import polars as pl

        return X.with_columns(pl.Series(name, numbers))
    return np.column_stack([X, numbers]) if X.ndim == 2 else X


def as_target(y, values):
    """Drawn numbers as the kind of column that ``y`` is."""
    if isinstance(y, (list, tuple)):
        return values.tolist()
    kind = getattr(getattr(y, "dtype", None), "kind", "f")
    dtype = getattr(y, "dtype", None)
    whole = kind in "iu" or (hasattr(dtype, "is_integer") and dtype.is_integer())
    values = np.rint(values) if whole else values
    if type(y).__module__.startswith("pandas"):
        import pandas as pd

        if y.ndim == 2:
            frame = pd.DataFrame({y.columns[0]: values})
            return frame.astype(y.dtypes.to_dict())
        numbers = pd.Series(values, name=y.name)  # which need be none of the categories
        return numbers if str(y.dtype) == "category" else numbers.astype(y.dtype)
    if type(y).__module__.startswith("polars"):
        import polars as pl

        return pl.Series(y.name, values).cast(y.dtype)
    values = values.astype(dtype) if isinstance(dtype, np.dtype) else values
    return values.reshape(-1, 1) if getattr(y, "ndim", 1) == 2 else values
