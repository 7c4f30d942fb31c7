"""The distribution that noisy answers about marginals speak for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate.marginals._junction import JunctionTree
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


def fitted_model(
    tree: JunctionTree,
    measured: Sequence[Measured],
    total: float,
    *,
    possible: dict[int, Any] | None = None,
    n_steps: int = 400,
) -> GraphicalModel:
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
    return Descent(total, possible).model(tree, measured, n_steps=n_steps)


class Descent:
    """A fit that goes on where it was, as more is measured.

    Factors are kept by measured table, so they mean the same whatever the tree is.

    Parameters
    ----------
    total : float
        Number of rows.
    possible : dict of int to ndarray of bool, default=None
        Values that variables can have; all, of those that are not named.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.marginals import Descent, JunctionTree, Measured
    >>> descent, seen = Descent(100.0), [Measured((0,), np.array([80.0, 20.0]), 0.1)]
    >>> first = descent.model(JunctionTree.around((2, 2), []), seen)
    >>> seen.append(Measured((0, 1), np.array([[80.0, 0.0], [0.0, 20.0]]), 0.1))
    >>> second = descent.model(JunctionTree.around((2, 2), [(0, 1)]), seen)
    >>> second.marginal((0, 1)).round(2).tolist()
    [[0.8, 0.0], [0.0, 0.2]]
    """

    def __init__(self, total: float, possible: dict[int, Any] | None = None) -> None:
        self._total, self._possible = total, possible or {}
        self._pulls = []

    def model(self, tree: Any, measured: Any, *, n_steps: int = 400) -> GraphicalModel:
        """The closest distribution; ``measured`` begins with what it was before.

        Parameters are those of :func:`fitted_model`.
        """
        seen = [_Seen(m, tree, self._total) for m in measured]
        pulls = [*self._pulls]
        pulls += [np.zeros(m.counts.shape) for m in measured[len(pulls) :]]
        start = _start(tree, self._possible)
        beliefs = calibrated(tree, _pulled(start, seen, pulls))
        loss, margins, slopes = _loss(seen, beliefs)
        enough = _EXPLAINED * sum(m.counts.size for m in measured) / 2
        rate, since = 1.0 / sum(of.largest_pull for of in seen), loss
        for step in range(n_steps):
            if loss <= enough:
                break
            while True:
                tried = [p - rate * s for p, s in zip(pulls, slopes, strict=True)]
                found = calibrated(tree, _pulled(start, seen, tried))
                new_loss, new_margins, new_slopes = _loss(seen, found)
                gain = _decrease(slopes, margins, new_margins)
                if loss - new_loss >= 0.5 * gain or rate < _SMALLEST:
                    break
                rate *= _SHRINK
            pulls, beliefs, loss = tried, found, new_loss
            margins, slopes = new_margins, new_slopes
            rate *= _GROW
            if step % 10 == 9:
                if since - loss <= _ENOUGH * loss or rate < _SMALLEST:
                    break
                since = loss
        self._pulls = pulls
        return GraphicalModel(tree, tuple(beliefs))


class _Seen:
    """A measured table, and the clique of a tree that it lies in."""

    def __init__(self, measured, tree, total):
        self.place = tree.holding(measured.variables)
        self.variables, self.clique = measured.variables, tree.cliques[self.place]
        self.noise, self.total = measured.noise, total
        self.counts = measured.counts

    @property
    def largest_pull(self):
        """A bound on the curvature: what all rows in a single cell would do."""
        return float(np.max(self.total**2 / np.square(self.noise)))

    def margin(self, beliefs):
        """What a model holds of this table."""
        return projected(beliefs[self.place], self.clique, self.variables)

    def off(self, margin):
        """How many deviations of noise each cell is off."""
        return (self.total * margin - self.counts) / self.noise


def _start(tree, possible):
    """Factors that are even, and zero where nothing can be."""
    logs = [np.zeros(shape) for shape in tree.shapes]
    for j, there in possible.items():
        i = tree.holding((j,))
        never = np.where(there, 0.0, -np.inf)
        logs[i] = logs[i] + spread(never, (j,), tree.cliques[i])
    return logs


def _pulled(start, seen, pulls):
    """Factors of the cliques, from those of the tables in them."""
    logs = [log.copy() for log in start]
    for of, pull in zip(seen, pulls, strict=True):
        logs[of.place] += spread(pull, of.variables, of.clique)
    return logs


def _loss(seen, beliefs):
    """Squared distances; what the model holds of each table, and gradients in that."""
    loss, margins, slopes = 0.0, [], []
    for of in seen:
        margin = of.margin(beliefs)
        off = of.off(margin)
        loss += 0.5 * float(np.sum(off * off))
        margins.append(margin)
        slopes.append(of.total * off / of.noise)
    return loss, margins, slopes


def _decrease(slopes, old, new):
    """What a linear loss would lose."""
    return sum(
        float(np.sum(slope * (a - b)))
        for slope, a, b in zip(slopes, old, new, strict=True)
    )
