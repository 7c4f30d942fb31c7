"""Where the values of each column lie: counts over intervals halved again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.mechanisms import root_above

DEPTH = 6
_FALSE_ALARMS = 0.01


@dataclass(frozen=True, eq=False)
class DyadicCells(Query):
    """Number of rows in every dyadic part of ``[low, high]``, for each column.

    The interval is halved 6 times, and the cells of all 6 levels are counted. A row is
    in at most one cell of each level and column, so its contribution has a 2-norm of at
    most ``sqrt(6 d)`` and a 1-norm of at most ``6 d``.

    Parameters
    ----------
    low, high : ndarray of shape (n_features,)
        Ends of the interval of each column.
    beyond : tuple (below, above) of bool, default=(True, True)
        Whether values at and beyond an end count in the outermost cell there; else they
        count nowhere.
    """

    low: np.ndarray
    high: np.ndarray
    beyond: tuple = (True, True)

    @property
    def width(self) -> int:
        """A column for each interval."""
        return len(self.low)

    def problems(self) -> Iterator[Any]:
        """Ends are in order."""
        if self.low.ndim != 1 or self.low.shape != self.high.shape:
            yield "low and high have different lengths"
        elif not (self.low <= self.high).all():
            yield "low is above high"
        if len(self.beyond) != 2 or not all(isinstance(b, bool) for b in self.beyond):
            yield "beyond is no pair of truth values"

    @property
    def bound(self) -> Any:
        """One cell of each level and column is touched."""
        return root_above(DEPTH * len(self.low))

    @property
    def l1_bound(self) -> float:
        """One cell of each level and column is touched."""
        return float(DEPTH * len(self.low))

    @property
    def size(self) -> int:
        """Number of cells: 2 + 4 + ... + 64 for each column."""
        return len(self.low) * (2 ** (DEPTH + 1) - 2)

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import histogram

        # One more cell on either side catches what is outside, and at the upper end.
        width = (self.high - self.low) / 2**DEPTH
        edges = np.array([self.low - width, self.high + width])
        counts = histogram(X, edges, 2**DEPTH + 2, weight, 1 / self.step)
        leaves = counts[:, 1:-1]
        below, above = self.beyond
        leaves[:, 0] += counts[:, 0] * below
        leaves[:, -1] += counts[:, -1] * above
        levels = [leaves]
        while levels[0].shape[1] > 2:
            levels.insert(0, levels[0][:, ::2] + levels[0][:, 1::2])
        return np.concatenate(levels, axis=1)


def outermost_cell(
    counts: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    deviation: float,
    *,
    top: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """The lowest (or highest) cell of each column that surely holds rows.

    From the whole interval it descends to the outer half while that holds more rows
    than noise explains, else to the inner half if that does, else it stops.

    Parameters
    ----------
    counts : ndarray of shape (n_columns, n_cells)
        A release of :class:`DyadicCells`.
    low, high : ndarray of shape (n_columns,)
        The interval that was asked about.
    deviation : float
        Standard deviation of the noise of a count.
    top : bool
        Whether to look for the highest cell.

    Returns
    -------
    low, high : ndarray of shape (n_columns,)
        Ends of the cell.
    """
    threshold = deviation * sqrt(2 * log(counts.size / _FALSE_ALARMS))
    if top:  # mirror, look for the lowest, mirror back
        mirrored = np.concatenate([level[:, ::-1] for level in _levels(counts)], axis=1)
        start, end = outermost_cell(mirrored, -high, -low, deviation, top=False)
        return -end, -start
    start, width = np.array(low), np.array(high - low)
    cell = np.zeros(len(counts), dtype=np.intp)
    going = np.ones(len(counts), dtype=bool)
    columns = np.arange(len(counts))
    for level in _levels(counts):
        outer = level[columns, 2 * cell] > threshold
        inner = level[columns, 2 * cell + 1] > threshold
        going &= outer | inner
        cell = np.where(going, 2 * cell + ~outer, cell)
        width = np.where(going, width / 2, width)
        start = np.where(going & ~outer, start + width, start)
        cell = np.where(going, cell, 0)
    return start, start + width


def _levels(counts):
    """The counts of each level, the coarsest first."""
    return np.split(counts, np.cumsum(2 ** np.arange(1, DEPTH)), axis=1)
