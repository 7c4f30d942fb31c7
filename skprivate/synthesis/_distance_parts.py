"""Distances as tables and pictures, whether they were paid for or not."""

import numpy as np

from skprivate._card import Table

_MOST_SHOWN = 10


def mean_of(found):
    """Mean of the distances of a dict."""
    return float(np.mean([*found.values()]))


def worst(found, title):
    """The largest distances, as a table."""
    largest = sorted(found.items(), key=lambda item: -item[1])[:_MOST_SHOWN]
    rows = [
        (" x ".join(name) if isinstance(name, tuple) else name, f"{value:.3f}")
        for name, value in largest
    ]
    return Table((title, "distance"), tuple(rows), numbers=("distance",))


def drawn_distances(single, pairs, ax, title, reach=None):
    """Draw the distances of columns, and of the pairs that each is in, on average."""
    if ax is None:
        from matplotlib import pyplot as plt

        _, ax = plt.subplots(layout="constrained")
    names = sorted(single, key=single.get)
    places = np.arange(len(names))
    means = [
        np.mean([v for pair, v in pairs.items() if name in pair] or [np.nan])
        for name in names
    ]
    ax.barh(places, [single[name] for name in names], xerr=reach, label="alone")
    ax.plot(means, places, "o", color="black", label="with others, on average")
    ax.set(xlabel="total variation distance", yticks=places, yticklabels=names)
    ax.set_title(title, fontsize="medium")
    ax.legend()
    return ax
