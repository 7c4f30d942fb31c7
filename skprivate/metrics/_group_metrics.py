"""What is known of groups, and where too few rows leave nothing to be said."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._card import Card, Section, Table
from skprivate.base._report import price_of
from skprivate.metrics._score import DPScore

TOO_FEW = "too few"


@dataclass(frozen=True, eq=False, repr=False)
class DPGroupMetrics:
    """Metrics of groups that were measured under differential privacy.

    All intervals, overall ones included, hold together with probability
    ``confidence``, and so does whatever follows from them: :meth:`difference` and
    :meth:`ratio` among it, for one metric or for all.

    Parameters
    ----------
    metrics : tuple of str
        Names.
    groups : tuple
        Keys, or tuples of one of each column.
    values, low, high : ndarray of shape (n_metrics, n_groups)
        Estimates, and ends of intervals for the population. Values are NaN where too
        few rows leave nothing to be said.
    overall_values, overall_low, overall_high : ndarray of shape (n_metrics,)
        Of all groups together.
    confidence : float
        Of all intervals together.
    privacy : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPGroupMetricsDisplay : Draws them.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.metrics import dp_metric_by_group
    >>> team = np.repeat(["red", "blue", "gray"], [2000, 2000, 3])
    >>> y = np.arange(4003) % 2
    >>> found = dp_metric_by_group(
    ...     y, y, by=team, categories=["red", "blue", "gray"], classes=[0, 1]
    ... )
    >>> found.too_few["tpr"]
    ('gray',)
    >>> bool(found.by_group["tpr"]["red"] > 0.9)
    True
    """

    metrics: tuple
    groups: tuple
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    overall_values: np.ndarray
    overall_low: np.ndarray
    overall_high: np.ndarray
    confidence: float
    privacy: object

    @property
    def by_group(self) -> dict[Any, Any]:
        """For each metric, a score with its interval for each group."""
        return {
            name: {
                group: self._score(self.values[m, g], self.low[m, g], self.high[m, g])
                for g, group in enumerate(self.groups)
            }
            for m, name in enumerate(self.metrics)
        }

    @property
    def overall(self) -> dict[Any, Any]:
        """For each metric, its score of all groups together."""
        parts = self.overall_values, self.overall_low, self.overall_high
        rows = zip(self.metrics, *parts, strict=True)
        return {name: self._score(*ends) for name, *ends in rows}

    @property
    def too_few(self) -> dict[Any, Any]:
        """For each metric, the groups of which nothing can be said."""
        return {
            name: tuple(
                group
                for group, value in zip(self.groups, self.values[m], strict=True)
                if np.isnan(value)
            )
            for m, name in enumerate(self.metrics)
        }

    def difference(self, metric: str | None = None) -> DPScore | dict[Any, Any]:
        """Largest less smallest value among groups, of which something can be said.

        The estimate is too large on average, for noise drives the extremes apart; the
        interval is not.

        Parameters
        ----------
        metric : str, default=None
            None: of each.

        Returns
        -------
        DPScore, or dict of them
            The interval follows from those of the groups. NaN if fewer than two groups
            are large enough.
        """
        return self._compared(metric, _difference)

    def ratio(self, metric: str | None = None) -> DPScore | dict[Any, Any]:
        """Smallest value divided by the largest, as :meth:`difference`.

        Parameters
        ----------
        metric : str, default=None
            None: of each.

        Returns
        -------
        DPScore, or dict of them
        """
        return self._compared(metric, _ratio)

    def records(self) -> list[dict[Any, Any]]:
        """All numbers, one dict each.

        Returns
        -------
        list of dict
        """
        return [
            {
                "metric": name,
                "group": group,
                "value": float(score),
                "low": score.interval[0],
                "high": score.interval[1],
                "too_few": bool(np.isnan(score)),
            }
            for name, scores in self.by_group.items()
            for group, score in scores.items()
        ]

    def to_frame(self) -> Any:
        """All numbers as a data frame of pandas, one a row."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def place_of(self, metric: str) -> int:
        """Number of a metric.

        Parameters
        ----------
        metric : str

        Returns
        -------
        int
        """
        if metric not in self.metrics:
            raise ValueError(
                f"metric must be one that was measured: {', '.join(self.metrics)}."
            )
        return self.metrics.index(metric)

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _compared(self, metric, compare):
        if metric is None:
            return {name: self._compared(name, compare) for name in self.metrics}
        m = self.place_of(metric)
        known = ~np.isnan(self.values[m])
        if known.sum() < 2:
            return self._score(np.nan, 0.0, 1.0)
        parts = self.values[m], self.low[m], self.high[m]
        return self._score(*compare(*(part[known] for part in parts)))

    def _score(self, value, low, high):
        ends = float(low), float(high)
        return DPScore(float(value), ends, self.confidence, self.privacy)

    def _card(self):
        """A line for each group, a column for each metric."""
        rows = [
            (label_of(group), *map(_cell, *of_group))
            for group, *of_group in zip(
                self.groups, self.values.T, self.low.T, self.high.T, strict=True
            )
        ]
        whole = self.overall_values, self.overall_low, self.overall_high
        rows.append(("overall", *map(_cell, *whole)))
        gaps = self.difference()
        rows.append(
            ("difference", *(_cell(gap, *gap.interval) for gap in gaps.values()))
        )
        head = ("group", *self.metrics)
        percent = f"{100 * self.confidence:.4g}%"
        said = f"[low, high]: all hold together with probability {percent}"
        title = f"Metrics by group ({price_of(self.privacy)})"
        table = Table(head, tuple(rows), head[1:])
        return Card(title, (), (said,), (Section("", (table,)),))


def label_of(group):
    """A group in words."""
    return " / ".join(map(str, group)) if isinstance(group, tuple) else str(group)


def _cell(value, low, high):
    text = TOO_FEW if np.isnan(value) else f"{value:.3f}"
    return f"{text} [{low:.3f}, {high:.3f}]"


def _difference(values, low, high):
    """If all intervals hold, so does this one: the farthest that ends allow."""
    least = max(float(low.max() - high.min()), 0.0)
    return np.ptp(values), least, float(high.max() - low.min())


def _ratio(values, low, high):
    """The same for a quotient; one of nothing by nothing is one."""
    value = _quotient(values.min(), values.max())
    least = _quotient(low.min(), high.max())
    return value, least, min(_quotient(high.min(), low.max()), 1.0)


def _quotient(above, below):
    return float(above / below) if below > 0 else 1.0
