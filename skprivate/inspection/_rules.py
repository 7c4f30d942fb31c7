"""Leaves of a tree of scikit-learn, in words."""

import numpy as np


def rules_of(tree, columns):
    """A sentence for each leaf, from left to right.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        Fitted.
    columns : list of tuple (name, text or None, callable)
        What each of its columns stands for, and how a threshold is written.

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
    column, threshold = columns[parts.feature[node]], parts.threshold[node]
    for child, is_left in ((left, True), (right, False)):
        yield from _below(
            tree,
            columns,
            child,
            (*conditions, _condition(*column, threshold, is_left)),
        )


def _condition(name, text, number, threshold, is_left):
    if text is None:
        return f"{name} {'<=' if is_left else '>'} {number(threshold)}"
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
