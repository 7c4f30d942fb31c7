"""What two tables are found to differ in: tests, stability indices, words, drawings."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from skprivate._card import Card, Section, Table
from skprivate.base._confidence import check_confidence
from skprivate.base._report import price_of
from skprivate.exploration._show import short
from skprivate.metrics._axis import nonnegative
from skprivate.shift._column_counts import DPColumnCounts, refuse_other_columns
from skprivate.shift._null import p_value
from skprivate.shift._stability import stability

_FEWEST_DRAWS, _MOST_DRAWS = 1999, 50_000
_SMALL, _LARGE = 0.1, 0.25  # the usual words of the stability index
_MOST_LINES = 40


@dataclass(frozen=True)
class ColumnShift:
    """What is known of one column of two tables.

    Parameters
    ----------
    name : str
        Its name, or x0, x1, ...
    statistic : float
        Chi-squared of two samples, with noise in the variances.
    p_value : float
        Of this column alone.
    adjusted : float
        Of this column among all of them (Holm 1979): the chance that any column is
        called shifted although none is stays at ``alpha``.
    index, low, high : float
        The population stability index, and its interval.
    verdict : str
        In words.
    labels : tuple of str
        What bins are called.
    reference, current : ndarray
        Shares of the bins, at least zero.
    """

    name: str
    statistic: float
    p_value: float
    adjusted: float
    index: float
    low: float
    high: float
    verdict: str
    labels: tuple
    reference: np.ndarray
    current: np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class ShiftReport:
    """What two tables differ in, column by column: text, HTML, frame and plot.

    All of it is made of what two :class:`DPColumnCounts` have released: so it costs
    nothing more, and may be shown to anybody. It is about columns one by one; a shift
    of how columns go together it does not see, but :class:`DPDomainClassifier` may.

    Parameters
    ----------
    columns : tuple of ColumnShift
        In the order of the tables.
    n_reference, n_current : float
        About how many rows the tables have.
    alpha : float
        Level of the test of all columns together.
    confidence : float
        Of each interval.
    privacy : tuple of PrivacyReport
        What was released of the reference and of the current table, and at what price.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.shift import dp_two_sample_test
    >>> rng = np.random.default_rng(0)
    >>> before, now = rng.normal(0, 1, 3000), rng.normal(0.5, 1, 3000)
    >>> report = dp_two_sample_test(before, now, bounds=(-3, 3))
    >>> report.shifted
    ['x0']
    """

    columns: tuple
    n_reference: float
    n_current: float
    alpha: float
    confidence: float
    privacy: tuple

    @classmethod
    def of(
        cls,
        reference: DPColumnCounts,
        current: DPColumnCounts,
        *,
        alpha: float = 0.05,
        confidence: float = 0.95,
    ) -> Self:
        """The report of two tables that were counted in the same bins.

        Parameters
        ----------
        reference, current : fitted DPColumnCounts
            The second with the bins of the first, or both with the same public ones.
        alpha : float, default=0.05
            Level of the test.
        confidence : float, default=0.95
            Of the intervals.

        Returns
        -------
        ShiftReport
        """
        check_same_bins(reference, current)
        alpha = checked_level(alpha)
        check_confidence(confidence)
        noises = reference.noise, current.noise
        bins, labels = reference.table_bins_.bins, _labels(reference)
        pairs = list(zip(reference.counts_, current.counts_, strict=True))
        n_draws = int(np.clip(20 * len(pairs) / alpha, _FEWEST_DRAWS, _MOST_DRAWS))
        tests = [
            p_value(*pair, noises, ordered=not bins.categorical[j], n_draws=n_draws)
            for j, pair in enumerate(pairs)
        ]
        adjusted = holm([p for _, p in tests])
        columns = []
        for j, pair in enumerate(pairs):
            ends = stability(*pair, noises, confidence)
            shifted = adjusted[j] <= alpha
            columns.append(
                ColumnShift(
                    reference.names[j], *tests[j], adjusted[j], *ends,
                    _verdict(shifted, *ends[1:]), labels[j], *map(_shares, pair),
                )
            )  # fmt: skip
        sizes = reference.n_rows, current.n_rows
        privacy = reference.privacy_, current.privacy_
        return cls(tuple(columns), *sizes, alpha, float(confidence), privacy)

    @property
    def shifted(self) -> list[Any]:
        """Names of the columns that have shifted, at level ``alpha`` in all."""
        return [c.name for c in self.columns if c.adjusted <= self.alpha]

    @property
    def p_value(self) -> float:
        """Of all columns together: that none has shifted."""
        return min(column.adjusted for column in self.columns)

    def __getitem__(self, name):
        """What is known of the column of this name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError("There is no such column. Take one of those that are shown.")

    def records(self) -> list[dict[Any, Any]]:
        """All numbers, one dict for each column.

        Returns
        -------
        list of dict
        """
        keep = (
            "name", "statistic", "p_value", "adjusted", "index", "low", "high",
            "verdict",
        )  # fmt: skip
        return [{key: getattr(column, key) for key in keep} for column in self.columns]

    def to_frame(self) -> Any:
        """All numbers as a data frame of pandas, one column of the table a row."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def plot(self, axes: Any = None) -> np.ndarray:
        """Draw the shares of both tables, column by column; needs matplotlib.

        Parameters
        ----------
        axes : array of matplotlib axes, default=None
            One for each column; None makes a figure.

        Returns
        -------
        ndarray of matplotlib axes
        """
        from skprivate.shift._plot import plotted

        return plotted(self, axes)

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        """What is shown, as text or as HTML."""
        order = sorted(self.columns, key=lambda column: column.p_value)
        percent = f"{100 * self.confidence:.4g}%"
        head = ("column", "p", "p of all", "index", percent, "what it says")
        rows = [
            (
                column.name,
                *map(_probability, (column.p_value, column.adjusted)),
                short(column.index), f"{short(column.low)} to {short(column.high)}",
                column.verdict,
            )
            for column in order[:_MOST_LINES]
        ]  # fmt: skip
        blocks = [Table(head, tuple(rows), head[1:5])]
        if len(order) > _MOST_LINES:
            blocks.append(f"{len(order) - _MOST_LINES} more: see to_frame().")
        found = len(self.shifted)
        statements = (
            f"about {self.n_reference:.0f} rows before, {self.n_current:.0f} now",
            f"{found} of {len(order)} columns have shifted, at level {self.alpha:g} "
            "for all of them together",
            "each table pays by itself: "
            + "; ".join(price_of(report) for report in self.privacy),
        )
        return Card("Shift", (), statements, (Section("", tuple(blocks)),))


def holm(p_values):
    """P-values among many, by Holm's step-down rule (1979)."""
    p_values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(np.minimum(factors * p_values[order], 1.0))
    return adjusted.tolist()


