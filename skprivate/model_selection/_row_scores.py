"""Queries about the rows that score models: sums of one bounded number for each row."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query
from skprivate.rows import Rows


@dataclass(frozen=True)
class RowScore(Query):
    """Total score of one model, above one half for each row, to compare runs by.

    A row adds its score in [0, 1] minus one half, times its weight: at most one half,
    which is a whole number of grid steps, so rounding does not exceed it.

    Parameters
    ----------
    model : int
        Its number.
    """

    model: int
    bound = 0.5
    l1_bound = 0.5
    size = 1

    @property
    def models(self):
        """The one that is scored."""
        return (self.model,)

    def __call__(self, X, y, weight):
        centred = np.clip(X, 0.0, 1.0) - 0.5
        centred = np.where(np.isfinite(centred), centred, 0.0)
        if len(weight):
            centred = weight[:, np.newaxis] * centred
        return np.rint(centred / self.step).sum(axis=0)


@dataclass(frozen=True)
class RowScores(Query):
    """Total score of each of several models, to choose one of them.

    To each total a row adds what it adds to :class:`RowScore`. What is taken off there,
    one half for each row, is the same for all models, so their order stays, and the
    bound is half of what it would be.

    Parameters
    ----------
    n_models : int
    """

    n_models: int
    bound = 0.5
    norm = np.inf

    @property
    def models(self):
        """All of them."""
        return range(self.n_models)

    @property
    def size(self):
        """One total for each model."""
        return self.n_models

    __call__ = RowScore.__call__


class ScoredRows(Rows):
    """Rows that score models, and answer queries about their scores.

    Parameters
    ----------
    models : list of estimator
    rows_of : callable
        From models to Rows, wherever they are, each of which has, in order, a column of
        scores for each of some of the models.
    """

    in_memory = True

    def __init__(self, models, rows_of):
        self._models, self._rows_of = models, rows_of
        self.n_features = len(models)

    def total(self, queries):
        """Exact sums of scores; see :meth:`Rows.total`."""
        return [self._total_of(query.models) for query in queries]

    def encoded(self, classes):
        """There are no labels to encode, only scores."""
        raise TypeError("Scores have no labels. Ask RowScores about them.")

    def _total_of(self, numbers):
        parts = self._rows_of([self._models[number] for number in numbers])
        totals = [rows.total([RowScores(rows.n_features)])[0] for rows in parts]
        return np.concatenate(totals)
