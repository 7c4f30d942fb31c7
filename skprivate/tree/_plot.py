"""A fitted tree as a drawing."""

from textwrap import fill
from typing import Any

import numpy as np

from skprivate.tree._export import tree_of, words_of
from skprivate.trees import split_rules

_WIDTH, _HEIGHT = 1.6, 1.4  # of a leaf, and of a level, in inches
_LETTERS = 24  # of a line
_PALE = 0.6  # how far colours go, so that words on them can be read


def plot_tree(
    model: Any,
    *,
    number: int = 0,
    max_depth: int | None = None,
    decimals: int = 2,
    fontsize: float = 8,
    ax: Any = None,
) -> list[Any]:
    """Draw a tree of a fitted model with matplotlib.

    A node tells what holds on its left, as :func:`export_text` does, and its values:
    shares of the classes or means, and for trees of a forest or of boosting terms of a
    sum. All of it was released. The colour is that of the class with the largest value,
    or goes from the lowest value to the highest.

    Parameters
    ----------
    model : DPDecisionTreeClassifier, DPDecisionTreeRegressor, or a forest or boosting \
            of :mod:`skprivate.ensemble`
        Fitted.
    number : int, default=0
        Which tree, where there are several.
    max_depth : int, default=None
        Most splits on the way to a node that is drawn; what is below a node is three
        dots. None draws all.
    decimals : int, default=2
    fontsize : float, default=8
    ax : matplotlib Axes, default=None
        None makes a figure that is large enough.

    Returns
    -------
    list of matplotlib Annotation
        One for each node, parents first.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.tree import DPDecisionTreeRegressor, plot_tree
    >>> X = np.random.default_rng(0).random((9000, 1))
    >>> tree = DPDecisionTreeRegressor(
    ...     max_depth=1, bounds=(0, 1), target_bounds=(0, 1), random_state=0
    ... )
    >>> root, left, right = plot_tree(tree.fit(X, X[:, 0] > 0.28), decimals=1)
    >>> print(root.get_text())
    x0 < 0.3?
    [0.7]
    """
    tree = tree_of(model, number)
    if max_depth is not None and max_depth < 0:
        raise ValueError("max_depth must not be negative. Give 0 for the root alone.")
    ends = tree.is_leaf | (tree.depths == max_depth)
    places = _places(tree, ends)
    drawn = sorted(places)  # parents come before their children
    ax = _axes(ax, places)
    words, colors = words_of(model), _colors(tree)
    classes = getattr(model, "classes_", None)
    notes = {}
    for node in drawn:
        text = [_values(tree.value[node], classes, decimals)]
        if not ends[node]:
            rule, _ = split_rules(tree, node, **words, decimals=decimals)
            text.insert(0, fill(f"{rule}?", _LETTERS))
        elif not tree.is_leaf[node]:
            text.append("...")
        notes[node] = ax.annotate(
            "\n".join(text), places[node], ha="center", va="center", fontsize=fontsize,
            parse_math=False, bbox={"boxstyle": "round", "fc": colors[node]}, zorder=3,
        )  # fmt: skip
    for node in drawn:
        if not ends[node]:
            for child, answer in ((tree.left[node], "yes"), (tree.right[node], "no")):
                _line(ax, places[node], places[int(child)], answer, fontsize)
    return list(notes.values())


def _places(tree, ends):
    """Where nodes are: ends side by side from the left, others amid their children."""
    across, order, stack = {}, [], [0]
    while stack:  # no recursion: trees may be deep
        node = stack.pop()
        order.append(node)
        if ends[node]:
            across[node] = float(len(across))
        else:
            stack += [int(tree.right[node]), int(tree.left[node])]
    for node in reversed(order):
        if not ends[node]:
            children = int(tree.left[node]), int(tree.right[node])
            across[node] = sum(across[child] for child in children) / 2
    return {node: (x, -float(tree.depths[node])) for node, x in across.items()}


def _values(values, classes, decimals):
    shown = ", ".join(f"{v:.{decimals}f}" for v in values)
    text = fill(f"[{shown}]", _LETTERS)
    if classes is not None and len(classes) == len(values):
        text += "\n" + fill(f"class {classes[values.argmax()]}", _LETTERS)
    return text


def _colors(tree):
    """A pale colour for each node."""
    from matplotlib import colormaps

    if tree.n_outputs > 1:
        colors = colormaps["tab10"](tree.value.argmax(axis=1) % 10)
    else:
        values = tree.value[:, 0]
        width = max(float(np.ptp(values)), np.finfo(float).tiny)
        colors = colormaps["viridis"]((values - values.min()) / width)
    colors[:, :3] += _PALE * (1.0 - colors[:, :3])
    return colors


def _axes(ax, places):
    """Axes that hold all places, without a frame."""
    across, down = np.array(list(places.values())).T
    if ax is None:
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError(
                "plot_tree needs matplotlib. Install it with pip install "
                "'skprivate[viz]'."
            ) from None
        size = _WIDTH * max(across.max() + 1, 3), _HEIGHT * (1 - down.min())
        ax = pyplot.subplots(figsize=size, layout="constrained")[1]
    ax.set_axis_off()
    ax.set(xlim=(-0.6, across.max() + 0.6), ylim=(down.min() - 0.5, 0.5))
    return ax


def _line(ax, above, below, answer, fontsize):
    """A line from a node to its child, with what the rule must answer."""
    ax.plot(*zip(above, below, strict=True), color="gray", linewidth=1, zorder=1)
    middle = np.add(above, below) / 2
    ax.text(*middle, answer, fontsize=fontsize, ha="center", va="center",
            bbox={"fc": "white", "ec": "none", "pad": 1}, zorder=2)  # fmt: skip
