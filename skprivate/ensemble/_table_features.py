"""Any table as numbers, for models that are not private themselves."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import MaxAbsScaler

from skprivate.rows._arrow import framed
from skprivate.rows._columns import schema_of
from skprivate.rows._values import codes_of, numbers_of, places_of, seconds_of

_KNOTS = np.linspace(0.0, 1.0, 7)[1:-1]
_FAR = 4.0  # deviations
_MOST = 40  # categories of a column


class TableFeatures(TransformerMixin, BaseEstimator):
    """Columns of a table as numbers: for teachers, and for students of public rows.

    It learns from its rows what any transformer does, and is not private: who uses it
    has public rows, or lets nothing out.

    Parameters
    ----------
    bends : bool, default=True
        Whether linear models follow: numbers are scaled, and have a slope for each
        part of their range; categories have a column each. Otherwise one column each,
        for trees.
    """

    def __init__(self, bends=True):
        self.bends = bends

    def fit(self, X, y=None):
        """Look at the columns.

        Parameters
        ----------
        X : table
        y : ignored

        Returns
        -------
        self : object
        """
        X = framed(X)
        if sparse.issparse(X):
            self.columns_ = MaxAbsScaler().fit(X)
            return self
        X = _table(X)
        kinds = [column.kind for column in schema_of(X)]
        self.columns_ = [
            (_Words if kind == "category" else _Numbers)(X, j, kind)
            for j, kind in enumerate(kinds)
        ]
        return self

    def transform(self, X):
        """Numbers, without gaps where linear models follow.

        Parameters
        ----------
        X : table

        Returns
        -------
        ndarray or sparse matrix
        """
        X = framed(X)
        if not isinstance(self.columns_, list):
            return self.columns_.transform(X)
        X = _table(X)
        return np.hstack([column(X, self.bends) for column in self.columns_])


def _table(X):
    return np.array(X) if isinstance(X, (list, tuple)) else X


class _Words:
    """A column of categories: the most frequent ones have numbers."""

    def __init__(self, X, j, kind):
        self.j = j
        codes, values = codes_of(X, j)
        counts = np.bincount(codes[~np.isnan(codes)].astype(int), minlength=len(values))
        order = np.argsort(-counts, kind="stable")[:_MOST]
        self.listed = sorted((values[i] for i in order), key=str)

    def __call__(self, X, bends):
        codes, values = codes_of(X, self.j)
        places = np.append(places_of(values, self.listed, -1), -1.0)
        gaps = np.isnan(codes)
        found = places[np.where(gaps, len(values), codes).astype(int)]
        if not bends:
            return found[:, np.newaxis]
        return (found[:, np.newaxis] == np.arange(len(self.listed))).astype(float)


class _Numbers:
    """A column of numbers, dates or booleans."""

    def __init__(self, X, j, kind):
        self.j, self.read = j, seconds_of if kind == "date" else numbers_of
        values = self.read(X, j)
        values = values[np.isfinite(values)]
        values = values if len(values) else np.zeros(1)
        self.middle, self.spread = float(np.median(values)), float(np.std(values))
        knots = np.unique(np.quantile(values, _KNOTS))
        several = self.spread > 0 and len(np.unique(values)) > 2
        self.knots = (knots - self.middle) / self.spread if several else np.empty(0)

    def __call__(self, X, bends):
        values = self.read(X, self.j)[:, np.newaxis]
        if not bends:
            return values
        values = np.where(np.isnan(values), self.middle, values) - self.middle
        values = np.clip(values / (self.spread or 1.0), -_FAR, _FAR)
        return np.hstack([values, np.maximum(values - self.knots, 0.0)])
