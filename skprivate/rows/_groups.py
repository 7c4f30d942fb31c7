"""Privacy units of several rows: how many rows of a group count."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate.mechanisms import Entropy
from skprivate.rows._refusal import refused
from skprivate.rows._target import one_column
from skprivate.rows._untyped import MISSING, is_missing


def bound_groups(
    groups: ArrayLike, max_rows: int, words: Callable[..., Any] | None = None
) -> np.ndarray:
    """Mask that keeps at most `max_rows` rows of each group.

    Guarantee: no more than `max_rows` rows with equal `groups` are kept; which ones is
    uniform among the rows of that group and independent of all other groups. So
    adding or removing a group changes the kept rows by its own, at most `max_rows`.

    Parameters
    ----------
    groups : array-like of shape (n_rows,)
        Numbers, bool or text; equal values are one group.
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
    values = comparable(groups)
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


def comparable(groups, present=None):
    """Numbers that are equal where the units of rows are, and only there."""
    groups = one_column(groups, "groups")
    return groups if groups.dtype.kind in "biu" else units_of(groups, present)


def units_of(groups, present=None):
    """Number of the unit of each row, in order of first appearance.

    Guarantee: two rows have one number if their values are equal, as exact numbers or
    as texts, and only then; that does not depend on the other values, nor on types that
    they might have in common.

    Parameters
    ----------
    groups : array-like of shape (n_rows,)
        Numbers, bool or text.
    present : ndarray of bool of shape (n_rows,), default=None
        Rows that count; others may lack a value, and their unit is then -1.

    Returns
    -------
    ndarray of int64 of shape (n_rows,)
    """
    groups = one_column(groups, "groups")
    kind = groups.dtype.kind
    if kind not in "biufOUST":
        raise _unknown()
    if kind in "biuf":
        units = _units_of_numbers(groups)
    else:
        units = _units_of_objects(groups.tolist())
    lacking = units < 0
    if (lacking if present is None else lacking & present).any():
        raise _missing()
    return units


def _units_of_numbers(groups):
    """Units of numbers of one type, by sorting."""
    _, first, unit = np.unique(groups, return_index=True, return_inverse=True)
    units = np.argsort(np.argsort(first))[unit]
    return np.where(np.isnan(groups), -1, units) if groups.dtype.kind == "f" else units


def _units_of_objects(values):
    """Units of objects, by a hash table, in which 1, 1.0 and True are equal."""
    # Equality must be that of the value alone; objects of users may define another.
    kinds = set(map(type, values))
    for kind in kinds:
        known = issubclass(kind, (str, bytes, Real, np.bool_))
        if not known and kind.__name__ not in MISSING:
            raise _unknown()
    # NumPy compares its own numbers with Python's as floats.
    if any(issubclass(kind, np.generic) for kind in kinds):
        values = [v.item() if isinstance(v, np.generic) else v for v in values]
    index = dict.fromkeys(values)
    known = index if kinds <= {int, str} else [v for v in index if not is_missing(v)]
    index = dict.fromkeys(index, -1) | {value: i for i, value in enumerate(known)}
    return np.fromiter(map(index.__getitem__, values), np.int64, len(values))


def _unknown():
    return refused(TypeError, "groups must hold integers or text. Convert them first.")


def _missing():
    return refused(
        ValueError,
        "groups contains NaN. Give every row its group, or drop rows without one.",
    )
