"""Texts as tables of one column, and counts of known words in them."""

import numpy as np
from scipy import sparse

from skprivate.base._words import words_of
from skprivate.rows import Column, is_missing
from skprivate.rows._door import record_table
from skprivate.rows._items import declared_kind
from skprivate.rows._refusal import refused
from skprivate.rows._table import read_table


def as_column(X):
    """A list or column of texts as a table of one column; a table as it is."""
    if isinstance(X, (str, bytes)):
        raise refused(
            ValueError,
            "X is a single text. Give a list: [text], with one for each row.",
        )
    if isinstance(X, (list, tuple)):
        if not all(isinstance(item, (str, bytes)) or is_missing(item) for item in X):
            return X
        column = np.empty((len(X), 1), object)
        column[:, 0] = X
        return column
    one = len(getattr(X, "shape", ())) == 1
    if one and declared_kind(X)[0] not in {*"biufc"}:
        return X.to_frame() if hasattr(X, "to_frame") else np.reshape(X, (-1, 1))
    return X


def word_counts(estimator, X, tokens, vocabulary):
    """How often each known word is in each row of a table of texts.

    Parameters
    ----------
    estimator : estimator
        Which has recorded the columns.
    X : table
    tokens : Tokens
    vocabulary : dict of str to int

    Returns
    -------
    CSR matrix of shape (n_rows, n_words)
    """
    n_features = record_table(estimator, X, reset=False)
    columns = (Column(None, "category"),) * n_features
    codes, values = read_table(X, columns, min_rows=1)
    total = sparse.csr_matrix((len(codes), len(vocabulary)))
    for j, listed in values.items():
        there = np.flatnonzero(~np.isnan(codes[:, j]))
        counts = _of_values(listed, tokens, vocabulary)[codes[there, j].astype(np.intp)]
        places = sparse.csr_matrix(
            (np.ones(len(there)), (there, np.arange(len(there)))),
            shape=(len(codes), len(there)),
        )
        total = total + places @ counts
    total.sort_indices()
    return total


def _of_values(values, tokens, vocabulary):
    """Counts of known words in each different value: whole numbers, so exact."""
    starts, columns, counts = [0], [], []
    for value in values:
        for word, count in words_of(value, tokens).items():
            if word in vocabulary:
                columns.append(vocabulary[word])
                counts.append(float(count))
        starts.append(len(columns))
    shape = len(values), len(vocabulary)
    return sparse.csr_matrix(
        (counts, np.array(columns, np.int64), starts), shape=shape, dtype=np.float64
    )
