"""How well a model knows each row: one number, larger for rows that it has seen."""

import numpy as np
from sklearn.base import is_classifier, is_regressor

from skprivate.rows._refusal import sealed

_LEAST = 1e-12


def row_scores(model, X, y):
    """Confidence in the right answer; and whether only answers are known.

    Of classifiers the logarithm of the odds of the right class, or the margin over the
    best other; of regressors minus the squared error; otherwise whether it is right.
    """
    y = flat(y)
    if is_regressor(model):
        said = np.asarray(_said(model, "predict", X), dtype=float).reshape(len(y), -1)
        wrong = said - y.astype(float).reshape(len(y), -1)
        return -(wrong**2).sum(axis=1), False
    if not is_classifier(model):
        raise TypeError(
            f"{type(model).__name__} is no classifier and no regressor. Attacks need "
            "predictions that can be right or wrong: give a model that makes some."
        )
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            said = np.asarray(_said(model, method, X), dtype=float)
            return _of_right(model.classes_, said, y, method), False
    return (np.asarray(_said(model, "predict", X)) == y).astype(float), True


def _said(model, method, X):
    """What a model says; its errors may quote a row, so their text is not shown."""
    return sealed(lambda: getattr(model, method)(X))


def flat(y):
    """Targets without a second dimension of one column, which would be broadcast."""
    y = np.asarray(y)
    return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y


def _of_right(classes, said, y, method):
    if said.ndim == 1:
        said = np.column_stack([-said, said])
    known = np.isin(y, classes)
    place = np.searchsorted(classes, np.where(known, y, classes[0]))
    rows = np.arange(len(y))
    own = said[rows, place]
    if method == "predict_proba":
        own = np.where(known, own, 0.0)
        return np.log(own + _LEAST) - np.log(1 - own + _LEAST)
    others = said.copy()
    others[rows, place] = -np.inf
    least = said.min(axis=1) - said.max(axis=1)
    return np.where(known, own - others.max(axis=1), least)
