"""Categories of which the types of a table tell that no row can have one."""

from numbers import Real

import numpy as np

from skprivate.rows import is_missing
from skprivate.rows._columns import names_of
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._refusal import refused


def refuse_foreign_categories(lists, columns, X):
    """Refuse texts where a type declares numbers, and numbers where it declares text.

    Parameters
    ----------
    lists : dict of int to ndarray or None
        Categories that are known, by the number of their column.
    columns : tuple of Column
    X : table
        Has the types; no value is looked at.
    """
    for j, listed in lists.items():
        told = None if listed is None else _declared_kind(X, j)
        kinds = {_kind_of(value) for value in listed} if told else set()
        kinds.discard(None)
        if kinds and told not in kinds:
            raise refused(
                ValueError,
                f"Column {names_of(columns)[j]!r} of X holds {told}, and none of its "
                "categories is such. List them as the column has them, or convert it.",
            )


def _kind_of(value):
    """What a category is; None for what is missing."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return "text"
    return "numbers" if isinstance(value, (Real, np.bool_)) else "others"


def _declared_kind(X, j):
    """What the type of a column says that it holds; None where it does not say."""
    if is_polars(X):
        dtype = X.dtypes[j]
        if dtype.is_numeric() or str(dtype) == "Boolean":
            return "numbers"
        texts = ("String", "Categorical", "Enum")
        return "text" if str(dtype.base_type()) in texts else None
    if is_pandas(X):
        dtype = X.dtypes.iloc[j]
        dtype = getattr(getattr(dtype, "categories", None), "dtype", dtype)
    elif isinstance(X, np.ndarray) and X.ndim == 2:
        dtype = X.dtype
    else:
        return None
    if getattr(dtype, "type", None) is str or getattr(dtype, "kind", "O") in "UT":
        return "text"
    return "numbers" if getattr(dtype, "kind", "O") in "biuf" else None
