"""A histogram that knows how sure it is."""

from dataclasses import dataclass
from typing import Any

from skprivate.exploration._statistic import DPStatistic


@dataclass(frozen=True, eq=False, repr=False)
class DPHistogram(DPStatistic):
    """A histogram measured under differential privacy, by group if there are any.

    Parameters
    ----------
    name, axes, values, low, high, population, confidence, privacy
        As of :class:`DPStatistic`: one number for each bin. ``population`` is None.
    edges : tuple of ndarray
        Edges of the bins, of one or two columns.

    Examples
    --------
    >>> from skprivate.exploration import dp_histogram
    >>> counts, edges = dp_histogram([1, 2, 2, 3] * 500, bins=3, range=(0.5, 3.5))
    >>> bool(900 < counts[1] < 1100)
    True
    """

    edges: tuple

    def __iter__(self):
        """Unpack as what NumPy returns: numbers, and edges."""
        return iter((self.values, *self.edges))

    def plot(self, ax: Any = None) -> Any:
        """Draw it, with a band of its intervals; needs matplotlib.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            None makes a figure.

        Returns
        -------
        matplotlib axes
        """
        from skprivate.exploration._statistic_plots import plotted_histogram

        return plotted_histogram(self, ax)
