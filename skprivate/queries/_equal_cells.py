"""Equally wide cells of columns: the leaves of trees that halve a range."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query

_MOST_CELLS = 2**24  # of all columns together
DEEPEST = 15  # so that leaves are fewer than codes


@dataclass(frozen=True, eq=False)
class EqualCells(Query):
    """Number of rows in each of ``2 ** depth`` equally wide cells of each column.

    They are the leaves of a tree for each column, for :meth:`Curator.splits`.

    **Guarantee.** A row adds one, or its weight, to one cell of each column, whatever
    its values: those beyond an end count in the outermost cell. A row that is not
    finite adds nothing. So a row adds at most one to the leaves of each tree.

    Parameters
    ----------
    low, high : ndarray of shape (n_features,)
        Ends of the range of each column, public or released.
    depth : int
        From 1 to 15.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import EqualCells
    >>> query = EqualCells(np.zeros(1), np.ones(1), 2)
    >>> counts = query(np.array([[0.1], [0.9], [2.0]]), None, np.empty(0))
    >>> (counts * query.step).tolist()
    [[1.0, 0.0, 0.0, 2.0]]
    """

    low: np.ndarray
    high: np.ndarray
    depth: int
    norm = np.inf
    bound = 1.0

    @property
    def width(self) -> int:
        """A column for each range."""
        return len(self.low)

    @property
    def n_trees(self) -> int:
        """One for each column."""
        return len(self.low)

    @property
    def size(self) -> int:
        """Number of cells of all columns."""
        return len(self.low) * 2**self.depth

    def problems(self) -> Iterator[Any]:
        """Ends are in order, and cells not too many."""
        if self.low.ndim != 1 or self.low.shape != self.high.shape:
            yield "low and high have different lengths"
        elif not (self.low <= self.high).all():
            yield "low is above high"
        elif not 1 <= self.depth <= DEEPEST:
            yield "depth is not from 1 to 15"
        elif self.size > 2 * _MOST_CELLS:
            yield "there are too many cells"

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import histogram

        ends = np.array([self.low, self.high])
        return histogram(X, ends, 2**self.depth, weight, 1 / self.step)

    def edges(self, splits: np.ndarray) -> list[np.ndarray]:
        """Ends of the leaves of each tree, ascending.

        Parameters
        ----------
        splits : ndarray of bool
            As :meth:`Curator.splits` has returned them.

        Returns
        -------
        list of ndarray
        """
        places = [_ends(split, self.depth) for split in splits]
        ranges = zip(self.low, self.high, places, strict=True)
        return [low * (1 - place) + high * place for low, high, place in ranges]


def deepest(n_columns: int) -> int:
    """Depth of trees such that not too many cells are counted; public."""
    return int(np.clip(np.log2(_MOST_CELLS / max(n_columns, 1)), 1, DEEPEST))


def _ends(split, depth):
    """Where leaves end, as parts of the whole."""
    inner = [0.0, 1.0]
    for level in range(depth):
        nodes = np.flatnonzero(split[2**level - 1 : 2 ** (level + 1) - 1])
        inner.extend((nodes + 0.5) / 2**level)
    return np.sort(np.array(inner))
