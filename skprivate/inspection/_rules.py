"""Leaves of a tree of scikit-learn, in words."""

import numpy as np


def rules_of(tree, columns):
    """A sentence for each leaf, from left to right.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        Fitted.
    columns : list of tuple (name, text or None)
        What each of its columns stands for.

    Yields
    ------
    str
    """
    yield from _below(tree, columns, 0, ())


def _below(tree, columns, node, conditions):
    """Rules of the leaves below a node."""
    parts = tree.tree_
    left, right = parts.children_left[node], parts.children_right[node]
    if left == right:
        yield _sentence(tree, node, conditions)
        return
    name, text = columns[parts.feature[node]]
    for child, is_left in ((left, True), (right, False)):
        yield from _below(
            tree,
            columns,
            child,
            (*conditions, _condition(name, text, parts.threshold[node], is_left)),
        )


def _condition(name, text, threshold, is_left):
    if text is None:
        return f"{name} {'<=' if is_left else '>'} {threshold:.4g}"
    return f"{name} is {'not ' if is_left else ''}{text}"


def _sentence(tree, node, conditions):
    parts = tree.tree_
    share = parts.weighted_n_node_samples[node] / parts.weighted_n_node_samples[0]
    head = f"if {' and '.join(conditions)}" if conditions else "always"
    return f"{head}: {_said(tree, node)} ({100 * share:.0f} % of the background)"


def _said(tree, node):
    value = np.ravel(tree.tree_.value[node])
    if not hasattr(tree, "classes_"):
        return f"{float(value[0]):.4g}"
    return str(tree.classes_[int(np.argmax(value))])
