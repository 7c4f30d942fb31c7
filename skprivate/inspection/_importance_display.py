"""Plot of how much a model needs each feature."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, TableLike
from skprivate.exploration._statistic_plots import axes_of
from skprivate.inspection._importance import dp_permutation_importance


class DPPermutationImportanceDisplay:
    """Plot of permutation importances, the largest on top, with their intervals.

    Parameters
    ----------
    importance : DPStatistic
        From :func:`dp_permutation_importance`.

    Attributes
    ----------
    ax_, figure_, points_
        What was drawn, after :meth:`plot`.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.inspection import (
    ...     DPPermutationImportanceDisplay,
    ...     PublicBackground,
    ... )
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> spread = PublicBackground(rng.uniform(-1, 1, (100, 2)))
    >>> display = DPPermutationImportanceDisplay.from_estimator(
    ...     model, X, y, background=spread
    ... )
    >>> display.ax_.get_xlabel()
    'importance'
    """

    def __init__(self, importance: Any) -> None:
        self.importance = importance

    @classmethod
    def from_estimator(
        cls,
        estimator: Estimator,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure and plot; ``options`` are for :func:`dp_permutation_importance`."""
        return cls(dp_permutation_importance(estimator, X, y, **options)).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw a point for each feature; the interval for the population is thinner.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            None makes a figure.
        """
        found = self.importance
        self.ax_ = axes_of(ax, type(self).__name__)
        self.figure_ = self.ax_.figure
        order = np.argsort(found.values)
        places = np.arange(len(order))
        for ends, width in (((found.low, found.high), 3.0), (found.population, 1.0)):
            low, high = ends
            self.ax_.hlines(places, low[order], high[order], linewidth=width, alpha=0.6)
        (self.points_,) = self.ax_.plot(found.values[order], places, "o", color="black")
        ((_, labels),) = found.axes
        self.ax_.set_yticks(places, [_said(labels[k]) for k in order])
        self.ax_.axvline(0.0, color="0.5", linestyle=":")
        self.ax_.set_xlabel("importance")
        return self


def _said(label):
    return " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)
