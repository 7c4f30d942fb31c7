"""The noisy number of rows."""

from dataclasses import dataclass

import numpy as np

from skprivate._typing import TableLike
from skprivate.base._query import Query


def n_rows_of(X: TableLike) -> int:
    """Number of rows of a chunk, dense or CSR."""
    return len(X[2]) - 1 if isinstance(X, tuple) else len(X)


@dataclass(frozen=True)
class Count(Query):
    """Number of rows, or sum of their weights: a row adds at most one.

    Its values are not looked at, so one that is not finite counts like others.
    """

    bound = 1.0
    l1_bound = 1.0
    size = 1

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        one = self.levels
        if len(weight) == 0:
            return np.array([one * n_rows_of(X)])
        return np.array([np.sum(np.rint(one * weight))])
