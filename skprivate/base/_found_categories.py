"""Categories of columns: given, declared, or found at a price."""

from skprivate.base._categories import Categories, kept_categories, known_categories
from skprivate.base._shares import affordable, taken_of
from skprivate.rows._coded import coded_rows


def told_categories(curator, given, share, limits, missing, reserve):
    """What :meth:`Curator.categories` returns; its rows are coded from here on.

    Parameters
    ----------
    curator : Curator
    given : "private", or list with one entry for each column of categories
    share : float
    limits : tuple
        Most categories of a column, and the frequency they must have.
    missing : bool
    reserve : float

    Returns
    -------
    list of ndarray
    """
    lists, unknown = known_categories(given, curator.columns)
    if unknown:
        curator.found = _found(curator, unknown, share, missing, reserve)
        for j, counts in curator.found.items():
            lists[j] = kept_categories(counts, *limits)
    lists = list(lists.values())
    curator._rows = coded_rows(curator._rows, lists)
    return lists


def _found(curator, numbers, share, missing, reserve):
    """Noisy counts of the categories of some columns, by column."""
    query = Categories(len(numbers))
    (share,) = affordable(query.name, [float(share)], curator._spent)
    failing, left = taken_of(curator.reserve, reserve)
    mechanism = curator._thresholded(query, share, failing)
    most = curator._max_rows
    curator._charge([query], [most], [share], [mechanism], failing=failing)
    curator.reserve = left
    told = curator._told(
        (query, most, mechanism),
        1,
        lambda: curator._keys(query, mechanism, numbers, missing),
    )
    curator._tick(1)
    found = {j: {} for j in numbers}
    for (j, value), count in told.items():
        found[j][value] = count
    return found
