"""What forests of classes and of numbers share: random trees, and one release."""

from math import log2

import numpy as np

from skprivate.queries import CellTotals, LeafCells, OfView
from skprivate.tables import view_of
from skprivate.trees import (
    full_splits,
    heavy_splits,
    node_totals,
    pruned,
    random_tree,
    shares_of_gains,
    smoothed_shares,
    split_gains,
)

STRUCTURE_SEED = 0  # of trees, which is public: no row has a say in them
DEEPEST = 12


def wanted_trees(budget, n_rows, mu):
    """Number of trees: Laplace noise grows with it, and Gaussian noise does not.

    Where few rows, times ``mu``, have little to say, fewer say the same.
    """
    return 20 if budget.pure else int(np.clip(n_rows * min(mu, 1.0) / 4.0, 8, 200))


def depth_of_forest(n_rows, mu):
    """Depth of random trees: each further level halves the rows of a leaf.

    Settled by trials from 500 to 50,000 rows times mu.
    """
    signal = max(2.0, n_rows * mu)
    deepest = min(DEEPEST, log2(max(n_rows, 4.0)))
    return int(np.clip(round(0.65 * log2(signal) - 1.0), 2, deepest))


def grow_forest(curator, bins, terms, n_trees, depth, *, share, least, by_part=None):
    """Random trees, with the shares of the parts at each node.

    **Guarantee.** Trees are drawn by a public seed from released bins; what a row adds
    to is one leaf of each, in a single release of :class:`CellTotals`.

    Parameters
    ----------
    curator : Curator
    bins : Bins
    terms : TargetParts
    n_trees, depth : int
    share : float
        Fraction of the budget.
    least : float or "noise"
        Nodes of fewer rows, by noisy totals, are cut off; or such that noise hides.
    by_part : callable, default=None
        From the totals of all rows to a weight of each part.

    Returns
    -------
    trees : list of Tree
        Whose values are shares of the parts at each node.
    gains : ndarray of shape (n_features,)
    """
    trees = tuple(
        random_tree(bins, depth, (STRUCTURE_SEED, i), terms.n_parts)
        for i in range(n_trees)
    )
    query = CellTotals(LeafCells(trees), terms)
    answer = curator.release(OfView(query, view_of(bins)), share=share)
    noise, tables = curator.noise_of(query), query.by_table(answer)
    weights = np.ones(terms.n_parts)
    if by_part is not None:
        weights = by_part(np.mean([table.sum(axis=0) for table in tables], axis=0))
    grown, gains = [], np.zeros(bins.n_features)
    for tree, table in zip(trees, tables, strict=True):
        values = smoothed_shares(tree, table * weights, noise * weights)
        totals, _ = node_totals(tree, table.sum(axis=1, keepdims=True))
        gains += split_gains(tree, totals[:, 0], values)
        splits = _splits(tree, totals[:, 0], least, noise * terms.n_parts**0.5)
        grown.append(pruned(tree.with_value(values), splits)[0])
    return grown, shares_of_gains(gains)


def _splits(tree, totals, least, noise):
    """Which nodes keep their split; ``noise`` is that of the rows of a leaf."""
    if least == "noise":
        return heavy_splits(tree, totals, noise)
    return full_splits(tree, totals, least) if least > 1 else ~tree.is_leaf
