"""Boosting: rounds of trees whose leaves are noisy Newton steps."""

from dataclasses import dataclass

import numpy as np

from skprivate.binning import BinCodes
from skprivate.queries import (
    CellTotals,
    Derived,
    LeafCells,
    LossSteps,
    NodeCells,
    OfView,
)
from skprivate.tree._growth import grown_tree
from skprivate.trees import (
    AddForest,
    Forest,
    best_splits,
    monotone_values,
    newton_values,
    node_totals,
    random_tree,
    split_gains,
)

STRUCTURE_SEED = 0  # of trees, which is public: no row has a say in them


@dataclass(frozen=True, eq=False)
class Plan:
    """How rounds go: public numbers, or such that follow from released ones.

    Parameters
    ----------
    n_rounds : int
    n_trees : int
        In each round; what they predict is averaged.
    depth : int
    learned : bool
        Whether splits are learned from noisy histograms; else trees are random.
    most_leaves : int
        Of a tree whose splits are learned.
    rate : float
    ridge : float
    largest : float
        To which a Newton step is cut, before ``rate``.
    least : float
        Curvature on either side of a split that is learned.
    signs : ndarray of shape (n_features,)
        Which way predictions may go along each column.
    groups : tuple of tuple of int
        Columns of which a tree may have splits; one tree after another takes one.
    """

    n_rounds: int
    n_trees: int
    depth: int
    learned: bool
    most_leaves: int
    rate: float
    ridge: float
    largest: float
    least: float
    signs: np.ndarray
    groups: tuple

    def columns(self, number):
        """Columns of the tree of some number."""
        return self.groups[number % len(self.groups)]


@dataclass(frozen=True, eq=False)
class Boosted:
    """What rounds have learned.

    Parameters
    ----------
    trees : tuple of Tree
        Whose predictions, and ``start``, add up to margins.
    start : ndarray of shape (n_margins,)
    gains : ndarray of shape (n_features,)
        How much splits on each column tell apart.
    """

    trees: tuple
    start: np.ndarray
    gains: np.ndarray

    def margins(self, codes):
        """Margins of rows, added in the order of the rounds."""
        margins = np.tile(self.start, (len(codes), 1))
        for tree in self.trees:
            margins += tree.predict(codes)
        return margins


def boost(curator, bins, terms, start, plan, *, share):
    """Rounds of trees, each round on the margins that those before have made.

    **Guarantee.** All that is asked are :class:`CellTotals` of :class:`LossSteps`: of
    the leaves of all trees of a round, and of codes in leaves where splits are learned.
    Structures, values and margins are functions of the answers and of public facts.

    Parameters
    ----------
    curator : Curator
    bins : Bins
    terms : LossSteps
        With a gradient and a curvature for each margin.
    start : ndarray of shape (n_margins,)
    plan : Plan
    share : float
        Fraction of the budget for all rounds together.

    Returns
    -------
    Boosted
    """
    view = Derived((BinCodes(bins, start),))
    trees, gains = [], np.zeros(bins.n_features)
    part = share / plan.n_rounds
    for number in range(plan.n_rounds):
        ask = _Round(curator, bins, terms, view, plan, number)
        grown = [ask.learned(part / 2)] if plan.learned else ask.random()
        new = ask.valued(grown, part / 2 if plan.learned else part, gains)
        trees += new
        view = view.then(AddForest(Forest(tuple(new))))
    return Boosted(tuple(trees), start, gains)


@dataclass(frozen=True, eq=False)
class _Round:
    """One round of :func:`boost`."""

    curator: object
    bins: object
    terms: LossSteps
    view: Derived
    plan: Plan
    number: int

    def random(self):
        """Trees that no row has a say in."""
        plan, bins = self.plan, self.bins
        trees = []
        for i in range(plan.n_trees):
            number = self.number * plan.n_trees + i
            weights = np.zeros(bins.n_features)
            weights[list(plan.columns(number))] = 1.0
            seed = STRUCTURE_SEED, number
            n_outputs = self.terms.loss.n_margins
            trees.append(
                random_tree(bins, plan.depth, seed, n_outputs, weights=weights)
            )
        return trees

    def learned(self, share):
        """A tree that is grown level by level, by noisy sums of codes in leaves."""
        plan, n_codes = self.plan, self.bins.n_codes
        columns = plan.columns(self.number)

        def choose(tree, active):
            cells = NodeCells((tree,), active, columns)
            tables, noise = self._sums(cells, share / plan.depth)
            return best_splits(
                tables,
                columns,
                self.bins.categorical,
                ridge=plan.ridge,
                noise=noise,
                least=plan.least,
                signs=plan.signs,
            )

        return grown_tree(n_codes, plan.depth, plan.most_leaves, choose)

    def valued(self, trees, share, gains):
        """The trees with Newton steps, times the rate; gains are added up."""
        tables, noise = self._sums(LeafCells(tuple(trees)), share)
        plan, valued = self.plan, []
        for tree, table in zip(trees, tables, strict=True):
            sums = table[:, 0], table[:, 1]
            values = newton_values(
                tree, *sums, noise[0], ridge=plan.ridge, largest=plan.largest
            )
            if plan.signs.any():
                values = monotone_values(tree, values, plan.signs)
            curvature, _ = node_totals(tree, sums[1].sum(axis=1, keepdims=True))
            gains += split_gains(tree, curvature[:, 0], values) / len(trees)
            valued.append(tree.with_value(values * (plan.rate / len(trees))))
        return valued

    def _sums(self, tables, share):
        """Noisy sums of gradients and curvatures of each table, and their noise."""
        query = CellTotals(tables, self.terms)
        answer = self.curator.release(OfView(query, self.view), share=share)
        noise = self.curator.noise_of(query, share=share)
        deviations = tuple(noise * part for part in self.terms.noise)
        n_margins = self.terms.loss.n_margins
        found = [t.reshape(-1, 2, n_margins) for t in query.by_table(answer)]
        if isinstance(tables, NodeCells):
            n_leaves = len(tables.nodes)
            found = [t.reshape(n_leaves, -1, 2, n_margins) for t in found]
        return found, deviations
