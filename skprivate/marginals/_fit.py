"""The distribution that noisy answers about marginals speak for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate.marginals._junction import JunctionTree
from skprivate.marginals._model import (
    GraphicalModel,
    calibrated,
    spread,
)

_ENOUGH = 1e-5  # relative progress in ten steps, at which it stops
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
    explained: float = 0.65,
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
    explained : float, default=0.65
        It stops where so much of what noise does to distances is left.

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
    descent = Descent(total, possible, explained=explained)
    return descent.model(tree, measured, n_steps=n_steps)


class Descent:
    """A fit that goes on where it was, as more is measured.

    Factors are kept by measured table, so they mean the same whatever the tree is.

    Parameters
    ----------
    total : float
        Number of rows.
    possible : dict of int to ndarray of bool, default=None
        Values that variables can have; all, of those that are not named.
    explained : float, default=0.65
        A fit stops where so much of what noise does to distances is left.

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

    def __init__(
        self,
        total: float,
        possible: dict[int, Any] | None = None,
        *,
        explained: float = 0.65,
    ) -> None:
        self._total, self._possible = total, possible or {}
        self._explained = explained
        self._pulls = np.zeros(0)

    def model(self, tree: Any, measured: Any, *, n_steps: int = 400) -> GraphicalModel:
        """The closest distribution; ``measured`` begins with what it was before.

        Parameters are those of :func:`fitted_model`.
        """
        seen = _Seen(measured, tree, self._total)
        pulls = np.zeros(seen.counts.size)
        pulls[: self._pulls.size] = self._pulls
        start = _start(tree, self._possible)
        beliefs = calibrated(tree, seen.pulled(start, pulls))
        margins, loss, slopes = seen.compared(beliefs)
        enough = self._explained * seen.counts.size / 2
        rate, since = 1.0 / seen.largest_pull, loss
        for step in range(n_steps):
            if loss <= enough:
                break
            while True:
                tried = pulls - rate * slopes
                found = calibrated(tree, seen.pulled(start, tried))
                new_margins, new_loss, new_slopes = seen.compared(found)
                gain = slopes @ (margins - new_margins)  # if the loss were linear
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
    """All measured tables, one behind the other, and where a tree has them."""

    def __init__(self, measured, tree, total):
        self.counts = np.concatenate([np.ravel(m.counts) for m in measured])
        noise = [np.broadcast_to(m.noise, np.shape(m.counts)) for m in measured]
        self.noise = np.concatenate([np.ravel(part) for part in noise])
        self.total = total
        bounds = np.cumsum([0, *(np.size(m.counts) for m in measured)]).tolist()
        self._parts = [*map(slice, bounds, bounds[1:])]
        self._places = [tree.holding(m.variables) for m in measured]
        self._shapes, self._gone = [], []
        for m, place in zip(measured, self._places, strict=True):
            clique = tree.cliques[place]
            self._shapes.append(spread(m.counts, m.variables, clique).shape)
            gone = [k for k, j in enumerate(clique) if j not in m.variables]
            self._gone.append(tuple(gone))
        # A bound on the curvature: what all rows in a single cell would do.
        self.largest_pull = sum(float(np.max((total / n) ** 2)) for n in noise)

    def pulled(self, start, pulls):
        """Factors of the cliques, from those of the tables in them."""
        logs = [log.copy() for log in start]
        of_all = zip(self._places, self._parts, self._shapes, strict=True)
        for place, part, shape in of_all:
            logs[place] += pulls[part].reshape(shape)
        return logs

    def compared(self, beliefs):
        """What a model holds of the tables, squared distances, and their slopes."""
        margins = np.empty(self.counts.size)
        of_all = zip(self._places, self._parts, self._gone, strict=True)
        for place, part, gone in of_all:
            margins[part] = beliefs[place].sum(axis=gone).ravel()
        off = (self.total * margins - self.counts) / self.noise
        return margins, 0.5 * float(off @ off), self.total * off / self.noise


def _start(tree, possible):
    """Factors that are even, and zero where nothing can be."""
    logs = [np.zeros(shape) for shape in tree.shapes]
    for j, there in possible.items():
        i = tree.holding((j,))
        never = np.where(there, 0.0, -np.inf)
        logs[i] = logs[i] + spread(never, (j,), tree.cliques[i])
    return logs
