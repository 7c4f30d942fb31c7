"""Trees that know nothing of the rows."""

import numpy as np

from skprivate.trees._tree import Tree


def random_tree(bins, depth, seed, n_outputs=1):
    """A tree whose splits are drawn, by a public seed, from bins alone.

    At each node a column is drawn from those that still have two codes there, then a
    threshold, or of categories a set, that leaves some on either side; missing values
    go to a side that is drawn. A node of which no column is left to split is a leaf.

    Guarantee: a function of bins, depth and seed, so it costs nothing; the seed is no
    secret, and draws no noise.

    Parameters
    ----------
    bins : Bins
        Of which only the numbers of codes count, and which are of categories.
    depth : int
    seed : int or sequence of int
        Public; of a forest, for instance, ``(seed, number of the tree)``.
    n_outputs : int, default=1

    Returns
    -------
    Tree
        With values of zero.
    """
    rng = np.random.default_rng(seed)
    n_codes, categorical = bins.n_codes, bins.categorical
    # Of each node the codes that can arrive, of each column, without missing values.
    arriving = [tuple(np.arange(n - 1) for n in n_codes)]
    nodes, depths = [], [0]
    while len(nodes) < len(arriving):
        here, level = arriving[len(nodes)], depths[len(nodes)]
        free = [j for j, codes in enumerate(here) if len(codes) > 1]
        if level == depth or not free:
            nodes.append(None)
            continue
        j = free[rng.integers(len(free))]
        rule, left = _drawn(here[j], categorical[j], rng)
        child, missing_left = len(arriving), bool(rng.integers(2))
        nodes.append((j, rule, child, child + 1, missing_left))
        for side in (left, ~left):
            arriving.append((*here[:j], here[j][side], *here[j + 1 :]))
            depths.append(level + 1)
    return Tree.of_nodes(n_codes, nodes, np.zeros((len(nodes), n_outputs)))


def _drawn(codes, is_category, rng):
    """A rule for at least two codes, and which of them go left: some, and not all."""
    if not is_category:
        cut = int(rng.integers(1, len(codes)))
        return int(codes[cut - 1]), np.arange(len(codes)) < cut
    order = rng.permutation(len(codes))
    left = order < rng.integers(1, len(codes))
    return frozenset(codes[left].tolist()), left
