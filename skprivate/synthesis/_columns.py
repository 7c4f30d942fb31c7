"""Single columns: how many rows each code has, and coarse groups of codes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.queries import CellTotals, ColumnCells, OfView, RowCounts, TargetParts
from skprivate.tables import view_of

_SEEN = 3.0  # deviations of noise at which rows are taken to be there
TYPICAL = np.sqrt(2 / np.pi)  # mean absolute value of a normal number


@dataclass(frozen=True, eq=False)
class Layout:
    """Columns, and the label that every table is also about, if there is one.

    Parameters
    ----------
    bins : Bins
        Of the columns.
    target : int or None
        Number of the column that is the label.
    n_classes : int or None
        Of labels that come along with the rows, behind the last column.
    """

    bins: object
    target: int | None
    n_classes: int | None

    @property
    def features(self):
        """Numbers of the columns but for the label."""
        return [j for j in range(self.bins.n_features) if j != self.target]

    @property
    def label(self):
        """Number of the variable that is the label; None: there is none."""
        return self.target if self.n_classes is None else self.bins.n_features

    @property
    def n_labels(self):
        """Number of codes of the label, one if there is none."""
        if self.n_classes is not None:
            return self.n_classes
        return 1 if self.target is None else int(self.bins.n_codes[self.target])

    def possible_labels(self, possible):
        """Which labels there are, by public facts and by which are in doubt.

        Classes that were declared are there. Of a column, missing and unlisted values
        are not, where noise hides them; some label is there in any case.
        """

        def kept(doubtful):
            if self.target is None:
                return np.ones(len(doubtful), dtype=bool)
            there = possible[self.target].copy()
            rare = -2 if self.bins.categorical[self.target] else -1
            there[rare:] &= ~doubtful[rare:]
            return there if there.any() else np.ones(len(doubtful), dtype=bool)

        return kept

    @cached_property
    def view(self):
        """Rows as codes; one view, so that rows keep what it makes of them."""
        return view_of(self.bins)

    def counts(self, make, terms):
        """Query of rows in the cells of columns, and of the label.

        Parameters
        ----------
        make : callable
            From terms to tables.
        terms : sequence of tuple of int
            Columns of each table.
        """
        if self.n_classes is not None:
            return CellTotals(make(tuple(terms)), TargetParts(self.n_classes))
        more = () if self.target is None else (self.target,)
        return CellTotals(make(tuple((*t, *more) for t in terms)), RowCounts())

    def as_tables(self, answer, shapes):
        """An answer as an array for each table; the last axis is the label."""
        sizes = [int(np.prod(shape)) * self.n_labels for shape in shapes]
        parts = np.split(np.ravel(answer), np.cumsum(sizes)[:-1])
        pairs = zip(parts, shapes, strict=True)
        return [part.reshape(*shape, self.n_labels) for part, shape in pairs]


@dataclass(frozen=True, eq=False)
class Singles:
    """Rows of each code of each column, by label.

    Attributes
    ----------
    total : ndarray of shape (n_labels,)
        Rows of each label.
    counts : list of ndarray of shape (n_codes, n_labels)
        For each feature; at least zero, and of these totals.
    noisy : list of ndarray of shape (n_codes, n_labels)
        As released.
    noise : float
        Standard deviation of these.
    """

    total: np.ndarray
    counts: list
    noisy: list
    noise: float

    @property
    def noise_of_total(self):
        """Standard deviation of the number of all rows."""
        precision = sum(1.0 / table.size for table in self.noisy)
        return self.noise / np.sqrt(precision)

    @classmethod
    def of(cls, curator, layout, possible, *, share, earlier=None):
        """Release the rows of all columns together.

        Parameters
        ----------
        curator : Curator
        layout : Layout
        possible : list of ndarray of bool
            For each column which codes rows can have at all, by public facts.
        share : float
        earlier : Singles, default=None
            What was released before of the same rows; both count by their noise.
        """
        n_codes = layout.bins.n_codes
        terms = [(j,) for j in layout.features]
        query = layout.counts(lambda terms: ColumnCells(n_codes, terms), terms)
        answer = curator.release(OfView(query, layout.view), share=share)
        noise = max(curator.noise_of(query), 1e-9)
        shapes = [tuple(n_codes[list(term)]) for term in terms]
        noisy = layout.as_tables(answer, shapes)
        if earlier is not None:
            noisy, noise = _together((noisy, noise), (earlier.noisy, earlier.noise))
        total = _totals(noisy, noise, layout.possible_labels(possible))
        counts = [
            _cleaned(table, total, noise, can, layout.bins.categorical[j])
            for table, can, (j,) in zip(
                noisy, [possible[j] for j in layout.features], terms, strict=True
            )
        ]
        return cls(total, counts, noisy, noise)


def _together(*looks):
    """The means of noisy tables, weighted by their noise, and what noise they have."""
    precisions = np.array([noise**-2.0 for _, noise in looks])
    parts = precisions / precisions.sum()
    pairs = zip(*(tables for tables, _ in looks), strict=True)
    tables = [sum(p * t for p, t in zip(parts, pair, strict=True)) for pair in pairs]
    return tables, float(precisions.sum() ** -0.5)


def _totals(tables, noise, possible):
    """Rows of each label: what all columns say, weighted by their noise."""
    precision = np.array([1.0 / len(table) for table in tables])
    sums = np.array([table.sum(axis=0) for table in tables])
    found = np.maximum(precision @ sums / precision.sum(), 1.0)
    doubtful = found < _SEEN * noise / np.sqrt(precision.sum())
    found[~possible(doubtful)] = 0.0
    return found


def _cleaned(table, total, noise, possible, categorical):
    """Counts that are at least zero and add up to the totals; no rows in impossible.

    If there are no more missing or unlisted values than noise explains, there are none.
    """
    found = np.zeros_like(table)
    seen = table.sum(axis=1) > _SEEN * noise * np.sqrt(table.shape[1])
    seen[: -2 if categorical else -1] = True
    seen &= possible
    kept = np.flatnonzero(seen if seen.any() else possible)
    for k, rows in enumerate(total):
        found[kept, k] = on_simplex(_pulled(table[kept, k], noise), rows)
    return found


def _pulled(counts, noise):
    """Counts, pulled towards their mean as far as noise explains how they differ.

    Bins of numbers are made to hold about as many rows each.
    """
    signal = max(counts.var() - noise**2, 0.0)
    return counts.mean() + (counts - counts.mean()) * signal / (signal + noise**2)


def on_simplex(values, total):
    """The closest point whose entries are at least zero and have a sum."""
    descending = np.sort(values)[::-1]
    excess = (np.cumsum(descending) - total) / np.arange(1, len(values) + 1)
    last = np.flatnonzero(descending > excess)
    return np.maximum(values - excess[last[-1] if len(last) else 0], 0.0)


def groups_of(counts, most, ordered):
    """For each code a group: few groups, of about as many rows each.

    Parameters
    ----------
    counts : ndarray of shape (n_codes, n_labels)
        Rows; the last code is that of missing values.
    most : int
        Groups of codes but for this one, at most.
    ordered : bool
        Whether only neighbours can be together.

    Returns
    -------
    ndarray of int of shape (n_codes,)
    """
    rows, missing = counts[:-1].sum(axis=1), counts[-1].sum()
    if ordered:
        middle = np.cumsum(rows) - rows / 2
        wanted = np.floor(middle / max(rows.sum(), 1e-9) * most)
        group = np.minimum(wanted, most - 1).astype(np.int64)
    else:
        order = np.argsort(-rows, kind="stable")
        group = np.empty(len(rows), dtype=np.int64)
        group[order] = np.minimum(np.arange(len(rows)), most - 1)
        fewest = order[max(np.count_nonzero(rows > 0) - 1, 0)]
        group[rows <= 0] = group[fewest]
    group = np.unique(group, return_inverse=True)[1]
    last = group.max() + 1 if missing > 0 else group[np.argmax(rows)]
    return np.append(group, last).astype(np.int64)
