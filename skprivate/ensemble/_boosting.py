"""Boosting: rounds of trees whose leaves are noisy Newton steps."""

from dataclasses import dataclass

import numpy as np

from skprivate.binning import BinCodes
from skprivate.losses import Logistic, Multinomial
from skprivate.queries import (
    CellTotals,
    Derived,
    LeafCells,
    LossSteps,
    NodeCells,
    OfView,
    RowCounts,
)
from skprivate.tables import view_of
from skprivate.tree._growth import grown_tree
from skprivate.trees import (
    AddForest,
    Forest,
    best_splits,
    full_splits,
    monotone_values,
    newton_values,
    node_totals,
    pruned,
    random_trees,
    shares_of_gains,
    split_gains,
)

STRUCTURE_SEED = 0  # of trees, which is public
_ROWS_SHARE = 0.1  # of a round, for rows of leaves where so many are wanted
_MEMORY = 0.8  # weight of rounds before, where the size of steps is learned
_LEAST_LENT, _MOST_LENT = 0.5, 1e3
_COMMON = 2.0  # of draws are of any column, for one by what the start knows of them


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
    n_rows : float
        Of which nodes have the share that they have of the curvature.
    fewest : float
        Rows on either side of a split.
    patience : int or None
        Rounds of gradients that are within noise, before which rounds do not end; None:
        they do not end early, as where there is no noise.
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
    n_rows: float
    fewest: float
    patience: int | None

    def columns(self, number):
        """Columns of the tree of some number."""
        return self.groups[number % len(self.groups)]


@dataclass(frozen=True, eq=False)
class Start:
    """Margins that rounds start from, and what is known of columns by then.

    Parameters
    ----------
    view : Derived
        Rows with these margins.
    margins : ndarray of shape (n_margins,)
        Of all rows, or of none if there are `shapes`.
    shapes : AddCellTerms or None, default=None
        What is added for the code of each column.
    gains : ndarray of shape (n_features,)
        How much these tell apart.
    orders : dict of int to ndarray
        Of the codes of columns of categories; see :func:`random_trees`.
    """

    view: Derived
    margins: np.ndarray
    shapes: object
    gains: np.ndarray
    orders: dict

    @classmethod
    def constant(cls, bins, margins):
        """All rows have the same margins."""
        view = Derived((BinCodes(bins, margins),))
        return cls(view, margins, None, np.zeros(bins.n_features), {})


@dataclass(frozen=True, eq=False)
class Boosted:
    """What rounds have learned.

    Parameters
    ----------
    trees : tuple of Tree
        Whose predictions are added to margins.
    start : ndarray of shape (n_margins,)
        Margins of all rows,
    shapes : AddCellTerms or None
        and what the code of each column adds to them.
    gains : ndarray of shape (n_features,)
        How much splits on each column tell apart.
    n_rounds : int
        That were done.
    """

    trees: tuple
    start: np.ndarray
    shapes: object
    gains: np.ndarray
    n_rounds: int

    def margins(self, codes):
        """Margins of rows, added in the order of the rounds."""
        margins = np.tile(self.start, (len(codes), 1))
        for term in self.shapes.terms(codes) if self.shapes else ():
            margins += term
        for tree in self.trees:
            margins += tree.predict(codes)
        return margins


def boost(curator, bins, terms, start, plan):
    """Rounds of trees, each round on the margins that those before have made.

    **Guarantee.** All that is asked are :class:`CellTotals`: of :class:`LossSteps` in
    the leaves of all trees of a round, and of codes in leaves where splits are learned;
    and of rows in these leaves, where a leaf must have more than one.
    Structures, values and margins are functions of the answers and of public facts; so
    is when to stop. All that is left of the budget is spent in any case: what a tree
    saves that does not grow goes to its leaves, and what rounds save that are left out
    to the last one. So the price of the whole does not depend on answers.

    Parameters
    ----------
    curator : Curator
    bins : Bins
    terms : LossSteps
        With a gradient and a curvature for each margin.
    start : Start
    plan : Plan

    Returns
    -------
    Boosted
    """
    view, trees, gains, loudness = start.view, [], start.gains.copy(), []
    spread = Spread()
    part = curator.remaining / plan.n_rounds
    for number in range(plan.n_rounds):
        ends = plan.patience and _only_noise(loudness[-plan.patience :], plan.patience)
        part, left = curator.remaining if ends else part, curator.remaining
        ask = _Round(curator, bins, terms, view, plan, number, start)
        grown = [ask.learned(part / 2)] if plan.learned else ask.random()
        rows = ask.rows(grown, _ROWS_SHARE * part) if plan.fewest > 1 else None
        rest = min(part - (left - curator.remaining), curator.remaining)
        tables, noise = ask.leaves(grown, rest)
        spread.see(tables, noise)
        new = ask.valued(grown, tables, noise, gains, spread)
        if rows is not None:
            new = ask.with_full_leaves(new, rows)
        trees += new
        if ends:
            break
        if plan.patience:
            loudness.append(_loudness(tables, noise))
        view = view.then(AddForest(Forest(tuple(new))))
    return Boosted(tuple(trees), start.margins, start.shapes, gains, number + 1)


def drawn_trees(bins, plan, start, number, n_outputs):
    """Random trees of the round of some number, by what the start tells of columns."""
    likely = shares_of_gains(np.sqrt(start.gains)) + _COMMON / bins.n_features
    numbers = range(number * plan.n_trees, (number + 1) * plan.n_trees)
    weights = np.zeros((plan.n_trees, bins.n_features))
    for weight, i in zip(weights, numbers, strict=True):
        columns = list(plan.columns(i))
        weight[columns] = likely[columns]
    seeds = [(STRUCTURE_SEED, i) for i in numbers]
    drawn = {"weights": weights, "orders": start.orders}
    return random_trees(bins, plan.depth, seeds, n_outputs, **drawn)


