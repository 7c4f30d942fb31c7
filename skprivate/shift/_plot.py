"""Two tables beside each other, a drawing for each column."""

from math import ceil

import numpy as np

_ACROSS = 3


def plotted(report, axes=None):
    """Shares of both tables, bin by bin."""
    n_columns = len(report.columns)
    if axes is None:
        axes = _new_axes(n_columns)
    axes = np.ravel(axes)
    if len(axes) < n_columns:
        raise ValueError(f"There are {n_columns} columns. Give as many axes, or none.")
    for ax, column in zip(axes, report.columns, strict=False):
        places = np.arange(len(column.labels))
        ax.bar(places - 0.2, column.reference, 0.4, label="before")
        ax.bar(places + 0.2, column.current, 0.4, label="now")
        ax.set_xticks(places, column.labels, rotation=90, fontsize="small")
        ax.set_title(f"{column.name}: index {column.index:.2f}", fontsize="medium")
        ax.set_ylabel("share of rows")
    axes[0].legend()
    for ax in axes[n_columns:]:
        ax.set_axis_off()
    return axes[:n_columns]


def _new_axes(n_columns):
    """A figure with room for all columns."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError(
            "plot needs matplotlib. Install it with pip install 'skprivate[viz]'."
        ) from None
    across = min(n_columns, _ACROSS)
    down = ceil(n_columns / across)
    size = (4.5 * across, 3.2 * down)
    return pyplot.subplots(down, across, layout="constrained", figsize=size)[1]
