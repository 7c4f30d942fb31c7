"""Number of rows of each class."""

from dataclasses import dataclass

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query


@dataclass(frozen=True)
class ClassCounts(Query):
    """Number of rows of each class: a row belongs to one class and adds one to it.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    """

    n_classes: int
    bound = 1.0
    l1_bound = 1.0

    @property
    def size(self) -> int:
        """Number of classes."""
        return self.n_classes

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import class_counts

        return class_counts(y, self.n_classes, weight, self.levels)
