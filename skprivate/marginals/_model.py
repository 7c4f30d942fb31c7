"""A distribution over a few columns, as a product of factors on a junction tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skprivate.marginals._junction import JunctionTree
from skprivate.rows import Frozen


@dataclass(frozen=True, eq=False)
class GraphicalModel(Frozen):
    """A distribution of codes of columns, that a junction tree factorizes.

    Parameters
    ----------
    tree : JunctionTree
    beliefs : tuple of ndarray
        Probabilities of the cells of each clique. Neighbours agree on what they share.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.marginals import GraphicalModel, JunctionTree
    >>> tree = JunctionTree.around((2, 2), [(0, 1)])
    >>> model = GraphicalModel.of_factors(tree, [np.log([[0.5, 0.1], [0.1, 0.3]])])
    >>> model.marginal((1,)).round(2).tolist()
    [0.6, 0.4]
    """

    tree: JunctionTree
    beliefs: tuple

    @classmethod
    def of_factors(cls, tree: JunctionTree, logs: Sequence[np.ndarray]) -> Self:
        """The distribution that is proportional to a product of factors.

        Parameters
        ----------
        tree : JunctionTree
        logs : sequence of ndarray
            Logarithm of the factor of each clique; minus infinity: never.
        """
        return cls(tree, tuple(calibrated(tree, logs)))

    def marginal(self, variables: Any) -> Any:
        """Probabilities of the values of some variables, which one clique holds."""
        i = self.tree.holding(variables)
        return projected(self.beliefs[i], self.tree.cliques[i], variables)

    def given(
        self, factors: Sequence[tuple[Any, Any]]
    ) -> "tuple[GraphicalModel, float]":
        """The distribution of what is left, where some variables are known.

        Parameters
        ----------
        factors : sequence of tuple (variables, likelihood)
            How likely what is known is for each cell of variables of one clique.

        Returns
        -------
        GraphicalModel, float
            And how likely it is at all.
        """
        beliefs = list(self.beliefs)
        with np.errstate(divide="ignore"):
            for i, separator in enumerate(self.tree.separators):
                if self.tree.parents[i] < 0:
                    beliefs[i] = np.log(beliefs[i])
                    continue
                clique = self.tree.cliques[i]
                shared = projected(self.beliefs[i], clique, separator)
                ratio = _ratio(self.beliefs[i], spread(shared, separator, clique))
                beliefs[i] = np.log(ratio)
            for variables, likelihood in factors:
                i = self.tree.holding(variables)
                clique = self.tree.cliques[i]
                beliefs[i] = beliefs[i] + spread(np.log(likelihood), variables, clique)
        found, log_mass = _calibrated(self.tree, beliefs)
        return GraphicalModel(self.tree, tuple(found)), float(np.exp(log_mass))

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with it, wherever it came from."""
        if not isinstance(self.tree, JunctionTree):
            yield "there is no junction tree"
        elif [belief.shape for belief in self.beliefs] != [*self.tree.shapes]:
            yield "beliefs have other shapes than cliques"
        elif not all((belief >= 0).all() for belief in self.beliefs):
            yield "a probability is negative"


def calibrated(tree, logs):
    """Probabilities of the cells of each clique, of a product of factors."""
    return _calibrated(tree, logs)[0]


def _calibrated(tree, logs):
    """The same, and the logarithm of the sum of the product over all cells."""
    tops = [log.max() for log in logs]
    beliefs = [
        np.exp(log - top) if top > -np.inf else np.zeros_like(log)
        for log, top in zip(logs, tops, strict=True)
    ]
    sent, separators, scale = {}, tree.separators, float(np.sum(tops))
    for i in range(len(beliefs) - 1, 0, -1):
        parent = tree.parents[i]
        message = projected(beliefs[i], tree.cliques[i], separators[i])
        total = message.sum()
        if total > 0:  # or else nothing is possible at all
            message, scale = message / total, scale + np.log(total)
            beliefs[i] = beliefs[i] / total
        sent[i] = message
        beliefs[parent] = beliefs[parent] * spread(
            message, separators[i], tree.cliques[parent]
        )
    total = beliefs[0].sum()
    if not total > 0:
        return [np.zeros_like(belief) for belief in beliefs], -np.inf
    beliefs[0] = beliefs[0] / total
    for i in range(1, len(beliefs)):
        parent = tree.parents[i]
        wanted = projected(beliefs[parent], tree.cliques[parent], separators[i])
        factor = _ratio(wanted, sent[i])
        beliefs[i] = beliefs[i] * spread(factor, separators[i], tree.cliques[i])
    return beliefs, scale + np.log(total)


def projected(table, clique, variables):
    """Sums of a table over all but some of its variables, both ascending."""
    gone = tuple(k for k, j in enumerate(clique) if j not in variables)
    return table.sum(axis=gone) if gone else table


def spread(table, variables, clique):
    """A table of ascending variables as one that broadcasts over a clique."""
    sizes = iter(np.shape(table))
    shape = [next(sizes) if j in variables else 1 for j in clique]
    return np.reshape(table, shape)


def _ratio(above, below):
    """A quotient, zero where nothing is possible."""
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below > 0)
