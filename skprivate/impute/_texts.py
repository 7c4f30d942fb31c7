"""Missing values of columns that do not hold numbers: the most frequent category."""

import numpy as np

from skprivate.base._categories import known_categories
from skprivate.queries._table_counts import CategoryCounts
from skprivate.queries._views import Columns, OfView
from skprivate.rows import is_missing
from skprivate.rows._columns import table_array
from skprivate.rows._kinds import is_pandas, is_polars

FILL = "missing_value"  # as in scikit-learn


def frequent_categories(curator, missing, fallback):
    """The most frequent category of each column, by one look at all of them.

    Categories that a type declares are counted, others are found: a row adds one to one
    category of each column.

    Parameters
    ----------
    curator : Curator
        Of rows of which all columns are categories.
    missing : object
        What stands for a missing value, and is no category.
    fallback : sequence of object
        For columns where no category is frequent enough to be found.

    Returns
    -------
    ndarray of object of shape (n_features,)
    """
    _, unknown = known_categories("private", curator.columns)
    known = [j for j in range(curator.n_features) if j not in unknown]
    share = len(unknown) / curator.n_features
    lists = curator.categories(share=share * curator.remaining)
    counts = {j: curator.found[j] for j in unknown}
    if known:
        sizes = tuple(len(lists[j]) for j in known)
        query = OfView(CategoryCounts(sizes), Columns(tuple(known)))
        answer = curator.release(query, share=curator.remaining)
        ends = np.cumsum([size + 1 for size in sizes])[:-1]
        for j, of_one in zip(known, np.split(answer, ends), strict=True):
            counts[j] = dict(zip(lists[j].tolist(), of_one, strict=False))
    best = np.empty(curator.n_features, dtype=object)
    for j, other in enumerate(fallback):
        gone = {v for v in counts[j] if is_missing(v) or stands_for(v, missing)}
        real = {v: n for v, n in counts[j].items() if v not in gone}
        best[j] = max(real, key=real.get) if real else other
    return best


def objects_of(X):
    """A table as objects, each value as it is, in an array of its own."""
    if is_pandas(X):
        return X.to_numpy(dtype=object, copy=True)
    if is_polars(X):
        columns = [X[name].to_list() for name in X.columns]
        return np.array(columns, dtype=object).T.copy().reshape(X.shape)
    return np.array(table_array(X), dtype=object)


def missing_in(values, missing):
    """Which objects are missing: no value at all, or what stands for one."""
    gone = [is_missing(v) or stands_for(v, missing) for v in values.flat]
    return np.array(gone, dtype=bool).reshape(values.shape)


def stands_for(value, missing):
    """Whether a value is the one that stands for what is missing."""
    return isinstance(value, str) == isinstance(missing, str) and bool(value == missing)
