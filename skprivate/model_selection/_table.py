"""Rows and all that belongs to them, cut by masks."""

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from skprivate.base._coins import number_of_rows, refuse_elsewhere
from skprivate.base._rehearsal import Given
from skprivate.base._tables import take
from skprivate.base._tiles import is_by_row
from skprivate.rows import ArrayRows, bound_groups, bounded_weights


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

    @property
    def weighted(self):
        """Whether scores have weights."""
        return self.sample_weight is not None

    def scores_by(self, score, max_weight, max_rows, entropy):
        """How to have rows that hold scores of models, and nothing else.

        Parameters
        ----------
        score : callable
            Of a model, ``X`` and ``y``; returns a number for each row.
        max_weight : float
            Largest weight of a row.
        max_rows : int
            Rows of one group that count, if there are groups.
        entropy : Entropy
            Chooses them.

        Returns
        -------
        callable
            From models to Rows, of which each has a column for each of some models.
        """
        n_rows = self.n_rows
        weight = bounded_weights(self.sample_weight, max_weight, n_rows)
        weight = weight if len(weight) else None
        if self.groups is not None:
            words = partial(entropy.words, context=b"rows of groups")
            kept = bound_groups(self.groups, max_rows, words)
            weight = kept * (1.0 if weight is None else weight)

        def rows_of(models):  # one at a time: a table of all would need much memory
            for model in models:
                # Coins may have left none; a model could refuse to be asked about none.
                found = score(model, X=self.X, y=self.y) if n_rows else ()
                scores = np.asarray(found, dtype=np.float64)
                yield ArrayRows(scores.reshape(-1, 1), None, weight)

        return rows_of

    def scored(self, score, width=1):
        """Arguments for a measurement of ``score`` of X, and what goes along."""
        return {
            "X": score(self.X).reshape(-1, width),
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
