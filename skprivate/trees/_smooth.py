"""From noisy totals of the leaves of a tree to values of all its nodes."""

from typing import Any

import numpy as np

_FLOOR = 5.0  # rows that a node is lent by its parent, without noise
_STRENGTH = 1.0  # variances of the noise that count against squares of rows
_DOUBT = 1.0  # variances of the noise of rows, which make few of them fewer
_LEAST = 1e-3  # share of a class
_HIDDEN = 2.0  # deviations of the noise that hide the rows of a node


def node_totals(tree: Any, of_leaves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Totals of all nodes, from those of the leaves, and the number of leaves below.

    Parameters
    ----------
    tree : Tree
    of_leaves : ndarray of shape (n_leaves, n_parts)

    Returns
    -------
    totals : ndarray of shape (n_nodes, n_parts)
    n_leaves : ndarray of shape (n_nodes,)
    """
    totals = np.zeros((tree.n_nodes, 1 + np.shape(of_leaves)[1]))
    totals[tree.leaves, 0], totals[tree.leaves, 1:] = 1.0, of_leaves
    for nodes in reversed(tree.levels):
        totals[nodes] = totals[tree.left[nodes]] + totals[tree.right[nodes]]
    return totals[:, 1:], totals[:, 0]


def smoothed_shares(
    tree: Any, of_leaves: np.ndarray, noise: float | np.ndarray
) -> np.ndarray:
    """Shares of the parts at each node, shrunk to those of its parent.

    What a node's rows say beyond its parent's shares counts as far as there are rows
    and noise does not hide them (its noise is that of as many leaves as are below it).
    So a node of which noise alone can be seen says what its parent says; this is the
    estimate of a normal prior around the parent (the "hierarchical shrinkage" of
    Agarwal et al. 2022, with noise).

    Rows that noise seems to have added are taken off the parts first, in proportion to
    the variance of their noise: they would be shared alike by all classes.

    Parameters
    ----------
    tree : Tree
    of_leaves : ndarray of shape (n_leaves, n_parts)
        Noisy totals: rows of each class, say.
    noise : float or ndarray of shape (n_parts,)
        Deviation of each.

    Returns
    -------
    ndarray of shape (n_nodes, n_parts)
        Those of a node add up to one, but with noise some may be negative or beyond
        one; so the mean over many trees has no bias. See :func:`normal_shares`.
    """
    totals, n_leaves = node_totals(tree, of_leaves)
    variances = np.broadcast_to(np.square(noise), totals.shape[1])
    of_rows = n_leaves * variances.sum()
    noisy = totals.sum(axis=1)
    rows = likely_rows(noisy, of_rows)
    by_noise = variances / max(variances.sum(), 1e-300)
    totals = totals - (noisy - rows)[:, None] * by_noise
    lent = _FLOOR * rows + _STRENGTH * n_leaves * variances.max()
    trust = rows / np.maximum(rows**2 + lent, 1e-300)
    shares = np.full_like(totals, 1.0 / totals.shape[1])
    shares[0] += trust[0] * (totals[0] - rows[0] * shares[0])
    for nodes in tree.levels:
        for side in (tree.left[nodes], tree.right[nodes]):
            apart = totals[side] - rows[side, None] * shares[nodes]
            shares[side] = shares[nodes] + trust[side, None] * apart
    return shares


def likely_rows(noisy, variance):
    """Rows of a node, by a noisy number of them: fewer, where noise could be all."""
    noisy = np.maximum(noisy, 0.0)
    return noisy**3 / np.maximum(noisy**2 + _DOUBT * variance, 1e-300)


def full_splits(tree: Any, totals: np.ndarray, least: float) -> np.ndarray:
    """Which nodes keep their split if either side must have so many rows.

    Parameters
    ----------
    tree : Tree
    totals : ndarray of shape (n_nodes,)
        Noisy numbers of rows.
    least : float

    Returns
    -------
    ndarray of bool of shape (n_nodes,)
    """
    inner, full = ~tree.is_leaf, np.zeros(tree.n_nodes, dtype=bool)
    full[inner] = (totals[tree.left[inner]] >= least) & (
        totals[tree.right[inner]] >= least
    )
    return full


def heavy_splits(tree: Any, totals: np.ndarray, noise: float) -> np.ndarray:
    """Which nodes keep their split if leaves that noise hides go into their parents.

    From the bottom up, two leaves become one unless the rows of both are beyond two
    deviations of the noise. What is the sibling of a split stays: there is something
    heavy below its parent.

    Parameters
    ----------
    tree : Tree
    totals : ndarray of shape (n_nodes,)
        Noisy numbers of rows.
    noise : float
        Deviation of that of a leaf.

    Returns
    -------
    ndarray of bool of shape (n_nodes,)
    """
    n_leaves = node_totals(tree, np.zeros((tree.n_leaves, 0)))[1]
    heavy = totals > _HIDDEN * noise * np.sqrt(n_leaves)
    kept = np.zeros(tree.n_nodes, dtype=bool)
    for nodes in reversed(tree.levels):
        left, right = tree.left[nodes], tree.right[nodes]
        kept[nodes] = (heavy[left] & heavy[right]) | kept[left] | kept[right]
    return kept


def pruned(tree: Any, splits: np.ndarray) -> tuple[Any, np.ndarray]:
    """The tree of which some nodes keep their split, if those above them do.

    Parameters
    ----------
    tree : Tree
    splits : ndarray of bool of shape (n_nodes,)

    Returns
    -------
    tree : Tree
    kept : ndarray of int
        Number, in the tree before, of each node.
    """
    nodes, levels = np.zeros(1, np.intp), []
    while len(nodes):
        levels.append(nodes)
        nodes = nodes[splits[nodes]]
        nodes = np.stack([tree.left[nodes], tree.right[nodes]], axis=1).ravel()
    kept = np.concatenate(levels)
    return tree.subtree(kept, splits[kept]), kept


def normal_shares(parts: Any) -> Any:
    """Positive shares that add up to one."""
    shares = np.maximum(parts, 0.0)
    shares = shares / np.maximum(shares.sum(axis=-1, keepdims=True), 1e-300)
    shares = np.maximum(shares, _LEAST)
    return shares / shares.sum(axis=-1, keepdims=True)
