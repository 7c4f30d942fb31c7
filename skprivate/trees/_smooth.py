"""From noisy totals of the leaves of a tree to values of all its nodes."""

import numpy as np

_FLOOR = 5.0  # rows that a node is lent by its parent, without noise
_STRENGTH = 0.3  # and for each deviation of the noise of its totals
_LEAST = 1e-3  # share of a class


def node_totals(tree, of_leaves):
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


def smoothed_shares(tree, of_leaves, noise):
    """Shares of the parts at each node, shrunk to those of its parent.

    A node is lent some rows of its parent: more, the noisier its own total is (its
    noise is that of as many leaves as are below it). So where noise hides the rows, a
    leaf says what its parents say. This is the estimate of a Dirichlet prior around the
    parent (the "hierarchical shrinkage" of Agarwal et al. 2022, with noise).

    Parameters
    ----------
    tree : Tree
    of_leaves : ndarray of shape (n_leaves, n_parts)
        Noisy totals: rows of each class, say.
    noise : float
        Deviation of each.

    Returns
    -------
    ndarray of shape (n_nodes, n_parts)
        Positive; the shares of a node add up to one.
    """
    totals, n_leaves = node_totals(tree, of_leaves)
    lent = _FLOOR + _STRENGTH * noise * np.sqrt(n_leaves)
    totals = np.maximum(totals, 0.0)
    shares = np.empty_like(totals)
    shares[0] = _normal(totals[0] + lent[0] / totals.shape[1])
    for nodes in tree.levels:
        for children in (tree.left[nodes], tree.right[nodes]):
            borrowed = lent[children, None] * shares[nodes]
            shares[children] = _normal(totals[children] + borrowed)
    return shares


def pruned(tree, totals, least):
    """The tree without nodes below which too few rows arrive.

    A split stays if, by noisy totals of rows, both sides have at least so many.

    Parameters
    ----------
    tree : Tree
    totals : ndarray of shape (n_nodes,)
        Noisy numbers of rows.
    least : float or ndarray of shape (n_nodes,)

    Returns
    -------
    tree : Tree
    kept : ndarray of int
        Number, in the tree before, of each node.
    """
    enough = totals >= least
    kept, nodes, place = [0], [], {0: 0}
    for node in kept:  # which grows
        split = not tree.is_leaf[node]
        if split and enough[tree.left[node]] and enough[tree.right[node]]:
            for child in (int(tree.left[node]), int(tree.right[node])):
                place[child] = len(kept)
                kept.append(child)
            nodes.append(True)
        else:
            nodes.append(False)
    return tree.subtree(np.array(kept), np.array(nodes), place), np.array(kept)


def _normal(parts):
    shares = np.maximum(parts, 0.0)
    shares = shares / np.maximum(shares.sum(axis=-1, keepdims=True), 1e-300)
    shares = np.maximum(shares, _LEAST)
    return shares / shares.sum(axis=-1, keepdims=True)
