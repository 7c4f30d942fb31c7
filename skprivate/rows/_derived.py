"""Derived columns: what maps make of each row, kept by sources for a fit.

A model of T rounds asks about margins that are sums of T released terms. To find them
anew in each round would take T**2 evaluations; sources that can keep them from one
round to the next, each in its own way.
"""

from dataclasses import dataclass, replace
from operator import is_
from typing import Any, Self

import numpy as np

from skprivate.rows._rows import RowCount


@dataclass(frozen=True, eq=False)
class DerivedColumns:
    """What queries of derived columns see in place of a chunk of rows.

    **Guarantee.** A row of it is a function of that row of the source, of public facts
    and of released answers: all maps that made it are.

    Parameters
    ----------
    codes : ndarray of uint8 or uint16 of shape (n_rows, n_features)
        Bins of the values of a row.
    margins : ndarray of float64 of shape (n_rows, n_margins)
        Sums of released terms, added in the order of the rounds. Not finite where they
        overflow.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import DerivedColumns
    >>> columns = DerivedColumns(np.zeros((2, 3), np.uint8), np.zeros((2, 1)))
    >>> len(columns), columns.shape
    (2, (2, 3))
    """

    codes: np.ndarray
    margins: np.ndarray

    def __len__(self):
        return len(self.codes)

    @property
    def shape(self) -> Any:
        """Number of rows and of columns, of codes."""
        return self.codes.shape

    def taken(self, index: Any) -> "DerivedColumns":
        """Some of the rows."""
        return DerivedColumns(self.codes[index], self.margins[index])

    def plus(self, term: Any) -> Self:
        """The same codes, with one more term of each margin, which may overflow."""
        with np.errstate(over="ignore", invalid="ignore"):
            return replace(self, margins=self.margins + term)


def derived(maps, columns):
    """What some maps, one after another, make of a chunk."""
    for column_map in maps:
        columns = column_map(columns)
    return columns


@dataclass(frozen=True, eq=False)
class MadeBy:
    """A view of rows: what maps make of them, one after another.

    Parameters
    ----------
    maps : tuple of callable
    """

    maps: tuple

    def __call__(self, X):
        return derived(self.maps, X)


def maps_of(queries):
    """The maps that all of some queries are asked about; None if there are no such."""
    asked = [_maps(query) for query in queries if not isinstance(query, RowCount)]
    first = asked[0] if asked else None
    if None in asked or any(pending(maps, first) != () for maps in asked):
        return None
    return first


def pending(maps, known):
    """Maps to be applied after those that are known; None where those are no start.

    Equal maps are not the same: one that was made anew is another one.
    """
    same = len(known) <= len(maps) and all(map(is_, known, maps))
    return maps[len(known) :] if same else None


def answer(query, columns, y, weight):
    """What a query says of derived columns that were found before."""
    inner = query if _maps(query) is None else query.query
    return inner(columns, y, weight)


def _maps(query):
    return getattr(getattr(query, "view", None), "maps", None)


class Kept:
    """Derived columns of the chunks of one array, for one fit.

    **Guarantee.** What it tells is what all maps would make of the chunk: columns are
    used again only if they were made, of the same array, by the very maps that are
    asked for, or by the first of these. So none outlives a change of edges.

    Parameters
    ----------
    X : array or sparse matrix
        Of the rows; columns of another one are not in here.
    """

    def __init__(self, X):
        self.X, self._known = X, {}

    def columns(self, start, maps, read):
        """Derived columns of the chunk from row `start`, which `read()` returns.

        Each thread has its own chunks, so there is nothing to lock.
        """
        known, columns = self._known.get(start, ((), None))
        left = pending(maps, known)
        if columns is None or left is None:
            left, columns = maps, read()
        if left:
            columns = derived(left, columns)
            self._known[start] = maps, columns
        return columns

    def clear(self):
        """Forget all columns."""
        self._known = {}
