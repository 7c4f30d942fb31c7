"""The categories of a column: those with a place of their own, and the rest."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._categories import known_categories
from skprivate.queries._table_counts import CategoryCounts
from skprivate.queries._views import Columns, OfView
from skprivate.rows import is_missing


@dataclass(frozen=True, eq=False)
class Grouping:
    """What is public about the categories of one column.

    Parameters
    ----------
    categories : ndarray
        All that are known; NaN, if it is one of them, stands for missing values.
    counts : ndarray of float
        Noisy numbers of their rows.
    kept : ndarray of bool
        Which of them have a place of their own.
    found : bool
        Whether they were found: then there may always be others.
    """

    categories: np.ndarray
    counts: np.ndarray
    kept: np.ndarray
    found: bool

    @property
    def names(self):
        """Categories with a place of their own."""
        return self.categories[self.kept]

    @property
    def has_rest(self):
        """Whether there is a place for those that have none of their own."""
        return self.found or not self.kept.all()

    @property
    def n_places(self):
        """Number of places."""
        return int(self.kept.sum()) + self.has_rest

    @property
    def rare(self):
        """Known categories without a place of their own, or None."""
        return None if self.kept.all() else self.categories[~self.kept]

    def places(self, unknown, missing):
        """Place of each code, of any other value, and of what is missing.

        Parameters
        ----------
        unknown, missing : int
            Of values that have no place here.

        Returns
        -------
        ndarray of int of shape (n_categories + 2,)
        """
        rest = int(self.kept.sum())
        own = np.where(self.kept, np.cumsum(self.kept) - 1, rest)
        return np.append(own, [rest if self.found else unknown, missing])


def grouped_categories(curator, given, min_frequency, max_categories, *, missing):
    """The categories of all columns, all of the budget spent on finding or counting.

    Where they are known, their rows are counted; where they are to be found, they are
    counted at that. Both kinds of columns get the same noise, nearly.

    Parameters
    ----------
    curator : Curator
        Of rows of which all columns are categories.
    given : "private" or list
        The parameter ``categories`` of an encoder.
    min_frequency : int, float or None
        Rarer categories have no place of their own; a float is a fraction of the rows.
    max_categories : int or None
        Most places, that of the rest included.
    missing : bool
        Whether missing values are a category, where they are frequent.

    Returns
    -------
    list of Grouping
    """
    _, unknown = known_categories(given, curator.columns)
    known = [j for j in range(curator.n_features) if j not in unknown]
    lists = curator.categories(
        given,
        share=len(unknown) / curator.n_features,
        max_categories=None if max_categories is None else max_categories - 1,
        min_frequency=_plain(min_frequency),
        missing=missing,
    )
    groupings = [_of_found(curator.found.get(j, {}), lists[j]) for j in unknown]
    if known:
        sizes = tuple(len(lists[j]) for j in known)
        query = OfView(CategoryCounts(sizes), Columns(tuple(known)))
        counts = curator.release(query, share=curator.remaining)
        ends = np.cumsum([size + 1 for size in sizes])[:-1]
        for j, of_one in zip(known, np.split(counts, ends), strict=True):
            kept = _frequent(of_one, min_frequency, max_categories)
            groupings.append(Grouping(lists[j], of_one[:-1], kept, found=False))
    in_order = sorted(zip(unknown + known, groupings, strict=True), key=lambda p: p[0])
    return [grouping for _, grouping in in_order]


def _of_found(counts, categories):
    """The grouping of categories that were found, with their counts."""
    keys = [None if is_missing(value) else value for value in categories.tolist()]
    known = np.array([counts[key] for key in keys], dtype=float)
    return Grouping(categories, known, np.ones(len(keys), bool), found=True)


def _frequent(counts, min_frequency, max_categories):
    """Which categories have a place of their own; the last count is of all others."""
    known = counts[:-1]
    least = -np.inf if min_frequency is None else min_frequency
    if isinstance(min_frequency, float):
        least = min_frequency * max(1.0, counts.sum())
    kept = known >= least
    # As scikit-learn has it, there is to be a place for others, whether needed or not.
    if max_categories is not None and kept.sum() + 1 > max_categories:
        ranks = np.argsort(np.argsort(known, kind="stable"), kind="stable")
        kept &= ranks >= len(known) - (max_categories - 1)
    return kept


def _plain(min_frequency):
    """The least number of rows; below one, a fraction of them."""
    if isinstance(min_frequency, float):
        return min(min_frequency, np.nextafter(1.0, 0))
    return min_frequency
