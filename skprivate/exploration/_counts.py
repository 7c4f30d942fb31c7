"""How many rows a table has, how many values are missing, and how many of each kind."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from skprivate.base import Count
from skprivate.base._categories import Categories
from skprivate.exploration._estimate import Estimate, count_estimate
from skprivate.exploration._found import both_counts
from skprivate.queries._table_counts import CategoryCounts, MissingValues
from skprivate.queries._views import Columns, OfView

_CATEGORIES = 0.6  # of what is spent on counts, where there are categories
_MANY_GAPS = 1e-3  # of the rows: fewer do not matter to a correlation


@dataclass(frozen=True, eq=False)
class ColumnCounts:
    """Noisy numbers of rows of the categories of a column, that of all others last.

    Parameters
    ----------
    names : list
        The categories.
    values : ndarray of shape (n_categories + 1,)
    below, above : ndarray of shape (n_categories + 1,)
        How far the intervals reach.
    """

    names: list
    values: np.ndarray
    below: np.ndarray
    above: np.ndarray

    def most_frequent(self, number):
        """Estimates of the categories that have most rows, and of all others."""
        order = np.argsort(-self.values[:-1], kind="stable")
        shown = {self.names[i]: self._estimate([i]) for i in order[:number]}
        return shown, self._estimate([*order[number:], len(order)])

    def _estimate(self, places):
        """Of a sum of independent numbers: reaches add up in square."""
        below, above = (np.linalg.norm(r[places]) for r in (self.below, self.above))
        return count_estimate(self.values[places].sum(), below, above)


@dataclass(frozen=True, eq=False)
class TableCounts:
    """Noisy numbers of rows, of gaps and of categories.

    Parameters
    ----------
    n_rows : Estimate
    missing : list of Estimate
        For each column.
    noise : float
        Deviation of the noise of a number of missing values.
    categories : dict of int to ColumnCounts
        For each column of categories.
    """

    n_rows: Estimate
    missing: list
    noise: float
    categories: dict

    def with_gaps(self, numbers):
        """Which of some columns surely lack values, counted among them."""
        least = max(4 * self.noise, _MANY_GAPS * self.n_rows.value)
        lacking = [self.missing[j].value > least for j in numbers]
        return tuple(np.flatnonzero(lacking).tolist())

    def most_frequent(self, column, number):
        """Estimates of the categories that have most rows, and of all others."""
        if column not in self.categories:
            return {}, None
        return self.categories[column].most_frequent(number)


def counts_of_columns(curator, coded, lists, z, share):
    """Number of rows, of gaps in each column, and of rows of each category."""
    n_columns = curator.n_features
    missing, queries = MissingValues(n_columns), []
    if coded:
        sizes = tuple(len(listed) for listed in lists)
        queries = [OfView(CategoryCounts(sizes), Columns(coded))]
    plain = share * (1 - _CATEGORIES * len(queries))
    # Between as much for each column as for the rows, and as much for all of them.
    of_rows = plain / (1 + sqrt(n_columns))
    shares = [of_rows, plain - of_rows] + [share * _CATEGORIES] * len(queries)
    (rows,), gaps, *cells = curator.release(Count(), missing, *queries, share=shares)
    categories = {}
    if coded:
        noise = curator.noise_of(queries[0])
        parts = np.split(cells[0], np.cumsum(np.array(sizes) + 1)[:-1])
        for j, listed, values in zip(coded, lists, parts, strict=True):
            reach = np.full(len(values), z * noise)
            categories[j] = ColumnCounts(listed.tolist(), values, reach, reach)
        if curator.found and not curator.weighted:  # what finds them counts rows
            categories |= _counted_twice(curator, categories, noise, z)
    noise, reach = curator.noise_of(missing), z * curator.noise_of(Count())
    return TableCounts(
        count_estimate(rows, reach, reach),
        [count_estimate(count, z * noise, z * noise) for count in gaps],
        noise,
        categories,
    )


def _counted_twice(curator, categories, noise, z):
    """The columns whose categories were found, and were counted at that."""
    query = Categories(len(curator.found))
    mechanism = next(
        r.mechanism for r in reversed(curator.releases) if r.query == query.name
    )
    deviations, threshold = (curator.noise_of(query), noise), mechanism.threshold(1)
    columns = {}
    for j, counts in curator.found.items():
        names, own = categories[j].names, categories[j].values
        found = np.array([counts[name] for name in names], dtype=float)
        told = both_counts(found, own[:-1], deviations, threshold, z)
        rest = own[-1], z * noise, z * noise
        columns[j] = ColumnCounts(names, *map(np.append, told, rest))
    return columns
