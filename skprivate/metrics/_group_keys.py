"""Which group a row is in, by its own key and a public list."""

from dataclasses import dataclass
from itertools import product, repeat

import numpy as np

from skprivate.base._categories import check_categories
from skprivate.base._foreign_categories import refuse_foreign_categories
from skprivate.rows import is_missing
from skprivate.rows._arrow import framed
from skprivate.rows._column import Column
from skprivate.rows._emptied import emptied
from skprivate.rows._kinds import is_dask, is_pandas, is_polars
from skprivate.rows._refusal import refused
from skprivate.rows._rows import Rows

OTHER = "other"
_MOST_GROUPS = 2**12


@dataclass(frozen=True, eq=False)
class GroupKeys:
    """Public lists of keys, one for each column of them.

    **Guarantee.** The code of a row is a function of its own keys and of these lists.
    Keys that are missing, that nobody listed or that are of any other type are no
    error: whether there is such a row is as private as the rest.

    Parameters
    ----------
    lists : tuple of list
        The keys of each column; a group is one of each.
    other : bool
        Whether all rows that are in none of these groups are one more.
    """

    lists: tuple
    other: bool = False

    @classmethod
    def of(cls, categories, unlisted):
        """As a user gives them."""
        if unlisted not in ("ignore", OTHER):
            raise ValueError(
                "unlisted must be 'ignore' or 'other'. Give one of them, for rows of "
                "groups that categories does not list."
            )
        if isinstance(categories, str) or not hasattr(categories, "__len__"):
            raise TypeError(
                "categories must be a list of the keys of groups, which is public. "
                "List them: categories=['a', 'b']."
            )
        given = list(categories)
        several = bool(given) and all(isinstance(keys, (list, tuple)) for keys in given)
        lists = tuple(map(_checked, given if several else [given]))
        if np.prod(list(map(len, lists))) > _MOST_GROUPS:
            raise ValueError(
                f"There are more than {_MOST_GROUPS} groups. List fewer keys."
            )
        if unlisted == OTHER and OTHER in lists[0]:
            raise ValueError(
                "categories lists 'other', which unlisted='other' calls the rest. "
                "Rename that key, or use unlisted='ignore'."
            )
        return cls(lists, unlisted == OTHER)

    @property
    def labels(self):
        """What the groups are called: a key, or one of each column."""
        several = len(self.lists) > 1
        named = list(product(*self.lists)) if several else list(self.lists[0])
        return (*named, *([OTHER] if self.other else []))

    def codes(self, by):
        """Number of the group of each row; -1 where it is in none.

        Parameters
        ----------
        by : array-like of shape (n_rows,) or (n_rows, n_columns), or data frame

        Returns
        -------
        ndarray of float64
        """
        columns = columns_of_keys(by, len(self.lists))
        if len({len(column) for column in columns}) > 1:
            raise refused(
                ValueError,
                "The columns of by differ in length. Give one key of each, a row.",
            )
        group, outside = np.zeros(len(columns[0])), np.zeros(len(columns[0]), bool)
        for column, keys in zip(columns, self.lists, strict=True):
            place = _places(column, keys)
            group = group * len(keys) + np.maximum(place, 0)
            outside |= place < 0
        rest = float(len(self.labels) - 1) if self.other else -1.0
        return np.where(outside, rest, group)

    def check_type(self, by):
        """Refuse what is no column of keys, or not as many, without a look at a row."""
        known = emptied(by)
        if known is not None or by is None:  # of a list nothing is known
            columns_of_keys(known, len(self.lists))
            self._refuse_foreign(known)

    def _refuse_foreign(self, known):
        """Refuse keys of a type that the column cannot hold: no row has one."""
        if hasattr(known, "to_frame"):
            known = known.to_frame()
        elif isinstance(known, np.ndarray) and known.ndim == 1:
            known = known[:, None]
        names = getattr(known, "columns", ["by"] * len(self.lists))
        columns = tuple(Column(name, "category") for name in names)
        refuse_foreign_categories(dict(enumerate(self.lists)), columns, known)


def columns_of_keys(by, number):
    """Lists of keys, each value as it is."""
    flat = getattr(by, "ndim", 1) in (1, 2)
    if by is None or isinstance(by, (str, bytes, Rows)) or is_dask(by) or not flat:
        raise refused(
            TypeError,
            "by must hold one key for each row. Give an array, a list, a series, or a "
            "data frame of several columns of keys.",
        )
    columns = _columns(framed(by, "by"))
    if len(columns) != number:
        raise refused(
            ValueError,
            "by has not as many columns of keys as categories has lists. Give "
            "categories=[...] with a list for each column.",
        )
    return columns


def _columns(by):
    if (is_pandas(by) or is_polars(by)) and hasattr(by, "columns"):
        return [_values(by[name]) for name in by.columns]
    if getattr(by, "ndim", 1) == 2:
        return [_values(column) for column in by.T]
    return [_values(by)]


def _values(column):
    """A column as a list, with its values one by one: no type for all of them."""
    for way in ("to_list", "tolist", "to_pylist"):
        if hasattr(column, way):
            values = getattr(column, way)()
            break
    else:
        values = column
    if not hasattr(values, "__len__"):
        raise refused(
            TypeError, "by must hold one key for each row. Give a list of them."
        )
    return values if isinstance(values, list) else list(values)


def _places(values, keys):
    """Index of each value in a list; -1 for what is not in it."""
    index = {key: number for number, key in enumerate(keys)}
    try:
        return np.fromiter(map(index.get, values, repeat(-1)), np.float64, len(values))
    except TypeError:  # a value that cannot be looked up: that row is in no group
        return np.array([_place(index, value) for value in values], np.float64)


def _place(index, value):
    try:
        return index.get(value, -1)
    except TypeError:
        return -1


def _checked(keys):
    """One list, of at least one key, none of them missing."""
    listed = check_categories(keys).tolist()
    if not listed or any(is_missing(key) for key in listed):
        raise ValueError(
            "categories lists no group, or a missing key. List one or more keys; rows "
            "without a key are counted by unlisted='other'."
        )
    return listed
