"""What a profile asks a curator about numbers, one kind of question after another."""

import numpy as np

from skprivate.base._range import search_ranges
from skprivate.exploration._correlations import rank_correlations
from skprivate.exploration._estimate import Estimate
from skprivate.queries._present import PresentCells, PresentIntervals
from skprivate.queries._quantile_intervals import quantiles_with_intervals
from skprivate.queries._views import Columns, OfView

_RANKS = np.arange(1, 64) / 64  # of the quantiles by which values are ranked


def bounds_of_numbers(curator, known, numbers, share):
    """Ends of the columns of numbers; where they are NaN, found for a share."""
    unknown = np.isnan(known).any(axis=0)
    searched = tuple(j for j, no in zip(numbers, unknown, strict=True) if no)
    if searched:
        view = Columns(searched)

        def ask(blocks):
            return OfView(PresentCells(len(searched), blocks=blocks), view)

        found = search_ranges(curator, ask, share=share, names=searched)
        known = known.copy()
        known[:, unknown] = found.low, found.high
    return tuple(known)


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
