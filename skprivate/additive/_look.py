"""What is looked at before the first step: the target in each cell of each column."""

from dataclasses import dataclass

import numpy as np

from skprivate.additive._curvature import Joint, cleaned, scores_of
from skprivate.base import Box
from skprivate.queries import (
    CellTotals,
    ColumnCells,
    OfScores,
    OfView,
    SecondMoments,
    TargetParts,
    symmetric,
)

_ROOM = 1.5  # longest row of scores, times the mean square length
_FARTHEST = 16.0  # score that counts
_FEWEST = 0.5  # rows of a cell, at least, in deviations of their noise


@dataclass(frozen=True, eq=False)
class TargetLook:
    """The target in each cell, with noise.

    Attributes
    ----------
    tables : ColumnCells
    parts : ndarray of shape (size, n_parts)
    noise : float
        Standard deviation of each number.
    """

    tables: ColumnCells
    parts: np.ndarray
    noise: float

    @classmethod
    def of(cls, curator, view, bins, n_parts, bounds, *, share):
        """Release the target in each cell of each column."""
        tables = ColumnCells.of(bins)
        query = CellTotals(tables, TargetParts(n_parts, bounds))
        answer = curator.release(OfView(query, view), share=share)
        noise = curator.noise_of(query)
        return cls(tables, answer.reshape(-1, n_parts), noise)

    def in_all(self):
        """Rows in each part of the target: what all columns say, by their noise."""
        sizes = self.tables.sizes
        starts = np.cumsum(sizes) - sizes
        of_column = np.add.reduceat(self.parts, starts, axis=0)
        precision = 1 / sizes
        total = precision @ of_column / precision.sum()
        noise = self.noise / np.sqrt(precision.sum())
        return np.maximum(total, max(1.0, noise))

    def masses(self, weights):
        """Rows in each cell: noise pulls them towards the mean of their column."""
        noise = self.noise * np.linalg.norm(weights)
        n_rows = float(self.in_all() @ weights)
        found = []
        for counts in np.split(self.parts @ weights, np.cumsum(self.tables.sizes)[:-1]):
            signal = max(counts.var() - noise**2, 0.0)
            counts = counts.mean() + (counts - counts.mean()) * (
                signal / (signal + noise**2) if signal else 0.0
            )
            counts = np.maximum(counts, max(1.0, _FEWEST * noise))
            found.append(counts * (n_rows / counts.sum()))
        return np.concatenate(found)

    def gradients(self, task):
        """Gradient of each margin at the start, in each cell, and its noise."""
        found = self.parts @ task.pulls
        return found, self.noise * np.linalg.norm(task.pulls, axis=0)


def alone(gradient, noise, curvature, priors):
    """Shapes of each column, as if there was no other."""
    effects, start = [], 0
    for prior in priors:
        part = slice(start, start + len(prior))
        slope = curvature[part]
        trust = slope / (slope + noise**2)
        matrix = prior + np.diag(slope * trust)
        effects.append(np.linalg.solve(matrix, -trust * gradient[part]))
        start += len(prior)
    return np.concatenate(effects)


def joint_of(curator, view, tables, masses, numbers, effects, *, share):
    """How columns are correlated: second moments of their scores are released."""
    scores = scores_of(tables.sizes, numbers, masses, effects)
    q = len(tables.sizes)
    length = float(np.sqrt(1.0 + _ROOM * q))
    reach = np.full(q, np.clip(np.abs(scores).max(), 1.0, _FARTHEST))
    box = Box(-reach, reach, np.zeros(q), np.ones(q), SecondMoments.bits(length))
    query = OfScores(SecondMoments(box, None, length), tables, scores[:, None])
    matrix = symmetric(curator.release(OfView(query, view), share=share))
    n_rows = masses[: tables.sizes[0]].sum()
    noise = curator.noise_of(query) / n_rows / np.sqrt(2)
    correlations = cleaned(matrix[:-1, :-1] / n_rows, noise)
    return Joint(tables.sizes, masses, scores, correlations, numbers)
