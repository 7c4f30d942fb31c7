"""Tables of two variables, whichever cliques of a model these are in."""

from collections.abc import Sequence

import numpy as np

from skprivate.marginals._model import GraphicalModel, projected, spread


def pair_tables(
    model: GraphicalModel,
    pairs: Sequence[tuple[int, ...]],
    common: tuple[int, ...] = (),
) -> list[np.ndarray]:
    """Probabilities of the values of pairs of variables, along with common ones.

    Where no clique holds a pair, what one of them tells is handed on from clique to
    clique: the next knows of it by what the two share (Lauritzen and Spiegelhalter
    1988).

    Parameters
    ----------
    model : GraphicalModel
    pairs : sequence of tuple of int
        Ascending pairs of variables.
    common : tuple of int, default=()
        What each table is also about. With any one variable it lies in a clique, and
        two cliques share it.

    Returns
    -------
    list of ndarray
        The axes are the two of a pair, then the common ones.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.marginals import GraphicalModel, JunctionTree, pair_tables
    >>> tree = JunctionTree.around((2, 2, 2), [(0, 1), (1, 2)])
    >>> logs = [np.log([[0.5, 1e-9], [1e-9, 0.5]])] * 2
    >>> (table,) = pair_tables(GraphicalModel.of_factors(tree, logs), [(0, 2)])
    >>> table.round(2).tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    near, found = _neighbours(model.tree), {}
    for a in {first for first, _ in pairs}:
        others = {second for first, second in pairs if first == a}
        for b, table in _reached(model, near, a, others, common):
            found[a, b] = table
    return [found[pair] for pair in pairs]


def _reached(model, near, a, others, common):
    """Tables of one variable and others, from its clique outwards."""
    tree, keep, others = model.tree, (a, *common), {*others}
    start = tree.holding(keep)
    waiting = [(start, -1, None, ())]
    while waiting and others:
        i, came, table, known = waiting.pop()
        handed = _Handed(model.beliefs[i], tree.cliques[i], keep, table, known)
        for b in others & {*tree.cliques[i]}:
            yield b, handed.to((a, b, *common))
        others -= {*tree.cliques[i]}
        for j, shared in near[i]:
            if j != came:
                about = (*keep, *(k for k in shared if k not in keep))
                waiting.append((j, i, handed.to(about), about))


class _Handed:
    """What a clique makes of a table that was handed on to it; of none, if first."""

    def __init__(self, belief, clique, keep, table, known):
        self._belief, self._clique = belief, clique
        self._table, self._known = table, known
        self._shared = [k for k in clique if k in known]

    def to(self, about):
        """The table of other variables: of those handed on, and of the clique."""
        if self._table is None:
            variables = sorted(about)
            table = projected(self._belief, self._clique, variables)
            return np.transpose(table, [variables.index(k) for k in about])
        inner = sorted({*self._shared, *about} & {*self._clique})
        part = projected(self._belief, self._clique, inner)
        shared = spread(projected(part, inner, self._shared), self._shared, inner)
        odds = np.divide(part, shared, out=np.zeros_like(part), where=shared > 0)
        letters = {k: n for n, k in enumerate({*self._known, *inner})}
        known, inner, about = (
            [letters[k] for k in variables] for variables in (self._known, inner, about)
        )
        return np.einsum(self._table, known, odds, inner, about)


def _neighbours(tree):
    """For each clique those beside it in the tree, and what is shared with each."""
    near = [[] for _ in tree.cliques]
    pairs = zip(tree.parents, tree.separators, strict=True)
    for i, (parent, separator) in enumerate(pairs):
        if parent >= 0:
            near[i].append((parent, separator))
            near[parent].append((i, separator))
    return near
