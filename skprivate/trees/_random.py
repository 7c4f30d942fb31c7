"""Trees that know nothing of the rows, and rows that nobody has."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate.trees._tree import LEAF, Tree


def random_tree(
    bins: Any,
    depth: int,
    seed: int | Sequence[int],
    n_outputs: int = 1,
    *,
    weights: ArrayLike | None = None,
    orders: dict[int, Any] | None = None,
) -> Tree:
    """A tree whose splits are drawn, by a public seed, from bins alone.

    At each node a column is drawn from those that still have two codes there, then a
    place to cut its codes that leaves some on either side; missing values go to a side
    that is drawn. Codes of categories are cut in an order that is drawn for the tree. A
    node of which no column is left to split is a leaf.

    Guarantee: a function of its arguments, so it costs nothing; the seed is no secret,
    and draws no noise.

    Parameters
    ----------
    bins : Bins
        Of which only the numbers of codes count, and which are of categories.
    depth : int
    seed : int or sequence of int
        Public; of a forest, for instance, ``(seed, number of the tree)``.
    n_outputs : int, default=1
    weights : array-like of shape (n_features,), default=None
        How often columns are drawn, public or released; None: all alike.
    orders : dict of int to ndarray, default=None
        Order of the codes, without that of missing values, of some columns of
        categories, public or released.

    Returns
    -------
    Tree
        With values of zero.
    """
    weights = None if weights is None else np.asarray(weights)[None]
    drawn = {"weights": weights, "orders": orders}
    return random_trees(bins, depth, [seed], n_outputs, **drawn)[0]


def random_trees(
    bins: Any,
    depth: int,
    seeds: Sequence[int | Sequence[int]],
    n_outputs: int = 1,
    *,
    weights: ArrayLike | None = None,
    orders: dict[int, Any] | None = None,
) -> list[Tree]:
    """Those of :func:`random_tree`, one for each seed, in less time than one by one.

    Parameters
    ----------
    bins, depth, n_outputs, orders : as for :func:`random_tree`
    seeds : sequence
    weights : array-like of shape (n_trees, n_features), default=None

    Returns
    -------
    list of Tree
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    orders = [_orders(bins, orders or {}, rng) for rng in rngs]
    shape = len(rngs), bins.n_features
    weights = np.ones(shape) if weights is None else np.asarray(weights)
    with np.errstate(divide="ignore"):
        keys = np.log(weights)
    low = np.zeros(shape, np.intp)
    high = np.where(weights > 0, bins.n_codes - 1, 0)
    tree, levels = np.arange(len(rngs)), []  # nodes of all trees, one after another
    for level in range(depth + 1):
        n_here = _counts(tree, rngs)
        places = np.flatnonzero((high - low > 1).any(axis=1))
        if level == depth or not len(places):
            levels.append((n_here, None))
            break
        low, high, tree = low[places], high[places], tree[places]
        n_split = _counts(tree, rngs)
        gumbel, share, side = _draws(rngs, n_split, bins.n_features)
        # The largest of such keys is each column's as often as its weight says.
        gumbel = np.where(high - low > 1, keys[tree] + gumbel, -np.inf)
        column = gumbel.argmax(axis=1)
        at = np.arange(len(places)), column
        cut = low[at] + 1 + (share * (high[at] - low[at] - 1)).astype(int)
        places -= _before(n_here)[tree]
        splits = tree, n_split, places, column, low[at], cut, side < 0.5
        levels.append((n_here, splits))
        low, high = np.repeat(low, 2, axis=0), np.repeat(high, 2, axis=0)
        high[0::2][at], low[1::2][at] = cut, cut
        tree = np.repeat(tree, 2)
    return _built(bins.n_codes, levels, orders, n_outputs)


def random_codes(masses: Sequence[ArrayLike], n: int, seed: int | Sequence[int]) -> Any:
    """Codes of rows that nobody has: columns are independent, each with its masses.

    Guarantee: a function of its arguments, so it costs nothing; the seed is no secret,
    and draws no noise.

    Parameters
    ----------
    masses : sequence of array-like
        Public or released; positive, one for each code of a column.
    n : int
        Number of rows.
    seed : int or sequence of int
        Public.

    Returns
    -------
    ndarray of int of shape (n, n_features)
    """
    rng = np.random.default_rng(seed)
    places = (np.arange(n) + 0.5) / n
    ends = [np.cumsum(mass)[:-1] / np.sum(mass) for mass in masses]
    return np.column_stack([rng.permutation(np.searchsorted(e, places)) for e in ends])


def _counts(tree, trees):
    """Number of nodes of each tree."""
    return np.bincount(tree, minlength=len(trees))


def _before(counts):
    """Number of nodes of trees before each."""
    return np.cumsum(counts) - counts


def _draws(rngs, counts, n_features):
    """For each node to split a key of each column, a place to cut, and a side."""
    draws = [
        (rng.gumbel(size=(n, n_features)), rng.random(n), rng.random(n))
        for rng, n in zip(rngs, counts.tolist(), strict=True)
    ]
    return (np.concatenate(parts) for parts in zip(*draws, strict=True))


def _orders(bins, given, rng):
    """The order in which codes of each column of categories are cut."""
    return {
        j: np.asarray(given[j] if j in given else rng.permutation(bins.n_codes[j] - 1))
        for j in np.flatnonzero(bins.categorical).tolist()
    }


def _built(n_codes, levels, orders, n_outputs):
    """Trees of the splits of each level; nodes are numbered level by level."""
    sizes = sum(n_here for n_here, _ in levels)
    n_nodes, first = int(sizes.sum()), _before(sizes)
    parts = np.full((4, n_nodes), LEAF, dtype=np.int32)
    missing_left = np.zeros(n_nodes, dtype=bool)
    n_bits = max((int(n_codes[j]) for j in orders[0]), default=0)
    bits = np.zeros((n_nodes, n_bits), dtype=np.uint8)
    # Where a code is in the order of its tree.
    ranks = {j: np.argsort([order[j] for order in orders], axis=1) for j in orders[0]}
    above = np.zeros_like(sizes)
    for n_here, splits in levels[:-1]:
        tree, n_split, places, column, low, cut, side = splits
        nodes = (first + above)[tree] + places
        number = np.arange(len(tree)) - _before(n_split)[tree]
        left = (above + n_here)[tree] + 2 * number
        parts[:, nodes], missing_left[nodes] = (column, cut - 1, left, left + 1), side
        for j, rank in ranks.items():
            of_j = np.flatnonzero(column == j)
            rank, here = rank[tree[of_j]], nodes[of_j]
            goes = (low[of_j, None] <= rank) & (rank < cut[of_j, None])
            parts[1, here], bits[here, : rank.shape[1]] = LEAF, goes
        above += n_here
    sets = np.packbits(bits, axis=1, bitorder="little")
    n_codes = np.asarray(n_codes, dtype=np.int64)
    return [
        Tree(
            n_codes,
            *parts[:, nodes],
            np.zeros((nodes.stop - nodes.start, n_outputs)),
            missing_left[nodes],
            sets[nodes],
        )
        for nodes in map(slice, first.tolist(), (first + sizes).tolist())
    ]
