"""Boosting on trees that are kept: each round mends all of them at once.

Where trees are random, they need not be new in each round. The gradients of the leaves
of some trees, at different margins, all tell of the same values; so all of them count,
weighted by their precision, and no part of the budget is lost with margins that are
gone. What each says depends on how leaves lie over each other: on the rows that are in
two of them. That is not asked: it is computed of rows that nobody has, drawn column by
column. Where columns hang together, a step is not the best one; but the next gradient
is that of the rows themselves, and mends it.
"""

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csr_matrix

from skprivate.additive._steepness import Steepness
from skprivate.base._tiles import _one_thread
from skprivate.ensemble._boosting import STRUCTURE_SEED, Boosted, drawn_trees
from skprivate.losses import logs_of_cut
from skprivate.queries import CellTotals, LeafCells, OfView
from skprivate.trees import AddForest, Forest, node_totals, random_codes, split_gains

_PRIOR = 1 / 2.0**2  # precision of what all trees together add to a margin,
_PSEUDO = 4.0  # before so many values are known
_ROUNDS = 20  # of guesses of it
_FEWEST_WAYS, _MOST_WAYS = 100, 400
_ROWS_OF_LEAF = 3.0  # that are drawn
_FEWEST_ROWS, _MOST_ROWS = 300, 2400
_TRACE = 1e-6
_HARMLESS = 2.0  # see Steepness


def boost_kept(curator, bins, terms, start, plan, masses):
    """Rounds of gradients of the leaves of the same trees.

    **Guarantee.** All that is asked are :class:`CellTotals` of :class:`LossSteps` in
    the leaves of all trees. The trees are public, or follow from what was released, and
    so do rows that are drawn, from a public seed; values and margins are functions of
    these and of the answers.

    Parameters
    ----------
    curator : Curator
    bins : Bins
    terms : LossSteps
        Gradients of classes.
    start : Start
    plan : Plan
    masses : list of ndarray
        Weight of the rows of each code, by column: released numbers, or public ones.

    Returns
    -------
    Boosted
    """
    trees = drawn_trees(bins, plan, start, 0, terms.loss.n_margins)
    with _one_thread:
        walk = _Walk(trees, terms, start, plan, _drawn_rows(bins, masses, trees))
    tables, view = LeafCells(tuple(trees)), start.view
    query = CellTotals(tables, terms)
    share = curator.remaining / plan.n_rounds
    for number in range(plan.n_rounds):
        last = number == plan.n_rounds - 1
        part = curator.remaining if last else share
        answer = curator.release(OfView(query, view), share=part)
        noise = curator.noise_of(query, share=part)
        with _one_thread:  # matrices are small: threads would wait for each other
            step = walk.learn(answer.reshape(-1, terms.loss.n_margins), noise)
        if not last:
            view = view.then(AddForest(Forest(tuple(step))))
    gains = start.gains + walk.gains()
    return Boosted(
        tuple(walk.valued(walk.values)), start.margins, start.shapes, gains, number + 1
    )


def _drawn_rows(bins, masses, trees):
    """Rows of which each column has its masses, and columns are independent.

    Returns
    -------
    codes : ndarray of shape (n_rows, n_features)
    weight : float
        Rows that each of them stands for.
    """
    leaves = sum(tree.n_leaves for tree in trees)
    n = int(np.clip(_ROWS_OF_LEAF * leaves, _FEWEST_ROWS, _MOST_ROWS))
    codes = random_codes(masses, n, (STRUCTURE_SEED, n)).astype(bins.dtype)
    return codes, masses[0].sum() / n


