"""Tables of every kind, column by column, and back."""

import numpy as np


def names_of(X):
    """Names of columns: those of a frame, or numbers."""
    if hasattr(X, "columns") and not hasattr(X, "column_names"):
        names = list(X.columns)
        if len({*names}) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"X has column {twice!r} twice. Rename one.")
        return names
    if getattr(X, "ndim", None) == 2:
        return list(range(X.shape[1]))
    raise TypeError(
        "X must be a frame of pandas or polars, or an array of two dimensions. Pass "
        "such a table."
    )


def column_of(X, name):
    """One column as the table has it."""
    if hasattr(X, "iloc"):
        return X.iloc[:, names_of(X).index(name)]
    return X[name] if hasattr(X, "columns") else X[:, name]


def chosen(X, asked, parameter):
    """Names of columns that were asked for, each of which is there once."""
    names = names_of(X)
    if isinstance(asked, (str, bytes)):
        raise TypeError(f"{parameter} must be a list of columns. Pass [{asked!r}].")
    asked = list(asked)
    for name in asked:
        if names.count(name) != 1:
            there = "is not in the table" if name not in names else "is there twice"
            raise ValueError(
                f"{parameter}: column {name!r} {there}. Give names that the table has "
                "once each."
            )
    if len(set(asked)) < len(asked):
        raise ValueError(f"{parameter} names a column twice. Name each once.")
    return asked


def rebuilt(X, columns, rows=None):
    """A table of the kind of ``X``.

    Parameters
    ----------
    X : table
    columns : dict of name to array
        All columns, in order.
    rows : ndarray of int, default=None
        Which rows of ``X`` they are; None: all.
    """
    if hasattr(X, "iloc"):
        import pandas as pd

        index = X.index if rows is None else X.index[rows]
        return pd.DataFrame(
            {name: _of_index(values, index) for name, values in columns.items()},
            index=index,
        )
    if hasattr(X, "columns"):
        import polars as pl

        return pl.DataFrame({name: _plain(values) for name, values in columns.items()})
    return np.column_stack([np.asarray(v, dtype=object) for v in columns.values()])


def _of_index(values, index):
    import pandas as pd

    array = values.array if isinstance(values, pd.Series) else values
    return pd.Series(array, index=index)


def _plain(values):
    kind = getattr(getattr(values, "dtype", None), "kind", None)
    return list(values) if kind == "O" else values
