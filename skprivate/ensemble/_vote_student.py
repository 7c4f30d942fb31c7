"""The student: any estimator, taught by noisy votes. It sees no private row."""

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone, is_classifier
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from skprivate.base._tables import take
from skprivate.base._tiles import responses
from skprivate.ensemble._table_features import TableFeatures

_PENALTIES = np.logspace(-2, 7, 19)
_FOLDS = 5


def default_teacher(for_classes):
    """A linear model behind what reads any table: it learns much from few rows."""
    model = LogisticRegression(C=0.3, max_iter=100) if for_classes else Ridge(3.0)
    return Pipeline([("table", TableFeatures()), ("model", model)])


def default_student(rows):
    """Ridge regression with bent slopes, or boosted trees: whichever predicts better
    the votes on rows that it was not taught.

    Noise of different rows is independent, so it misleads no such comparison; and what
    is compared is released already.
    """
    ridge = RidgeCV(_PENALTIES)
    if issparse(rows) or rows.shape[0] < 4 * _FOLDS:
        return Pipeline([("table", TableFeatures()), ("model", ridge)])
    trees = HistGradientBoostingRegressor(
        max_leaf_nodes=6, min_samples_leaf=40, early_stopping=True, random_state=0
    )
    return GridSearchCV(
        Pipeline([("table", TableFeatures()), ("model", ridge)]),
        [
            {"table": [TableFeatures()], "model": [ridge]},
            {"table": [TableFeatures(bends=False)], "model": [trees]},
        ],
        scoring="neg_mean_squared_error",
        cv=KFold(_FOLDS, shuffle=True, random_state=0),
    )


def learns_labels(student):
    """Whether a student is a classifier; others regress on votes."""
    if hasattr(student, "__sklearn_tags__"):
        return is_classifier(student)
    return getattr(student, "_estimator_type", None) == "classifier"


def taught(student, rows, votes, classes=None):
    """A student that was taught by votes.

    **Guarantee.** A function of what was released, of public rows and of parameters.

    Parameters
    ----------
    student : estimator
        A clone is fitted. A regressor learns votes as they are, noise included, which
        is right on average; a classifier learns labels, weighted by votes that are cut
        to probabilities, or without weights if it takes none.
    rows : table
    votes : ndarray of shape (n_rows, width)
    classes : ndarray or None
        None: the votes are about a number.

    Returns
    -------
    estimator
    """
    model = clone(student)
    if not learns_labels(model):
        if votes.shape[1] == 1:
            return model.fit(rows, votes[:, 0])
        return MultiOutputRegressor(model).fit(rows, votes)
    odds = probabilities(votes)
    n_rows, n_classes = odds.shape
    if not has_fit_parameter(model, "sample_weight"):
        return model.fit(rows, classes[odds.argmax(axis=1)])
    code, place = np.divmod(np.arange(n_rows * n_classes), n_rows)
    weight = odds[place, code]
    told = weight > 0
    return model.fit(
        take(rows, place[told]), classes[code[told]], sample_weight=weight[told]
    )


def asked_student(student, X, n_classes, classes):
    """Votes that a taught student predicts, of shape (n_rows, width)."""
    if not learns_labels(student):
        found = np.asarray(responses(student, "predict", X), dtype=np.float64)
        return found.reshape(len(found), -1)
    if not hasattr(student, "predict_proba"):
        labels = responses(student, "predict", X)
        return np.equal.outer(labels, classes).astype(np.float64)
    odds = responses(student, "predict_proba", X)
    whole = np.zeros((len(odds), n_classes))
    whole[:, np.searchsorted(classes, student.classes_)] = odds
    return whole


def probabilities(votes):
    """Noisy votes as probabilities: the nearest ones.

    Parameters
    ----------
    votes : ndarray of shape (n_rows, width)
        One value for two classes, or one for each class.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
    """
    if votes.shape[1] == 1:
        second = np.clip(votes[:, 0], 0.0, 1.0)
        return np.column_stack([1 - second, second])
    return _on_simplex(votes)


def _on_simplex(votes):
    """Nearest points of the simplex, row by row (Held, Wolfe and Crowder 1974)."""
    falling = -np.sort(-votes, axis=1)
    over = (np.cumsum(falling, axis=1) - 1) / np.arange(1, votes.shape[1] + 1)
    last = (falling > over).sum(axis=1) - 1
    cut = np.take_along_axis(over, last[:, np.newaxis], axis=1)
    return np.maximum(votes - cut, 0.0)
