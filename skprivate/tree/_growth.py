"""A tree that is grown level by level, and one release for its leaves."""

import numpy as np

from skprivate.queries import CellTotals, LeafCells, NodeCells, OfView
from skprivate.tables import view_of
from skprivate.trees import (
    Tree,
    best_splits,
    node_totals,
    normal_shares,
    random_tree,
    shares_of_gains,
    smoothed_shares,
    split_gains,
)

STRUCTURE_SEED = 0  # of a random tree, which is public: no row has a say in it
_LEVELS_SHARE = 0.5


def grown_tree(n_codes, depth, most_leaves, choose):
    """A tree of which each level is asked about at once.

    Parameters
    ----------
    n_codes : ndarray of int
    depth : int
    most_leaves : int
        Of the splits of a level, those that gain most are taken, for at most half of
        the leaves that there is room for: so that some branches may grow deep.
    choose : callable
        From the tree so far and its leaves that may be split to a Split, or None, for
        each of them.

    Returns
    -------
    Tree
    """
    nodes, active, n_leaves = [None], (0,), 1
    for _ in range(depth):
        found = choose(Tree.of_nodes(n_codes, nodes), active)
        ranked = [i for i, split in enumerate(found) if split is not None]
        ranked.sort(key=lambda i: -found[i].gain)
        room = most_leaves - n_leaves
        chosen = sorted(ranked[: (room + 1) // 2])
        if not chosen:
            break
        splits, active = [(active[i], found[i]) for i in chosen], []
        for node, split in splits:
            left = len(nodes)
            nodes[node] = split.node(left, left + 1)
            nodes += [None, None]
            active += [left, left + 1]
        active, n_leaves = tuple(active), n_leaves + len(chosen)
    return Tree.of_nodes(n_codes, nodes)


def depth_of_tree(n_rows, mu):
    """Depth of a single tree, of which each level has its price."""
    deepest = min(10.0, np.log2(max(n_rows, 2.0)))
    return int(np.clip(round(np.log2(max(n_rows * mu, 2.0) / 100.0)), 1, deepest))


def fit_tree(curator, bins, terms, *, depth, most_leaves, least, learned, by_part=None):
    """A tree for all that is left of the budget; its values are shares of the parts.

    **Guarantee.** Splits are drawn by a public seed, or chosen by noisy parts of codes
    in leaves; leaves get their parts in one more release. All are
    :class:`CellTotals`; all else follows from the answers.

    Parameters
    ----------
    curator : Curator
    bins : Bins
    terms : TargetParts
    depth, most_leaves : int
    least : float
        Rows on either side of a split, by noisy counts.
    learned : bool
        Whether splits are learned, or drawn.
    by_part : callable, default=None
        From the totals of all rows to a weight of each part.

    Returns
    -------
    tree : Tree
    importances : ndarray of shape (n_features,)
    """
    view, n = view_of(bins), terms.n_parts
    columns = tuple(range(bins.n_features))

    def asked(cells, share):
        query = CellTotals(cells, terms)
        answer = curator.release(OfView(query, view), share=share)
        return query.by_table(answer), curator.noise_of(query, share=share)

    part = _LEVELS_SHARE * curator.remaining / depth

    def choose(tree, active):
        tables, noise = asked(NodeCells((tree,), active, columns), part)
        tables = [t.reshape(len(active), -1, n) for t in tables]
        tables = [_beside_rows(t * _weights(by_part, t, n)) for t in tables]
        return best_splits(
            tables, columns, bins.categorical, ridge=noise + 1e-9,
            noise=(noise, noise * n**0.5), least=least,
        )  # fmt: skip

    if learned:
        tree = grown_tree(bins.n_codes, depth, most_leaves, choose)
    else:
        tree = random_tree(bins, depth, STRUCTURE_SEED, n)
    (table,), noise = asked(LeafCells((tree,)), curator.remaining)
    weights = _weights(by_part, table, n)
    values = normal_shares(smoothed_shares(tree, table * weights, noise * weights))
    rows, _ = node_totals(tree, table.sum(axis=1, keepdims=True))
    gains = shares_of_gains(split_gains(tree, rows[:, 0], values))
    return tree.with_value(values), gains


def _weights(by_part, table, n):
    return np.ones(n) if by_part is None else by_part(table.reshape(-1, n).sum(axis=0))


def _beside_rows(table):
    """Parts of each code, and beside each of them the rows of the code."""
    rows = np.broadcast_to(table.sum(axis=-1, keepdims=True), table.shape)
    return np.stack([table, rows], axis=2)
