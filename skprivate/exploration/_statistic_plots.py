"""Pictures of statistics, with intervals."""

import numpy as np


def axes_of(ax, what):
    """The axes to draw on; new ones if there are none."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError(
            f"{what} needs matplotlib. Install it with pip install 'skprivate[viz]'."
        ) from None
    return pyplot.subplots(layout="constrained")[1] if ax is None else ax


def plotted_values(found, ax=None):
    """A point with an interval for each number; the wider one is thinner."""
    ax = axes_of(ax, "plot")
    values = np.ravel(found.values)
    places = np.arange(values.size)
    bars = [(np.ravel(found.low), np.ravel(found.high), 3.0)]
    if found.population is not None:
        bars.append((*map(np.ravel, found.population), 1.0))
    for low, high, width in bars:
        ax.hlines(places, low, high, linewidth=width, alpha=0.6)
    ax.plot(values, places, "o", color="black", markersize=4)
    names = [
        " / ".join(str(record[name]) for name in found.axis_names)
        for record in found.records()
    ]
    ax.set_yticks(places, names)
    ax.invert_yaxis()
    ax.set_xlabel(found.name)
    return ax


def plotted_histogram(found, ax=None):
    """Counts over bins: steps with a band, or colours where there are two columns."""
    if found.values.ndim - len(found.edges) == 1 and len(found.edges) == 1:
        ax = axes_of(ax, "plot")
        for label in found.axes[0][1]:
            _draw_steps(found[label], ax, str(label))
        ax.legend()
        return ax
    if found.values.ndim != len(found.edges):
        raise ValueError("Draw one group at a time: found[group].plot().")
    ax = axes_of(ax, "plot")
    if len(found.edges) == 1:
        return _draw_steps(found, ax, None)
    image = ax.pcolormesh(*found.edges, found.values.T)
    ax.figure.colorbar(image, ax=ax, label=found.name)
    ax.set(xlabel=found.axes[-2][0], ylabel=found.axes[-1][0])
    return ax


def _draw_steps(found, ax, label):
    """Steps of one histogram, and a band of its intervals."""
    (edges,) = found.edges
    steps = ax.stairs(found.values, edges, label=label, linewidth=1.5)
    color = steps.get_edgecolor()
    ends = {"baseline": found.low, "fill": True, "alpha": 0.25, "color": color}
    ax.stairs(found.high, edges, **ends)
    ax.set(xlabel=found.axes[-1][0], ylabel=found.name)
    return ax
