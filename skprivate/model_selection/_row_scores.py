"""Queries about the rows that score models: sums of one bounded number for each row."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query


def _summed(query, columns, weight):
    """Sum over rows of scores in [0, 1], measured from one half, in grid steps."""
    centred = np.clip(columns, 0.0, 1.0) - 0.5
    centred = np.where(np.isfinite(centred), centred, 0.0)
    if len(weight):
        centred = weight[:, np.newaxis] * centred
    return np.rint(centred / query.step).sum(axis=0)


@dataclass(frozen=True)
class RowScores(Query):
    """Total score of each of several models, to choose one of them.

    A row adds to each total its score in [0, 1] minus one half, times its weight: at
    most one half, which is a whole number of grid steps, so rounding does not exceed
    it. What is taken off is the same for all models, so their order stays, and the
    bound is half of what it would be.

    Parameters
    ----------
    n_models : int
    """

    n_models: int
    bound = 0.5
    norm = np.inf

    @property
    def size(self):
        """One total for each model."""
        return self.n_models

    def __call__(self, X, y, weight):
        return _summed(self, X, weight)


@dataclass(frozen=True)
class RowScore(Query):
    """Total score of one model, above one half for each row, to compare runs by.

    The same bound as for :class:`RowScores`, on one number.

    Parameters
    ----------
    model : int
        Its column.
    """

    model: int
    bound = 0.5
    l1_bound = 0.5
    size = 1

    def __call__(self, X, y, weight):
        return _summed(self, X[:, self.model : self.model + 1], weight)
