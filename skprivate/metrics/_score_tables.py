"""Counts of negative and positive rows by score: what curves are made of."""

from dataclasses import dataclass

import numpy as np

from skprivate.metrics._axis import (
    N_CELLS,
    ScoreCells,
    found_edges,
    key_of,
    nonnegative,
    score_at,
    thinned,
)
from skprivate.metrics._question import ScoreQuestion
from skprivate.metrics._tables import Cells, release

_COUNTS, _EDGES = 0.05, 0.15  # shares of the budget
_FEWEST_CELLS = 8
_HIDDEN = 8.0  # times the noise of a cell: a rarer class of fewer rows is hidden by it


@dataclass(frozen=True)
class TwoCounts(Cells):
    """Number of negative and of positive rows."""

    positive: int
    size = 2

    def cells(self, X, y):
        """Negative first."""
        return np.where(y < 0, -1, 1 * (y == self.positive))


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Noisy counts of rows by score, the highest scores first.

    Parameters
    ----------
    thresholds : ndarray of shape (n_cells,)
        Smallest score of each cell, decreasing.
    negatives, positives : ndarray of shape (n_cells,)
        Rows in each cell, at least zero.
    noise : float
        Variance of the noise of a count.
    edges : ndarray of shape (n_cells + 1,)
        Places of the ends of cells on the axis, increasing.
    at : float or None
        A score at which a cell ends because that was asked for.
    """

    thresholds: np.ndarray
    negatives: np.ndarray
    positives: np.ndarray
    noise: float
    edges: np.ndarray
    at: float | None = None

    @classmethod
    def made(cls, curator, positive, share=1.0, *, fine_top=False, at=None):
        """From a share of what is left of the budget once the cells are found.

        With ``fine_top``, cells are smaller at the top if positive rows are rare. One
        cell ends at the public score ``at`` where noise nearly hides the rarer class.
        """
        counts, _ = release(curator, TwoCounts(positive), _COUNTS)
        counts = np.maximum(counts, 1.0)
        n_top = _rows_at_top(counts) if fine_top else np.inf
        edges = found_edges(curator, _EDGES, counts.sum(), n_top)
        query, share = ScoreCells(edges, positive), share * curator.remaining
        deviation = curator.noise_of(query, share=share) / curator.max_weight
        n_cells = N_CELLS
        if deviation > 0:  # half the noise of one cell per cell of the rarer class
            n_cells = int(
                np.clip(counts.min() / (2 * deviation), _FEWEST_CELLS, N_CELLS)
            )
        edges = thinned(edges, n_cells)
        at = at if counts.min() < _HIDDEN * deviation else None
        if at is not None:
            edges = np.union1d(edges, key_of(at))
        table, noise = release(curator, ScoreCells(edges, positive), share)
        tables = zip(table.reshape(2, -1), counts, strict=True)
        negatives, positives = (nonnegative(row, total)[::-1] for row, total in tables)
        lowest = score_at(edges[:-1])[::-1]
        lowest[-1] = -np.inf
        return cls(lowest, negatives, positives, float(noise[0]), edges, at)

    @property
    def false_positives(self):
        """Negative rows at or above each threshold."""
        return np.cumsum(self.negatives)

    @property
    def true_positives(self):
        """Positive rows at or above each threshold."""
        return np.cumsum(self.positives)

    @property
    def cumulated_noise(self):
        """Variances of the noise of the two cumulated counts."""
        return self.noise * np.arange(1.0, len(self.thresholds) + 1)


def _rows_at_top(counts):
    """Above which rank cells are to grow, for the first one to hold few rows.

    Of eight cells, the first holds less than half as many rows as there are positives,
    however rare they are: ``n log(1 + rows / n) = 3.5 positives``. Where more than 30 %
    are positive, equal cells do.
    """
    n_rows, n_top = counts.sum(), counts[1]
    for _ in range(50):
        n_top = min(3.5 * counts[1] / np.log1p(n_rows / n_top), 100 * n_rows)
    return float(n_top)


@dataclass(frozen=True, eq=False)
class TableQuestion(ScoreQuestion):
    """A question that is answered from a table of scores.

    Subclasses define ``read_off``.
    """

    def ask(self, curator, z):
        """Release the table; all else is read off it."""
        positive = self.positive
        curator.classes(self.classes)
        return self.read_off(ScoreTable.made(curator, positive), z)

    def read_off(self, table, z):
        """What the table says."""
        raise TypeError(f"{type(self).__name__} must define read_off(table, z).")
