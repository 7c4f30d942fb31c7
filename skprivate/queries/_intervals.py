"""Counts over intervals of any lengths, and over groups of neighbouring ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.base._query_check import edge_problems
from skprivate.mechanisms import root_above

FAN_OUT = 8


@dataclass(frozen=True, eq=False)
class IntervalTree(Query):
    """Number of rows between ascending edges, for each column, on several levels.

    The lowest level counts ``8 ** depth`` intervals; on each other level, eight
    neighbours of the level below are one. A value is in exactly one interval of each
    level, whatever it is, because the first and the last interval of a column have no
    end. So a row that is added or removed moves ``depth`` counts of each column by one:
    its contribution has a 2-norm of ``sqrt(depth * d)`` and a 1-norm of ``depth * d``.
    (Hay, Rastogi, Miklau and Suciu 2010, section 4; Qardaji, Yang and Li 2013 for the
    number of neighbours.)

    Parameters
    ----------
    edges : ndarray of shape (n_features, 8 ** depth - 1)
        Public, finite and ascending; equal ones leave an interval empty.
    low, high : ndarray of shape (n_features,)
        Where most values may be expected; makes the search of intervals fast, and has
        no bearing on the counts.
    """

    edges: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def depth(self) -> int:
        """Number of levels."""
        return depth_of(self.edges.shape[1] + 1)

    @property
    def width(self) -> int:
        """A column for each row of edges."""
        return len(self.edges)

    def problems(self) -> Iterator[Any]:
        """There are eight intervals, or a power of that, between ascending edges."""
        yield from edge_problems(self.edges, self.low, self.high)
        if self.edges.shape[1] + 1 != FAN_OUT**self.depth:
            yield "the number of intervals is no power of eight"

    @property
    def bound(self) -> Any:
        """One interval of each level and column is touched."""
        return root_above(self.l1_bound)

    @property
    def l1_bound(self) -> float:
        """One interval of each level and column is touched."""
        return float(self.depth * len(self.edges))

    @property
    def size(self) -> int:
        """Number of intervals on all levels: 8 + 64 + ... for each column."""
        levels = (FAN_OUT**level for level in range(1, self.depth + 1))
        return len(self.edges) * sum(levels)

    @cached_property
    def _table(self):
        from skprivate.kernels import interval_table

        return interval_table(self.edges, self.low, self.high)

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        levels = [self._lowest(X, weight)]
        for _ in range(self.depth - 1):
            levels.insert(0, _groups(levels[0]).sum(axis=-1))
        return np.concatenate(levels, axis=1)

    def _lowest(self, X, weight):
        """Counts of the lowest level."""
        from skprivate.kernels import interval_counts

        return interval_counts(X, self._table, weight, 1 / self.step)


def depth_of(n_intervals):
    """The number of levels above ``n_intervals``, a power of eight."""
    depth = 1
    while FAN_OUT**depth < n_intervals:
        depth += 1
    return depth


def consistent_counts(counts):
    """Counts of the lowest level that agree best with the counts of all levels.

    The best linear unbiased estimate from counts of equal variance, by weighted least
    squares: up the levels, a count is averaged with the sum of its parts, and down
    again, what is left of a difference is shared out (Hay et al. 2010, Theorem 3).

    Parameters
    ----------
    counts : ndarray of shape (n_features, size of a column)
        A release of :class:`IntervalTree`.

    Returns
    -------
    ndarray of shape (n_features, 8 ** depth)
    """
    levels = _levels(counts)
    variances = level_variances(len(levels))
    for level in range(len(levels) - 2, -1, -1):
        of_parts = FAN_OUT * variances[level + 1]
        parts = _groups(levels[level + 1]).sum(axis=-1)
        levels[level] = (of_parts * levels[level] + parts) / (of_parts + 1)
    whole = levels[0]
    for level in levels[1:]:
        parts = _groups(level)
        difference = (whole - parts.sum(axis=-1)) / FAN_OUT
        whole = (parts + difference[..., None]).reshape(level.shape)
    return whole


def level_variances(depth):
    """Variance of a count of each level, coarsest first, given itself and its parts.

    In units of the variance of the noise of a count.
    """
    variances = [1.0]
    for _ in range(depth - 1):
        of_parts = FAN_OUT * variances[0]
        variances.insert(0, of_parts / (of_parts + 1))
    return variances


def _levels(counts):
    """The counts of each level, the coarsest first."""
    ends = np.cumsum(FAN_OUT ** np.arange(1, 12))
    n_levels = int(np.searchsorted(ends, counts.shape[1])) + 1
    return np.split(counts, ends[: n_levels - 1], axis=1)


def _groups(level):
    """Eight neighbours in a row of the last axis."""
    return level.reshape(len(level), -1, FAN_OUT)
