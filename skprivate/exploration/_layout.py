"""Which columns a statistic is about, and which ones tell groups apart."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from skprivate.rows import Rows, refused
from skprivate.rows._columns import names_of, refuse_sparse
from skprivate.rows._kinds import (
    feature_names,
    in_memory_array,
    is_dask,
    is_pandas,
    is_polars,
    real_array,
)
from skprivate.rows._target import one_column
from skprivate.rows._untyped import typed_array

_MOST_NAMES = 20  # of columns, in a message


@dataclass(frozen=True)
class Layout:
    """Places and names of columns of numbers, and of columns of group keys.

    Parameters
    ----------
    values, keys : tuple of int
        Their places in the table.
    names, key_names : tuple
        What they are called.
    """

    values: tuple
    keys: tuple
    names: tuple
    key_names: tuple

    @classmethod
    def of(cls, labels, names, columns, by, n_added):
        """What is meant by labels, or numbers, of the columns of a table.

        Parameters
        ----------
        labels : list
            What the columns of the table are called by a user.
        names : list of str
            What they are called in a result.
        columns, by : tuple or None
            What the user names; None: all others, or none.
        n_added : int
            Number of columns at the end that were added as keys.
        """
        n_given = len(names) - n_added
        keys = [_place(key, labels[:n_given], "by") for key in by or ()]
        keys += range(n_given, len(names))
        if columns is None:
            values = [j for j in range(n_given) if j not in keys]
        else:
            values = [_place(c, labels[:n_given], "columns") for c in columns]
        return cls(
            tuple(values),
            tuple(keys),
            tuple(names[j] for j in values),
            tuple(names[j] for j in keys),
        )

    @property
    def packed(self):
        """The layout of a table of these columns only, numbers first."""
        n, k = len(self.values), len(self.keys)
        return Layout(
            tuple(range(n)), tuple(range(n, n + k)), self.names, self.key_names
        )


def layout_of_source(schema, columns, by):
    """The layout of a source of rows, by what it says of its columns."""
    names = names_of(schema)
    return Layout.of(names, names, columns, by, 0)


def packed_table(X, columns, by, beside):
    """A table of the columns that matter, in memory or lazy, and its layout.

    **Guarantee.** What a row of the result is depends on this row of the arguments;
    how many there are is only looked at to refuse.

    Parameters
    ----------
    X : array, list, series, data frame or dask collection
        One column may be given as such.
    columns, by : tuple or None
    beside : dict of str to array-like
        Columns that are given beside X: ``y``, a number, before ``by``, a key.

    Returns
    -------
    table : array or data frame
    layout : Layout
    single : bool
        Whether X is one column, and no table.
    """
    refuse_sparse(X)
    given, X = X, _as_columns(X)
    single = X is not given and X.shape[1] == 1 and _is_flat(given)
    n_given = X.shape[1]
    if beside:
        X = _with_columns(X, beside)
    names = feature_names(X) or [f"x{j}" for j in range(X.shape[1])]
    if not hasattr(X, "columns"):
        names = [*names[:n_given], *beside]
    labels = list(getattr(X, "columns", names))
    found = Layout.of(labels, names, columns, by, int("by" in beside))
    return _picked(X, [*found.values, *found.keys]), found.packed, single


def columns_named(value, name):
    """A label or number of a column, or a list of them, as a tuple; None for none."""
    if value is None:
        return None
    if isinstance(value, (str, Integral)):
        return (value,)
    if isinstance(value, (list, tuple)) and len(value):
        return tuple(value)
    raise refused(
        TypeError,
        f"{name} must be the name or number of a column, or a list of them. Name at "
        "least one.",
    )


def _place(label, labels, name):
    """Place of a column that a user names by its label or its number."""
    if label in labels:
        return labels.index(label)
    is_number = isinstance(label, Integral) and not isinstance(label, bool)
    if is_number and 0 <= label < len(labels):
        return int(label)
    # What was given may be keys: values of the data.
    known = ", ".join(map(repr, labels[:_MOST_NAMES]))
    raise refused(
        ValueError,
        f"{name} names what is no column of X, which has {known}. Give names of the "
        "columns of a data frame, or numbers of those of an array; keys as an array.",
    )


def _as_columns(X):
    """A single column as a table; what is a table, as it is."""
    if X is None or isinstance(X, Rows):
        raise refused(TypeError, "X must be an array, list or data frame. Convert it.")
    if hasattr(X, "to_frame") and not hasattr(X, "columns"):  # a series of any library
        return X.to_frame() if isinstance(X.name, str) and X.name else _named(X)
    if is_pandas(X) or is_polars(X):
        return X
    if is_dask(X):
        return X[:, None] if getattr(X, "ndim", 2) == 1 else X
    array = in_memory_array(X, "X")
    if array.ndim not in (1, 2):
        raise refused(
            ValueError, "X must be a column, or a table of two dimensions. Reshape it."
        )
    return array.reshape(-1, 1) if array.ndim == 1 else array


def _is_flat(X):
    """Whether something is a column, and no table with one."""
    shape = getattr(X, "shape", None)
    return len(in_memory_array(X, "X").shape if shape is None else shape) == 1


def _named(series):
    """A series without a name, as a table."""
    if type(series).__module__.startswith("polars"):
        return series.to_frame("x0")
    return series.to_frame(name="x0")


def _with_columns(X, added):
    """A table with more columns at the end."""
    if is_dask(X):
        raise refused(
            TypeError,
            "by must name columns of X, where X is no table in memory. Give names.",
        )
    n_rows = X.shape[0]
    for name, values in added.items():
        if one_column(values, name).shape[0] != n_rows:
            raise refused(
                ValueError,
                "Found input variables with inconsistent numbers of samples: X and "
                f"{name} must have the same number of rows. Give one value a row.",
            )
    if "y" in added:
        added = added | {"y": _as_numbers(added["y"])}
    homes = {type(values).__module__.partition(".")[0] for values in added.values()}
    if is_polars(X):
        return _with_polars(X, added)
    if is_pandas(X) or "pandas" in homes:
        return _with_pandas(X, added)
    if "polars" in homes:
        return _with_polars(X, added)
    table = np.empty((n_rows, X.shape[1] + len(added)), dtype=object)
    table[:, : X.shape[1]] = X
    for j, values in enumerate(added.values(), X.shape[1]):
        table[:, j] = one_column(values, "by")
    return table


def _with_pandas(X, added):
    import pandas as pd

    if not is_pandas(X):
        X = pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])
    columns = {}
    for name, values in added.items():
        known = getattr(values, "array", None)  # of a series: without its index
        columns[_free(name, X.columns)] = (
            known if known is not None else one_column(values, name)
        )
    return X.assign(**columns)


def _with_polars(X, added):
    import polars as pl

    if not is_polars(X):
        X = pl.DataFrame({f"x{j}": _in_polars(column) for j, column in enumerate(X.T)})
    columns = []
    for name, values in added.items():
        if not isinstance(values, pl.Series):
            values = _in_polars(typed_array(values))
        columns.append(values.alias(_free(name, X.columns)))
    return X.with_columns(columns)


def _in_polars(array):
    """An array as a series; of objects each stays what it is, whatever the first is."""
    import polars as pl

    if array.dtype.kind != "O":
        return pl.Series(array)
    return pl.Series(array.tolist(), dtype=pl.Object)


def _as_numbers(y):
    """A second column of numbers as floats, whether or not any is missing; or dates."""
    array = one_column(y, "y")
    if array.dtype.kind not in "biufO":
        return y
    return real_array(array, "y").astype(np.float64)


def _free(name, taken):
    """A name that no column has."""
    while name in list(taken):
        name += "_"
    return name


def _picked(X, places):
    """Some columns of a table, in order."""
    if places == list(range(X.shape[1])) or (not places and is_dask(X)):
        return X
    if not places:  # rows are counted, whatever they hold
        return np.zeros((X.shape[0], 1))
    if is_polars(X):
        return X[:, places]
    if hasattr(X, "iloc"):
        return X.iloc[:, places]
    return X[:, places]
