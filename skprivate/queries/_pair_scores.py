"""How much a pair of columns still has to tell: a score that one row hardly moves."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query
from skprivate.queries._cell_terms import LossSteps
from skprivate.queries._cell_totals import CellTotals


@dataclass(frozen=True, eq=False)
class PairScores(Query):
    """For each table, the sum of the absolute values of the gradients of its cells.

    **Guarantee.** A row adds one vector to one cell of each table, whose 1-norm is at
    most ``largest_l1`` of the terms, rounding included. An absolute value moves no
    farther than its argument; so no score moves farther than that. What is expected of
    chance alone is taken off, which is a number known before. Scores are whole numbers,
    since sums of whole numbers are, and what is taken off is rounded.

    Parameters
    ----------
    totals : CellTotals
        Of `LossSteps`.
    chance : ndarray of float64 of shape (n_tables,)
        Public or released: taken off each score.
    """

    totals: Query
    chance: np.ndarray
    norm = np.inf

    @property
    def width(self):
        """That of the totals."""
        return self.totals.width

    @property
    def step(self):
        """That of the totals."""
        return self.totals.step

    def problems(self):
        """Totals must be gradients alone, and chances one of each table."""
        if type(self.totals) is not CellTotals:
            yield "totals are no CellTotals"
            return
        yield from self.totals.problems()
        terms = self.totals.terms
        if type(terms) is not LossSteps or terms.noise != (1.0,):
            yield "terms are no gradients"
        elif self.chance.shape != (self.size,):
            yield "chance is not one number for each table"
        elif not (np.abs(self.chance) <= 2.0**40).all():
            yield "a chance is too large"

    @property
    def bound(self):
        """Largest 1-norm of a gradient."""
        return self.totals.terms.largest_l1

    @property
    def size(self):
        """Number of tables."""
        return len(self.totals.tables.sizes)

    @property
    def n_totals(self):
        """Those of the totals, of which scores are made."""
        return self.totals.size

    @property
    def largest_entry(self):
        """That of the totals."""
        return self.totals.largest_entry

    def __call__(self, X, y, weight):
        return self.totals(X, y, weight)

    def scores(self, total):
        """Scores of the tables, in grid steps."""
        cells = self.totals.by_table(np.abs(total))
        found = np.array([table.sum() for table in cells])
        return found - np.rint(self.chance / self.step).astype(found.dtype)
