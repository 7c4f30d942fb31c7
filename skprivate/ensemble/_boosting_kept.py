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

from skprivate.additive._posterior import Evidence
from skprivate.base._tiles import _one_thread
from skprivate.ensemble._boosting import STRUCTURE_SEED, Boosted, drawn_trees
from skprivate.losses import logs_of_cut
from skprivate.queries import CellTotals, LeafCells, OfView
from skprivate.trees import AddForest, Forest, node_totals, random_codes, split_gains

_PRIOR = 1 / 2.0**2  # precision of what all trees together add to a margin,
_PSEUDO = 4.0  # before so many values are known
_ROUNDS = 20  # of guesses of it
_ROWS_OF_LEAF = 3.0  # that are drawn
_FEWEST_ROWS, _MOST_ROWS = 300, 2400
_LITTLE_NOISE = 1e-3


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
            step = walk.learn(answer.reshape(len(walk.values), -1), noise)
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
    """From one gradient to the next values: those that all gradients say are best."""

    def __init__(self, trees, terms, start, plan, drawn):
        self.trees, self.terms, self.ridge = trees, terms, plan.ridge
        codes, self.weight = drawn
        cells = LeafCells(tuple(trees))
        sizes = cells.sizes
        self.ends = np.cumsum(sizes)[:-1]
        places = cells(codes) + (np.cumsum(sizes) - sizes)
        # A row is in one leaf of each tree: all it adds has length one.
        self.features = np.zeros((len(codes), int(sizes.sum())))
        np.put_along_axis(self.features, places, 1 / np.sqrt(len(trees)), axis=1)
        self.margins = np.tile(start.margins, (len(codes), 1))
        for term in start.shapes.terms(codes) if start.shapes else ():
            self.margins += term
        n_margins = self.margins.shape[1]
        self.values = np.zeros((self.features.shape[1], n_margins))
        self.evidence = [Evidence(len(self.values)) for _ in range(n_margins)]

    def learn(self, gradients, noise):
        """Take gradients at the present values into account; the step to the best."""
        root = np.sqrt(len(self.trees))
        before = self.values.copy()
        curvatures = self._curvatures()
        deviation = max(noise, _LITTLE_NOISE * np.sqrt(self.weight)) / root
        for k, evidence in enumerate(self.evidence):
            weighted = self.features * np.sqrt(curvatures[:, k : k + 1])
            # There is no intercept: trees have one, together.
            slope = np.column_stack([weighted.T @ weighted, np.zeros(len(before))])
            point = np.append(before[:, k], 0.0)
            evidence.add(gradients[:, k] / root, slope, point, deviation)
            self.values[:, k] = self._best(evidence)
        return self.valued(self.values - before)

    def _best(self, evidence):
        """Most likely values of one margin."""
        matrix, target = evidence.information(1.0)
        seen, ways = eigh(matrix[:-1, :-1])
        seen, target = np.maximum(seen, 0.0), ways.T @ target[:-1]
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
        rows = self.weight * self.features.sum(axis=0) + 1e-9
        root, valued = np.sqrt(len(self.trees)), []
        for tree, of_leaves, n in zip(
            self.trees,
            np.split(values / root, self.ends),
            np.split(rows, self.ends),
            strict=True,
        ):
            totals, _ = node_totals(tree, np.column_stack([n, n[:, None] * of_leaves]))
            valued.append(tree.with_value(totals[:, 1:] / totals[:, :1]))
        return valued

    def gains(self):
        """How much splits on each column tell apart: the mean over the trees."""
        curvature = self._curvatures().sum(axis=1) @ self.features
        curvature = np.split(curvature * np.sqrt(len(self.trees)), self.ends)
        gains = np.zeros(len(self.trees[0].n_codes))
        for tree, part in zip(self.valued(self.values), curvature, strict=True):
            of_nodes, _ = node_totals(tree, part[:, None])
            # What all trees predict together is as many times as large.
            gains += split_gains(tree, of_nodes[:, 0], tree.value * len(self.trees))
        return gains / len(self.trees)
