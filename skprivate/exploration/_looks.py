"""What a profile asks a curator, one kind of question after another."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from skprivate.base import Count
from skprivate.base._range import range_of_cells
from skprivate.exploration._correlations import rank_correlations
from skprivate.exploration._estimate import Estimate, count_estimate
from skprivate.queries._present import PresentCells, PresentIntervals
from skprivate.queries._quantile_intervals import quantiles_with_intervals
from skprivate.queries._table_counts import CategoryCounts, PresentValues
from skprivate.queries._views import Columns, OfView

_RANKS = np.arange(1, 64) / 64  # of the quantiles by which values are ranked
_CATEGORIES = 0.6  # of what is spent on counts, where there are categories
_MANY_GAPS = 1e-3  # of the rows: fewer do not matter to a correlation


def bounds_of_numbers(curator, known, numbers, share):
    """Ends of the columns of numbers; where they are NaN, found for a share."""
    unknown = np.isnan(known).any(axis=0)
    searched = tuple(j for j, no in zip(numbers, unknown, strict=True) if no)
    if searched:
        cells = OfView(PresentCells(len(searched)), Columns(searched))
        found = curator.release(cells, share=share)
        known = known.copy()
        known[:, unknown] = range_of_cells(found, curator.noise_of(cells))
    return tuple(known)


@dataclass(frozen=True, eq=False)
class TableCounts:
    """Noisy numbers of rows, of values and of categories.

    Attributes
    ----------
    n_rows : Estimate
    missing : list of Estimate
        For each column.
    noise : float
        Deviation of the noise of a number of missing values.
    categories : dict of int to (list, ndarray)
        For each column of categories, these and their noisy numbers of rows, and that
        of all others at the end.
    reach : float
        Half-width of the interval of a number of rows of a category.
    """

    n_rows: Estimate
    missing: list
    noise: float
    categories: dict
    reach: float

    def with_gaps(self, numbers):
        """Which of some columns surely lack values, counted among them."""
        least = max(4 * self.noise, _MANY_GAPS * self.n_rows.value)
        lacking = [self.missing[j].value > least for j in numbers]
        return tuple(np.flatnonzero(lacking).tolist())

    def most_frequent(self, column, number):
        """Estimates of the categories that have most rows, and of all others."""
        if column not in self.categories:
            return {}, None
        names, counts = self.categories[column]
        order = np.argsort(-counts[:-1], kind="stable")
        shown = {
            names[i]: count_estimate(counts[i], self.reach) for i in order[:number]
        }
        rest = np.append(counts[order[number:]], counts[-1])
        return shown, count_estimate(rest.sum(), self.reach * sqrt(len(rest)))


def counts_of_columns(curator, coded, lists, z, share):
    """Number of rows, of values in each column, and of rows of each category."""
    n_columns = curator.n_features
    present, queries = PresentValues(n_columns), []
    if len(coded):
        sizes = tuple(len(listed) for listed in lists)
        queries = [OfView(CategoryCounts(sizes), Columns(coded))]
    plain = share * (1 - _CATEGORIES * len(queries))
    # The number of rows enters every number of gaps.
    of_rows = plain / (1 + sqrt(n_columns))
    shares = [of_rows, plain - of_rows] + [share * _CATEGORIES] * len(queries)
    (rows,), values, *counts = curator.release(Count(), present, *queries, share=shares)
    of_rows, of_values = curator.noise_of(Count()), curator.noise_of(present)
    noise = float(np.hypot(of_rows, of_values))
    categories, reach = {}, 0.0
    if queries:
        reach = z * curator.noise_of(queries[0])
        parts = np.split(counts[0], np.cumsum(np.array(sizes) + 1)[:-1])
        named = zip(coded, lists, parts, strict=True)
        categories = {j: (listed.tolist(), part) for j, listed, part in named}
    return TableCounts(
        count_estimate(rows, z * of_rows),
        [count_estimate(rows - found, z * noise) for found in values],
        noise,
        categories,
        reach,
    )


def quantiles_of_numbers(curator, quantiles, numbers, bounds, z, share):
    """All quantiles of the columns of numbers, and the wanted ones with intervals.

    Returns
    -------
    ranked : ndarray of shape (n_numbers, n_ranks)
        Quantiles by which values can be ranked.
    found : dict of int to dict of float to Estimate
        For each column, the quantiles that were wanted.
    """
    wanted = np.unique(np.concatenate([quantiles, _RANKS]))

    def tree(edges, low, high):
        return OfView(PresentIntervals(edges, low, high), Columns(numbers))

    all_of_them = quantiles_with_intervals(
        curator, wanted, *bounds, share=share, z=z, tree=tree
    )
    parts = all_of_them.values, all_of_them.low, all_of_them.high
    place = np.searchsorted(wanted, quantiles)
    found = {}
    for k, j in enumerate(numbers):
        rows = np.array([part[k, place] for part in parts]).T.tolist()
        named = zip(quantiles.tolist(), rows, strict=True)
        found[j] = {quantile: Estimate(*row) for quantile, row in named}
    return all_of_them.values[:, np.searchsorted(wanted, _RANKS)], found


def correlations_of_numbers(curator, ranked, numbers, names, gaps, z, share):
    """Rank correlation of each pair of columns, by their names."""
    parts = rank_correlations(curator, numbers, ranked, _RANKS, gaps, share=share, z=z)
    pairs = zip(*np.triu_indices(len(names), 1), strict=True)
    return {
        (names[i], names[j]): Estimate(*(float(part[i, j]) for part in parts))
        for i, j in pairs
    }
