"""Tables of cells: a row is in one cell of each of them, by its codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from skprivate.base._query_check import are_columns
from skprivate.queries._cell_problems import (
    n_cells_of,
    problems_of_codes,
    problems_of_terms,
    problems_of_trees,
)
from skprivate.rows import Frozen
from skprivate.trees import CompleteTrees


@dataclass(frozen=True, eq=False)
class ColumnCells(Frozen):
    """A table for each of some terms: of a column, or of two and more together.

    **Guarantee.** A cell is a function of the codes of the row, and there is one of
    each table: of columns a, b, c it has the number
    ``(code_a * n_b + code_b) * n_c + code_c``.

    Parameters
    ----------
    n_codes : ndarray of int of shape (n_features,)
        Number of codes of each column, that of missing values included.
    terms : tuple of tuple of int
        Columns of each table.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import ColumnCells
    >>> tables = ColumnCells(np.array([3, 4]), ((0,), (0, 1)))
    >>> tables.sizes.tolist(), tables(np.array([[2, 1]], np.uint8)).tolist()
    ([3, 12], [[2, 9]])
    """

    n_codes: np.ndarray
    terms: tuple

    @classmethod
    def of(cls, bins: Any) -> Self:
        """A table for each column."""
        return cls(bins.n_codes, tuple((j,) for j in range(bins.n_features)))

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return len(self.n_codes)

    @cached_property
    def sizes(self) -> Any:
        """Number of cells of each table."""
        return n_cells_of(self.n_codes, self.terms)

    def __call__(self, codes: np.ndarray) -> Any:
        """Cell of each row in each table."""
        if all(len(term) == 1 for term in self.terms):
            numbers = [term[0] for term in self.terms]
            same = numbers == list(range(codes.shape[1]))
            return codes if same else codes[:, numbers]
        cells = np.zeros((len(codes), len(self.terms)), dtype=np.int32)
        for cell, term in zip(cells.T, self.terms, strict=True):
            for j in term:
                cell *= np.int32(self.n_codes[j])
                cell += np.minimum(codes[:, j], self.n_codes[j] - 1).astype(np.int32)
        return cells

    def sums(self, codes: np.ndarray, parts: Any) -> Any:
        """Sums of integers over the rows of each cell, table by table."""
        from skprivate.kernels import cell_sums, term_sums

        if self._pairs is None or codes.dtype != np.uint8:
            return cell_sums(self(codes), self.sizes, parts)
        return term_sums(codes, self.n_codes, self._pairs, parts)

    def added(self, codes: np.ndarray, values: Any, margins: np.ndarray) -> Any:
        """Margins and the values of cells; None: terms are to be added one by one."""
        from skprivate.kernels import add_terms

        plain = self._pairs is not None and codes.dtype == np.uint8
        task = codes, self.n_codes, self._pairs
        return add_terms(*task, values, margins) if plain else None

    @cached_property
    def _pairs(self):
        """Two columns of each term, -1 where it has one; None if it has more."""
        if max(map(len, self.terms)) > 2 or self.sizes.max() > 2**16:
            return None
        return np.array([(*term, -1)[:2] for term in self.terms])

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with tables that came from elsewhere."""
        yield from problems_of_codes(self.n_codes)
        yield from problems_of_terms(self.terms, self.n_codes)


