"""Counts of keys that nobody listed, held in arrays: there may be a million of them."""

from collections.abc import Mapping
from math import isqrt
from typing import Any

import numpy as np

from skprivate.mechanisms._checks import check_count


class Tally(Mapping):
    """Number of units of each key ``(part, value)``, as a mapping that can be large.

    Parameters
    ----------
    parts : dict
        From a part (such as the number of a column) to a pair: a sequence of values,
        each once, and an integer array of their counts.

    Attributes
    ----------
    totals : int64 ndarray
        All counts, in the order of the keys. Keys without a unit are left out.

    Examples
    --------
    >>> from skprivate.mechanisms import Tally
    >>> dict(Tally({0: (["a", "b"], [3, 0]), 1: (["a"], [2])}))
    {(0, 'a'): 3, (1, 'a'): 2}
    """

    def __init__(self, parts: dict[Any, Any]) -> None:
        self._parts = {}
        for part, (values, counts) in parts.items():
            counts = np.asarray(counts, np.int64)
            self._parts[part] = values, counts, np.flatnonzero(counts)
        held = [counts[index] for _, counts, index in self._parts.values()]
        self.totals = np.concatenate([np.empty(0, np.int64), *held])
        self._starts = np.cumsum([0, *map(len, held)])

    def key_at(self, position: Any) -> tuple[Any, Any]:
        """The key of one entry of ``totals``."""
        number = int(np.searchsorted(self._starts, position, side="right")) - 1
        part, (values, _, index) = list(self._parts.items())[number]
        return part, values[index[position - self._starts[number]]]

    def __len__(self):
        return len(self.totals)

    def __iter__(self):
        for part, (values, _, index) in self._parts.items():
            for i in index:
                yield part, values[i]

    def items(self) -> list[Any]:
        """Pairs of key and count."""
        return list(zip(self, self.totals.tolist(), strict=True))

    def __getitem__(self, key):
        return dict(self.items())[key]


def weighted_counts(
    keys: np.ndarray, starts: np.ndarray, n_keys: int, levels: int
) -> np.ndarray:
    """Weights of keys, if a unit of k keys adds ``levels / sqrt(k)`` to each of them.

    **Guarantee.** A unit adds integers to its own keys alone, each of them at most
    ``levels / sqrt(k)``, so that what it adds has a 2-norm of at most ``levels``,
    however many keys it holds. That depends on no other unit. A key that it holds
    several times is one of its k keys. (Gopi, Gulhane, Kulkarni, Shen, Shokouhi and
    Yekhanin 2020, "Differentially private set union".)

    Parameters
    ----------
    keys : int ndarray of shape (n_entries,)
        Numbers of keys, below ``n_keys``, unit by unit.
    starts : int ndarray of shape (n_units + 1,)
        Where each unit begins in ``keys``, and where the last one ends.
    n_keys : int
    levels : int
        From 1 to 2**31.

    Returns
    -------
    int64 ndarray of shape (n_keys,)
        Counts for a :class:`Tally`.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.mechanisms import weighted_counts
    >>> keys, starts = np.array([0, 1, 2, 3, 0]), np.array([0, 4, 5])
    >>> weighted_counts(keys, starts, 4, levels=100).tolist()
    [150, 50, 50, 50]
    """
    levels = check_count("levels", levels)
    if levels > 2**31:
        raise ValueError("levels must be at most 2**31; use a coarser grid")
    sizes = np.diff(starts)
    entries = np.repeat(np.arange(len(sizes)), sizes) * n_keys + keys
    unit, key = np.divmod(np.unique(entries), max(1, n_keys))
    sizes = np.bincount(unit, minlength=len(sizes))
    known, place = np.unique(sizes, return_inverse=True)
    weight = np.array([isqrt(levels**2 // max(1, int(k))) for k in known], np.int64)
    counts = np.zeros(n_keys, np.int64)
    np.add.at(counts, key, weight[place][unit])
    return counts
