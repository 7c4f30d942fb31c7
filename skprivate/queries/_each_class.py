"""A query that is asked of the rows of each class, at the price of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.queries._views import OfOther
from skprivate.rows import refused


@dataclass(frozen=True, eq=False)
class EachClass(OfOther):
    """What a query says of the rows of each class: a row of answers for each.

    **Guarantee.** A row has one class, and adds to the answers of that class what
    ``query`` says, and to the others nothing. So bounds are those of ``query``, however
    many classes there are. A row of no class adds nothing.

    Parameters
    ----------
    query : Query
        What is asked: a sum, not scores.
    n_classes : int
        Number of classes.
    """

    n_classes: int

    def check(self, n_features: int) -> None:
        """Check the query, too."""
        if not isinstance(self.query, Query):
            raise refused(
                TypeError, "EachClass takes a query, and a number of classes."
            )
        self.query.check(n_features)
        super().check(n_features)

    def problems(self) -> Iterator[Any]:
        """There are classes, and a norm that a row of zeros elsewhere leaves as is."""
        if self.n_classes < 1:
            yield "there is no class"
        if self.query.norm != 2 or hasattr(self.query, "scores"):
            yield "query is about scores"

    @property
    def size(self) -> int:
        """Those of the query, for each class."""
        return self.n_classes * self.query.size

    @property
    def n_totals(self) -> int:
        """As many as there are values."""
        return self.size

    @property
    def weights(self) -> np.ndarray | None:
        """Those of the query, for each class."""
        inner = self.query.weights
        return None if inner is None else np.tile(np.ravel(inner), self.n_classes)

    @property
    def name(self) -> str:
        """That of the query, by class."""
        return f"{self.query.name}ByClass"

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        if y is None:
            raise refused(ValueError, "There is no target. Pass y to fit.")
        codes = np.asarray(y)
        total = np.zeros((self.n_classes, self.query.size))
        order = np.argsort(codes, kind="stable")
        present, first = np.unique(codes[order], return_index=True)
        for code, rows in zip(present, np.split(order, first)[1:], strict=True):
            if 0 <= code < self.n_classes and code == int(code):  # NaN is not
                part = weight[rows] if len(weight) else weight
                answer = self.query(_some(X, rows), codes[rows], part)
                total[int(code)] = np.ravel(answer)
        return total.ravel()


def _some(X, rows):
    """Rows of a chunk, as a chunk."""
    if not isinstance(X, tuple):
        return X[rows]
    data, columns, indptr, n_features = X
    shape = len(indptr) - 1, n_features
    some = csr_array((data, columns, indptr), shape=shape)[rows]
    return some.data, some.indices, some.indptr, n_features
