"""Trees over codes of bins, as values: structure, leaves, predictions, text."""

from skprivate.trees._forest import Forest
from skprivate.trees._importances import shares_of_gains, split_gains
from skprivate.trees._maps import AddTree
from skprivate.trees._random import random_tree
from skprivate.trees._smooth import node_totals, pruned, smoothed_shares
from skprivate.trees._text import tree_text
from skprivate.trees._tree import Tree

__all__ = [
    "AddTree",
    "Forest",
    "Tree",
    "node_totals",
    "pruned",
    "random_tree",
    "shares_of_gains",
    "smoothed_shares",
    "split_gains",
    "tree_text",
]
