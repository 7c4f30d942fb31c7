"""Pairs of columns, chosen one after another by what the model so far does not know."""

from itertools import combinations

import numpy as np

from skprivate.base import Count
from skprivate.marginals import Descent
from skprivate.queries import FarthestTable, OfView, TableGaps
from skprivate.synthesis._choice import ENOUGH_CELLS, fits, tells
from skprivate.synthesis._columns import TYPICAL

_CHOICE = 0.2  # of what a round costs
_ROUNDS = 4  # planned at first, for each column
_STEPS = 60  # of a fit between two rounds
_MORE = 2.0  # times the share of a round, once one taught little
_LITTLE = 0.5  # of the noise of a table
EXPLAINED = 0.4  # of what noise does to distances is left by a fit
_FIRST = 0.1  # of the cells that there is room for, at first


class Adaptive:
    """AIM: in each round, the pair of columns whose table would teach most.

    A round chooses a pair privately, by the rows that the model has out of place less
    those that noise would; it counts the table, and fits the model again. Rounds are
    small at first. Where a table taught less than half of its noise, those that follow
    cost twice as much; the last one takes all that is left (McKenna, Mullins, Sheldon
    and Miklau 2022, "AIM: an adaptive and iterative mechanism for differentially
    private synthetic data", where it is less than the noise, and four times).

    **Guarantee.** What is asked are choices by :class:`FarthestTable`, and counts of
    rows in cells. Which tables these are of, and at what share, follows from public
    facts and earlier answers; the curator is a filter, which allows that.

    Parameters
    ----------
    curator : Curator
    grouped : Grouped
    total : float
        Number of rows.
    possible : dict of int to ndarray of bool
        Values that variables can have.
    max_cells : int
        Of the largest clique; public.
    """

    def __init__(self, curator, grouped, total, possible, max_cells):
        self._curator, self._grouped = curator, grouped
        self._total, self._max_cells = total, max_cells
        self._descent = Descent(total, possible, explained=EXPLAINED)
        pairs = list(combinations(grouped.layout.features, 2))
        # A plan knows no groups, and asks all the same.
        self._pairs = [pair for pair in pairs if tells(grouped, pair)] or pairs
        self._chosen, self._trees = [], {}

    def tables(self, singles, forced):
        """Pairs that were counted, and their tables.

        Parameters
        ----------
        singles : list of Measured
            Of single columns, to begin with.
        forced : set of tuple of int
            Pairs that are counted before all others, where there is room for them.

        Returns
        -------
        list of tuple of int, list of Measured
        """
        curator, measured, whole = self._curator, [*singles], self._curator.remaining
        share = whole / max(_ROUNDS * len(self._grouped.groups), len(forced) + 1)
        for pair in sorted(forced):
            if self._has_room(pair, 1.0):
                measured.append(self._counted(pair, share))
        model = self._model(measured)
        while curator.remaining > 0:
            last = curator.remaining < 2 * share
            share = curator.remaining if last else share
            pair = self._choice(model, share, 1 - curator.remaining / whole)
            if pair is None:  # there is no room for any
                break
            part = curator.remaining if last else (1 - _CHOICE) * share
            measured.append(self._counted(pair, part))
            before, model = model, self._model(measured)
            if self._taught_little(before, model, measured[-1]):
                share *= _MORE**0.5 if curator.budget.pure else _MORE
        return self._chosen, measured[len(singles) :]

    def _choice(self, model, share, spent):
        """The pair that a table would teach most, of those that there is room for."""
        curator, grouped = self._curator, self._grouped
        pairs = [pair for pair in self._pairs if self._has_room(pair, spent + share)]
        if not pairs:
            return None
        expected = self._total * grouped.held(model, pairs)
        noise = curator.noise_of(Count(), share=(1 - _CHOICE) * share)
        cells = np.array([grouped.cells(pair) for pair in pairs])
        scale = curator.max_weight  # in which rows are counted
        query = FarthestTable(
            TableGaps(grouped.counts(pairs), expected / scale),
            TYPICAL * noise * cells / scale,
        )
        view = grouped.layout.view
        return pairs[curator.choose(OfView(query, view), share=_CHOICE * share)]

    def _has_room(self, pair, spent):
        """Whether cliques stay small enough: at first smaller than later on."""
        if pair in self._chosen:
            return True
        if pair not in self._trees:
            self._trees[pair] = self._grouped.tree([*self._chosen, pair])
        tree = self._trees[pair]
        return fits(tree, self._max_cells, max(spent, _FIRST) * ENOUGH_CELLS)

    def _counted(self, pair, share):
        """The table of a pair, which is one of those chosen from now on."""
        if pair not in self._chosen:
            self._chosen, self._trees = [*self._chosen, pair], {}
        return self._grouped.counted(self._curator, [pair], [share])[0]

    def _model(self, measured):
        """What all that was measured speaks for."""
        tree = self._grouped.tree(self._chosen)
        return self._descent.model(tree, measured, n_steps=_STEPS)

    def _taught_little(self, before, after, table):
        """Whether the model moved few rows, beside those that noise moves."""
        pair = tuple(j for j in table.variables if (j,) != self._grouped.label)
        moved = np.subtract(*(self._grouped.held(m, [pair]) for m in (before, after)))
        by_noise = TYPICAL * np.sum(table.noise)
        return self._total * np.abs(moved).sum() <= _LITTLE * by_noise
