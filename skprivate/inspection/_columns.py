"""Tables of any kind, with values put into some columns."""

from numbers import Integral

import numpy as np

from skprivate.rows._arrow import framed
from skprivate.rows._kinds import is_pandas, is_polars, is_sparse
from skprivate.rows._refusal import refused


def names_of(table):
    """Names of the columns; numbers, where they have none."""
    columns = getattr(table, "columns", None)
    return list(range(table.shape[1])) if columns is None else list(columns)


def as_table(X, name="X"):
    """Rows as a data frame, or as an array of two dimensions."""
    X = framed(X, name)
    if is_pandas(X) or is_polars(X):
        if len({*names_of(X)}) < X.shape[1]:
            raise refused(
                ValueError, f"Columns of {name} have equal names. Rename some of them."
            )
        return X
    if is_sparse(X):
        raise refused(TypeError, f"{name} is sparse. Pass {name}.toarray().")
    table = np.asarray(X)
    if table.ndim != 2:
        raise refused(
            ValueError, f"{name} must be a table. Give rows with a value a column."
        )
    return table


def places_of(features, names):
    """Places of features that a user names, each a number, a name, or several of them.

    Parameters
    ----------
    features : sequence of (name, int, or tuple of these), or None
        None: all of them, one by one.
    names : list
        Of all columns.

    Returns
    -------
    list of tuple of int
    """
    if features is None:
        return [(j,) for j in range(len(names))]
    if isinstance(features, (str, Integral, tuple)):
        features = [features]
    if not hasattr(features, "__len__") or not len(features):
        raise ValueError("features names none. Name one or more columns.")
    return [
        tuple(_place(one, names) for one in (f if isinstance(f, tuple) else (f,)))
        for f in features
    ]


def label_of(names, place):
    """What a feature is called: by a name, or a tuple of several."""
    labels = tuple(names[j] for j in place)
    return labels[0] if len(labels) == 1 else labels


def check_columns(X, shown):
    """Refuse rows whose columns are not those of the background: both are public."""
    if hasattr(X, "shape"):  # of a list, its rows would have to be read
        X = as_table(X)
    names, named = names_of(shown), hasattr(shown, "columns")
    if named and (is_pandas(X) or is_polars(X)):
        missing = [name for name in names_of(X) if name not in names]
        if missing:
            raise refused(
                ValueError,
                f"The background lacks columns of X, such as {missing[0]!r}. Fit it "
                "to the columns that the model reads.",
            )
        if names_of(X) != names:
            raise refused(
                ValueError,
                "The background has other columns than X, or in another order. Fit "
                "it to the same columns.",
            )
    if getattr(X, "ndim", None) == 2 and X.shape[1] != len(names):
        raise refused(
            ValueError,
            "The background has not as many columns as X. Fit it to the columns that "
            "the model reads.",
        )


def with_values(X, places, values):
    """The table with the same value in all rows of a column, for some columns.

    Parameters
    ----------
    X : table
        As from :func:`as_table`; it is not changed.
    places : tuple of int
    values : sequence
        One for each place.
    """
    if is_pandas(X):
        return _with_pandas(X, places, values)
    if is_polars(X):
        return _with_polars(X, places, values)
    kinds = {np.asarray(value).dtype.kind for value in values}
    dtype = object
    if X.dtype.kind in "biuf" and kinds <= set("biuf"):
        dtype = np.result_type(X, *(np.asarray(value).dtype for value in values))
    replaced = np.array(X, dtype=dtype)
    for j, value in zip(places, values, strict=True):
        replaced[:, j] = value
    return replaced


def column_of(table, j):
    """A column as an array."""
    if is_pandas(table):
        return table.iloc[:, j].to_numpy()
    return table.to_series(j).to_numpy() if is_polars(table) else table[:, j]


def ordered(values):
    """Values in order: numbers by size, others by their text."""
    return values[np.argsort(_keys(values), kind="stable")]


def different(values):
    """The different ones among them, in order."""
    _, first = np.unique(_keys(values), return_index=True)
    return values[first]


def _keys(values):
    """What values are sorted by."""
    if values.dtype.kind in "biufM":
        return values
    return np.array([str(value) for value in values.tolist()])


def _place(feature, names):
    if not isinstance(feature, bool):
        if feature in names:
            return names.index(feature)
        if isinstance(feature, Integral) and 0 <= feature < len(names):
            return int(feature)
    raise ValueError(
        "features names a column that the rows do not have. Give names or numbers of "
        "columns."
    )


def _is_whole(value):
    """Whether a number has no fraction; what is missing is none."""
    return float(value).is_integer()


def _with_pandas(X, places, values):
    import pandas as pd

    replaced = X.copy(deep=False)
    for j, value in zip(places, values, strict=True):
        dtype = X.dtypes.iloc[j]
        if getattr(dtype, "kind", "O") in "biu" and not _is_whole(value):
            dtype = np.float64
        index = X.index
        replaced[X.columns[j]] = pd.Series([value] * len(X), index=index, dtype=dtype)
    return replaced


def _with_polars(X, places, values):
    import polars as pl

    columns = []
    for j, value in zip(places, values, strict=True):
        name, dtype = X.columns[j], X.dtypes[j]
        value = value.item() if isinstance(value, np.generic) else value
        if dtype.is_integer():  # polars makes no whole number of 5.0 by itself
            whole = _is_whole(value)
            value, dtype = (int(value), dtype) if whole else (value, pl.Float64)
        columns.append(pl.Series(name, [value] * X.height, dtype=dtype))
    return X.with_columns(columns)
