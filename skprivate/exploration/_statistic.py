"""What a statistic says: numbers with intervals, for each group and column."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from skprivate._card import Card, Section, Table
from skprivate.base._report import price_of
from skprivate.exploration._show import short

_MOST_LINES = 40  # of numbers that are shown
_NUMBERS = ("value", "low", "high", "population_low", "population_high")


@dataclass(frozen=True, eq=False, repr=False)
class DPStatistic(NDArrayOperatorsMixin):
    """Numbers that were measured under differential privacy, with intervals.

    It is used like an array of its values, or like a number if there is only one;
    arithmetic gives plain arrays and numbers. ``found["team"]`` is what was found of a
    group, column or quantile.

    Parameters
    ----------
    name : str
        What was measured.
    axes : tuple of (str, tuple)
        What the axes of the values stand for: a name, and a label of each place.
    values : ndarray
        Estimates; without axes, of a single number.
    low, high : ndarray
        Ends of intervals that hold the exact numbers of this very table, as far as
        they lie within the bounds. Only the noise is counted.
    population : tuple (low, high) of ndarray, or None
        Ends of wider intervals, of means: for those of the population of which the
        rows are a sample. They count sampling, too.
    confidence : float
        Of each interval.
    privacy : PrivacyReport
        What was released, and at what price.

    Examples
    --------
    >>> from skprivate.exploration import dp_mean
    >>> age = [30, 40, 50] * 500
    >>> mean = dp_mean(age, bounds=(18, 90))
    >>> bool(38 < mean < 42), bool(mean.low <= mean <= mean.high)
    (True, True)
    >>> mean.to_frame().columns.tolist()
    ['value', 'low', 'high', 'population_low', 'population_high']
    """

    name: str
    axes: tuple
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    population: tuple | None
    confidence: float
    privacy: object

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [v.values if isinstance(v, DPStatistic) else v for v in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def __float__(self):
        return float(self.values)

    def __bool__(self):
        return bool(self.values)

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)

    @property
    def shape(self) -> Any:
        """Shape of the values."""
        return self.values.shape

    def __getitem__(self, label):
        """What was found of one label of the first axis, or of its place."""
        _, labels = self.axes[0] if self.axes else ("", ())
        places = [i for i, known in enumerate(labels) if known == label]
        if not places:
            raise KeyError("There is no such label. Take one of those that are shown.")
        place, ends = places[0], self.population
        return replace(
            self,
            axes=self.axes[1:],
            values=self.values[place],
            low=self.low[place],
            high=self.high[place],
            population=None if ends is None else tuple(end[place] for end in ends),
        )

    def records(self) -> list[dict[Any, Any]]:
        """All numbers, one dict each.

        Returns
        -------
        list of dict
            The labels by the names of the axes, ``value``, ``low`` and ``high``, and
            for means ``population_low`` and ``population_high``.
        """
        parts = {"value": self.values, "low": self.low, "high": self.high}
        if self.population is not None:
            parts |= dict(zip(_NUMBERS[3:], self.population, strict=True))
        columns = {name: np.ravel(part).tolist() for name, part in parts.items()}
        labels = product(*(of_axis for _, of_axis in self.axes))
        return [
            {
                **dict(zip(self.axis_names, of_one, strict=True)),
                **{name: column[i] for name, column in columns.items()},
            }
            for i, of_one in enumerate(labels)
        ]

    @property
    def axis_names(self) -> Any:
        """Names of the axes, none of which is another, or that of a number."""
        taken, names = {*_NUMBERS}, []
        for name, _ in self.axes:
            while name in taken:
                name = f"{name}_"  # a column may be called so
            taken.add(name)
            names.append(name)
        return names

    def to_frame(self) -> Any:
        """All numbers as a data frame of pandas, one a row."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def plot(self, ax: Any = None) -> Any:
        """Draw values with their intervals; needs matplotlib.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            None makes a figure.

        Returns
        -------
        matplotlib axes
        """
        from skprivate.exploration._statistic_plots import plotted_values

        return plotted_values(self, ax)

    def __repr__(self):
        return self._card().text() if self.axes else self._line()

    def _repr_html_(self):
        return self._card().html()

    def _line(self):
        """A single number, as text."""
        text = f"{short(float(self.values))} ({_percent(self.confidence)} interval: "
        text += _ends(self.low, self.high)
        if self.population is not None:
            text += f"; of the population: {_ends(*self.population)}"
        return f"{text}; {price_of(self.privacy)})"

    def _card(self):
        """The numbers as a table."""
        percent = _percent(self.confidence)
        records, has_population = self.records(), self.population is not None
        names = self.axis_names
        heads = (*names, self.name, f"{percent} interval")
        heads += ("of the population",) * has_population
        rows = []
        for record in records[:_MOST_LINES]:
            cells = [_label(record[name]) for name in names]
            cells += [short(record["value"]), _ends(record["low"], record["high"])]
            if has_population:
                ends = record["population_low"], record["population_high"]
                cells.append(_ends(*ends))
            rows.append(tuple(cells))
        blocks = [Table(heads, tuple(rows), heads[len(self.axes) :])]
        if len(records) > _MOST_LINES:
            blocks.append(f"{len(records) - _MOST_LINES} more: see to_frame().")
        title = f"{self.name} ({price_of(self.privacy)})"
        return Card(title, (), (), (Section("", tuple(blocks)),))


def _ends(low, high):
    return f"{short(float(low))} to {short(float(high))}"


def _percent(confidence):
    return f"{100 * confidence:.4g}%"


def _label(label):
    return " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)
