"""Trees of few levels as complete ones, whose nodes need no pointers."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

N_CODES = 256
DEEPEST = 6  # beyond that, most nodes of complete trees are asked in vain


@dataclass(frozen=True, eq=False)
class CompleteTrees:
    """What kernels look at in place of some trees: see `kernels.forest_sums`.

    **Guarantee.** A row ends at a place of the last level that stands for the node
    where it ends in the tree, by the same comparisons of its codes.

    Parameters
    ----------
    nodes : ndarray of int32 of shape (n_trees, 2 ** depth - 1, 4)
    tables : ndarray of uint8 of shape (n_tables, 256)
    ends : ndarray of int of shape (n_trees, 2 ** depth)
        Node of the tree for which each place stands.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.trees import CompleteTrees, Tree
    >>> tree = Tree.stump(np.array([4]), feature=0, threshold=1)
    >>> complete = CompleteTrees.of((tree,))
    >>> complete.ends.tolist()
    [[1, 2]]
    >>> complete.sums(
    ...     np.array([[0], [2], [3]], np.uint8), np.ones((3, 1), int)
    ... ).tolist()
    [[[1], [2]]]
    """

    nodes: np.ndarray
    tables: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, trees: Any) -> Self | None:
        """Trees over the same codes; None if they are too deep, or codes too many."""
        depth = max(tree.depth for tree in trees)
        if depth > DEEPEST or int(trees[0].n_codes.max()) > N_CODES:
            return None
        tables, nodes, ends = [], [], []
        for tree in trees:
            of_tree, place = _rules(tree, tables), np.zeros(1, dtype=np.intp)
            levels = []
            for _ in range(depth):
                levels.append(of_tree[place])
                leaf = tree.is_leaf[place]
                sides = (
                    np.where(leaf, place, s[place]) for s in (tree.left, tree.right)
                )
                place = np.stack(list(sides), axis=1).ravel()
            nodes.append(np.concatenate(levels) if levels else of_tree[:0])
            ends.append(place)
        tables = np.array(tables, dtype=np.uint8).reshape(-1, N_CODES)
        return cls(np.array(nodes, dtype=np.int32), tables, np.array(ends))

    def sums(self, codes: np.ndarray, parts: Any) -> Any:
        """Sum of what the rows of each place add: integers."""
        from skprivate.kernels import forest_sums

        return forest_sums(codes, self.nodes, self.tables, parts)

    def values(self, codes: np.ndarray, trees: Any) -> Any:
        """Sum of the values of trees of this structure, for each row."""
        from skprivate.kernels import forest_values

        values = [tree.value[e] for tree, e in zip(trees, self.ends, strict=True)]
        return forest_values(codes, self.nodes, self.tables, np.array(values))


def _rules(tree, tables):
    """Column, first code on the right, and how many; sets are added to the tables."""
    inner = ~tree.is_leaf
    column = np.where(inner, tree.feature, 0)
    last = tree.n_codes[column] - 1  # that of missing values, and of what is beyond
    first = np.minimum(tree.threshold + 1, last)
    many = np.where(inner, np.where(tree.missing_left, last, N_CODES) - first, 0)
    is_set = inner & ((tree.threshold < 0) | (last == 0))
    table = np.zeros(tree.n_nodes, dtype=np.int64)
    for node in np.flatnonzero(is_set).tolist():
        goes = np.full(N_CODES, not tree.missing_left[node])
        goes[: last[node]] = ~tree.goes_left(node)[:-1]
        many[node], table[node] = -1, len(tables)
        tables.append(goes)
    return np.stack([column, first, many, table], axis=1)
