"""Rows and all that belongs to them, cut by masks."""

from dataclasses import dataclass, field, replace

import numpy as np

from skprivate.base._coins import number_of_rows, refuse_elsewhere
from skprivate.base._rehearsal import Given
from skprivate.base._tables import take
from skprivate.base._tiles import is_by_row


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """What ``fit`` is given, in the container the user chose.

    Parameters
    ----------
    X : table
    y, sample_weight, groups : array-like or None
        The weights are those of scores.
    fit_params : dict
        What else the estimator inside gets, weights among it; what has a length has one
        entry for each row.
    """

    X: object
    y: object = None
    sample_weight: object = None
    groups: object = None
    fit_params: dict = field(default_factory=dict)

    def public(self, paid):
        """What is public about them; ``paid`` is what is to be debited.

        Raises
        ------
        TypeError
            If they are not in memory.
        """
        refuse_elsewhere(*self._parts)
        weight = self.fit_params.get("sample_weight")
        return Given.of(self.X, self.y, weight, self.groups, paid)

    @property
    def n_rows(self):
        """Number of rows, which is private."""
        return number_of_rows(*self._parts, *self._by_row().values())

    def rows(self, mask):
        """The rows where the mask is true."""
        index = np.flatnonzero(mask)
        parts = (None if part is None else take(part, index) for part in self._parts)
        by_row = {name: take(value, index) for name, value in self._by_row().items()}
        return replace(LabelledRows(*parts), fit_params=self.fit_params | by_row)

    def scored(self, score):
        """Arguments for a measurement of ``score`` of X, and what goes along."""
        return {
            "X": score(self.X).reshape(-1, 1),
            "y": self.y,
            "sample_weight": self.sample_weight,
            "groups": self.groups,
        }

    @property
    def fit_args(self):
        """Keyword arguments of ``fit``."""
        given = {"X": self.X, "y": self.y, "groups": self.groups} | self.fit_params
        return {name: part for name, part in given.items() if part is not None}

    @property
    def _parts(self):
        return self.X, self.y, self.sample_weight, self.groups

    def _by_row(self):
        return {k: value for k, value in self.fit_params.items() if is_by_row(value)}
