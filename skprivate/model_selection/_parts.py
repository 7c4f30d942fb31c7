"""Rows in two parts, wherever they are: in memory by coins, elsewhere by a hash."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skprivate.base import entropy_of
from skprivate.base._coins import WORD, coins
from skprivate.base._rehearsal import Given
from skprivate.model_selection._folds import falls_below
from skprivate.model_selection._table import LabelledRows
from skprivate.rows import DaskRows, Door, Rows
from skprivate.rows._kinds import is_dask
from skprivate.rows._parted import is_source, mapped_items, parted, refuse_uncut
from skprivate.rows._refusal import refused
from skprivate.rows._row_keys import RowKeys

_LARGEST = 2**64 - 1


def rows_to_part(X, y, sample_weight, groups, fit_params):
    """What ``fit`` was given, as rows that can be cut into two parts."""
    if not is_source(X):
        return _InMemory(X, y, sample_weight, groups, fit_params)
    if isinstance(X, Rows):
        refuse_uncut(X)
    weight = fit_params.get("sample_weight", sample_weight)
    others = {n: v for n, v in fit_params.items() if n != "sample_weight"}
    if groups is not None or others:
        raise refused(
            ValueError,
            "groups and metadata cannot be given beside a source of rows. Give X in "
            "memory, or leave them out.",
        )
    if is_dask(X):
        return SourceRows(DaskRows(X, y, weight))
    if y is not None or weight is not None:
        raise refused(
            ValueError,
            "y and sample_weight cannot be given beside a source of rows. Give them to "
            "the source.",
        )
    return SourceRows(X)


class _InMemory(LabelledRows):
    """Rows in memory: each unit has a coin of its own."""

    def parted(self, fraction, entropy):
        """Those outside of a part of an expected size, and those within."""
        held = falls_below(fraction, self.n_rows, self.groups, entropy)
        return self.rows(~held), self.rows(held)

    def folds(self, folds):
        """For each fold the rows outside of it, and those within."""
        self.n_rows  # noqa: B018 (refuses lengths that differ)
        fold = folds.fold_of_rows(self.X, self.groups)
        return [
            (self.rows(fold != k), self.rows(fold == k)) for k in range(folds.n_splits)
        ]

    def curve(self, fraction, sizes, entropy):
        """Growing parts of the rows, each with those that are in none of them."""
        scored = falls_below(fraction, self.n_rows, self.groups, entropy)
        place = coins(self.n_rows, self.groups, entropy, b"place in the curve") / WORD
        judged = self.rows(scored)
        return [(self.rows(~scored & (place < size)), judged) for size in sizes]


@dataclass(frozen=True, eq=False)
class SourceRows:
    """Rows of a source, which is read more than once.

    Parameters
    ----------
    X : Rows
        With the target.
    """

    X: object
    y = sample_weight = groups = None
    weighted = True  # it may be, which nobody has looked at

    def public(self, paid):
        """What is public about them; ``paid`` is what is to be debited."""
        return Given.of(self.X, paid=paid)

    def parted(self, fraction, entropy):
        """Those outside of a part of an expected size, and those within."""
        return self._cut(_Below(_keys(entropy, b"parts"), _within(fraction)))

    def folds(self, folds):
        """For each fold the rows outside of it, and those within."""
        keys, n = _keys(entropy_of(folds.random_state), b"folds"), folds.n_splits
        return [self._cut(_InFold(keys, n, k)) for k in range(n)]

    def curve(self, fraction, sizes, entropy):
        """Growing parts of the rows, each with those that are in none of them."""
        first, judged = self.parted(fraction, entropy)
        keys = _keys(entropy, b"place in the curve")
        cuts = [_Below(keys, _within(size)) for size in sizes]
        return [(first._cut(cut)[1], judged) for cut in cuts]

    def _cut(self, within):
        """Rows outside and rows within, as a function of each row and its label says.

        **Guarantee.** In which part a row is depends on the values of this row and on a
        secret key. So for each key a unit more leaves all others where they are.
        """
        return tuple(map(SourceRows, parted(self.X, within)))

    def scored(self, score, width=1):
        """Arguments for a measurement of scores, as they are read."""

        def table(X, y):
            return score(X).reshape(-1, width)

        return {"X": mapped_items(self.X, table, width)}

    def scores_by(self, score, max_weight, max_rows, entropy):
        """How to have rows that hold scores of models, and nothing else."""

        def rows_of(models):  # all at once: a pass takes longer than a chunk is large
            of_chunk = partial(_table_of_scores, score, models)
            rows = mapped_items(self.X, of_chunk, len(models))
            return [rows.through(Door(max_weight=max_weight))]

        return rows_of

    @property
    def fit_args(self):
        """Keyword arguments of ``fit``."""
        return {"X": self.X}


def _table_of_scores(score, models, X, y):
    """Scores of a chunk, a column for each model."""
    scores = np.column_stack([score(model, X=X, y=y) for model in models])
    return np.where(np.isfinite(scores), scores, 0.5)  # which counts as nothing


@dataclass(frozen=True)
class _Below:
    """Rows whose word is below a number."""

    keys: RowKeys
    most: int

    def __call__(self, X, y):
        words = self.keys(X, y)
        return np.ones(len(words), bool) if self.most > _LARGEST else words < self.most


@dataclass(frozen=True)
class _InFold:
    """Rows of one of several folds."""

    keys: RowKeys
    n_folds: int
    fold: int

    def __call__(self, X, y):
        return self.keys(X, y) % np.uint64(self.n_folds) == self.fold


def _keys(entropy, context):
    return RowKeys(int(entropy.words(1, context)[0]))


def _within(fraction):
    """How many words are within a fraction of all."""
    return int(fraction * WORD)
