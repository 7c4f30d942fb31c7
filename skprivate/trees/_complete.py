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
        whole = _Whole.of(trees)
        place, levels = whole.roots[:, None], []
        for _ in range(depth):
            levels.append(whole.rules[place])
            leaf = whole.is_leaf[place]
            sides = [np.where(leaf, place, s[place]) for s in whole.children]
            place = np.stack(sides, axis=2).reshape(len(trees), -1)
        nodes = np.concatenate(
            [np.empty((len(trees), 0, 4), np.int32), *levels], axis=1
        )
        return cls(nodes, whole.tables, place - whole.roots[:, None])

    def sums(self, codes: np.ndarray, parts: Any) -> Any:
        """Sum of what the rows of each place add: integers."""
        from skprivate.kernels import forest_sums

        return forest_sums(codes, self.nodes, self.tables, parts)

    def values(self, codes: np.ndarray, trees: Any) -> Any:
        """Sum of the values of trees of this structure, for each row."""
        from skprivate.kernels import forest_values

        values = [tree.value[e] for tree, e in zip(trees, self.ends, strict=True)]
        return forest_values(codes, self.nodes, self.tables, np.array(values))


@dataclass(frozen=True, eq=False)
class _Whole:
    """Nodes of all trees, one after another."""

    roots: np.ndarray
    is_leaf: np.ndarray
    children: tuple
    rules: np.ndarray  # column, first code on the right, how many, and a table
    tables: np.ndarray

    @classmethod
    def of(cls, trees):
        sizes = np.array([tree.n_nodes for tree in trees])
        roots = np.cumsum(sizes) - sizes
        feature, threshold, missing_left, left, right = (
            np.concatenate([getattr(tree, name) for tree in trees])
            for name in ("feature", "threshold", "missing_left", "left", "right")
        )
        inner = np.concatenate([~tree.is_leaf for tree in trees])
        column = np.where(inner, feature, 0)
        last = trees[0].n_codes[column] - 1  # of missing values, and what is beyond
        first = np.minimum(threshold + 1, last)
        many = np.where(inner, np.where(missing_left, last, N_CODES) - first, 0)
        table, tables = np.zeros(len(inner), dtype=np.int64), []
        for node in np.flatnonzero(inner & ((threshold < 0) | (last == 0))).tolist():
            number = int(np.searchsorted(roots, node, side="right")) - 1
            goes = np.full(N_CODES, not missing_left[node])
            goes[: last[node]] = ~trees[number].goes_left(node - roots[number])[:-1]
            many[node], table[node] = -1, len(tables)
            tables.append(goes)
        rules = np.stack([column, first, many, table], axis=1).astype(np.int32)
        tables = np.array(tables, dtype=np.uint8).reshape(-1, N_CODES)
        own = np.repeat(roots, sizes)
        return cls(roots, ~inner, (left + own, right + own), rules, tables)
