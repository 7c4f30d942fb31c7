"""Counts of each class over intervals of any lengths."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.base._query_check import edge_problems
from skprivate.mechanisms import root_above


@dataclass(frozen=True, eq=False)
class ClassIntervals(Query):
    """Number of rows of each class between ascending edges, for each column.

    A row has one class, and its value in a column is in one interval, because the first
    and the last have no end. So it adds one to a single count of each column: the
    2-norm of its contribution is ``sqrt(d)``, the 1-norm ``d``.

    Parameters
    ----------
    edges : ndarray of shape (n_features, n_intervals - 1)
        Public, finite and ascending.
    low, high : ndarray of shape (n_features,)
        Where most values may be expected; no bearing on the counts.
    n_classes : int
        Number of classes.
    """

    edges: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_classes: int

    @property
    def width(self) -> int:
        """A column for each row of edges."""
        return len(self.edges)

    def problems(self) -> Iterator[Any]:
        """Edges ascend."""
        yield from edge_problems(self.edges, self.low, self.high)

    @property
    def bound(self) -> Any:
        """One count of each column is touched."""
        return root_above(len(self.edges))

    @property
    def l1_bound(self) -> float:
        """One count of each column is touched."""
        return float(len(self.edges))

    @property
    def size(self) -> int:
        """Classes times columns times intervals."""
        return self.n_classes * len(self.edges) * (self.edges.shape[1] + 1)

    @cached_property
    def _table(self):
        from skprivate.kernels import interval_table

        return interval_table(self.edges, self.low, self.high)

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import interval_counts

        counts = []
        for code in range(self.n_classes):
            present = (np.asarray(y) == code).astype(np.float64)
            weights = present * weight if weight.size else present
            counts.append(interval_counts(X, self._table, weights, 1 / self.step))
        return np.stack(counts)
