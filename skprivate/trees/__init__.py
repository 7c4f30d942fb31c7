"""Trees over codes of bins, as values: structure, leaves, predictions, text."""

from skprivate.trees._forest import Forest
from skprivate.trees._maps import AddTree
from skprivate.trees._random import random_tree
from skprivate.trees._text import tree_text
from skprivate.trees._tree import Tree

__all__ = ["AddTree", "Forest", "Tree", "random_tree", "tree_text"]
