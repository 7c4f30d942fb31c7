"""Where the weights of a model are, and the same model with others."""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate.queries import AddCellTerms
from skprivate.trees import Tree

_LINEAR = "coef_"
_LAYERS = "coefs_"  # of a network
_CONSTANTS = "intercept_", "intercepts_"
_TREES = "tree_", "forest_", "boosted_"
_TABLES = "_shapes_", "_pairs_"  # of an additive model, and of what precedes trees
_UNKNOWN = (
    "{} has no weights that are known here. Give a linear, additive, tree, forest, "
    "boosting or network model of skprivate, or a pipeline that ends with one; "
    "distill(model, rows) takes any model."
)


@dataclass(frozen=True)
class Changes:
    """What becomes of weights, tree by tree and array by array.

    Parameters
    ----------
    linear : callable
        From coefficients, and how far the feature of each reaches, to others of the
        same shape.
    layer : callable
        From the weights of a layer of a network to others.
    constant : callable
        From an array of constant terms to another.
    tree : callable
        From a :class:`~skprivate.trees.Tree` to another.
    table : callable
        From :class:`~skprivate.queries.AddCellTerms` to other ones.
    """

    linear: object = staticmethod(lambda weights, reach: weights)
    layer: object = staticmethod(lambda weights: weights)
    constant: object = staticmethod(lambda weights: weights)
    tree: object = staticmethod(lambda tree: tree)
    table: object = staticmethod(lambda terms: terms)


def last_of(model):
    """What predicts: the last step of a pipeline, at any depth; or the model itself."""
    while hasattr(model, "steps"):
        model = model.steps[-1][1]
    return model


def changed(model, changes):
    """A copy of a fitted model with other weights; the rest is shared, report included.

    **Guarantee.** It reads nothing but the model, which was released: post-processing.

    Parameters
    ----------
    model : estimator
        Fitted; not altered. Of a pipeline the last step is changed.
    changes : Changes

    Returns
    -------
    estimator
        Of the same class.
    """
    if hasattr(model, "steps"):
        other = copy(model)
        *first, (name, last) = model.steps
        other.steps = [*first, (name, changed(last, changes))]
        return other
    check_is_fitted(model)
    other, known = copy(model), False
    for name, value in list(vars(model).items()):
        found = _changed_part(model, name, value, changes)
        if found is not None:
            setattr(other, name, found)
            known = True
    if not known:
        raise TypeError(_UNKNOWN.format(type(model).__name__))
    if hasattr(model, "term_values_"):
        other.term_values_ = _term_values(other)
    return other


def _changed_part(model, name, value, changes):
    """The value of an attribute of weights, changed; None: it holds none."""
    if value is None:
        return None
    if name == _LINEAR:
        return changes.linear(np.asarray(value), _reach(model))
    if name == _LAYERS:
        return [changes.layer(layer) for layer in value]
    if name in _CONSTANTS:
        if isinstance(value, list):
            return [changes.constant(layer) for layer in value]
        return changes.constant(value) if np.ndim(value) else value
    if name in _TABLES:
        return changes.table(value)
    return _changed_trees(value, changes) if name in _TREES else None


def _reach(model):
    """How far each feature reaches from its middle, as far as it is known."""
    low, high = (getattr(model, "_box_", None) or (0.0, 2.0))[:2]
    return (np.asarray(high) - np.asarray(low)) / 2


def _changed_trees(value, changes):
    """Trees in whatever holds them, and the tables that stand before them."""
    if isinstance(value, Tree):
        return changes.tree(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_changed_trees(one, changes) for one in value)
    parts = {"trees": tuple(changes.tree(tree) for tree in value.trees)}
    if getattr(value, "shapes", None) is not None:
        parts["shapes"] = changes.table(value.shapes)
    return replace(value, **parts)


def _term_values(model):
    """Values of the terms of an additive model, as its tables have them."""
    tables = [t for t in (model._shapes_, model._pairs_) if t is not None]
    return [
        values
        for terms in tables
        for values in np.split(terms.values, np.cumsum(terms.tables.sizes)[:-1])
    ]


def with_values(terms, values):
    """The same tables with other values."""
    return AddCellTerms(terms.tables, values)


def trees_of(model):
    """All trees of a model, in order."""
    found = []
    changed(model, Changes(tree=lambda tree: found.append(tree) or tree))
    return found


def weights_of(model):
    """All arrays of weights of a model: those of trees are values of their leaves.

    Returns
    -------
    list of ndarray
    """
    found = []

    def keep(array, reach=None):
        found.append(array)
        return array

    def keep_tree(tree):
        found.append(tree.value[tree.leaves])
        return tree

    def keep_table(terms):
        found.append(terms.values)
        return terms

    changed(model, Changes(keep, keep, keep, keep_tree, keep_table))
    return found


def n_weights(model):
    """Number of weights that are not zero."""
    return int(sum(np.count_nonzero(array) for array in weights_of(model)))
