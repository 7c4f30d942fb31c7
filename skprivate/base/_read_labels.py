"""Samplers that look at labels alone, whatever else a row holds."""

import numpy as np

from skprivate.rows import Rows
from skprivate.rows._features import record_features
from skprivate.rows._kinds import is_sparse
from skprivate.rows._labels import encode
from skprivate.rows._table import opened_table
from skprivate.rows._table_map import TableMap


class ReadsLabels:
    """Mixin of samplers that read labels, and keep or repeat rows as they are.

    Text, dates, gaps and infinity pass: what a row holds beside its class is not looked
    at. Of the table it matters how many rows there are.
    """

    _reads_features = False
    _keeps_missing = True  # of the rows that stay

    def _admitted(self, X, y, sample_weight, groups, *, words=None, min_rows=1):
        if isinstance(X, Rows):
            counted = X.mapped(TableMap(_no_features, np.zeros((0, 1))))
            if counted is None:
                return super()._admitted(X, y, sample_weight, groups, words=words)
            rows = super()._admitted(counted, y, sample_weight, groups, words=words)
            self.n_features_in_ = X.n_features
            if X.feature_names is not None:
                self.feature_names_in_ = np.array(X.feature_names, dtype=object)
            return rows
        shape = X.shape if is_sparse(X) else opened_table(X, min_rows).shape
        rows = super()._admitted(
            np.zeros((shape[0], 1)), y, sample_weight, groups, words=words,
            min_rows=min_rows,
        )  # fmt: skip
        record_features(self, X, np.empty((0, shape[1])), reset=True)
        return rows

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def codes_of_labels(labels, classes):
    """Number of the class of each row; that of a label which is no class is -1.

    A row of weight zero may have such a label, and belongs to nothing.
    """
    return encode(labels, classes, np.zeros(len(labels), bool))


def coins_of_rows(sampler, n_rows):
    """A uniform number in [0, 1) for each row, independent of all that rows hold."""
    context = b"coins" + sampler.counts_.tobytes()
    words = sampler._entropy().words(n_rows, context)
    return (words >> np.uint64(11)) * 2.0**-53


def _no_features(X):
    """As many rows as in a table, with nothing in them."""
    return np.zeros((X.shape[0] if hasattr(X, "shape") else len(X), 1))
