"""What forests of classes and of numbers share: random trees, and one release."""

from math import log2

import numpy as np

from skprivate.queries import CellTotals, ColumnCells, LeafCells, OfView
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

STRUCTURE_SEED = 0  # of trees, which is public
DEEPEST = 12
_LOOK_SHARE = 0.1
_HIDDEN = 100.0  # variances of noise, against squares of the rows of a category
_DOUBT = 2.0  # deviations of noise that tell nothing
_COMMON = 2.0  # of draws are of any column, for one by what columns tell


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


def look_at_columns(curator, bins, terms, *, share):
    """How much each column tells by itself, and in which order its categories are.

    **Guarantee.** One release of :class:`CellTotals`: a row adds to one cell of each
    column. All else follows from the answer.

    Parameters
    ----------
    curator : Curator
    bins : Bins
    terms : TargetParts
    share : float
        Fraction of the budget.

    Returns
    -------
    weights : ndarray of shape (n_features,)
        How often columns are drawn for splits: some always, since columns may tell
        together what none of them does alone.
    orders : dict of int to ndarray
        See :func:`random_tree`.
    """
    query = CellTotals(ColumnCells.of(bins), terms)
    answer = curator.release(OfView(query, view_of(bins)), share=share)
    noise, tables = curator.noise_of(query), query.by_table(answer)
    told, orders, n = np.zeros(len(tables)), {}, terms.n_parts
    hidden = _HIDDEN * noise**2
    for j, table in enumerate(tables):
        rows = table.sum(axis=1, keepdims=True)
        shares = table.sum(axis=0) / max(rows.sum(), 1.0)
        apart = table - rows * np.clip(shares, 0.0, 1.0)
        rows = np.maximum(rows, max(1.0, 2.0 * noise))
        doubt = _DOUBT * np.sqrt(2.0 / apart.size)  # of the mean of squares of noise
        squares = (apart**2 / rows).sum() - (1.0 + doubt) * (noise**2 / rows).sum() * n
        told[j] = max(0.0, squares)
        if bins.categorical[j]:
            loudest = (apart**2).sum(axis=0).argmax()
            # Of categories that noise hides nothing is known: they are in the middle.
            ratio = apart[:, loudest] * rows[:, 0] / (rows[:, 0] ** 2 + hidden)
            orders[j] = np.argsort(ratio[:-1], kind="stable")
    return _COMMON / len(told) + shares_of_gains(np.sqrt(told)), orders


def grow_forest(curator, bins, terms, n_trees, depth, *, share, least, by_part=None):
    """Random trees, with the shares of the parts at each node.

    **Guarantee.** Trees are drawn by a public seed from released bins and from a
    released look at each column; what a row adds to is one leaf of each, in a single
    release of :class:`CellTotals`.

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
    look = _LOOK_SHARE * share
    weights, orders = look_at_columns(curator, bins, terms, share=look)
    drawn = {"weights": weights, "orders": orders}
    trees = tuple(
        random_tree(bins, depth, (STRUCTURE_SEED, i), terms.n_parts, **drawn)
        for i in range(n_trees)
    )
    share -= look
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
