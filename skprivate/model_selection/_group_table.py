"""Counts of rows by score, class and group, and thresholds that are read off them."""

from dataclasses import dataclass

import numpy as np

from skprivate.metrics._axis import (
    ScoreCells,
    found_edges,
    nonnegative,
    score_at,
    thinned,
)
from skprivate.metrics._intervals import proportion
from skprivate.metrics._score_tables import ScoreTable, TwoCounts
from skprivate.metrics._tables import release
from skprivate.model_selection._threshold_table import BestThreshold
from skprivate.rows._refusal import refused

RATES = {"selection_rate": (0, 1), "tpr": (1,), "fpr": (0,)}  # classes that count
_COUNTS, _EDGES = 0.05, 0.15  # shares of the budget
_FEWEST_CELLS, _MOST_CELLS = 8, 16  # a rate adds up the noise of all cells above it
_WIDEST = 0.2  # an interval of a rate, above which a group keeps the threshold of all


@dataclass(frozen=True, eq=False)
class GroupScoreCells(ScoreCells):
    """Number of rows in each cell of the axis, of each class in each group.

    A row has one score, one class and, by its last column, one group: it adds at most
    one to one cell, however many groups there are. So all groups together cost what one
    table does. Which cell it is depends on this row alone; a row of no listed group is
    in the part that comes last.

    Parameters
    ----------
    edges : ndarray of shape (n_cells + 1,)
        Places on the axis.
    positive : int
        Code of the positive class, whose cells come last.
    n_groups : int
        Number of listed groups.
    """

    n_groups: int = 1

    @property
    def size(self):
        """A table for each group, and one for all other rows."""
        return super().size * (self.n_groups + 1)

    @property
    def name(self):
        """It is of groups."""
        return "GroupScoreCells"

    def cells(self, X, y):
        """Group by group, class by class."""
        group = X[:, -1]
        listed = (group >= 0) & (group < self.n_groups) & (group == np.trunc(group))
        group = np.where(listed, group, self.n_groups).astype(np.int64)
        own = super().cells(X, y)
        return np.where(own < 0, -1, own + group * super().size)


@dataclass(frozen=True, eq=False)
class GroupThresholds(BestThreshold):
    """The best threshold for all rows, and those at which groups have the same rate.

    Parameters
    ----------
    n_groups : int
        Number of listed groups.
    rate : {"selection_rate", "tpr", "fpr"}
        Which one.
    """

    n_groups: int = 1
    rate: str = "selection_rate"

    def check_width(self, n_columns):
        """A score and a group."""
        if n_columns != 2:
            raise refused(
                ValueError,
                "Give two numbers for each row: its score, and the code of its group.",
            )

    def ask(self, curator, z):
        """Release the table; all thresholds are read off it."""
        positive = self.positive
        curator.classes(self.classes)
        totals, _ = release(curator, TwoCounts(positive), _COUNTS)
        totals = np.maximum(totals, 1.0)
        edges = found_edges(curator, _EDGES, totals.sum())
        query, share = self._query(edges), curator.remaining
        deviation = curator.noise_of(query, share=share) / curator.max_weight
        n_cells = _MOST_CELLS
        if deviation > 0:  # as of one table, whose rarer class all groups share
            wanted = totals.min() / (2 * deviation * self.n_groups)
            n_cells = int(np.clip(wanted, _FEWEST_CELLS, _MOST_CELLS))
        edges = thinned(edges, n_cells)
        counts, noise = release(curator, self._query(edges), share)
        counts = counts.reshape(self.n_groups + 1, 2, -1)
        return self._thresholds(counts, float(noise[0]), edges, totals, z)

    def _query(self, edges):
        return GroupScoreCells(edges, self.positive, self.n_groups)

    def _thresholds(self, counts, noise, edges, totals, z):
        """That of all, its score, those of groups, and which are too small for one."""
        whole = nonnegative(counts.sum(axis=0), totals)
        lowest = score_at(edges[:-1])[::-1]
        lowest[-1] = -np.inf
        n_parts = self.n_groups + 1
        reversed_ = whole[:, ::-1]
        table = ScoreTable(lowest, *reversed_, noise * n_parts, edges)
        best, score = self.read_off(table, z)
        at = int(np.searchsorted(np.append(lowest[::-1], np.inf), best))  # which edge
        kinds = RATES[self.rate]
        wanted = _rates(whole[list(kinds)].sum(axis=0))[at]
        own, few = np.full(self.n_groups, best), np.ones(self.n_groups, bool)
        for g in range(self.n_groups):
            of_group = counts[g][list(kinds)].sum(axis=0)
            few[g] = _width(of_group, at, noise * len(kinds), z) > _WIDEST
            if not few[g] and 0 < at < len(edges) - 1:
                own[g] = _threshold(of_group, edges, wanted)
        return best, score, own, few


def _rates(cells):
    """Share of rows at or above each edge, from one down to zero."""
    above = np.append(np.cumsum(cells[::-1])[::-1], 0.0)
    return above / max(above[0], 1e-9)


def _width(cells, at, noise, z):
    """Width of the interval of a share above an edge, by noisy counts."""
    above, below = cells[at:], cells[:at]
    _, low, high = proportion(
        above.sum(), below.sum(), noise * len(above), noise * len(below), z
    )
    return float(high - low)


def _threshold(cells, edges, wanted):
    """The score above which there is a wanted share, taking cells as even inside."""
    rates = _rates(nonnegative(cells, cells.sum()))
    place = float(np.interp(wanted, rates[::-1], edges[::-1]))
    return -np.inf if place <= edges[0] else float(score_at(place))
