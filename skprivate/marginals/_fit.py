"""The distribution that noisy answers about marginals speak for."""

from dataclasses import dataclass

import numpy as np

from skprivate.marginals._model import (
    GraphicalModel,
    calibrated,
    projected,
    spread,
)

_ENOUGH = 1e-5  # relative progress in ten steps, at which it stops
_EXPLAINED = 0.65  # of what noise does to distances is left when it stops
_SHRINK, _GROW = 0.5, 1.4
_SMALLEST = 1e-30


@dataclass(frozen=True, eq=False)
class Measured:
    """Noisy numbers of rows in the cells of some variables.

    Parameters
    ----------
    variables : tuple of int
        Ascending.
    counts : ndarray
        An axis for each variable.
    noise : float or ndarray
        Standard deviation of each count.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.marginals import Measured
    >>> Measured((0, 2), np.zeros((2, 3)), 1.0).variables
    (0, 2)
    """

    variables: tuple
    counts: np.ndarray
    noise: object


def fitted_model(tree, measured, total, *, possible=None, n_steps=400):
    """The distribution closest to what was measured, of those of a junction tree.

    It minimizes squared distances over the variances of noise, by mirror descent from
    the uniform distribution: each step multiplies factors by the exponential of a
    gradient (Beck and Teboulle 2003; McKenna, Sheldon and Miklau 2019). What nothing is
    known about stays as even as it can be. All of it is arithmetic on what was
    released.

    Parameters
    ----------
    tree : JunctionTree
        Each measured table lies in a clique.
    measured : sequence of Measured
    total : float
        Number of rows.
    possible : dict of int to ndarray of bool, default=None
        Values that variables can have; all, of those that are not named.
    n_steps : int

    Returns
    -------
    GraphicalModel

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.marginals import JunctionTree, Measured, fitted_model
    >>> tree = JunctionTree.around((2, 2), [(0, 1)])
    >>> seen = [Measured((0, 1), np.array([[40.0, 10.0], [0.0, 50.0]]), 0.1)]
    >>> fitted_model(tree, seen, 100.0).marginal((1,)).round(2).tolist()
    [0.4, 0.6]
    """
    places = [tree.holding(m.variables) for m in measured]
    logs = _start(tree, possible or {})
    beliefs = calibrated(tree, logs)
    loss, slopes = _loss(tree, measured, places, beliefs, total)
    enough = _EXPLAINED * sum(m.counts.size for m in measured) / 2
    rate, since = 1.0 / _largest_pull(measured, total), loss
    for step in range(n_steps):
        if loss <= enough:
            break
        while True:
            tried = [
                log - rate * slope for log, slope in zip(logs, slopes, strict=True)
            ]
            found = calibrated(tree, tried)
            new_loss, new_slopes = _loss(tree, measured, places, found, total)
            gain = _decrease(slopes, beliefs, found)
            if loss - new_loss >= 0.5 * gain or rate < _SMALLEST:
                break
            rate *= _SHRINK
        logs, beliefs, loss, slopes = tried, found, new_loss, new_slopes
        rate *= _GROW
        if step % 10 == 9:
            if since - loss <= _ENOUGH * loss or rate < _SMALLEST:
                break
            since = loss
    return GraphicalModel(tree, tuple(beliefs))


def _start(tree, possible):
    """Factors that are even, and zero where nothing can be."""
    logs = [np.zeros(shape) for shape in tree.shapes]
    for j, there in possible.items():
        i = tree.holding((j,))
        never = np.where(there, 0.0, -np.inf)
        logs[i] = logs[i] + spread(never, (j,), tree.cliques[i])
    return logs


def _largest_pull(measured, total):
    """A bound on the curvature: what all rows in a single cell would do."""
    return sum(float(np.max(total**2 / np.square(m.noise))) for m in measured)


def _loss(tree, measured, places, beliefs, total):
    """Squared distances, and their gradient in the probabilities of each clique."""
    loss, slopes = 0.0, [np.zeros(shape) for shape in tree.shapes]
    for m, i in zip(measured, places, strict=True):
        clique = tree.cliques[i]
        off = (total * projected(beliefs[i], clique, m.variables) - m.counts) / m.noise
        loss += 0.5 * float(np.sum(off * off))
        slopes[i] += spread(total * off / m.noise, m.variables, clique)
    return loss, slopes


def _decrease(slopes, old, new):
    """What a linear loss would lose."""
    return sum(
        float(np.sum(slope * (a - b)))
        for slope, a, b in zip(slopes, old, new, strict=True)
    )
