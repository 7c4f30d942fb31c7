"""Which columns go to which transformer, found out without a look at any row."""

from inspect import signature
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.utils.validation import check_array

from skprivate._sklearn import column_indices, plain_output, safe_indexing
from skprivate.pipeline._mapped import mapped
from skprivate.pipeline._run import row_of
from skprivate.rows import Rows
from skprivate.rows._arrow import framed
from skprivate.rows._features import with_readable_names
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._untyped import UNTYPED, untyped_array

_FORCE_INT = signature(ColumnTransformer).parameters.get("force_int_remainder_cols")
# What that parameter must be for scikit-learn 1.6 to do what later versions do.
REMAINDER_COLUMNS = False if getattr(_FORCE_INT, "default", 0) is True else "deprecated"


def table_of(X):
    """``X`` as something that has columns, as scikit-learn does it."""
    X = with_readable_names(framed(X))
    if isinstance(X, UNTYPED):
        X = untyped_array(X)
    if not isinstance(X, Rows) and not hasattr(X, "shape"):
        X = sealed(lambda: check_array(X, ensure_all_finite=False, dtype=object))
    if not isinstance(X, Rows) and len(X.shape) != 2:
        raise refused(
            ValueError,
            "Expected 2D array. Reshape your data to one row per sample and one column "
            "per feature, with reshape(-1, 1) or reshape(1, -1).",
        )
    return X


def fitted_to_columns(transformer, X):
    """A clone of a column transformer that knows all columns, and has seen no row.

    Identities stand in for its transformers. Functions that select columns are called
    with a table of the same columns and types, and without rows.
    """
    schema = clone(transformer)
    schema.transformers = [(n, _stand_in(t), c) for n, t, c in schema.transformers]
    schema.remainder, schema.verbose = _stand_in(schema.remainder), False
    schema.transformer_weights = None  # texts have no multiples
    empty = _without_rows(X)
    # pandas finds no column in a table of polars that has no rows.
    with plain_output(schema) as wanted:
        ColumnTransformer.fit_transform(schema, empty)
    for _, step, _ in schema.transformers_:
        if not isinstance(step, str):  # such as the identity, for "passthrough"
            step.set_output(transform=wanted)
    indices = {
        name: column_indices(empty, columns)
        for name, _, columns in schema.transformers_
    }
    return schema, indices


def parts_by_columns(transformer, parts, tables):
    """Each transformer and the numbers of its columns, found out without a row.

    Parameters
    ----------
    transformer : DPColumnTransformer
    parts : dict of str to estimator
        Its transformers, by their names.
    tables : iterable of table
        Without rows; the first that has the columns that are named counts.

    Returns
    -------
    list of tuple (transformer, list of int)
        Of those that do not drop their columns.
    """
    for table in tables:
        try:
            schema, indices = fitted_to_columns(transformer, table)
        except ValueError:  # such as of names, of which an array has none
            continue
        named = [
            (name, parts.get(name, step)) for name, step, _ in schema.transformers_
        ]
        kept = [(n, s) for n, s in named if not (isinstance(s, str) and s == "drop")]
        return [(step, list(indices[name])) for name, step in kept]
    raise ValueError("No table has the columns that are named. Name others.")


def columns_of(X, columns, indices):
    """Some columns of a table, or of a source of rows."""
    if isinstance(X, Rows):
        alone = isinstance(columns, (str, Integral))
        return mapped(X, ColumnSelection(indices[0] if alone else indices))
    return safe_indexing(with_readable_names(X), columns, axis=1)


class ColumnSelection(BaseEstimator):
    """Picks columns of a chunk of rows.

    Parameters
    ----------
    indices : list of int, or int
        Their numbers; one alone is a column, and no table of one.
    """

    def __init__(self, indices):
        self.indices = indices

    def transform(self, X):
        """The chosen columns of ``X``."""
        return safe_indexing(X, self.indices, axis=1)


class _AsTheyAre(TransformerMixin, BaseEstimator):
    """Returns its columns; one that was named alone, as for a step that reads texts,
    as a table of one column.
    """

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        if len(X.shape) == 2:
            return X
        if hasattr(X, "to_frame"):
            return with_readable_names(X.to_frame())
        return np.reshape(X, (-1, 1))

    def get_feature_names_out(self, input_features=None):
        return np.asarray(input_features, dtype=object)


def _stand_in(step):
    """What returns its columns as they are."""
    return step if isinstance(step, str) else _AsTheyAre()


def _without_rows(X):
    """A table with the columns of ``X`` and no rows."""
    if isinstance(X, Rows):
        X = with_readable_names(row_of(X))
    if hasattr(X, "columns"):
        return with_readable_names(X[:0])
    return np.empty((0, X.shape[1]), dtype=X.dtype)


def entries_of(transformers):
    """The parts, if each has a name, a transformer and columns."""
    if not isinstance(transformers, (list, tuple)) or any(
        not isinstance(part, (list, tuple)) or len(part) != 3 for part in transformers
    ):
        raise TypeError(
            "transformers must be a list of tuples (name, transformer, columns). Write "
            "such, or let make_dp_column_transformer find names."
        )
    return transformers
