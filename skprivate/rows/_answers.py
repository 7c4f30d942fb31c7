"""Answers of several owners of rows: whether they can be true, and what they make."""

import numpy as np

from skprivate.mechanisms import is_exact
from skprivate.rows._labels import sorted_labels
from skprivate.rows._refusal import refused

_ROUNDING = 1e-9  # levels and weights are floats
_MOST_ROWS = 2**48  # of which no number of parties can wrap a sum


def shapes_of(part):
    """Shapes of totals."""
    return [getattr(total, "shape", None) for total in _listed(part)]


def _listed(part):
    return part if isinstance(part, (list, tuple)) else ()


def are_possible(part, queries):
    """Whether totals are such as rows can have, of which the last one is the count."""
    if len(_listed(part)) != len(queries):
        return False
    for total, query in zip(part, queries, strict=True):
        if not is_exact(total) or total.size != query.n_totals:
            return False
    n_rows = int(part[-1].flat[0])
    if n_rows < 0 or part[-1].shape != (1,):
        return False
    return all(
        abs(int(end)) <= n_rows * query.largest_entry * (1 + _ROUNDING)
        for total, query in zip(part, queries, strict=True)
        for end in (total.min(initial=0), total.max(initial=0))
    )


def united_labels(found):
    """Labels that occur at any of several owners, sorted.

    Parameters
    ----------
    found : list of ndarray
        Of each owner; may be empty.
    """
    found = [labels for labels in found if len(labels)] or found[:1]
    if len({labels.dtype.kind in "biuf" for labels in found}) > 1:
        raise refused(
            ValueError,
            "Labels are numbers at one party and texts at another. Use one kind, or "
            "list every label in classes=...",
        )
    return sorted_labels(np.concatenate(found))


def refuse_no_counts(pairs, numbers):
    """Refuse pairs of columns and counts that are none.

    Parameters
    ----------
    pairs : list of (int, int)
    numbers : sequence of int
        The columns that were asked about.
    """
    if not all(
        type(count) is int and 0 < count < _MOST_ROWS and j in numbers
        for j, count in pairs
    ):
        raise refused(
            ValueError,
            "its counts of categories are no counts. Leave it out, or ask its owner to "
            "mend it.",
        )