class _Walk:
    """From one gradient to the next values: those that all gradients say are best.

    Values are sought along the ways in which most rows that are drawn differ by the
    leaves they are in: what is left tells next to nothing.
    """

    def __init__(self, trees, terms, start, plan, drawn):
        self.trees, self.terms, self.ridge = trees, terms, plan.ridge
        codes, self.weight = drawn
        cells = LeafCells(tuple(trees))
        starts = np.cumsum(cells.sizes) - cells.sizes
        self.ends = starts[1:]
        # A row is in one leaf of each tree: all it adds has length one.
        shape = len(codes), int(cells.sizes.sum())
        places = (cells(codes) + starts).ravel(), np.arange(len(codes) + 1) * len(trees)
        entries = np.full(len(places[0]), len(trees) ** -0.5)
        self.leaves = csr_matrix((entries, *places), shape=shape)
        self.margins = np.tile(start.margins, (len(codes), 1))
        for term in start.shapes.terms(codes) if start.shapes else ():
            self.margins += term
        n_margins = self.margins.shape[1]
        most = max(int(_MOST_WAYS / np.sqrt(max(n_margins / 2, 1.0))), _FEWEST_WAYS)
        self.ways = _main_ways(self.leaves, most)
        self.features = self.leaves @ self.ways
        n_ways = self.ways.shape[1]
        self.values = np.zeros((n_ways, n_margins))
        self.gradients, self.moved = np.zeros((2, n_ways, n_margins))
        self.slopes, self.n_seen = np.zeros((n_margins, n_ways, n_ways)), 0
        # Of two classes, curvature at the present values has done.
        harmless = _HARMLESS if n_margins > 1 else np.inf
        self.steepness = [Steepness(harmless) for _ in range(n_margins)]
        self.least = None  # curvature: steps must not grow since margins are far off

    def learn(self, gradients, noise):
        """Take gradients at the present values into account; the step to the best.

        All of them have as much noise, so their mean is what counts.
        """
        gradients = self.ways.T @ (gradients / np.sqrt(len(self.trees)))
        curvatures, before = self._curvatures(), self.values.copy()
        if self.least is None:
            self.least = curvatures if curvatures.shape[1] > 1 else 0.0
        curvatures = np.maximum(curvatures, self.least)
        self.n_seen += 1
        self.gradients += (gradients - self.gradients) / self.n_seen
        noise = noise / np.sqrt(len(self.trees))
        for k, curvature in enumerate(curvatures.T):
            curved = self.features * np.sqrt(curvature)[:, None]
            slope = curved.T @ curved
            moved = slope @ before[:, k]
            self.slopes[k] += (slope - self.slopes[k]) / self.n_seen
            self.moved[:, k] += (moved - self.moved[:, k]) / self.n_seen
            self.steepness[k].see(gradients[:, k], slope, before[:, k], noise)
            factor = self.steepness[k].factor
            self.values[:, k] = self._best(
                factor * self.slopes[k],
                self.gradients[:, k] - factor * self.moved[:, k],
                noise**2 / self.n_seen,
            )
        return self.valued(self.values - before)

    def _best(self, slope, constant, noise):
        """Most likely values of one margin; the scale of their prior is learned.

        A mean gradient ``slope @ values + constant`` is zero at the best values but for
        noise, and for the chance of which rows there are, whose covariance is `slope`.
        """
        curved, ways = eigh(slope, driver="evd")  # all of them: the fastest
        curved = np.maximum(curved, 0.0)
        trust = curved / (curved + noise)
        seen, target = curved * trust, -trust * (ways.T @ constant)
        prior = _PRIOR
        for _ in range(_ROUNDS):
            values = target / (seen + prior + self.ridge)
            known = float((seen / (seen + prior)).sum())
            prior = (known + _PSEUDO) / (float(values @ values) + _PSEUDO / _PRIOR)
        return ways @ values

    def _curvatures(self):
        """Of the rows that are drawn, at the present values."""
        margins = self.margins + self.features @ self.values
        p = np.exp(logs_of_cut(margins, None))[:, -margins.shape[1] :]
        return self.weight * p * (1.0 - p)

    def valued(self, values):
        """Trees with such values, each with that of its mean inside."""
        of_leaves = self.ways @ values / np.sqrt(len(self.trees))
        valued = []
        for tree, part, n in zip(
            self.trees, self._by_tree(of_leaves), self._rows(), strict=True
        ):
            totals, _ = node_totals(tree, np.hstack([n, n * part]))
            valued.append(tree.with_value(totals[:, 1:] / totals[:, :1]))
        return valued

    def gains(self):
        """How much splits on each column tell apart: the mean over the trees."""
        gains = np.zeros(len(self.trees[0].n_codes))
        rows = self._rows(self._curvatures().sum(axis=1))
        for tree, part in zip(self.valued(self.values), rows, strict=True):
            of_nodes, _ = node_totals(tree, part)
            # What all trees predict together is as many times as large.
            gains += split_gains(tree, of_nodes[:, 0], tree.value * len(self.trees))
        return gains / len(self.trees)

    def _rows(self, weights=1.0):
        """Rows of the leaves of each tree, at least a trace of one."""
        each = np.broadcast_to(weights, self.leaves.shape[0])
        rows = each @ self.leaves * np.sqrt(len(self.trees))
        return self._by_tree(np.maximum(rows, _TRACE)[:, None])

    def _by_tree(self, of_leaves):
        return np.split(of_leaves, self.ends)


def _main_ways(leaves, most):
    """Orthonormal ways in which leaves of rows differ, the main ones; all if few."""
    n = leaves.shape[1]
    if n <= most:
        return np.eye(n)
    gram = (leaves.T @ leaves).toarray()
    return eigh(gram, subset_by_index=(n - most, n - 1))[1]
