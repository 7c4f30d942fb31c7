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
    rng = np.random.default_rng(seed)
    orders = _orders(bins, orders or {}, rng)
    weights = np.ones(bins.n_features) if weights is None else np.asarray(weights)
    with np.errstate(divide="ignore"):
        keys = np.log(weights)
    low = np.zeros((1, bins.n_features), np.intp)
    high = np.where(weights > 0, bins.n_codes[None] - 1, 0)
    levels = []
    for level in range(depth + 1):
        places = np.flatnonzero((high - low > 1).any(axis=1))
        if level == depth or not len(places):
            levels.append((len(low), places[:0], None))
            break
        low, high, n_here = low[places], high[places], len(low)
        # The largest of such keys is each column's as often as its weight says.
        gumbel = np.where(high - low > 1, keys + rng.gumbel(size=low.shape), -np.inf)
        column = gumbel.argmax(axis=1)
        at = np.arange(len(places)), column
        cut = (
            low[at]
            + 1
            + (rng.random(len(at[0])) * (high[at] - low[at] - 1)).astype(int)
        )
        missing_left = rng.random(len(places)) < 0.5
        levels.append((n_here, places, (column, low[at], cut, missing_left)))
        low, high = np.repeat(low, 2, axis=0), np.repeat(high, 2, axis=0)
        high[0::2][at], low[1::2][at] = cut, cut
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


def _orders(bins, given, rng):
    """The order in which codes of each column of categories are cut."""
    return {
        j: np.asarray(given[j] if j in given else rng.permutation(bins.n_codes[j] - 1))
        for j in np.flatnonzero(bins.categorical).tolist()
    }


def _built(n_codes, levels, orders, n_outputs):
    """A tree of the splits of each level; nodes are numbered level by level."""
    n_nodes = sum(n for n, _, _ in levels)
    parts = np.full((4, n_nodes), LEAF, dtype=np.int32)
    missing_left = np.zeros(n_nodes, dtype=bool)
    n_bits = max((int(n_codes[j]) for j in orders), default=0)
    bits = np.zeros((n_nodes, n_bits), dtype=np.uint8)
    first = 0
    for n_here, places, splits in levels:
        if splits is not None:
            column, low, cut, missing_left[first + places] = splits
            left = first + n_here + 2 * np.arange(len(places))
            parts[:, first + places] = column, cut - 1, left, left + 1
            for j, order in orders.items():
                of_j = np.flatnonzero(column == j)
                rank = np.empty(len(order), np.intp)
                rank[order] = np.arange(len(order))
                goes = (low[of_j, None] <= rank) & (rank < cut[of_j, None])
                nodes = first + places[of_j]
                parts[1, nodes], bits[nodes, : len(order)] = LEAF, goes
        first += n_here
    sets = np.packbits(bits, axis=1, bitorder="little")
    value = np.zeros((n_nodes, n_outputs))
    n_codes = np.asarray(n_codes, dtype=np.int64)
    return Tree(n_codes, *parts, value, missing_left, sets)
