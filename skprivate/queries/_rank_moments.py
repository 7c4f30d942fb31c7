"""How the ranks of some features go together."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.base import Box, Query
from skprivate.base._query_check import are_columns, edge_problems
from skprivate.mechanisms import root_above
from skprivate.queries._ranks import rank_steps
from skprivate.queries._second_moments import SecondMoments

_FARTHEST = np.finfo(np.float64).max


@dataclass(frozen=True, eq=False)
class RankMoments(Query):
    """Second moments of ranks in [-1, 1], of indicators of gaps, and of a constant.

    Each value is replaced by ``2 r - 1``, where ``r`` is its rank by public, or already
    released, quantiles; a missing one by zero. That is a map of single rows into a
    box, and what a row ``v`` of ``d`` ranks, ``g`` indicators (zero or one) and a one
    then adds to :class:`SecondMoments` is bounded by ``norm(v)**2 <= d + g + 1``.

    Parameters
    ----------
    quantiles : ndarray of shape (n_features, n_quantiles)
        Ascending.
    references : ndarray of shape (n_quantiles,)
        Their ranks.
    gaps : tuple of int
        Features that get an indicator: one where there is a value, zero where not.
    """

    quantiles: np.ndarray
    references: np.ndarray
    gaps: tuple

    @cached_property
    def _moments(self):
        low = np.concatenate([-np.ones(len(self.quantiles)), np.zeros(len(self.gaps))])
        row_bound = root_above(len(low) + 1)
        bits = SecondMoments.bits(row_bound)
        box = Box.around_zero(low, np.ones(len(low)), bits)
        return SecondMoments(box, None, row_bound)

    @property
    def width(self):
        """A column for each row of quantiles."""
        return len(self.quantiles)

    def problems(self):
        """Quantiles and their ranks go together, and gaps are columns."""
        yield from edge_problems(self.quantiles)
        if self.references.shape != self.quantiles.shape[1:]:
            yield "references are not one of each quantile"
        if not are_columns(self.gaps, len(self.quantiles)):
            yield "gaps are no columns"

    @property
    def bound(self):
        """Square of the longest norm of a row."""
        return self._moments.bound

    @property
    def l1_bound(self):
        """Square of the largest 1-norm of a row."""
        return self._moments.l1_bound

    @property
    def size(self):
        """Number of entries of a triangle."""
        return self._moments.size

    @property
    def step(self):
        """As of second moments."""
        return self._moments.step

    @property
    def weights(self):
        """Noise of each entry, relative to the diagonal."""
        return self._moments.weights

    @cached_property
    def _steps(self):
        of_one = (rank_steps(q, self.references, to_ends=False) for q in self.quantiles)
        return [(np.clip(at, -_FARTHEST, _FARTHEST), 2 * r - 1) for at, r in of_one]

    def __call__(self, X, y, weight):
        n_features = len(self.quantiles)
        absent = np.isnan(X)
        rows = np.empty((len(X), n_features + len(self.gaps)))
        for j, steps in enumerate(self._steps):
            ranks = np.interp(X[:, j], *steps)
            rows[:, j] = np.where(absent[:, j], 0.0, ranks)
        rows[:, n_features:] = ~absent[:, list(self.gaps)]
        # The door wants to hear of infinity; so rows that have some are not finite.
        rows[np.isinf(X).any(axis=1) | absent.all(axis=1)] = np.nan
        return self._moments(rows, y, weight)
