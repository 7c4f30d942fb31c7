"""Rows of any source of numbers, some of which stand for categories."""

from copy import copy
from dataclasses import dataclass

import numpy as np

from skprivate.rows._handed import AfterMap
from skprivate.rows._rows import Rows, check_queries, read_only
from skprivate.rows._sampled import sampled_rows
from skprivate.rows._values import places_of


def coded_rows(rows, categories):
    """Rows with public codes for categories, as their source makes them.

    Where a source knows nothing of categories, they are numbers.
    """
    if hasattr(rows, "coded"):
        return rows.coded(categories)
    return CodedRows(rows, categories)


class CodedRows(Rows):
    """Rows of a source that knows nothing of categories, with public codes for them.

    Each query sees the codes of a chunk instead of its numbers: a map of each value on
    its own.

    Parameters
    ----------
    rows : Rows
        Of numbers.
    categories : sequence of array-like
        For each column of categories, in order, the public ones: numbers.
    """

    def __init__(self, rows, categories):
        self.n_features, self.in_memory = rows.n_features, rows.in_memory
        self.feature_names, self._columns = rows.feature_names, rows.columns
        self._rows = rows
        numbers = [j for j, c in enumerate(rows.columns) if c.kind == "category"]
        self._codes = _Codes(tuple(zip(numbers, categories, strict=True)))

    def total(self, queries):
        """Exact sums of `queries` over the codes; see :meth:`Rows.total`."""
        check_queries(queries, self.n_features)
        return self._rows.total([AfterMap.of(query, self._codes) for query in queries])

    def encoded(self, classes):
        """These rows, with codes for labels."""
        return self._of(self._rows.encoded(classes))

    def sampled(self, coins):
        """A sample of these rows, which the source draws: it may know of units."""
        return self._of(sampled_rows(self._rows, coins))

    def keeping(self):
        """These rows, whose source may keep derived columns of the codes."""
        return self._of(self._rows.keeping())

    def forget(self):
        """Have the source remove all derived columns."""
        self._rows.forget()

    def chunks(self):
        """The arguments of a query, chunk by chunk, where the source is in memory."""
        for X, y, weight in self._rows.chunks():
            yield self._codes(X), y, weight

    def labels(self):
        """Labels that occur, where the source knows them."""
        return self._rows.labels()

    def _of(self, source):
        """The same of another form of the source."""
        rows = copy(self)
        rows._rows = source
        return rows


@dataclass(frozen=True, eq=False)
class _Codes:
    """A map of numbers to codes, each value on its own.

    Parameters
    ----------
    lists : tuple of (int, array-like)
        Columns of categories, and the public ones of each.
    """

    lists: tuple

    def __call__(self, X):
        X = np.array(X, dtype=np.float64)
        for j, listed in self.lists:
            listed = np.asarray(listed, dtype=object).tolist()
            gaps = np.isnan(X[:, j])
            X[:, j] = places_of(X[:, j].tolist(), listed, len(listed))
            X[gaps, j] = next((i for i, v in enumerate(listed) if v != v), np.nan)
        return read_only(X)
