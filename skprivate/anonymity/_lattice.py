"""k-anonymity by levels of hierarchies: one word for a value wherever it stands."""

import itertools
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import TableLike
from skprivate.anonymity._columns import coded
from skprivate.anonymity._frames import chosen, column_of, names_of, rebuilt
from skprivate.anonymity._hierarchy import Hierarchy
from skprivate.anonymity._report import anonymity_report
from skprivate.anonymity._rules import check_k, refuse_identifiers

_MOST_NODES = 10**6
_MOST_CELLS = 4_000_000


class HierarchyAnonymizer(TransformerMixin, BaseEstimator):
    """Make rows alike in groups of at least ``k``, by a level of each hierarchy.

    All ways to choose a level for each column are looked at, from the least loss on,
    and the best is taken. Rows whose group stays too small are left out, up to a share
    of ``max_suppression``.

    **Not private**, for the reasons that :class:`MondrianAnonymizer` gives.

    Parameters
    ----------
    k : int, default=5
        Least number of rows that are alike.
    hierarchies : dict of column to Hierarchy
        Of every quasi-identifier.
    quasi_identifiers : list, default=None
        Columns by which people could be found; None: those of ``hierarchies``.
    max_suppression : float, default=0.05
        Share of rows that may be left out.

    Attributes
    ----------
    levels_ : dict of column to int
        Chosen levels; zero leaves a column as it is.
    loss_ : float
        Mean over cells of how much of a column's values a word stands for; a row that
        is left out counts as one.
    kept_ : ndarray of bool of shape (n_rows,)
        Which rows of the fit are kept.
    n_tried_ : int
        Combinations of levels that were looked at.
    report_ : AnonymityReport
        What the result is worth.

    See Also
    --------
    MondrianAnonymizer : Loses less; words of two rows may overlap.

    References
    ----------
    El Emam et al. (2009). A globally optimal k-anonymity method for the
    de-identification of health data. JAMIA. Pairs of columns first: LeFevre, DeWitt and
    Ramakrishnan (2005). Incognito. SIGMOD.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.anonymity import Hierarchy, HierarchyAnonymizer
    >>> people = pd.DataFrame({"age": [23, 25, 24, 61, 66, 60], "cost": range(6)})
    >>> by_age = {"age": Hierarchy.from_bins([[0, 30, 60, 90], [0, 90]])}
    >>> HierarchyAnonymizer(3, hierarchies=by_age).fit_transform(people)
            age  cost
    0   [0, 30)     0
    1   [0, 30)     1
    2   [0, 30)     2
    3  [60, 90]     3
    4  [60, 90]     4
    5  [60, 90]     5
    """

    def __init__(
        self,
        k: int = 5,
        *,
        hierarchies: dict[Any, Any] | None = None,
        quasi_identifiers: list[Any] | None = None,
        max_suppression: float = 0.05,
    ) -> None:
        self.k = k
        self.hierarchies = hierarchies
        self.quasi_identifiers = quasi_identifiers
        self.max_suppression = max_suppression

    def fit(self, X: TableLike, y: Any = None) -> Self:
        """Find the best levels.

        Parameters
        ----------
        X : frame or array of shape (n_rows, n_columns)
            The table, whole.
        y : object
            Ignored.

        Returns
        -------
        self : HierarchyAnonymizer
        """
        public = self._public(X)
        check_k(self.k, len(X))
        part = self.max_suppression
        if isinstance(part, bool) or not 0 <= part < 1:
            raise ValueError("max_suppression must be at least 0 and below 1.")
        columns = [coded(name, column_of(X, name)) for name in public]
        refuse_identifiers(columns, self.k)
        ladders = [_Ladder(c, self.hierarchies[c.name]) for c in columns]
        rows = _Rows.of(columns)
        chosen_levels, self.loss_, self.n_tried_ = _search(
            ladders, rows, self.k, part * len(X)
        )
        self.levels_ = dict(zip(public, chosen_levels, strict=True))
        self._ladders = ladders
        classes = rows.classes(ladders, chosen_levels)[rows.of_row]
        self.kept_ = np.bincount(classes)[classes] >= self.k
        self.n_features_in_ = len(names_of(X))
        kept = _rows_of(X, np.flatnonzero(self.kept_))
        self.report_ = anonymity_report(
            kept, quasi_identifiers=public, classes=classes[self.kept_]
        )
        return self

    def transform(self, X: TableLike) -> TableLike:
        """The table of the fit in words of the levels; small groups are left out.

        Parameters
        ----------
        X : frame or array of shape (n_rows, n_columns)
            The table of the fit.

        Returns
        -------
        frame or array
            With fewer rows, if some are left out.
        """
        check_is_fitted(self, "levels_")
        if len(X) != len(self.kept_):
            raise ValueError(
                "X has another number of rows than the table of the fit: k holds for "
                "that table only. Pass it, or fit again."
            )
        rows, new = np.flatnonzero(self.kept_), {}
        own = {ladder.column.name: ladder for ladder in self._ladders}
        for name, ladder in own.items():
            codes = ladder.column.code(column_of(X, name))
            if not np.array_equal(codes, ladder.column.codes):
                raise ValueError(
                    f"Column {name!r} is not that of the fit, or its rows have another "
                    "order: k holds for that table only. Pass it, or fit again."
                )
        for name in names_of(X):
            column = column_of(X, name)
            if name in own:
                codes = own[name].column.codes[rows]
                new[name] = own[name].texts(self.levels_[name])[codes]
            elif hasattr(column, "iloc"):
                new[name] = column.iloc[rows].array
            else:
                new[name] = column[rows]
        return rebuilt(X, new, rows)

    def _public(self, X):
        known = self.hierarchies
        if not isinstance(known, dict) or not known:
            raise ValueError(
                "hierarchies must be a dict of columns. Give one for each."
            )
        if not all(isinstance(one, Hierarchy) for one in known.values()):
            raise TypeError("hierarchies must hold Hierarchy objects.")
        asked = (
            list(known) if self.quasi_identifiers is None else self.quasi_identifiers
        )
        public = chosen(X, asked, "quasi_identifiers")
        lost = [name for name in public if name not in known]
        if lost:
            raise ValueError(f"hierarchies has none for column {lost[0]!r}. Add it.")
        return public


