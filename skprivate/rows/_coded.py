"""Rows of any source of numbers, some of which stand for categories."""

from copy import copy
from dataclasses import dataclass

import numpy as np

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
        self._lists = tuple(zip(numbers, categories, strict=True))

    def total(self, queries):
        """Exact sums of `queries` over the codes; see :meth:`Rows.total`."""
        return self._rows.total([_OnCodes(query, self._lists) for query in queries])

    def encoded(self, classes):
        """These rows, with codes for labels."""
        rows = copy(self)
        rows._rows = self._rows.encoded(classes)
        return rows

    def sampled(self, coins):
        """A sample of these rows, which the source draws: it may know of units."""
        rows = copy(self)
        rows._rows = sampled_rows(self._rows, coins)
        return rows

    def labels(self):
        """Labels that occur, where the source knows them."""
        return self._rows.labels()


@dataclass(frozen=True, eq=False)
class _OnCodes:
    """A query of codes, asked about numbers."""

    query: object
    lists: tuple

    @property
    def max_rows(self):
        return self.query.max_rows

    @property
    def n_totals(self):
        return self.query.n_totals

    @property
    def largest_entry(self):
        return self.query.largest_entry

    def check(self, n_features):
        check_queries([self.query], n_features)

    def __call__(self, X, y, weight):
        X = np.array(X, dtype=np.float64)
        for j, listed in self.lists:
            listed = np.asarray(listed, dtype=object).tolist()
            gaps = np.isnan(X[:, j])
            X[:, j] = places_of(X[:, j].tolist(), listed, len(listed))
            X[gaps, j] = next((i for i, v in enumerate(listed) if v != v), np.nan)
        return self.query(read_only(X), y, weight)
