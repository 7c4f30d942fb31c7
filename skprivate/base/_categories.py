"""Categories of columns: known from parameters and types, or to be found."""

from dataclasses import dataclass

import numpy as np

from skprivate.accounting import BudgetExceededError
from skprivate.base._query import Query
from skprivate.mechanisms import ThresholdedRelease
from skprivate.rows import is_missing

_WHAT_TO_GIVE = (
    "categories must be 'private', or a list with one entry for each column: an array "
    "of categories, or 'private'."
)


@dataclass(frozen=True)
class Categories(Query):
    """Number of rows of each category of some columns, though nobody listed them.

    A row of positive weight, whatever the weight, adds one to a single key of each
    column, and is else not looked at. So it moves at most ``n_columns`` keys, each by
    one. A group, of which ``max_rows`` rows count, moves at most ``n_columns *
    max_rows`` keys, each by at most ``max_rows``. These are the ``max_keys`` and
    ``levels`` of the :class:`~skprivate.mechanisms.ThresholdedRelease` that answers.

    Parameters
    ----------
    n_columns : int
        Number of columns.
    """

    n_columns: int
    bound = 1.0
    step = 1.0
    size = 1  # one list: how long it gets, is not known before
    by_key = True


_LIST_WORDS = "List them: vocabulary=[...]"
_FOUND = (
    "Categories",
    "List them, in categories=[...] or schema={column: [...]}, declare them by the "
    "types of the columns",
)


def known_categories(given, columns):
    """Categories that are given or declared.

    Parameters
    ----------
    given : "private", or list with one entry for each column of categories
    columns : tuple of Column

    Returns
    -------
    lists : dict of int to ndarray or None
        By number, for each column of categories; None where nothing is known.
    unknown : list of int
        Numbers of the columns of which nothing is known.
    """
    numbers = [j for j, column in enumerate(columns) if column.kind == "category"]
    if _is_private(given):
        given = ["private"] * len(numbers)
    elif isinstance(given, str) or not hasattr(given, "__len__"):
        raise ValueError(_WHAT_TO_GIVE)
    if len(given) != len(numbers):
        raise ValueError(
            f"There are {len(numbers)} columns of categories, and {len(given)} lists. "
            + _WHAT_TO_GIVE
        )
    lists = {}
    for j, listed in zip(numbers, given, strict=True):
        declared = columns[j].declared
        if not _is_private(listed):
            lists[j] = check_categories(listed)
        else:
            lists[j] = None if declared is None else check_categories(declared)
    return lists, [j for j, listed in lists.items() if listed is None]


def check_categories(listed):
    """A list of categories as an array, refused if it names one twice."""
    if isinstance(listed, str) or not hasattr(listed, "__len__"):
        raise ValueError(_WHAT_TO_GIVE)
    values = listed.tolist() if hasattr(listed, "tolist") else list(listed)
    gaps = [value for value in values if is_missing(value)]
    try:
        different = len({v for v in values if not is_missing(v)})
    except TypeError:
        raise ValueError(_WHAT_TO_GIVE) from None
    if different + len(gaps) != len(values) or len(gaps) > 1:
        raise ValueError("categories names one twice. List each of them once.")
    return _as_array(values)


def refuse_unlisted(columns, number):
    """The refusal of categories that are not known, where none may be found.

    Parameters
    ----------
    columns : tuple of Column
    number : int
        Of the first of which nothing is known.
    """
    name = number if columns[number].name is None else columns[number].name
    raise ValueError(
        f"X has columns whose categories are not known, such as {name!r}. List them in "
        "a schema, declare them by a type, or set find_categories=True to pay for it."
    )


def kept_categories(counts, max_categories=None, min_frequency=None):
    """The categories of a column that are to be kept, of those that were found.

    Parameters
    ----------
    counts : dict
        Noisy number of rows of each; the key None stands for missing values.
    max_categories : int or None, default=None
    min_frequency : float or None, default=None

    Returns
    -------
    ndarray
        Sorted; NaN, for missing values, comes last.
    """
    least = 0 if min_frequency is None else min_frequency
    if 0 < least < 1:
        least *= sum(counts.values())
    kept = [value for value, count in counts.items() if count >= least]
    if max_categories is not None:
        kept = sorted(kept, key=lambda value: -counts[value])[:max_categories]
    known = sorted(value for value in kept if value is not None)
    return _as_array(known + [np.nan] * (None in kept))


def _as_array(values):
    """Values of one type as an array of that type, others as objects; none altered."""
    kinds = set(map(type, values))
    if values and (kinds <= {int, float} or kinds == {bool}):
        array = np.array(values)
        if all(a == b or b != b for a, b in zip(array.tolist(), values, strict=True)):
            return array
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _is_private(given):
    return isinstance(given, str) and given == "private"


def mechanism_of(query, budget, share, reserve, max_rows):
    """What finds the keys of `Categories`, with a part of a reserve of delta.

    Parameters
    ----------
    query : Categories
    budget : Budget
    share : float
        Of the rest of the budget, for noise.
    reserve : float
        Part of delta that keys may take.
    max_rows : int
        Rows of one privacy unit: each may hold other keys.

    Returns
    -------
    ThresholdedRelease
    """
    if budget.pure:
        words = hasattr(query, "max_words")
        what, list_them = ("Words", _LIST_WORDS) if words else _FOUND
        raise ValueError(
            f"{what} cannot be found with delta=0, since a list of what occurs may "
            f"fail to hide one row. {list_them}, or use delta > 0."
        )
    noise = budget.mechanism(share)
    if not budget.private:
        return ThresholdedRelease(noise, budget.delta)
    if not reserve:
        raise BudgetExceededError(
            f"{query.name} needs a reserve of delta, and there is none, or it is "
            "spent. Let _discovers() return True, and ask for all columns at once."
        )
    if hasattr(query, "max_words"):  # weights of a unit have a norm of at most one
        return ThresholdedRelease(
            noise, reserve, max_keys=query.max_words, weighted=True
        )
    keys = query.n_columns * max_rows
    return ThresholdedRelease(noise, reserve, max_keys=keys)
