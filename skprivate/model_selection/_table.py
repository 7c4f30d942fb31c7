"""Rows and all that belongs to them, cut by masks."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._coins import number_of_rows, refuse_elsewhere
from skprivate.base._rehearsal import Given
from skprivate.base._tables import take


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """What ``fit`` is given, in the container the user chose.

    Parameters
    ----------
    X : table
    y, sample_weight, groups : array-like or None
    """

    X: object
    y: object = None
    sample_weight: object = None
    groups: object = None

    def public(self, paid):
        """What is public about them; ``paid`` is what is to be debited.

        Raises
        ------
        TypeError
            If they are not in memory.
        """
        refuse_elsewhere(*self._parts)
        return Given.of(*self._parts, paid)

    @property
    def n_rows(self):
        """Number of rows, which is private."""
        return number_of_rows(*self._parts)

    def rows(self, mask):
        """The rows where the mask is true."""
        index = np.flatnonzero(mask)
        return LabelledRows(
            *(None if part is None else take(part, index) for part in self._parts)
        )

    @property
    def fit_args(self):
        """Keyword arguments of ``fit``."""
        names = "X", "y", "sample_weight", "groups"
        pairs = zip(names, self._parts, strict=True)
        return {name: part for name, part in pairs if part is not None}

    @property
    def _parts(self):
        return self.X, self.y, self.sample_weight, self.groups
