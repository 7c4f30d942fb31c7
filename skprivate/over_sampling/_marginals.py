"""Marginals of the columns of each class, from noisy counts of bins."""

from dataclasses import dataclass

import numpy as np

from skprivate.binning import CategoryBins
from skprivate.queries import CellTotals, ColumnCells, OfView, TargetParts
from skprivate.schema import Field
from skprivate.tables import TableBins, share_of_bins, signal_of, view_of
from skprivate.tables._facts import number_bounds

_SURE = 3.0  # deviations of a count
_SURE_OF_GAPS = 6.0  # what follows may not read gaps where there were none
_OUTER = 2.0  # bins of the width of the next one that the outermost may span


@dataclass(frozen=True, eq=False)
class Marginals:
    """How each column is spread in each class: a function of released answers.

    Attributes
    ----------
    table : TableBins
        How rows are read.
    counts : ndarray of shape (n_classes,)
        Noisy number of rows of each class, at least one.
    noise : float
        Standard deviation of the noise of such a number.
    spread : tuple of ndarray of shape (n_classes, n_codes)
        For each column, the probability of each code in each class.
    """

    table: TableBins
    counts: np.ndarray
    noise: float
    spread: tuple

    @property
    def categorical(self):
        """Which columns hold codes of categories."""
        return self.table.bins.categorical

    @property
    def tells(self):
        """Whether a row can be made that is not all gaps."""
        return not self.categorical.all() or any(map(len, self.table.listed.values()))

    def rows(self, code, n, rng):
        """New rows of a class: numbers, codes of categories, and NaN for gaps.

        Returns
        -------
        ndarray of shape (n, n_features)
        """
        rows = np.empty((n, len(self.spread)))
        for j, spread in enumerate(self.spread):
            reached = np.cumsum(spread[code])
            codes = np.searchsorted(reached, rng.random(n) * reached[-1], side="right")
            codes = np.minimum(codes, len(reached) - 1)
            low, high = self._ends(j)
            rows[:, j] = low[codes]
            if not self.categorical[j]:
                rows[:, j] += rng.random(n) * (high - low)[codes]
        return rows

    def columns(self, rows):
        """Such rows as columns of a table: of numbers, dates and categories."""
        return [self._column(j, values) for j, values in enumerate(rows.T)]

    def _ends(self, j):
        """Where the values of each code of a column lie; NaN for gaps."""
        bins = self.table.bins.columns[j]
        if isinstance(bins, CategoryBins):
            codes = np.arange(bins.n_codes, dtype=np.float64)
            codes[bins.n_codes - 2 :] = np.nan  # what is not listed has no name
            return codes, codes
        field = self._field(j)
        if field.kind == "boolean":
            return (np.array([0.0, 1.0, np.nan]),) * 2
        low, high = number_bounds(field)
        edges = np.concatenate([[low], np.clip(bins.edges, low, high), [high]])
        if len(edges) > 3:  # a range may be found far beyond the rows
            edges[0] = max(low, edges[1] - _OUTER * (edges[2] - edges[1]))
            edges[-1] = min(high, edges[-2] + _OUTER * (edges[-2] - edges[-3]))
        return np.append(edges[:-1], np.nan), np.append(edges[1:], np.nan)

    def _column(self, j, values):
        field = self._field(j)
        if self.categorical[j]:
            names = np.append(
                np.array(self.table.listed[j].tolist(), dtype=object), None
            )
            known = np.where(np.isnan(values), len(names) - 1, values)
            return names[known.astype(np.intp)]
        if field.kind == "date":
            whole = np.where(np.isnan(values), 0.0, np.rint(values * 1e6))
            days = whole.astype(np.int64).astype("datetime64[us]")
            return np.where(np.isnan(values), np.datetime64("NaT"), days)
        return values

    def _field(self, j) -> Field:
        return self.table.schema[self.table.names[j]]


def learn_marginals(curator, estimator, n_classes):
    """Marginals of each class, for all that is left of the budget.

    **Guarantee.** All that is asked are bins, and one table of
    :class:`~skprivate.queries.CellTotals`: in each column a row adds one to the count
    of its class in one code.

    Parameters
    ----------
    curator : Curator
    estimator : BinsTables
    n_classes : int

    Returns
    -------
    Marginals
    """
    mu = signal_of(curator.budget, curator.n_features)
    bins = estimator._learn_bins(curator, share=share_of_bins(mu))
    query = CellTotals(ColumnCells.of(bins), TargetParts(n_classes))
    asked = OfView(query, view_of(bins))
    answer = curator.release(asked, share=curator.remaining)
    tables, noise = query.by_table(answer), curator.noise_of(asked)
    sizes = np.array([*map(len, tables)])
    sums = np.array([table.sum(axis=0) for table in tables])
    trust = 1 / sizes / (1 / sizes).sum()
    return Marginals(
        table=estimator.table_bins_,
        counts=np.maximum(trust @ sums, 1.0),
        noise=float(noise * np.sqrt((trust**2 * sizes).sum())),
        spread=tuple(_spread(table.T, noise) for table in tables),
    )


def _spread(counts, noise):
    """Probabilities of codes in each class.

    A code that noise may have made is none, in no class. A class with few rows, in
    terms of the noise, is pulled toward all of them.
    """
    of_all = counts.sum(axis=0)
    sure = np.append(np.full(len(of_all) - 1, _SURE), _SURE_OF_GAPS)
    surely = of_all >= sure * noise * np.sqrt(len(counts))
    of_all = np.where(surely, np.maximum(of_all, 0.0), 0.0)
    if not of_all.any():
        of_all[: max(1, len(of_all) - 1)] = 1.0  # all alike, and no gaps
    of_all = of_all / of_all.sum()
    alone = np.where(surely & (counts >= 2 * noise), np.maximum(counts, 0.0), 0.0)
    sums = alone.sum(axis=1, keepdims=True)
    found = np.divide(alone, sums, out=np.tile(of_all, (len(alone), 1)), where=sums > 0)
    rows = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    trust = rows**2 / (rows**2 + counts.shape[1] * noise**2)
    return trust * found + (1 - trust) * of_all