class _Ladder:
    """The levels of a column: to which number of word each code goes, and its loss."""

    def __init__(self, column, hierarchy):
        self.column = column
        self._words = hierarchy.levels_of(list(column.values), column.name)
        self.maps, self.losses = [], []
        counts = np.bincount(column.codes, minlength=column.n_codes)
        for words in self._words:
            _, numbers = np.unique(np.array(words, dtype=str), return_inverse=True)
            numbers = numbers.reshape(-1)
            if column.has_missing:
                numbers = np.append(numbers, numbers.max(initial=-1) + 1)
            self.maps.append(numbers)
            widths = self._widths(numbers)
            self.losses.append(float((widths[numbers] * counts).sum() / counts.sum()))

    def _widths(self, numbers):
        """Of each word: what part of the column's values it stands for."""
        if self.column.is_number and len(self.column.values) > 1:
            places = np.minimum(self.column.widths(), 1.0)
            low, high = np.full(numbers.max() + 1, 1.0), np.zeros(numbers.max() + 1)
            np.minimum.at(low, numbers, places)
            np.maximum.at(high, numbers, places)
            return np.maximum(high - low, 0.0)
        return (np.bincount(numbers) - 1) / max(1, self.column.n_codes - 1)

    def texts(self, level):
        """The word of each code."""
        words = (
            [*self._words[level], None]
            if self.column.has_missing
            else (self._words[level])
        )
        texts = np.empty(len(words), dtype=object)
        texts[:] = words
        return texts


class _Rows:
    """Distinct rows, and how many there are of each."""

    def __init__(self, codes, counts, of_row):
        self.codes, self.counts, self.of_row = codes, counts, of_row

    @classmethod
    def of(cls, columns):
        key = np.zeros(len(columns[0].codes), dtype=np.int64)
        for column in columns:
            key = key * column.n_codes + column.codes
            _, key = np.unique(key, return_inverse=True)
            key = key.reshape(-1)
        _, firsts, of_row, counts = np.unique(
            key, return_index=True, return_inverse=True, return_counts=True
        )
        codes = [column.codes[firsts] for column in columns]
        return cls(codes, counts, of_row.reshape(-1))

    def classes(self, ladders, levels, places=None):
        """Number of the group of each distinct row, at some levels of some columns."""
        places = range(len(ladders)) if places is None else places
        classes, size = np.zeros(len(self.counts), dtype=np.int64), 1
        for place, level in zip(places, levels, strict=True):
            words = ladders[place].maps[level]
            n_words = int(words.max()) + 1
            if size * n_words > 2**62:
                _, classes = np.unique(classes, return_inverse=True)
                classes, size = classes.reshape(-1), int(classes.max()) + 1
            classes, size = classes * n_words + words[self.codes[place]], size * n_words
        if size > _MOST_CELLS:
            _, classes = np.unique(classes, return_inverse=True)
        return classes.reshape(-1)

    def n_left_out(self, ladders, levels, k, places=None):
        """Rows in groups of fewer than ``k``."""
        classes = self.classes(ladders, levels, places)
        sizes = np.bincount(classes, weights=self.counts)
        return float(sizes[sizes < k].sum())


def _search(ladders, rows, k, most):
    """The best levels, their loss, and how many were tried.

    Levels that leave out too many rows for a pair of columns alone do so with more
    columns, too: groups only get smaller. Among the rest, in the order of their loss
    before rows are left out, the search ends where that loss exceeds the best found.
    """
    heights = [len(ladder.maps) for ladder in ladders]
    if np.prod(heights, dtype=float) > _MOST_NODES:
        raise ValueError(
            "There are too many combinations of levels. Give hierarchies with fewer "
            "levels, or fewer quasi-identifiers."
        )
    nodes = np.array(list(itertools.product(*map(range, heights))))
    losses = np.mean(
        [np.array(one.losses)[nodes[:, i]] for i, one in enumerate(ladders)], axis=0
    )
    possible = np.ones(len(nodes), dtype=bool)
    for a, b in itertools.combinations(range(len(ladders)), 2):
        fine = np.array(
            [
                [
                    rows.n_left_out(ladders, (u, v), k, (a, b)) <= most
                    for v in range(heights[b])
                ]
                for u in range(heights[a])
            ]
        )
        possible &= fine[nodes[:, a], nodes[:, b]]
    n_rows, best, found, tried = rows.counts.sum(), np.inf, None, 0
    for place in np.argsort(losses, kind="stable"):
        if losses[place] >= best:
            break
        if not possible[place]:
            continue
        tried += 1
        out = rows.n_left_out(ladders, nodes[place], k)
        if out <= most:
            part = out / n_rows
            loss = losses[place] * (1 - part) + part
            if loss < best:
                best, found = loss, nodes[place]
    if found is None:
        raise ValueError(
            "No levels make groups of k rows without leaving out too many. Raise "
            "max_suppression, lower k, or let hierarchies end in one word."
        )
    return tuple(int(level) for level in found), float(best), tried


def _rows_of(X, rows):
    if hasattr(X, "iloc"):
        return X.iloc[rows]
    return X[rows]
