"""A fitted tree in words."""

from numbers import Integral
from typing import Any

from sklearn.utils.validation import check_is_fitted

from skprivate.trees import tree_text

_NO_TREE = "There is no tree in this model. Give a fitted tree, forest or boosting."


def export_text(model: Any, *, number: int = 0, decimals: int = 2) -> str:
    """A tree of a fitted model as lines of text.

    All that it tells was released: bins, categories, splits and values. The values of
    a single tree are what it predicts: shares of the classes, or means. Those of a tree
    of a forest or of boosting are terms of a sum that :meth:`predict` makes.

    Parameters
    ----------
    model : DPDecisionTreeClassifier, DPDecisionTreeRegressor, or a forest or boosting \
            of :mod:`skprivate.ensemble`
        Fitted.
    number : int, default=0
        Which tree, where there are several.
    decimals : int, default=2

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.tree import DPDecisionTreeRegressor, export_text
    >>> X = np.random.default_rng(0).random((9000, 1))
    >>> tree = DPDecisionTreeRegressor(
    ...     max_depth=1, bounds=(0, 1), target_bounds=(0, 1), random_state=0
    ... )
    >>> y = np.where(X[:, 0] < 0.5, 0.3, 0.7)
    >>> print(export_text(tree.fit(X, y), decimals=1))
    |--- x0 < 0.5
    |   |--- value: [0.3]
    |--- x0 >= 0.5, or missing
    |   |--- value: [0.7]
    """
    tree = tree_of(model, number)
    if not isinstance(decimals, Integral) or isinstance(decimals, bool) or decimals < 0:
        raise ValueError("decimals must be a whole number from 0 on. Give 2, say.")
    return tree_text(tree, **words_of(model), decimals=decimals)


def words_of(model):
    """Names, bins, categories and dates of the columns of a fitted model."""
    table = model.table_bins_
    listed = {j: categories.tolist() for j, categories in table.listed.items()}
    dates = {j for j, column in enumerate(table.columns) if column.kind == "date"}
    return {
        "names": table.names,
        "bins": table.bins,
        "categories": listed,
        "dates": dates,
    }


def tree_of(model, number=0):
    """The tree of some number of a fitted model."""
    if isinstance(model, type) or not hasattr(model, "max_depth"):
        raise TypeError(_NO_TREE)
    check_is_fitted(model, "table_bins_")
    for name in ("tree_", "forest_", "boosted_"):
        found = getattr(model, name, None)
        if found is not None:
            trees = (found,) if name == "tree_" else found.trees
            whole = isinstance(number, Integral) and not isinstance(number, bool)
            if not whole or not 0 <= number < len(trees):
                raise ValueError(
                    f"number must be a whole number from 0 to {len(trees) - 1}, that "
                    "of the last tree. Give one of these."
                )
            return trees[number]
    raise TypeError(_NO_TREE)
