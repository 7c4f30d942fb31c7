"""Values of the nodes of a tree by noisy gradients and curvatures of its leaves."""

from typing import Any

import numpy as np

from skprivate.trees._smooth import likely_rows, node_totals

_LENT_TO_ROOT = 0.5


def newton_values(
    tree: Any,
    gradients: np.ndarray,
    curvatures: np.ndarray,
    noise: tuple[float, ...],
    *,
    ridge: float,
    largest: float,
    lent: float = 0.5,
    chance: float = 0.0,
) -> np.ndarray:
    """A Newton step at each node, shrunk to that of its parent.

    A step is ``-G / (H + ridge)``, as far as noise lets it be seen: a node of
    curvature ``H`` is lent ``lent * noise**2 / H`` of it with the value of its parent
    (the estimate of a normal prior of variance ``1 / lent`` around the parent). So a
    node of which noise alone can be seen has the value of its parent.

    Parameters
    ----------
    tree : Tree
    gradients, curvatures : ndarray of shape (n_leaves, n_outputs)
        Noisy sums over the rows of each leaf.
    noise : tuple of float
        Deviation of each gradient, and of each curvature.
    ridge : float
        Curvature that is added in any case.
    largest : float
        To which values are cut.
    lent : float, default=0.5
    chance : float, default=0.0
        Curvature that is lent beside, for the chance of which rows there are: gradients
        of ``H`` have a variance of ``H`` by that, as noise has ``noise**2``.

    Returns
    -------
    ndarray of shape (n_nodes, n_outputs)
    """
    n = gradients.shape[1]
    totals, n_leaves = node_totals(tree, np.hstack([gradients, curvatures]))
    n_leaves = n_leaves[:, None]
    gradients = totals[:, :n]
    curvatures = likely_rows(totals[:, n:], n_leaves * noise[1] ** 2)
    hidden = np.repeat(lent * n_leaves * noise[0] ** 2, n, axis=1)
    hidden[0] *= min(lent, _LENT_TO_ROOT) / lent  # the level of all is no spread
    hidden[1:] = hidden[1:] + chance * curvatures[1:]
    trust = curvatures / np.maximum(curvatures * (curvatures + ridge) + hidden, 1e-9)
    values = np.zeros_like(gradients)
    values[0] = -trust[0] * gradients[0]
    for nodes in tree.levels:
        for side in (tree.left[nodes], tree.right[nodes]):
            above = values[nodes]
            slope = gradients[side] + (curvatures[side] + ridge) * above
            values[side] = above - trust[side] * slope
    return np.clip(values, -largest, largest)


def monotone_values(tree: Any, values: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Values such that predictions go one way along some columns.

    Of two children on the wrong sides of each other, both get the mean; and all values
    below one stay on its side of the middle between the two, as in scikit-learn.

    Parameters
    ----------
    tree : Tree
    values : ndarray of shape (n_nodes, 1)
    signs : ndarray of shape (n_features,)
        1 for predictions that must not decrease, -1 for such that must not increase, 0
        for any.

    Returns
    -------
    ndarray of shape (n_nodes, 1)
    """
    values = values.copy()
    low, high = np.full(tree.n_nodes, -np.inf), np.full(tree.n_nodes, np.inf)
    for nodes in tree.levels:
        sign = signs[tree.feature[nodes]]
        left, right = tree.left[nodes], tree.right[nodes]
        for side in (left, right):
            low[side], high[side] = low[nodes], high[nodes]
            values[side, 0] = np.clip(values[side, 0], low[side], high[side])
        middle = (values[left, 0] + values[right, 0]) / 2
        wrong = sign * (values[right, 0] - values[left, 0]) < 0
        for side in (left, right):
            values[side[wrong], 0] = middle[wrong]
        for smaller, larger, way in ((left, right, 1), (right, left, -1)):
            high[smaller[sign == way]] = middle[sign == way]
            low[larger[sign == way]] = middle[sign == way]
    return values
