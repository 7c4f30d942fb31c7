"""What becomes of categories: one look at how many rows hold none of them."""

import numpy as np

from skprivate.compose._table_parts import CategoryPart
from skprivate.queries._table_counts import CategoryCounts
from skprivate.queries._views import Columns, OfView
from skprivate.rows import is_missing

_CLEAR = 3.0  # standard deviations of the noise, above which a count is not noise


def category_parts(curator, lists, *, share):
    """A part for each column of categories.

    Where categories were found, other values may be many or none. A joint release
    counts them: only where they are more than noise could feign, they have a column of
    their own. All else follows from what was released before.

    Parameters
    ----------
    curator : Curator
        It has found what ``lists`` hold and nobody declared.
    lists : dict of int to ndarray
        Categories of each column, by its number.
    share : float
        Of the budget, spent if there is something to count.

    Returns
    -------
    dict of int to CategoryPart
    """
    found = {j: counts for j, counts in curator.found.items() if j in lists}
    many = _many_others(curator, {j: lists[j] for j in found}, share)
    return {
        j: CategoryPart(listed, j in found, _shares(listed, found.get(j)), j in many)
        for j, listed in lists.items()
    }


def _many_others(curator, lists, share):
    """Columns of which more rows than noise could feign hold none of the categories."""
    if not lists:
        return set()
    sizes = tuple(len(listed) for listed in lists.values())
    query = OfView(CategoryCounts(sizes), Columns(tuple(lists)))
    counts = curator.release(query, share=share)
    last = np.cumsum([size + 1 for size in sizes]) - 1
    clear = counts[last] > _CLEAR * curator.noise_of(query)
    return {j for j, is_clear in zip(lists, clear, strict=True) if is_clear}


def _shares(listed, counts):
    """Shares of categories, by noisy counts if there are some, else all the same."""
    n_rows = np.ones(len(listed))
    if counts is not None:
        keys = [None if is_missing(value) else value for value in listed.tolist()]
        n_rows = np.maximum([counts[key] for key in keys], 0.0)
    whole = n_rows.sum()
    return n_rows / whole if whole > 0 else n_rows
