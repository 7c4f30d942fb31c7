"""The source that has no rows."""

from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate.mechanisms import Tally
from skprivate.rows._column import Column
from skprivate.rows._labels import encode, sorted_classes
from skprivate.rows._rows import Rows, check_queries, read_only, whole_numbers


class NoRows(Rows):
    """No rows at all: what a plan is made on.

    Parameters
    ----------
    n_features : int
        Number of columns that the rows would have.
    classes : array-like or None, default=None
        Labels that the rows would have.
    columns : tuple of Column or None, default=None
        What the columns would be; None: numbers.
    n_targets : int or None, default=None
        Number of columns that the target would have.

    Examples
    --------
    >>> from skprivate.rows import NoRows
    >>> NoRows(3, classes=["yes", "no"]).labels().tolist()
    ['no', 'yes']
    """

    in_memory = True
    width_is_known = True

    def __init__(
        self,
        n_features: int,
        classes: ArrayLike | None = None,
        columns: tuple[Column, ...] | None = None,
        n_targets: int | None = None,
    ) -> None:
        self.n_features = n_features
        self.classes = classes
        self.n_targets = n_targets
        self._columns = columns
        self._y = np.empty(0 if n_targets is None else (0, n_targets))

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Tally:
        """No value at all."""
        return Tally({})

    def coded(self, categories: Any) -> Self:
        """No rows."""
        return self

    def sampled(self, coins: Any) -> Self:
        """No rows."""
        return self

    def total(self, queries: Any) -> list[Any]:
        """Zeros of the shape of each query."""
        X, y, weight = np.empty((0, self.n_features)), self._y, np.empty(0)
        y = None if y is None else read_only(y)
        chunk = read_only(X), y, read_only(weight)
        check_queries(queries, self.n_features)
        return [whole_numbers(query(*chunk), query) for query in queries]

    def encoded(self, classes: Any) -> Rows:
        """No rows, with int32 codes for targets; odd classes are refused."""
        encode(np.empty(0), classes)
        return self._with_target(np.empty(0, np.int32))

    def labels(self) -> Any:
        """The labels that were given."""
        known = self.classes
        return super().labels() if known is None else sorted_classes(known)

    def with_column(self, values: Any) -> Any:
        """No rows, with one more column of numbers; see :class:`TableRows`."""
        columns = (*self.columns, Column(None, "number"))
        rows = NoRows(self.n_features + 1, self.classes, columns)
        rows._y = self._y
        return rows

    def through(self, door: Any) -> Rows:
        """No rows, with the kind of target that `door` asks for."""
        if door.target == "none":
            return self._with_target(None)
        if door.n_targets is None:
            return self
        rows = self._with_target(door.no_target)
        rows.n_targets = door.n_targets
        return rows

    def _with_target(self, y):
        rows = copy(self)
        rows._y = y
        return rows
