"""Rows in two parts, wherever they are: in memory by coins, elsewhere by a hash."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._coins import WORD
from skprivate.base._rehearsal import Given
from skprivate.model_selection._folds import falls_below
from skprivate.model_selection._table import LabelledRows
from skprivate.rows import DaskRows, Rows
from skprivate.rows._kinds import is_dask
from skprivate.rows._parted import is_source, mapped_items, parted
from skprivate.rows._refusal import refused
from skprivate.rows._row_keys import RowKeys


def rows_to_part(X, y, sample_weight, groups, fit_params):
    """What ``fit`` was given, as rows that can be cut into two parts."""
    if not is_source(X):
        if y is None and not isinstance(X, Rows):
            raise refused(
                ValueError, "This requires y to be passed, but the target y is None."
            )
        return _InMemory(X, y, sample_weight, groups, fit_params)
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


@dataclass(frozen=True, eq=False)
class SourceRows:
    """Rows of a source, which is read more than once.

    Parameters
    ----------
    X : ChunkRows or DaskRows
        With the target.
    """

    X: object
    y = None

    def public(self, paid):
        """What is public about them; ``paid`` is what is to be debited."""
        return Given.of(self.X, paid=paid)

    def parted(self, fraction, entropy):
        """Those outside of a part of an expected size, and those within.

        **Guarantee.** In which part a row is depends on the values of this row and on a
        secret key. So for each key a unit more leaves all others where they are.
        """
        keys = RowKeys(int(entropy.words(1, b"parts")[0]))
        most = np.uint64(int(fraction * WORD))
        first, held = parted(self.X, lambda X, y: keys(X, y) < most)
        return SourceRows(first), SourceRows(held)

    def scored(self, score):
        """Arguments for a measurement of scores, as they are read."""
        return {"X": mapped_items(self.X, lambda X: score(X).reshape(-1, 1))}

    @property
    def fit_args(self):
        """Keyword arguments of ``fit``."""
        return {"X": self.X}
