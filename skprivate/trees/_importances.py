"""Which columns the splits of trees are about."""

from typing import Any

import numpy as np


def split_gains(tree: Any, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What each column's splits tell apart: squared differences, times rows.

    Parameters
    ----------
    tree : Tree
    rows : ndarray of shape (n_nodes,)
        Noisy numbers of rows; below zero they count as none.
    values : ndarray of shape (n_nodes, n_outputs)
        What is predicted at each node.

    Returns
    -------
    ndarray of shape (n_features,)
        At least zero.
    """
    gains = np.zeros(len(tree.n_codes))
    inner = np.flatnonzero(~tree.is_leaf)
    for child in (tree.left[inner], tree.right[inner]):
        apart = ((values[child] - values[inner]) ** 2).sum(axis=1)
        np.add.at(gains, tree.feature[inner], np.maximum(rows[child], 0.0) * apart)
    return gains


def shares_of_gains(gains: Any) -> Any:
    """Gains divided by their sum, as scikit-learn's importances; zeros without any."""
    total = gains.sum()
    return gains / total if total > 0 else np.zeros_like(gains)
