"""A tree in words."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

_INDENT = "|   "


def tree_text(
    tree: Any,
    names: Sequence[str] | None = None,
    bins: Any = None,
    categories: dict[int, Any] | None = None,
    decimals: int = 2,
    dates: Collection[int] = (),
) -> str:
    """A tree as lines of text, like scikit-learn's ``export_text``.

    Parameters
    ----------
    tree : Tree
    names : sequence of str, default=None
        Of the columns; None: ``x0``, ``x1``, ...
    bins : Bins, default=None
        Whose edges are shown in place of codes.
    categories : dict of int to sequence, default=None
        Names of the codes of some columns.
    decimals : int, default=2
    dates : collection of int, default=()
        Columns that are seconds since 1970.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.trees import Tree, tree_text
    >>> print(tree_text(Tree.stump([4], feature=0, threshold=1), names=["age"]))
    |--- age in bins 0 to 1
    |   |--- value: [0.00]
    |--- age in bins above 1, or missing
    |   |--- value: [0.00]
    """
    lines, stack = [], [(0, 0, None)]
    while stack:  # no recursion: trees may be deep
        node, level, rule = stack.pop()
        if rule is not None:
            lines.append(f"{_INDENT * (level - 1)}|--- {rule}")
        if tree.is_leaf[node]:
            shown = ", ".join(f"{v:.{decimals}f}" for v in tree.value[node])
            lines.append(f"{_INDENT * level}|--- value: [{shown}]")
            continue
        rules = split_rules(tree, node, names, bins, categories, decimals, dates)
        sides = zip((tree.left[node], tree.right[node]), rules, strict=True)
        stack += reversed([(int(child), level + 1, text) for child, text in sides])
    return "\n".join(lines)


def split_rules(
    tree: Any,
    node: Any,
    names: Any = None,
    bins: Any = None,
    categories: Any = None,
    decimals: Any = 2,
    dates: Any = (),
) -> Any:
    """What holds on the left of a split, and on the right: parameters as above.

    Examples
    --------
    >>> from skprivate.trees import Tree, split_rules
    >>> split_rules(Tree.stump([4], feature=0, threshold=1), 0, names=["age"])
    ['age in bins 0 to 1', 'age in bins above 1, or missing']
    """
    j = int(tree.feature[node])
    name = f"x{j}" if names is None else names[j]
    edges = None if bins is None else bins.edges[j]
    listed = (categories or {}).get(j)
    threshold = int(tree.threshold[node])
    if threshold < 0:
        goes = tree.goes_left(node)
        sides = np.flatnonzero(goes[:-1]), np.flatnonzero(~goes[:-1])
        named = [
            [str(c if listed is None else _of(listed, c)) for c in s] for s in sides
        ]
        rules = [f"{name} in {{{', '.join(side)}}}" for side in named]
    elif edges is not None and threshold < len(edges):
        edge = _edge(edges[threshold], decimals, j in dates)
        rules = [f"{name} < {edge}", f"{name} >= {edge}"]
    else:
        rules = [
            f"{name} in bins 0 to {threshold}",
            f"{name} in bins above {threshold}",
        ]
    rules[1 - bool(tree.missing_left[node])] += ", or missing"
    return rules


def _edge(edge, decimals, is_date):
    """A number, or a date that four digits of a year can tell."""
    if is_date and -6.2e10 < edge < 2.5e11:
        return str(np.datetime64(int(edge), "s")).replace("T", " ")
    return f"{edge:.{decimals}f}"


def _of(listed, code):
    """Name of a code; the one after those that are listed is of all others."""
    return listed[code] if code < len(listed) else "other"