def check_same_bins(reference, current):
    """Refuse what was not counted, or not in the same bins."""
    for counts in (reference, current):
        if not (isinstance(counts, DPColumnCounts) and hasattr(counts, "counts_")):
            raise TypeError(
                "A comparison needs two fitted DPColumnCounts. Fit both, the second "
                "with bins=first.table_bins_."
            )
    refuse_other_columns(current.names, reference.names)
    first, second = (counts.table_bins_ for counts in (reference, current))
    if first is second:
        return
    same = first.bins.n_codes.tolist() == second.bins.n_codes.tolist()
    for mine, others in zip(first.bins.edges, second.bins.edges, strict=True):
        same = same and (mine is None) == (others is None)
        same = same and (mine is None or np.array_equal(mine, others))
    lists = zip(first.categories, second.categories, strict=False)
    same = same and len(first.categories) == len(second.categories)
    if not (same and all(a.tolist() == b.tolist() for a, b in lists)):
        raise ValueError(
            "The two tables were counted in different bins: they cannot be compared. "
            "Count the second one with bins=first.table_bins_."
        )


def checked_level(alpha):
    """A level of a test, as a float."""
    if not (isinstance(alpha, (float, np.floating)) and 0 < alpha < 1):
        raise ValueError("alpha must be a number between 0 and 1. Give 0.05, say.")
    return float(alpha)


def _verdict(shifted, low, high):
    """A line for people: whether it moved, and whether that is much."""
    if not shifted:
        if high < _SMALL:
            return "no shift seen; if any, it is small"
        return "no shift seen; too few rows, or too much noise, to rule one out"
    if low >= _LARGE:
        return "shifted, and by much"
    if high < _SMALL:
        return "shifted, by little"
    return "shifted"


def _shares(counts):
    """Shares of bins, at least zero."""
    found = nonnegative(counts, counts.sum())
    return found / found.sum()


def _labels(counts):
    """What the bins of each column are called."""
    bins = counts.table_bins_
    return [
        (*map(str, bins.listed[j]), "(others)", "(missing)")
        if edges is None
        else _intervals(edges)
        for j, edges in enumerate(bins.bins.edges)
    ]


def _intervals(edges):
    """What bins between edges are called."""
    ends = [short(float(edge)) for edge in edges]
    if not ends:
        return ("any", "(missing)")
    inner = [f"{low} to {high}" for low, high in pairwise(ends)]
    return (f"below {ends[0]}", *inner, f"{ends[-1]} or more", "(missing)")


def _probability(p):
    return "< .001" if p < 0.001 else f"{p:.3f}"
