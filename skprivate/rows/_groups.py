"""Privacy units of several rows: how many rows of a group count."""

from numbers import Integral

import numpy as np

from skprivate.mechanisms import Entropy
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._target import one_column

_MISSING = {"NoneType", "NAType", "NaTType"}


def bound_groups(groups, max_rows, words=None):
    """Mask that keeps at most `max_rows` rows of each group.

    Guarantee: no more than `max_rows` rows with equal `groups` are kept; which ones is
    uniform among the rows of that group and independent of all other groups. So
    adding or removing a group changes the kept rows by its own, at most `max_rows`.

    Parameters
    ----------
    groups : array-like of shape (n_rows,)
        Integers, bool, floats or text; equal values are one group.
    max_rows : int
        Public.
    words : callable, default=None
        ``words(n)`` returns `n` random uint64. None: from the operating system.

    Returns
    -------
    ndarray of bool of shape (n_rows,)
    """
    if not isinstance(max_rows, Integral) or isinstance(max_rows, bool) or max_rows < 1:
        raise refused(ValueError, "max_rows_per_group must be an integer >= 1.")
    values = _sortable(one_column(groups, "groups"))
    n_rows = len(values)
    keys = (words or Entropy().words)(n_rows)
    order = np.lexsort((keys, values))  # by group, and at random within a group
    values = values[order]
    is_first = np.ones(n_rows, bool)
    is_first[1:] = values[1:] != values[:-1]
    starts = np.flatnonzero(is_first)
    sizes = np.diff(starts, append=n_rows)
    rank = np.arange(n_rows) - np.repeat(starts, sizes)
    keep = np.zeros(n_rows, bool)
    keep[order[rank < max_rows]] = True
    return keep


def _sortable(groups):
    """Numbers that are equal where the values of `groups` are, and only there."""
    kind = groups.dtype.kind
    if kind == "f" and np.isnan(groups).any():
        raise _missing()
    if kind in "biuf":
        return groups
    if kind not in "OUST":
        raise refused(
            TypeError, "groups must hold integers or text. Convert them first."
        )
    values = groups.tolist()
    types = set(map(type, values))
    floats = (value for value in values if isinstance(value, float))
    if any(t.__name__ in _MISSING for t in types) or np.isnan([*floats]).any():
        raise _missing()
    # Equality must be that of the value alone; objects of users may define another.
    if not all(issubclass(t, (str, bytes, Integral)) for t in types):
        raise refused(
            TypeError, "groups must hold integers or text. Convert them first."
        )
    index = sealed(lambda: {v: i for i, v in enumerate(dict.fromkeys(values))})
    return np.fromiter(map(index.__getitem__, values), np.int64, len(values))


def _missing():
    return refused(
        ValueError,
        "groups contains NaN. Give every row its group, or drop rows without one.",
    )
