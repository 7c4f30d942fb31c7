"""A junction tree: cliques of columns, in an order in which each meets few others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Any, Self

from skprivate.rows import Frozen


@dataclass(frozen=True, eq=False)
class JunctionTree(Frozen):
    """Cliques of variables such that a model of them is exact and cheap.

    What a clique shares with all that came before it lies in one of these, its parent
    (the running intersection property). So two passes, towards the first clique and
    back, find the marginals of all (Lauritzen and Spiegelhalter 1988).

    Parameters
    ----------
    sizes : tuple of int
        Number of values of each variable.
    cliques : tuple of tuple of int
        Ascending variables of each; together they hold all of them.
    parents : tuple of int
        Number of an earlier clique for each; -1 for the first.

    Examples
    --------
    >>> from skprivate.marginals import JunctionTree
    >>> tree = JunctionTree.around((2, 3, 4), [(0, 1), (1, 2)])
    >>> tree.cliques, tree.separators, tree.n_cells
    (((0, 1), (1, 2)), ((), (1,)), 18)
    """

    sizes: tuple
    cliques: tuple
    parents: tuple

    @classmethod
    def around(cls, sizes: Sequence[int], tables: Sequence[tuple[int, ...]]) -> Self:
        """A tree of cliques such that each table lies in one of them.

        Variables are taken out one after another, the one with the fewest cells of its
        neighbours first: what is then joined is a clique of a chordal graph.

        Parameters
        ----------
        sizes : sequence of int
        tables : sequence of tuple of int
        """
        cliques = _maximal(_eliminated(sizes, tables))
        order, parents = _spanned(cliques)
        return cls(
            tuple(int(size) for size in sizes),
            tuple(tuple(sorted(cliques[i])) for i in order),
            tuple(parents),
        )

    @property
    def separators(self) -> tuple[Any, ...]:
        """What each clique shares with its parent, ascending."""
        return tuple(
            tuple(sorted({*clique} & {*self.cliques[parent]})) if parent >= 0 else ()
            for clique, parent in zip(self.cliques, self.parents, strict=True)
        )

    @property
    def shapes(self) -> tuple[Any, ...]:
        """Number of values of the variables of each clique."""
        return tuple(tuple(self.sizes[j] for j in clique) for clique in self.cliques)

    @property
    def n_cells(self) -> Any:
        """Of all cliques together."""
        return sum(map(prod, self.shapes))

    @property
    def largest(self) -> int:
        """Number of cells of the largest clique."""
        return max(map(prod, self.shapes))

    def holding(self, variables: Any) -> int:
        """Number of the smallest clique that has all of these."""
        wanted = {*variables}
        found = [i for i, clique in enumerate(self.cliques) if wanted <= {*clique}]
        if not found:
            raise ValueError(
                "No clique has all of these variables. Make the tree around them."
            )
        return min(found, key=lambda i: prod(self.shapes[i]))

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if not self.cliques or len(self.cliques) != len(self.parents):
            yield "there are no cliques, or no parent for each"
            return
        if {*range(len(self.sizes))} != {j for clique in self.cliques for j in clique}:
            yield "cliques do not hold all variables"
        seen = {*self.cliques[0]}
        for clique, parent in list(zip(self.cliques, self.parents, strict=True))[1:]:
            if not {*clique} & seen <= {*self.cliques[parent]}:
                yield "a clique shares something with others than its parent"
            seen |= {*clique}


def _eliminated(sizes, tables):
    """The clique that each variable forms when it is taken out."""
    near = [set() for _ in sizes]
    for table in tables:
        for a, b in combinations(table, 2):
            near[a].add(b)
            near[b].add(a)
    cost = {j: prod(sizes[i] for i in beside) for j, beside in enumerate(near)}
    cliques = []
    while cost:
        j = min(cost, key=cost.get)  # the first of these
        del cost[j]
        cliques.append({j, *near[j]})
        for i in near[j]:
            near[i] |= near[j]
            near[i] -= {i, j}
            cost[i] = prod(sizes[k] for k in near[i])
    return cliques


def _maximal(cliques):
    """Those that lie in no other."""
    kept = []
    for clique in sorted(cliques, key=lambda c: (-len(c), sorted(c))):
        if not any(clique <= other for other in kept):
            kept.append(clique)
    return kept


def _spanned(cliques):
    """An order, and the parent of each: a tree of the largest overlaps (Prim)."""
    order, parents = [0], [-1]
    best = {i: (len(cliques[i] & cliques[0]), 0) for i in range(1, len(cliques))}
    while best:
        i = max(best, key=lambda i: (best[i][0], -i))
        parents.append(best.pop(i)[1])
        order.append(i)
        place = len(order) - 1
        for other, (overlap, _) in best.items():
            shared = len(cliques[other] & cliques[i])
            if shared > overlap:
                best[other] = shared, place
    return order, parents