@dataclass(frozen=True, eq=False)
class GroupCells(Frozen):
    """Tables as `ColumnCells` has, of groups of codes: coarse cells for pairs.

    **Guarantee.** A cell is a function of the codes of the row, and there is one of
    each table: of columns a, b it has the number ``group_a * n_b + group_b``.

    Parameters
    ----------
    groups : tuple of ndarray of int
        For each column, the group of each code: numbers from zero.
    terms : tuple of tuple of int
        Columns of each table.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import GroupCells
    >>> groups = np.array([0, 0, 1, 2]), np.array([0, 1])
    >>> tables = GroupCells(groups, ((0, 1),))
    >>> tables.sizes.tolist(), tables(np.array([[2, 1]], np.uint8)).tolist()
    ([6], [[3]])
    """

    groups: tuple
    terms: tuple

    def __post_init__(self):
        super().__post_init__()
        groups = tuple(group.copy() for group in self.groups)
        for group in groups:
            group.flags.writeable = False
        object.__setattr__(self, "groups", groups)

    @property
    def n_codes(self) -> np.ndarray:
        """Of each column."""
        return np.array([len(group) for group in self.groups])

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return len(self.groups)

    @property
    def n_groups(self) -> np.ndarray:
        """Number of groups of each column."""
        return np.array([int(group.max()) + 1 for group in self.groups])

    @cached_property
    def sizes(self) -> Any:
        """Number of cells of each table."""
        return n_cells_of(self.n_groups, self.terms)

    def __call__(self, codes: np.ndarray) -> Any:
        """Cell of each row in each table."""
        return self._coarse_cells(self._coarse(codes))

    def sums(self, codes: np.ndarray, parts: Any) -> Any:
        """Sums of integers over the rows of each cell, table by table."""
        return self._coarse_cells.sums(self._coarse(codes), parts)

    def added(self, codes: np.ndarray, values: Any, margins: np.ndarray) -> Any:
        """As `ColumnCells.added`."""
        return self._coarse_cells.added(self._coarse(codes), values, margins)

    @cached_property
    def _coarse_cells(self):
        """The tables, of groups as codes."""
        return ColumnCells(self.n_groups, self.terms)

    def _coarse(self, codes):
        """Group of each code: one byte each, where that is enough."""
        few = self.n_groups.max() <= 2**8
        coarse = np.zeros(codes.shape, np.uint8 if few else np.int32, order="F")
        for j in sorted({j for term in self.terms for j in term}):
            group = self.groups[j].astype(coarse.dtype)
            last = min(len(group) - 1, np.iinfo(codes.dtype).max)
            coarse[:, j] = group[np.minimum(codes[:, j], last)]
        return coarse

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with tables that came from elsewhere."""
        if not isinstance(self.groups, tuple) or not self.groups:
            yield "groups are no tuple, or there are none"
            return
        for group in self.groups:
            known = isinstance(group, np.ndarray) and group.dtype.kind == "i"
            if not known or group.ndim != 1 or not 0 < len(group) <= 2**16:
                yield "groups are no arrays of integers"
            elif not 0 <= group.min() <= group.max() < 2**16:
                yield "groups are negative, or too many"
            else:
                continue
            return
        yield from problems_of_terms(self.terms, self.n_groups)


@dataclass(frozen=True, eq=False)
class LeafCells(Frozen):
    """A table for each of some trees, of its leaves in ascending order.

    **Guarantee.** A row ends in one leaf of each tree, by its codes alone.

    Parameters
    ----------
    trees : tuple of Tree
        Over the same codes.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.queries import LeafCells
    >>> from skprivate.trees import CompleteTrees, Tree
    >>> tables = LeafCells((Tree.stump([4], feature=0, threshold=1),))
    >>> tables.sizes.tolist(), tables(np.array([[1], [2]], np.uint8)).tolist()
    ([2], [[0], [1]])
    """

    trees: tuple

    @property
    def n_codes(self) -> Any:
        """Of each column."""
        return self.trees[0].n_codes

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return len(self.n_codes)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Number of leaves of each tree."""
        return np.array([tree.n_leaves for tree in self.trees])

    def __call__(self, codes: np.ndarray) -> Any:
        """Leaf of each row in each tree."""
        cells = np.empty((len(codes), len(self.trees)), dtype=np.int32)
        for cell, tree in zip(cells.T, self.trees, strict=True):
            cell[:] = tree.leaf_numbers[tree.apply(codes)]
        return cells

    @cached_property
    def complete(self) -> Any:
        """The trees as complete ones, where these are not too large."""
        return CompleteTrees.of(self.trees)

    @cached_property
    def _leaves(self):
        """Number of the leaf, among those of all trees, of each place."""
        starts = np.cumsum(self.sizes) - self.sizes
        return np.stack(
            [
                start + tree.leaf_numbers[ends]
                for start, tree, ends in zip(
                    starts, self.trees, self.complete.ends, strict=True
                )
            ]
        )

    def sums(self, codes: np.ndarray, parts: Any) -> Any:
        """Sums of integers over the rows of each leaf, tree by tree."""
        from skprivate.kernels import cell_sums

        total = np.zeros((int(self.sizes.sum()), parts.shape[1]), dtype=np.int64)
        if self.complete is None or codes.dtype != np.uint8:
            codes = np.ascontiguousarray(codes)  # which each tree reads row by row
            of_trees = np.split(total, np.cumsum(self.sizes)[:-1])
            for tree, size, of_tree in zip(
                self.trees, self.sizes[:, None], of_trees, strict=True
            ):
                of_tree[:] = cell_sums(LeafCells((tree,))(codes), size, parts)
            return total
        np.add.at(total, self._leaves, self.complete.sums(codes, parts))
        return total

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with trees that came from elsewhere."""
        yield from problems_of_trees(self.trees)


@dataclass(frozen=True, eq=False)
class NodeCells(Frozen):
    """For some leaves of a tree that grows: a table for each of some columns.

    A cell is a leaf and a code of the column. Rows that end in no such leaf are in no
    cell, so that a pass asks about the leaves that may be split.

    **Guarantee.** A cell is a function of the codes of the row, and there is at most
    one of each table.

    Parameters
    ----------
    trees : tuple of Tree
        A single one.
    nodes : tuple of int
        Leaves of it.
    columns : tuple of int
    """

    trees: tuple
    nodes: tuple
    columns: tuple

    @property
    def n_codes(self) -> Any:
        """Of each column."""
        return self.trees[0].n_codes

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return len(self.n_codes)

    @property
    def sizes(self) -> Any:
        """Leaves times codes of each column."""
        return len(self.nodes) * self.n_codes[list(self.columns)]

    def __call__(self, codes: np.ndarray) -> Any:
        """Cell of each row in each table; -1 where it is in none."""
        (tree,) = self.trees
        places = np.full(tree.n_nodes, -1, dtype=np.int32)
        places[list(self.nodes)] = np.arange(len(self.nodes))
        place = places[tree.apply(codes)]
        cells = np.empty((len(codes), len(self.columns)), dtype=np.int32)
        for cell, j in zip(cells.T, self.columns, strict=True):
            n = np.int32(self.n_codes[j])
            cell[:] = place * n + np.minimum(codes[:, j], n - 1)
        cells[place < 0] = -1
        return cells

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with a tree and numbers that came from elsewhere."""
        yield from problems_of_trees(self.trees)
        if len(self.trees) > 1:
            yield "there are several trees"
        for numbers in (self.nodes, self.columns):
            if not isinstance(numbers, tuple) or not numbers:
                yield "nodes or columns are no tuple, or there are none"
        if not are_columns(self.nodes, self.trees[0].n_nodes):
            yield "there are no such nodes"
        elif len(set(self.nodes)) < len(self.nodes):
            yield "nodes are named twice"
        elif not are_columns(self.columns, len(self.n_codes)):
            yield "there are no such columns"


