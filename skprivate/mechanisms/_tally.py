"""Counts of keys that nobody listed, held in arrays: there may be a million of them."""

from collections.abc import Mapping

import numpy as np


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

    def __init__(self, parts):
        self._parts = {}
        for part, (values, counts) in parts.items():
            counts = np.asarray(counts, np.int64)
            self._parts[part] = values, counts, np.flatnonzero(counts)
        held = [counts[index] for _, counts, index in self._parts.values()]
        self.totals = np.concatenate([np.empty(0, np.int64), *held])
        self._starts = np.cumsum([0, *map(len, held)])

    def key_at(self, position):
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

    def items(self):
        """Pairs of key and count."""
        return list(zip(self, self.totals.tolist(), strict=True))

    def __getitem__(self, key):
        return dict(self.items())[key]
