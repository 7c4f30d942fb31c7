"""The view of rows that a model in rounds has: bin codes, and margins so far."""

from dataclasses import dataclass
from typing import Any

from skprivate._typing import TableLike
from skprivate.binning import BinCodes
from skprivate.rows import refused
from skprivate.rows._derived import derived


@dataclass(frozen=True, eq=False)
class Derived:
    """What maps make of rows, one after another; for `OfView`.

    ``OfView(query, view)`` is a function of a row as any query is: it applies all maps
    and asks ``query``, whose ``X`` is then a :class:`~skprivate.rows.DerivedColumns`.
    A source may keep what the maps made, and apply new ones only: the sums are the
    same.

    **Guarantee.** A map is a function of a row, of public facts and of released answers
    that it holds. So columns are, and what a row adds is bounded by ``query`` alone.

    Parameters
    ----------
    maps : tuple
        First a `BinCodes`, then what adds to margins: `AddTree`, `AddTerms`, or
        another :class:`~skprivate.rows.Frozen` value with ``misfits(n_codes,
        n_margins)`` that is called with columns and returns columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import BinCodes, Bins
    >>> from skprivate.trees import AddTree, Tree
    >>> bins = Bins.of_edges([[0.5]])
    >>> view = Derived((BinCodes(bins, np.zeros(1)),))
    >>> view = view.then(AddTree(Tree.leaf(bins.n_codes, [2.0])))
    >>> view(np.array([[0.0], [1.0]])).margins.tolist()
    [[2.0], [2.0]]
    """

    maps: tuple

    def then(self, column_map: Any) -> "Derived":
        """The view after one more map."""
        return Derived((*self.maps, column_map))

    def width_of(self, n_features: int) -> Any:
        """As many columns, of codes; refused if maps do not fit each other."""
        for problem in self._problems(n_features):
            raise refused(
                ValueError,
                f"Derived columns cannot be made: {problem}. Begin with BinCodes of "
                "the columns of X, and add terms of the same bins.",
            )
        return n_features

    def __call__(self, X: TableLike) -> Any:
        return derived(self.maps, X)

    def _problems(self, n_features):
        if not isinstance(self.maps, tuple) or not self.maps:
            yield "maps are no tuple, or there are none"
            return
        first, *others = self.maps
        if not isinstance(first, BinCodes):
            yield "the first map makes no codes"
            return
        yield from first.misfits(n_features)
        n_codes, n_margins = first.bins.n_codes, len(first.start)
        for column_map in others:
            if isinstance(column_map, BinCodes) or not hasattr(column_map, "misfits"):
                yield "a map adds nothing to margins"
            else:
                yield from column_map.misfits(n_codes, n_margins)
