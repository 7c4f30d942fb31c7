"""Several trees over the same codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skprivate.rows import Frozen
from skprivate.trees._complete import CompleteTrees
from skprivate.trees._tree import Tree


@dataclass(frozen=True, eq=False)
class Forest(Frozen):
    """Trees whose predictions are added, in order.

    **Guarantee.** A prediction is a function of the codes of the row: values of leaves
    are added in the order of the trees, in float64, whatever the other rows.

    Parameters
    ----------
    trees : tuple of Tree
        Of the same columns, with as many outputs each.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.trees import Forest, Tree
    >>> forest = Forest((Tree.leaf([3], [1.0]), Tree.leaf([3], [0.5])))
    >>> forest.predict(np.zeros((1, 1), dtype=np.uint8)).tolist()
    [[1.5]]
    """

    trees: tuple

    @cached_property
    def complete(self) -> Any:
        """The trees as complete ones, where these are not too large."""
        return CompleteTrees.of(self.trees)

    def apply(self, codes: np.ndarray) -> np.ndarray:
        """Node of each tree where rows end: ndarray of shape (n_rows, n_trees)."""
        return np.column_stack([tree.apply(codes) for tree in self.trees])

    def predict(self, codes: np.ndarray) -> Any:
        """Sum of the predictions of the trees."""
        if self.complete is not None and codes.dtype == np.uint8:
            return self.complete.values(codes, self.trees)
        total = np.zeros((len(codes), self.trees[0].n_outputs))
        for tree in self.trees:
            total += tree.predict(codes)
        return total

    def then(self, tree: Any) -> "Forest":
        """The forest with one more tree."""
        return Forest((*self.trees, tree))

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with trees that came from elsewhere."""
        if not isinstance(self.trees, tuple) or not self.trees:
            yield "trees are no tuple, or there are none"
        elif not all(isinstance(tree, Tree) for tree in self.trees):
            yield "one of them is no tree"
        elif len({(t.n_codes.tobytes(), t.n_outputs) for t in self.trees}) > 1:
            yield "trees are not over the same codes"
