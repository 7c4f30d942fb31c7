"""A tree over codes of bins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate.rows import Frozen

LEAF = -1


@dataclass(frozen=True, eq=False)
class Tree(Frozen):
    """A tree that takes codes of bins from its root, node 0, to a leaf.

    At a node of a feature of numbers, codes up to ``threshold`` go left; at one of
    categories, those whose bit in ``sets`` is one. Missing values, whose code is the
    last of their column, go left where ``missing_left`` says so.

    **Guarantee.** The leaf of a row is a function of its codes and of the tree: whole
    numbers are compared, and nothing is added.

    Parameters
    ----------
    n_codes : ndarray of int64 of shape (n_features,)
        Number of codes of each column, that of missing values included.
    feature : ndarray of int32 of shape (n_nodes,)
        Column that a node looks at; -1 for a leaf.
    threshold : ndarray of int32 of shape (n_nodes,)
        Last code that goes left; -1 at a node that looks at a set.
    left, right : ndarray of int32 of shape (n_nodes,)
        Children, whose numbers are larger than that of the node; -1 for a leaf.
    value : ndarray of float64 of shape (n_nodes, n_outputs)
        What is predicted where the walk ends.
    missing_left : ndarray of bool of shape (n_nodes,)
    sets : ndarray of uint8 of shape (n_nodes, n_bytes)
        Bits of the codes that go left, the lowest first; no columns if there are no
        categories.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.trees import Tree
    >>> stump = Tree.stump(np.array([4, 3]), feature=0, threshold=1)
    >>> stump = stump.with_value(np.array([[0.0], [-1.0], [2.5]]))
    >>> stump.predict(np.array([[0, 0], [2, 0], [3, 0]], dtype=np.uint8)).tolist()
    [[-1.0], [2.5], [2.5]]
    """

    n_codes: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    missing_left: np.ndarray
    sets: np.ndarray

    @classmethod
    def of_nodes(
        cls,
        n_codes: ArrayLike,
        nodes: Sequence[Any] | None,
        value: ArrayLike | None = None,
    ) -> Self:
        """A tree from a list of nodes.

        Parameters
        ----------
        n_codes : array-like of int
        nodes : list of tuple (feature, rule, left, right, missing_left), or None
            The rule is a threshold, or a set of codes that go left. None is a leaf.
        value : array-like of shape (n_nodes, n_outputs), default=None
            None: zeros, one output.
        """
        n, n_codes = len(nodes), np.asarray(n_codes, dtype=np.int64)
        parts = np.full((4, n), LEAF, dtype=np.int32)
        missing_left = np.zeros(n, dtype=bool)
        is_set = [node is not None and not np.isscalar(node[1]) for node in nodes]
        n_bits = int(n_codes.max()) if any(is_set) else 0
        bits = np.zeros((n, n_bits), dtype=np.uint8)
        for i, node in enumerate(nodes):
            if node is None:
                continue
            feature, rule, left, right, missing_left[i] = node
            parts[:, i] = feature, LEAF if is_set[i] else rule, left, right
            if is_set[i]:
                bits[i, sorted(rule)] = 1
        sets = np.packbits(bits, axis=1, bitorder="little")
        value = np.zeros((n, 1)) if value is None else np.array(value, np.float64)
        return cls(n_codes, *parts, value, missing_left, sets)

    @classmethod
    def stump(
        cls,
        n_codes: ArrayLike,
        feature: Any,
        threshold: Any,
        missing_left: bool = False,
    ) -> Any:
        """A tree of one split."""
        nodes = [(feature, threshold, 1, 2, missing_left), None, None]
        return cls.of_nodes(n_codes, nodes)

    @classmethod
    def leaf(cls, n_codes: ArrayLike, value: Any) -> Any:
        """A tree without a split, which predicts one row of values."""
        return cls.of_nodes(n_codes, [None], np.reshape(value, (1, -1)))

    @property
    def n_nodes(self) -> int:
        """Number of nodes, leaves included."""
        return len(self.feature)

    @property
    def n_outputs(self) -> int:
        """Number of values of a prediction."""
        return self.value.shape[1]

    @cached_property
    def is_leaf(self) -> Any:
        """Which nodes are leaves."""
        return self.feature == LEAF

    @cached_property
    def leaves(self) -> np.ndarray:
        """Nodes that are leaves, ascending."""
        return np.flatnonzero(self.is_leaf)

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return len(self.leaves)

    @property
    def _nodes(self):
        """What kernels look at; not kept, since a forest has many large trees."""
        return np.stack([self.feature, self.threshold, self.left, self.right])

    @cached_property
    def leaf_numbers(self) -> Any:
        """Number of each node among the leaves; -1 where it is none."""
        numbers = np.cumsum(self.is_leaf, dtype=np.int32) - 1
        return np.where(self.is_leaf, numbers, np.int32(LEAF))

    @cached_property
    def depths(self) -> Any:
        """Number of splits above each node, or on the way from it to the root."""
        depths, nodes = np.zeros(self.n_nodes, dtype=np.int32), np.zeros(1, np.intp)
        for depth in range(1, self.n_nodes):
            nodes = nodes[~self.is_leaf[nodes]]
            if not len(nodes):
                break
            nodes = np.concatenate([self.left[nodes], self.right[nodes]])
            if len(nodes) > self.n_nodes:  # of what came from elsewhere, and is no tree
                nodes = np.unique(nodes)
            depths[nodes] = depth
        return depths

    @cached_property
    def levels(self) -> list[Any]:
        """Nodes that are no leaves, by the number of splits above them."""
        inner = np.flatnonzero(~self.is_leaf)
        depths = self.depths[inner]
        return [inner[depths == depth] for depth in range(self.depth)]

    @property
    def depth(self) -> int:
        """Largest number of splits on the way to a leaf."""
        return int(self.depths.max())

    def apply(self, codes: np.ndarray) -> np.ndarray:
        """Node where each row ends.

        Parameters
        ----------
        codes : ndarray of uint8 or uint16 of shape (n_rows, n_features)
            A code beyond those of its column goes where the last one goes.

        Returns
        -------
        ndarray of int32 of shape (n_rows,)
        """
        if codes.ndim != 2 or codes.shape[1] != len(self.n_codes):
            raise ValueError(
                f"The tree is of {len(self.n_codes)} columns of codes. Give as many."
            )
        from skprivate.kernels import ends_of_rows  # numba is loaded at first use

        nodes = self._nodes, self.missing_left, self.sets
        return ends_of_rows(codes, self.n_codes, *nodes)

    def predict(self, codes: np.ndarray) -> Any:
        """Values of the nodes where rows end: ndarray of shape (n_rows, n_outputs)."""
        return self.value[self.apply(codes)]

    def with_value(self, value: Any) -> Self:
        """The same structure with other values."""
        value = np.array(value)
        shape = self.n_nodes, *value.shape[1:]
        fits = value.dtype == np.float64 and value.ndim == 2 and value.shape == shape
        if not fits or not value.size or not np.isfinite(value).all():
            raise ValueError("Values are not finite numbers of each node. Mend them.")
        value.flags.writeable = False
        tree = object.__new__(type(self))
        vars(tree).update(vars(self), value=value)  # all that is known of the structure
        return tree

    def subtree(self, kept: np.ndarray, inner: np.ndarray) -> Self:
        """The tree of some nodes of this one.

        Parameters
        ----------
        kept : ndarray of int
            Nodes, parents first.
        inner : ndarray of bool
            Which of them keep their split, with both children; others become leaves.
        """
        place = np.empty(self.n_nodes, dtype=np.int32)
        place[kept] = np.arange(len(kept))
        feature, threshold, left, right = (
            np.where(inner, part[kept], np.int32(LEAF))
            for part in (self.feature, self.threshold, self.left, self.right)
        )
        return replace(
            self,
            feature=feature,
            threshold=threshold,
            left=np.where(inner, place[left], np.int32(LEAF)),
            right=np.where(inner, place[right], np.int32(LEAF)),
            value=self.value[kept],
            missing_left=self.missing_left[kept],
            sets=self.sets[kept],
        )

    def goes_left(self, node: Any) -> Any:
        """Codes that go left at a node, that of missing values included: a mask."""
        n = int(self.n_codes[self.feature[node]])
        if self.threshold[node] == LEAF:
            bits = np.unpackbits(self.sets[node], bitorder="little")
            goes = np.pad(bits, (0, max(0, n - len(bits))))[:n].astype(bool)
        else:
            goes = np.arange(n) <= self.threshold[node]
        goes[-1] = self.missing_left[node]
        return goes

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with a tree that came from elsewhere."""
        kinds = {
            "n_codes": np.int64, "feature": np.int32, "threshold": np.int32,
            "left": np.int32, "right": np.int32, "value": np.float64,
            "missing_left": np.bool_, "sets": np.uint8,
        }  # fmt: skip
        for name, kind in kinds.items():
            part, ndim = getattr(self, name), 1 + (name in ("value", "sets"))
            if not isinstance(part, np.ndarray) or part.dtype != kind:
                yield f"{name} is no array of {np.dtype(kind)}"
            elif part.ndim != ndim or (name != "n_codes" and len(part) != self.n_nodes):
                yield f"{name} is not of the number of nodes"
        yield from self._problems_of_nodes()

    def _problems_of_nodes(self):
        if not self.n_nodes or not self.n_outputs or not np.isfinite(self.value).all():
            yield "it has no node or no output, or values are not finite"
        if (
            not self.n_codes.size
            or not ((self.n_codes > 0) & (self.n_codes <= 2**16)).all()
        ):
            yield "a column has no codes, or too many"
        inner = np.flatnonzero(~self.is_leaf)
        feature, threshold = self.feature[inner], self.threshold[inner]
        if ((feature < 0) | (feature >= len(self.n_codes))).any():
            yield "a node looks at no column"
        for children in (self.left[inner], self.right[inner]):
            if ((children <= inner) | (children >= self.n_nodes)).any():
                yield "a child does not come after its parent"
        if (threshold < LEAF).any():
            yield "a threshold is negative"
        if (threshold == LEAF).any() and not self.sets.shape[1]:
            yield "a node has neither threshold nor set"
