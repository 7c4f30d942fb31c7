"""Another model that says the same."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    clone,
    is_classifier,
)
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, TableLike
from skprivate.composition import PrivacyCost
from skprivate.compression._result import CompressedModel, compared
from skprivate.ensemble._table_features import TableFeatures
from skprivate.ensemble._vote_student import (
    asked_student,
    learns_labels,
    probabilities,
    taught,
)


def distill(
    model: Estimator,
    background: TableLike,
    student: Estimator = None,
    *,
    target: ArrayLike | None = None,
) -> CompressedModel:
    """Another model, fitted to what a released one says about rows.

    **Guarantee.** Post-processing: the student sees predictions of a model that was
    released, and rows that are given as no secret, such as public or synthetic ones.
    It costs nothing, and has the report of the model. Private rows must not be given:
    the student would learn of them, free of charge.

    Parameters
    ----------
    model : estimator
        Fitted: any classifier or regressor that is private.
    background : table
        Public or synthetic rows with the columns of the model.
    student : estimator, default=None
        Any regressor of scikit-learn, which learns probabilities (one for each class,
        if there are more than two) or numbers; or a classifier. None: boosting of a few
        small trees.
    target : array-like, default=None
        Targets of the rows, to tell how much the score changes.

    Returns
    -------
    CompressedModel
        Its ``model`` predicts as the first one, and has its ``privacy_``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skprivate.compression import distill
    >>> from skprivate.ensemble import DPRandomForestClassifier
    >>> rng = np.random.default_rng(0)
    >>> X, public = rng.uniform(-1, 1, (2, 3000, 4))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPRandomForestClassifier(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> small = distill(model, public, DecisionTreeRegressor(max_depth=3))
    >>> small.ratio > 20, small.model.score(X, y) > 0.8
    (True, True)
    """
    check_is_fitted(model)
    for_classes = is_classifier(model)
    if getattr(background, "shape", (len(background),))[0] < 2:
        raise ValueError("background has too few rows. Give some hundreds, or more.")
    if student is None:
        student = _default_student(background)
    if not for_classes and learns_labels(student):
        raise TypeError("student is a classifier, and model is not. Give a regressor.")
    votes = _votes(model, background) if for_classes else _numbers(model, background)
    classes = model.classes_ if for_classes else None
    learned = taught(clone(student), background, votes, classes)
    privacy = getattr(model, "privacy_", None)
    small = (_DistilledClassifier if for_classes else _DistilledRegressor)(
        learned, model, privacy
    )
    name = type(getattr(learned, "estimator", learned)).__name__
    return compared(model, small, f"distilled into {name}", background, target)


def _default_student(background):
    from sklearn.pipeline import Pipeline

    trees = HistGradientBoostingRegressor(max_iter=50, max_leaf_nodes=8, random_state=0)
    return Pipeline([("table", TableFeatures(bends=False)), ("model", trees)])


def _votes(model, rows):
    """Probabilities, or labels where there are none, of shape (n_rows, width)."""
    if hasattr(model, "predict_proba"):
        odds = np.asarray(model.predict_proba(rows))
    else:
        odds = np.equal.outer(model.predict(rows), model.classes_).astype(float)
    return odds[:, 1:] if odds.shape[1] == 2 else odds


def _numbers(model, rows):
    found = np.asarray(model.predict(rows), dtype=float)
    if found.ndim != 1:
        raise TypeError("model predicts several numbers a row. Distill one at a time.")
    return found[:, np.newaxis]


class _Distilled(BaseEstimator):
    """A student, with the report of its teacher; it is fitted already."""

    _made_of_answers = ("student_",)

    def __init__(self, student, model, privacy):
        self.student_, self.privacy_ = student, privacy
        for name in ("classes_", "n_features_in_", "feature_names_in_"):
            if hasattr(model, name):
                setattr(self, name, getattr(model, name))

    @classmethod
    def _get_param_names(cls):
        return []  # there is nothing to be fitted again

    def __sklearn_is_fitted__(self):
        return True

    def _privacy_cost(self, walk):
        return PrivacyCost(
            type(self).__name__, note="made of a model that was released"
        )


class _DistilledClassifier(ClassifierMixin, _Distilled):
    """What says the same as a classifier."""

    def predict_proba(self, X):
        """Probabilities."""
        said = asked_student(self.student_, X, len(self.classes_), self.classes_)
        return said if learns_labels(self.student_) else probabilities(said)

    def predict(self, X):
        """The most likely class of each row."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class _DistilledRegressor(RegressorMixin, _Distilled):
    """What says the same as a regressor."""

    def predict(self, X):
        """The number of each row."""
        return asked_student(self.student_, X, 1, None)[:, 0]
