"""Public facts about the rows that a fitted tree remembers."""

_INSIDE = ("best_estimator_", "regressor_")


def facts_of(fitted):
    """What the price of a tree depends on, as far as the fitted object knows.

    Returns
    -------
    dict
        With the keys ``n_classes``, ``n_outputs`` and ``n_features``; a value is None
        where nothing in the tree tells it.
    """
    model = _model_inside(fitted)
    classes = _attribute(model, "classes_")
    n_classes = n_outputs = None
    if classes is not None:
        several = isinstance(classes, list)
        n_classes = max(map(len, classes), default=0) if several else len(classes)
        n_outputs = len(classes) if several else 1
    if _attribute(model, "multilabel_"):  # of one-vs-rest: one model for each label
        n_classes, n_outputs = None, len(classes)
    if _one_model_per_output(model):
        n_outputs = len(_attribute(model, "estimators_"))
    return {
        "n_classes": n_classes if n_classes is None or n_classes > 1 else None,
        "n_outputs": n_outputs,
        "n_features": _attribute(fitted, "n_features_in_"),
    }


def _model_inside(fitted):
    """The part that sees the target: the last step, the winner of a search."""
    if hasattr(fitted, "steps"):
        return _model_inside(fitted.steps[-1][1])
    for name in _INSIDE:
        inside = _attribute(fitted, name)
        if inside is not None:
            return _model_inside(inside)
    return fitted


def _one_model_per_output(model):
    name = type(model).__name__
    return name.startswith("MultiOutput") or name.endswith("Chain")


def _attribute(fitted, name):
    """A fitted attribute, or None: some are properties of a part that may lack them."""
    try:
        return getattr(fitted, name)
    except AttributeError:
        return None