@dataclass(frozen=True, eq=False)
class MarginCells(Frozen):
    """A single table: between which ascending edges the first margin of a row lies.

    **Guarantee.** A cell is a function of the margin of the row, which is in one of
    them: one that is no number is in the last.

    Parameters
    ----------
    edges : ndarray of float64 of shape (n_edges,)
    n_codes : ndarray of int of shape (n_features,)
        Number of codes of each column, of which nothing else is used.
    """

    edges: np.ndarray
    n_codes: np.ndarray

    @property
    def width(self) -> int:
        """Number of columns of codes."""
        return len(self.n_codes)

    @property
    def sizes(self) -> np.ndarray:
        """Number of cells."""
        return np.array([len(self.edges) + 1])

    def __call__(self, margins: Any) -> Any:
        """Cell of each row."""
        cells = np.searchsorted(self.edges, margins[:, 0], side="right")
        return cells[:, None].astype(np.int32)

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with edges that came from elsewhere."""
        yield from problems_of_codes(self.n_codes)
        edges = self.edges
        if not isinstance(edges, np.ndarray) or edges.dtype != np.float64:
            yield "edges are no array of float64"
        elif edges.ndim != 1 or not np.isfinite(edges).all():
            yield "edges are not finite, or not one row"
        elif not (np.diff(edges) > 0).all():
            yield "edges do not ascend"
