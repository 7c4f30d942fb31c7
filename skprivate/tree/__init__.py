"""Decision trees over private bins of a raw table."""

from skprivate.tree._classes import DPDecisionTreeClassifier
from skprivate.tree._export import export_text
from skprivate.tree._numbers import DPDecisionTreeRegressor
from skprivate.tree._plot import plot_tree

__all__ = [
    "DPDecisionTreeClassifier",
    "DPDecisionTreeRegressor",
    "export_text",
    "plot_tree",
]
