"""What values may be exchanged for, step by step, until all are alike."""

import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from skprivate._typing import PathLike
from skprivate.anonymity._columns import plain

_TOP = "*"


class Hierarchy:
    """Coarser and coarser words for the values of a column.

    Made by one of the methods below; given to an anonymizer for a column.

    Parameters
    ----------
    levels : list of callable
        From a value to its word on each level above the value itself, the finest
        first; None of a value that it does not know.
    order : list, default=None
        The values, near ones beside each other.

    Examples
    --------
    >>> from skprivate.anonymity import Hierarchy
    >>> Hierarchy.from_tree({"rain": ["hail", "shower"], "sun": ["clear"]}).words(
    ...     "hail"
    ... )
    ['hail', 'rain', '*']
    >>> Hierarchy.from_bins([[0, 18, 65, 120], [0, 120]]).words(40)
    ['40', '[18, 65)', '[0, 120]', '*']
    >>> Hierarchy.from_prefix(5).words("10115")
    ['10115', '1011*', '101**', '10***', '1****', '*']
    """

    def __init__(
        self, levels: Sequence[Callable[..., Any]], order: list[Any] | None = None
    ) -> None:
        self._levels = list(levels)
        self.order = order

    @classmethod
    def from_tree(cls, tree: dict[Any, Any]) -> Self:
        """Of nested dictionaries whose leaves are lists of values.

        Parameters
        ----------
        tree : dict
            Words to dictionaries of finer words, or to lists of values. All leaves are
            equally deep.

        Returns
        -------
        Hierarchy
        """
        leaves = list(_paths(tree, ()))
        paths = {plain(value): path for value, path in leaves}
        if len(paths) < len(leaves):
            raise ValueError("tree has a value twice. Put each below one word.")
        depths = {len(path) for path in paths.values()}
        if len(depths) != 1:
            raise ValueError(
                "Leaves of tree are not equally deep, or there are none. Repeat a word "
                "where a branch is short."
            )
        depth = depths.pop()
        levels = [
            {value: path[-1 - up] for value, path in paths.items()}.get
            for up in range(depth)
        ]
        return cls(levels, order=list(paths))

    @classmethod
    def from_bins(cls, edges: Sequence[Sequence[float]]) -> Self:
        """Of numbers: bins, the finest first.

        Parameters
        ----------
        edges : list of list of float
            Rising edges for each level; bins hold their lower end.

        Returns
        -------
        Hierarchy
        """
        levels = []
        for level in edges:
            level = np.asarray(level, dtype=float)
            if level.ndim != 1 or len(level) < 2 or not (np.diff(level) > 0).all():
                raise ValueError("edges must be lists of rising numbers, one a level.")
            levels.append(partial(_bin, edges=level))
        return cls(levels)

    @classmethod
    def from_prefix(cls, length: int) -> Self:
        """Of codes such as postal ones: one more of the last characters is hidden.

        Parameters
        ----------
        length : int
            Characters of a value.

        Returns
        -------
        Hierarchy
        """
        if not isinstance(length, int) or length < 1:
            raise ValueError("length must be a whole number of at least 1.")
        return cls(
            [partial(_cut, length=length, hidden=hidden) for hidden in range(1, length)]
        )

    @classmethod
    def from_csv(cls, path: PathLike) -> Self:
        """Of a file with a line for each value: the value, and coarser words.

        Parameters
        ----------
        path : str or path
            With semicolons, as ARX writes it.

        Returns
        -------
        Hierarchy
        """
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file, delimiter=";") if row]
        if not rows or len({len(row) for row in rows}) != 1:
            raise ValueError(
                "The file has no lines, or lines of unequal length. Give each value as "
                "many words."
            )
        levels = [
            {row[0]: row[level] for row in rows}.get for level in range(1, len(rows[0]))
        ]
        return cls(levels, order=[row[0] for row in rows])

    def words(self, value: Any) -> list[str]:
        """The word of a value on each level; the last is ``"*"``.

        Parameters
        ----------
        value : object

        Returns
        -------
        list of str
        """
        found = self.levels_of([value], "value")
        return [level[0] for level in found]

    def levels_of(self, values: Sequence[Any], name: Any) -> list[list[str]]:
        """Words of distinct values on each level, from the value itself to ``"*"``.

        Parameters
        ----------
        values : sequence
        name : object
            Of the column, for messages.

        Returns
        -------
        list of list of str
        """
        levels = [[plain(value) for value in values]]
        for known in self._levels:
            words = [known(value) for value in values]
            words = [
                known(plain(value)) if word is None else word
                for word, value in zip(words, values, strict=True)
            ]
            if any(word is None for word in words):
                raise ValueError(
                    f"The hierarchy of column {name!r} misses a value of it. Add it, "
                    "or clean the column."
                )
            levels.append([str(word) for word in words])
        if {*levels[-1]} != {_TOP}:
            levels.append([_TOP] * len(values))
        return levels

    def __repr__(self):
        return f"Hierarchy({len(self._levels)} levels above the values)"


def _paths(tree, above):
    if isinstance(tree, dict):
        for word, below in tree.items():
            yield from _paths(below, (*above, word))
    elif isinstance(tree, (list, tuple, set)):
        for value in tree:
            yield value, above
    else:
        raise TypeError("Leaves of tree must be lists of values.")


def _bin(value, edges):
    try:
        place = int(np.searchsorted(edges, float(value), side="right")) - 1
    except (TypeError, ValueError):
        return None
    if place == len(edges) - 1 and float(value) == edges[-1]:
        place -= 1
    if not 0 <= place < len(edges) - 1:
        return None
    closed = "]" if place == len(edges) - 2 else ")"
    return f"[{edges[place]:g}, {edges[place + 1]:g}{closed}"


def _cut(value, length, hidden):
    text = plain(value)
    if len(text) != length:
        return None
    return text[: length - hidden] + "*" * hidden
