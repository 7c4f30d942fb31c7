"""scikit-learn's own checks, on estimators that have nothing but the door."""

import numpy as np
import pytest
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    OneToOneFeatureMixin,
    RegressorMixin,
    TransformerMixin,
)
from sklearn.utils.estimator_checks import estimator_checks_generator
from sklearn.utils.validation import check_is_fitted

from skprivate.rows import as_rows, checked_input


def dense(X):
    """A chunk as a dense array."""
    if not isinstance(X, tuple):
        return X
    data, indices, indptr, n_features = X
    out = np.zeros((len(indptr) - 1, n_features))
    out[np.repeat(np.arange(len(out)), np.diff(indptr)), indices] = data
    return out


def moments(n_codes=1, target=False):
    """Query: per code the sums of (1, x), or the Gram matrix of (x, 1, y)."""

    def gram(X, y, weight):
        Z = np.column_stack([dense(X), np.ones(len(y)), y])
        return np.rint(2**GRID * (Z * (weight[:, None] if len(weight) else 1)).T @ Z)

    def per_code(X, y, weight):
        Z = np.column_stack([np.ones(len(dense(X))), dense(X)])
        Z = np.rint(2**GRID * (Z * weight[:, None] if len(weight) else Z))
        out = np.zeros((n_codes, Z.shape[1]))
        np.add.at(out, np.zeros(len(Z), int) if y is None else y, Z)
        return out

    query = gram if target else per_code
    query.max_rows = 2**20
    return query


MAX_WEIGHT = 64.0  # the checks compare a weight of k with k equal rows
GRID = 36  # fine, since they compare to seven digits


class Base(BaseEstimator):
    """What the base of private estimators does with rows, and no more."""

    target = "none"

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None):
        rows = as_rows(
            self,
            X,
            y,
            sample_weight,
            target=self.target,
            accept_sparse=True,
            max_weight=MAX_WEIGHT,
        )
        self._fit(rows)
        return self

    def _checked(self, X):
        check_is_fitted(self)
        checked = checked_input(self, X, accept_sparse=True)
        return checked if isinstance(checked, np.ndarray) else checked.toarray()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = self.target != "none"
        return tags


class Centering(OneToOneFeatureMixin, TransformerMixin, Base):
    """Subtracts the mean."""

    def _fit(self, rows):
        (total,) = rows.total([moments()])
        self.mean_ = total[0, 1:] / total[0, 0]

    def transform(self, X):
        X = self._checked(X)
        return (X - self.mean_).astype(X.dtype)


class NearestMean(ClassifierMixin, Base):
    """The class with the nearest mean."""

    target = "class"

    def _fit(self, rows):
        self.classes_ = rows.labels()
        if len(self.classes_) < 2:
            raise ValueError("Only 1 class in y: give at least two.")
        (total,) = rows.encoded(self.classes_).total([moments(len(self.classes_))])
        self.means_ = total[:, 1:] / total[:, :1]

    def predict(self, X):
        X = self._checked(X)
        distance = ((X[:, None] - self.means_) ** 2).sum(axis=2)
        return self.classes_[distance.argmin(axis=1)]


class Ridge(RegressorMixin, Base):
    """Ridge regression by normal equations."""

    target = "number"

    def _fit(self, rows):
        (gram,) = rows.total([moments(target=True)])
        gram = gram / 2**GRID * (MAX_WEIGHT if len(rows.weight) else 1)
        left = gram[:-1, :-1] + 1e-3 * np.eye(len(gram) - 1)
        self.coef_ = np.linalg.solve(left, gram[:-1, -1])

    def predict(self, X):
        return self._checked(X) @ self.coef_[:-1] + self.coef_[-1]


CHECKS = [
    (model, check)
    for toy in (Centering(), NearestMean(), Ridge())
    for model, check in estimator_checks_generator(toy, mark="skip")
]


def name_of(value):
    """Name of an estimator, or of a check, which is a partial."""
    return type(value).__name__ if isinstance(value, Base) else value.func.__name__


@pytest.mark.parametrize(("estimator", "check"), CHECKS, ids=name_of)
def test_scikit_learn_is_content(estimator, check):
    check(estimator)
