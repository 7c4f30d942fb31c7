"""Plot of a metric by group."""

from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, TableLike
from skprivate.base._tiles import responses
from skprivate.metrics._displays import _Display
from skprivate.metrics._group_metrics import TOO_FEW, DPGroupMetrics, label_of
from skprivate.metrics._groups import dp_metric_by_group


class DPGroupMetricsDisplay(_Display):
    """Plot of a metric of groups, with intervals that hold together.

    Groups of which too few rows leave nothing to be said show their interval, and no
    value.

    Parameters
    ----------
    group_metrics : DPGroupMetrics
        From :func:`dp_metric_by_group`.

    Attributes
    ----------
    ax_, figure_, points_
        What was drawn, after :meth:`plot`.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.metrics import DPGroupMetricsDisplay
    >>> y = np.arange(2000) % 2
    >>> display = DPGroupMetricsDisplay.from_predictions(
    ...     y, y, by=y, categories=[0, 1], metrics="selection_rate", classes=[0, 1]
    ... )
    >>> display.ax_.get_xlabel()
    'selection_rate'
    """

    def __init__(self, group_metrics: DPGroupMetrics) -> None:
        self.group_metrics = group_metrics

    @classmethod
    def from_predictions(
        cls, y_true: ArrayLike, y_pred: Any, *, ax: Any = None, **options: Any
    ) -> Self:
        """Measure and plot; ``options`` are those of :func:`dp_metric_by_group`."""
        return cls(dp_metric_by_group(y_true, y_pred, **options)).plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Estimator,
        X: TableLike,
        y: ArrayLike,
        *,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure what a fitted model says of groups, and plot."""
        options.setdefault("classes", estimator.classes_)
        said = partial(responses, estimator, "predict", X)
        return cls.from_predictions(y, said, ax=ax, **options)

    def plot(self, ax: Any = None, *, metric: Any = None) -> Self:
        """Draw one metric; None draws the first."""
        found = self.group_metrics
        m = found.place_of(found.metrics[0] if metric is None else metric)
        self.ax_ = self._axes(ax)
        self.figure_ = self.ax_.figure
        places = np.arange(len(found.groups))[::-1]
        values, low, high = found.values[m], found.low[m], found.high[m]
        few = np.isnan(values)
        self.ax_.hlines(places, low, high, colors=np.where(few, "0.75", "C0"))
        (self.points_,) = self.ax_.plot(values, places, "o", color="C0")
        for place, middle in zip(places[few], (low + high)[few] / 2, strict=True):
            self.ax_.annotate(
                TOO_FEW,
                (middle, place),
                (0, 4),
                textcoords="offset points",
                ha="center",
            )
        self.ax_.axvline(found.overall_values[m], color="0.5", linestyle=":")
        self.ax_.set_yticks(places, [label_of(group) for group in found.groups])
        self.ax_.set(xlabel=found.metrics[m], xlim=(-0.01, 1.01))
        return self
