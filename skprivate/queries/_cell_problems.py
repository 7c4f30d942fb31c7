"""Sizes of tables of cells, and what is wrong with those that came from elsewhere."""

from math import prod
from numbers import Integral

import numpy as np

from skprivate.base._query_check import are_columns
from skprivate.trees import Tree

MOST_CELLS = 2**30


def n_cells_of(sizes, terms):
    """Number of cells of each term, of columns with so many codes; read-only."""
    sizes = sizes.tolist()
    n_cells = np.array([prod(sizes[j] for j in term) for term in terms])
    n_cells.flags.writeable = False
    return n_cells


def problems_of_codes(n_codes):
    """Yield what is wrong with numbers of codes."""
    known = isinstance(n_codes, np.ndarray) and n_codes.dtype.kind == "i"
    if not known or n_codes.ndim != 1 or not n_codes.size:
        yield "numbers of codes are no array of integers"
    elif not ((n_codes > 0) & (n_codes <= 2**16)).all():
        yield "a column has no codes, or too many"


def problems_of_terms(terms, n_codes):
    """Yield what is wrong with columns of tables."""
    if not isinstance(terms, tuple) or not terms:
        yield "terms are no tuple, or there are none"
        return
    for term in terms:
        if not isinstance(term, tuple) or not term:
            yield "a term is no tuple of columns"
        elif not are_columns(term, len(n_codes)):
            yield "a term names columns that there are not"
        elif np.prod(n_codes[list(term)].astype(float)) > MOST_CELLS:
            yield "a term has too many cells"


def problems_of_trees(trees):
    """Yield what is wrong with trees of tables."""
    if not isinstance(trees, tuple) or not trees:
        yield "trees are no tuple, or there are none"
    elif not all(isinstance(tree, Tree) for tree in trees):
        yield "one of them is no tree"
    elif len({tree.n_codes.tobytes() for tree in trees}) > 1:
        yield "trees are not over the same codes"


def is_whole(number):
    """Whether a field that came from elsewhere is a count."""
    whole = isinstance(number, Integral) and not isinstance(number, bool)
    return whole and 0 < number < MOST_CELLS
