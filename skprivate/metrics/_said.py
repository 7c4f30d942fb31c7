"""What a model says about rows, as metrics read it."""

import numpy as np

from skprivate.base._tiles import responses
from skprivate.metrics._question import code_of


def table_of_said(question, said, X, y):
    """What a model says about rows of a source, as the question reads it."""
    answers = said(X)
    no_matter = np.zeros(len(answers))  # the target comes along with the rows
    return question.read(no_matter, answers)[0]


def response(estimator, X, kind, pos_label):
    """What a model says about rows, whatever their company: labels, scores ..."""
    if kind in ("predict", "transform", "score_samples"):
        return responses(estimator, kind, X)
    several = kind != "proba_of_all" and len(estimator.classes_) > 2
    if kind == "proba_of_all" or (several and hasattr(estimator, "predict_proba")):
        return responses(estimator, "predict_proba", X)
    if several and kind == "score":
        return responses(estimator, "decision_function", X)
    return scores_of(estimator, X, pos_label, proba=kind == "proba")


def scores_of(estimator, X, pos_label=None, *, proba=False):
    """Scores of the positive class: margins, or probabilities where there are none.

    ``proba`` insists on probabilities.
    """
    classes = estimator.classes_
    positive = code_of(pos_label, classes)
    if not proba and hasattr(estimator, "decision_function"):
        margin = responses(estimator, "decision_function", X)
        return margin if positive == len(classes) - 1 else -margin
    return np.asarray(responses(estimator, "predict_proba", X))[:, positive]
