"""Tables of which every column is one of categories."""

from dataclasses import replace

import numpy as np

from skprivate.rows import Column, coded_input


def as_categories(columns):
    """The columns, all of them read as categories."""
    return tuple(replace(column, kind="category") for column in columns)


def finds_categories(categories):
    """Whether the parameter leaves categories to be found."""
    if isinstance(categories, str) or not hasattr(categories, "__len__"):
        return True  # or it is refused later
    return any(isinstance(listed, str) for listed in categories)


def codes_in(encoder, X, categories):
    """Codes of a table, with the number of codes in place of NaN, as integers.

    Returns
    -------
    ndarray of int of shape (n_rows, n_features)
        For a list of length n: an index, n for any other value, n + 1 for a missing one
        that is not in the list.
    """
    columns = (Column(None, "category"),) * encoder.n_features_in_
    codes = coded_input(encoder, X, columns, categories)
    for column, listed in zip(codes.T, categories, strict=True):
        column[np.isnan(column)] = len(listed) + 1
    return codes.astype(np.intp)


def table_tags(tags):
    """Tags of an estimator that reads a table of categories."""
    tags.input_tags.categorical = True
    tags.input_tags.string = True
    tags.input_tags.allow_nan = True
    return tags
