"""What one step knows of the target, for samplers before it and for the last step."""

import numpy as np
from sklearn.base import is_classifier, is_regressor

from skprivate.pipeline._steps import does_nothing, resamples


def tell_labels(children):
    """Tell samplers the labels that the last step was told, and the other way round.

    Rows keep their labels on the way. A step that is told nothing reads them from
    ``y``, which is then assumed public, and may lack one that everybody knows of.

    Parameters
    ----------
    children : list of Child
        Of a pipeline.
    """
    places = [
        (child, *place_of_classes(child.step))
        for child in children
        if child.spends and (resamples(child.step) or child is children[-1])
    ]
    told = [step.classes for _, name, step in places if name is not None]
    known = next((labels for labels in reversed(told) if labels is not None), None)
    if not np.iterable(known) or not all(map(_is_label, known)):
        return  # of several outputs each has its own
    for child, name, step in places:
        fits = resamples(child.step) or is_classifier(child.step)
        if name is not None and step.classes is None and fits:
            child.tell(name, known, None)


def tell_target(children):
    """Tell samplers that make targets up whether the last step predicts numbers.

    Parameters
    ----------
    children : list of Child
        Of a pipeline.
    """
    for child in children[:-1]:
        if hasattr(child.step, "_followed_by"):
            child.step._followed_by = predicted_by(children[-1].step)


def kind_of_target(step, y, last):
    """What ``y`` is to a step: a class, a number or nothing; public facts tell.

    Parameters
    ----------
    step : DPEstimator
    y : array-like
        Its type counts.
    last : estimator
        The last step of the pipeline.
    """
    if not hasattr(step, "_followed_by"):
        return step._target_kind()
    return step._kind_of(y, predicted_by(last))


def predicted_by(step):
    """What a step predicts: numbers, classes, or nothing that is known."""
    if does_nothing(step):
        return None
    if is_regressor(step):
        return "number"
    return "class" if is_classifier(step) else None


def _is_label(value):
    return not hasattr(value, "__len__") or isinstance(value, str)


def place_of_classes(estimator):
    """The parameter that tells the predictor inside its classes, and who has it.

    Parameters
    ----------
    estimator : estimator
        A pipeline, a search or another whole, too.

    Returns
    -------
    name : str or None
        As ``set_params`` takes it; None if nobody is told.
    step : estimator or None
    """
    before, step = "", estimator
    while hasattr(step, "get_params"):
        if "classes" in step.get_params(deep=False):
            return f"{before}classes", step
        if getattr(step, "steps", None):
            before, step = f"{before}{step.steps[-1][0]}__", step.steps[-1][1]
        else:
            before, step = f"{before}estimator__", getattr(step, "estimator", None)
    return None, None
