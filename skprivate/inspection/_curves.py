"""Partial dependence: a curve for each feature, and its plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skprivate._card import Card, Section, Table
from skprivate.base._report import price_of
from skprivate.exploration._statistic_plots import axes_of


@dataclass(frozen=True, eq=False, repr=False)
class DPPartialDependence:
    """What a model says on average, for each value of features.

    Parameters
    ----------
    curves : dict
        For each feature, or tuple of features, a
        :class:`~skprivate.exploration.DPStatistic` whose axes are the values.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skprivate.inspection import PublicBackground, dp_partial_dependence
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    >>> model = LinearRegression().fit(X, [0.0, 1.0, 2.0])
    >>> found = dp_partial_dependence(model, PublicBackground(X))
    >>> found[0].values.round(6).tolist()
    [0.0, 1.0, 2.0]
    """

    curves: dict

    def __getitem__(self, feature):
        if feature not in self.curves:
            raise KeyError("There is no such feature. Take one that is shown.")
        return self.curves[feature]

    def __len__(self):
        return len(self.curves)

    def __iter__(self):
        return iter(self.curves)

    @property
    def privacy(self) -> Any:
        """What was released, and at what price; None, if nothing was."""
        return next(iter(self.curves.values())).privacy

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        """The range of each curve."""
        rows = []
        for feature, curve in self.curves.items():
            values = np.ravel(curve.values)
            name = " / ".join(map(str, _as_tuple(feature)))
            ends = f"{values.min():.4g}", f"{values.max():.4g}"
            rows.append((name, str(values.size), *ends))
        head = ("feature", "points", "lowest", "highest")
        price = "free" if self.privacy is None else price_of(self.privacy)
        table = Table(head, tuple(rows), head[1:])
        return Card(f"Partial dependence ({price})", (), (), (Section("", (table,)),))


class DPPartialDependenceDisplay:
    """Plot of partial dependence, with the band of the noise.

    Parameters
    ----------
    dependence : DPPartialDependence
        From :func:`dp_partial_dependence`.

    Attributes
    ----------
    axes_, figure_
        What was drawn, after :meth:`plot`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skprivate.inspection import (
    ...     DPPartialDependenceDisplay,
    ...     PublicBackground,
    ...     dp_partial_dependence,
    ... )
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    >>> model = LinearRegression().fit(X, [0.0, 1.0, 2.0])
    >>> found = dp_partial_dependence(model, PublicBackground(X))
    >>> len(DPPartialDependenceDisplay(found).plot().axes_)
    2
    """

    def __init__(self, dependence: DPPartialDependence) -> None:
        self.dependence = dependence

    def plot(self, axes: Sequence[Any] | None = None) -> Self:
        """Draw each curve into axes of its own.

        Parameters
        ----------
        axes : sequence of matplotlib axes, default=None
            One for each feature; None makes a figure.
        """
        curves = self.dependence.curves
        if axes is None:
            first = axes_of(None, type(self).__name__)
            figure = first.figure
            first.remove()
            axes = figure.subplots(1, len(curves), squeeze=False)[0]
        if len(axes) != len(curves):
            raise ValueError("axes must be one for each feature. Give as many.")
        self.axes_ = list(axes)
        self.figure_ = self.axes_[0].figure
        for ax, curve in zip(self.axes_, curves.values(), strict=True):
            _draw(ax, curve)
        return self


def _draw(ax, curve):
    """A line with a band; bars of texts; colours of two features."""
    if len(curve.axes) > 1:
        (row, _), (column, _) = curve.axes
        image = ax.imshow(curve.values, origin="lower", aspect="auto")
        ax.figure.colorbar(image, ax=ax, label=curve.name)
        ax.set(xlabel=column, ylabel=row)
        return
    ((name, values),) = curve.axes
    if all(isinstance(value, (int, float)) for value in values):
        (line,) = ax.plot(values, curve.values)
        band = {"color": line.get_color(), "alpha": 0.2, "linewidth": 0}
        ax.fill_between(values, curve.low, curve.high, **band)
    else:
        places = np.arange(len(values))
        ax.bar(places, curve.values)
        ax.vlines(places, curve.low, curve.high, color="black")
        ax.set_xticks(places, [str(value) for value in values], rotation=90)
    ax.set(xlabel=name, ylabel=curve.name)


def _as_tuple(feature):
    return feature if isinstance(feature, tuple) else (feature,)
