"""A profile of a table as a picture."""

import numpy as np

from skprivate.exploration._show import of_kind


def plotted(profile, axes=None):
    """Draw every column, and the correlations, on axes of their own."""
    from matplotlib import pyplot as plt

    with_correlations = bool(profile.correlations)
    n_axes = len(profile.columns) + with_correlations
    if axes is None:
        n_columns = min(3, n_axes)
        n_rows = -(-n_axes // n_columns)
        size = (4 * n_columns, 2.6 * n_rows)
        _, axes = plt.subplots(n_rows, n_columns, figsize=size, layout="constrained")
    axes = np.atleast_1d(axes)
    if axes.size < n_axes:
        raise ValueError(f"axes are too few. Give {n_axes} of them, or none.")
    for column, ax in zip(profile.columns, axes.flat, strict=False):
        (_draw_categories if column.kind == "category" else _draw_numbers)(column, ax)
        ax.set_title(column.name)
    if with_correlations:
        _draw_correlations(profile, axes.flat[len(profile.columns)])
    for ax in axes.flat[n_axes:]:
        ax.set_axis_off()
    return axes


def _draw_numbers(column, ax):
    """Quantiles, with intervals as a band."""
    ranks, found = list(column.quantiles), list(column.quantiles.values())
    ends = [f.low for f in found], [f.high for f in found]
    ax.fill_betweenx(ranks, *ends, alpha=0.25, linewidth=0)
    ax.plot([f.value for f in found], ranks, "o-", markersize=3)
    ax.set(ylim=(0, 1), ylabel="share of rows below")
    if column.kind == "date":
        show = of_kind("date")
        ax.xaxis.set_major_formatter(lambda seconds, _: show(seconds)[:10])
        ax.tick_params("x", rotation=30)


def _draw_categories(column, ax):
    """Bars with intervals, the most frequent at the top."""
    found = {**column.categories, "(others)": column.others}
    names, values = [str(name) for name in found], list(found.values())
    errors = [(f.value - f.low, f.high - f.value) for f in values]
    widths = [f.value for f in values]
    ax.barh(range(len(names)), widths, xerr=np.transpose(errors), alpha=0.7)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel("rows")


def _draw_correlations(profile, ax):
    """A square of colours; what is unknown stays blank."""
    names, matrix = profile.correlation_matrix()
    image = ax.imshow(matrix, vmin=-1, vmax=1, cmap="RdBu_r")
    ax.set_xticks(range(len(names)), names, rotation=90)
    ax.set_yticks(range(len(names)), names)
    ax.set_title("rank correlation")
    ax.figure.colorbar(image, ax=ax)