def _loudness(tables, noise):
    """Number of noisy gradients of a round, and sum of their squares over the noise."""
    gradients = np.concatenate([table[:, 0].ravel() for table in tables])
    return gradients.size, float(((gradients / noise[0]) ** 2).sum())


def _only_noise(rounds, patience):
    """Whether noise alone could make the gradients of so many rounds.

    A square of noise is one on average, with a variance of 2, or 5 of Laplace noise.
    """
    if len(rounds) < patience:
        return False
    n, squares = np.sum(rounds, axis=0)
    return squares <= n + 2.0 * np.sqrt(5.0 * n)


class Spread:
    """How far the best steps of leaves are apart, as far as noisy gradients tell.

    A gradient is minus the curvature times the best step, and beside that noise, and
    the chance of which rows there are, whose variance is about the curvature. What
    squares of gradients are beyond both says how large steps are: the variance of a
    normal prior, which costs nothing (empirical Bayes). Rounds before count, the less
    the longer ago: what they have learned is gone.
    """

    def __init__(self):
        self.squares, self.scale = 0.0, 0.0

    def see(self, tables, noise):
        """Take gradients and curvatures of leaves into account, of so much noise."""
        sums = np.concatenate([np.moveaxis(t, 1, 0).reshape(2, -1) for t in tables], 1)
        gradients, curvatures = sums[0], np.maximum(sums[1], 0.0)
        beyond = gradients**2 - noise[0] ** 2 - curvatures
        self.squares = _MEMORY * self.squares + float(beyond.sum())
        scale = np.maximum(curvatures**2 - noise[1] ** 2, 0.0).sum()
        self.scale = _MEMORY * self.scale + float(scale)

    def lent(self, n_trees):
        """By what noise counts: see :func:`newton_values`.

        One over the variance; but the noise of the mean of some trees is smaller than
        that of each of them.
        """
        if self.squares <= 0.0 or self.scale <= 0.0:
            return _MOST_LENT
        variance = n_trees * self.squares / self.scale
        return float(np.clip(1.0 / variance, _LEAST_LENT, _MOST_LENT))


@dataclass(frozen=True, eq=False)
class _Round:
    """One round of :func:`boost`."""

    curator: object
    bins: object
    terms: LossSteps
    view: Derived
    plan: Plan
    number: int
    start: Start

    def random(self):
        """Random trees, by what the start tells of columns."""
        n_outputs = self.terms.loss.n_margins
        return drawn_trees(self.bins, self.plan, self.start, self.number, n_outputs)

    def learned(self, share):
        """A tree that is grown level by level, by noisy sums of codes in leaves."""
        plan, n_codes = self.plan, self.bins.n_codes
        columns = plan.columns(self.number)
        whole = []  # curvature of all rows

        def choose(tree, active):
            cells = NodeCells((tree,), active, columns)
            tables, noise = self._sums(cells, share / plan.depth)
            if active == (0,):
                whole.append(tables[0][0, :, 1].sum(axis=0).mean())
            least = plan.least
            if plan.fewest > 1:
                least = plan.fewest * max(whole[0], noise[1]) / plan.n_rows
            return best_splits(
                tables,
                columns,
                self.bins.categorical,
                ridge=plan.ridge,
                noise=noise,
                least=least,
                signs=plan.signs,
            )

        return grown_tree(n_codes, plan.depth, plan.most_leaves, choose)

    def leaves(self, trees, share):
        """Noisy sums of gradients and curvatures of the leaves, and their noise."""
        return self._sums(LeafCells(tuple(trees)), share)

    def valued(self, trees, tables, noise, gains, spread):
        """The trees with Newton steps, times the rate; gains are added up."""
        plan, valued = self.plan, []
        known = {
            "ridge": plan.ridge,
            "largest": plan.largest,
            "lent": spread.lent(plan.n_trees),
            # Trees of a round share their rows: their mean has the same chance.
            "chance": spread.lent(1) if noise[0] > 0.0 and self._of_classes else 0.0,
        }
        for tree, table in zip(trees, tables, strict=True):
            values = newton_values(tree, table[:, 0], table[:, 1], noise, **known)
            if plan.signs.any():
                values = monotone_values(tree, values, plan.signs)
            curvature, _ = node_totals(tree, table[:, 1].sum(axis=1, keepdims=True))
            curvature = curvature[:, 0]
            gains += split_gains(tree, curvature, values) / len(trees)
            valued.append(tree.with_value(values * (plan.rate / len(trees))))
        return valued

    @property
    def _of_classes(self):
        """Whether curvatures are variances of gradients: numbers may vary less."""
        return isinstance(self.terms.loss, (Logistic, Multinomial))

    def rows(self, trees, share):
        """Noisy numbers of rows of the leaves."""
        query = CellTotals(LeafCells(tuple(trees)), RowCounts())
        answer = self.curator.release(OfView(query, view_of(self.bins)), share=share)
        return query.by_table(answer)

    def with_full_leaves(self, trees, rows):
        """The trees without splits that have too few rows on either side."""
        full = []
        for tree, of_leaves in zip(trees, rows, strict=True):
            totals, _ = node_totals(tree, of_leaves)
            splits = full_splits(tree, totals[:, 0], self.plan.fewest)
            full.append(pruned(tree, splits)[0])
        return full

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
