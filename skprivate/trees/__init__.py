"""Trees over codes of bins, as values: structure, leaves, predictions, text."""

from skprivate.trees._complete import CompleteTrees
from skprivate.trees._forest import Forest
from skprivate.trees._importances import shares_of_gains, split_gains
from skprivate.trees._maps import AddForest, AddTree
from skprivate.trees._newton import monotone_values, newton_values
from skprivate.trees._random import random_codes, random_tree, random_trees
from skprivate.trees._smooth import (
    full_splits,
    heavy_splits,
    node_totals,
    normal_shares,
    pruned,
    smoothed_shares,
)
from skprivate.trees._splits import Split, best_splits
from skprivate.trees._text import split_rules, tree_text
from skprivate.trees._tree import Tree

__all__ = [
    "AddForest",
    "AddTree",
    "CompleteTrees",
    "Forest",
    "Split",
    "Tree",
    "best_splits",
    "full_splits",
    "heavy_splits",
    "monotone_values",
    "newton_values",
    "node_totals",
    "normal_shares",
    "pruned",
    "random_codes",
    "random_tree",
    "random_trees",
    "shares_of_gains",
    "smoothed_shares",
    "split_gains",
    "split_rules",
    "tree_text",
]
