"""What trees add to margins: maps of derived columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate.rows import Frozen
from skprivate.trees._forest import Forest
from skprivate.trees._tree import Tree


@dataclass(frozen=True, eq=False)
class AddTree(Frozen):
    """Add what a tree predicts to the margins of each row.

    Parameters
    ----------
    tree : Tree
        Of the same codes, with as many outputs as there are margins.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import DerivedColumns
    >>> from skprivate.trees import AddTree, Tree
    >>> columns = DerivedColumns(np.zeros((1, 1), np.uint8), np.ones((1, 1)))
    >>> AddTree(Tree.leaf([3], [0.5]))(columns).margins.tolist()
    [[1.5]]
    """

    tree: Tree

    def __call__(self, columns: Any) -> Any:
        return columns.plus(self.tree.predict(columns.codes))

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if not isinstance(self.tree, Tree):
            yield "there is no tree"

    def misfits(self, n_codes: ArrayLike, n_margins: int) -> Iterator[Any]:
        """Yield why it cannot be added to margins of such codes."""
        yield from _misfits(self.tree, n_codes, n_margins)


@dataclass(frozen=True, eq=False)
class AddForest(Frozen):
    """Add what several trees predict, one after another, to the margins of each row.

    Parameters
    ----------
    forest : Forest
        Of the same codes, with as many outputs as there are margins.

    Examples
    --------
    >>> from skprivate.rows import DerivedColumns
    >>> from skprivate.trees import AddForest, Forest, Tree
    >>> columns = DerivedColumns(np.zeros((1, 1), np.uint8), np.ones((1, 1)))
    >>> forest = Forest((Tree.leaf([3], [0.5]), Tree.leaf([3], [0.25])))
    >>> AddForest(forest)(columns).margins.tolist()
    [[1.75]]
    """

    forest: Forest

    def __call__(self, columns: Any) -> Any:
        return columns.plus(self.forest.predict(columns.codes))

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if not isinstance(self.forest, Forest):
            yield "there is no forest"

    def misfits(self, n_codes: ArrayLike, n_margins: int) -> Iterator[Any]:
        """Yield why it cannot be added to margins of such codes."""
        # All of them are over the same codes, with as many outputs.
        yield from _misfits(self.forest.trees[0], n_codes, n_margins)


def _misfits(tree, n_codes, n_margins):
    """Why the values of a tree cannot be added to margins of such codes."""
    if tree.n_codes is not n_codes and not np.array_equal(tree.n_codes, n_codes):
        yield "a tree is of other bins"
    elif tree.n_outputs != n_margins:
        yield "a tree has another number of outputs than there are margins"
