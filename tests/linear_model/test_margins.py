"""Models treat new rows as they treated the rows of their fit."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.linear_model import DPLogisticRegression, DPRidge, DPRidgeCV
from skprivate.linear_model._margins import margins_of
from skprivate.naive_bayes import DPGaussianNB

KNOWN = {"bounds": (-1, 1), "random_state": 0}
MODELS = [
    DPLogisticRegression(classes=[0, 1], **KNOWN),
    DPRidge(target_bounds=(0, 1), **KNOWN),
    DPRidgeCV(target_bounds=(0, 1), **KNOWN),
    DPGaussianNB(classes=[0, 1], **KNOWN),
]


def answers(model, X):
    ask = getattr(model, "predict_proba", model.predict)
    return ask(X)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_values_beyond_the_bounds_count_as_the_end(model, rng):
    X = rng.uniform(-1, 1, (500, 3))
    model.fit(X, (X[:, 0] > 0).astype(int))
    far = np.array([[9.0, 0.1, -1e6], [-2.0, 1e300, 0.0]])
    np.testing.assert_array_equal(
        answers(model, far), answers(model, np.clip(far, -1, 1))
    )


def test_nothing_is_lost_between_a_high_end_and_what_lies_there():
    X = np.tile([[0.0], [1.0]], (500, 1))
    model = DPLogisticRegression(bounds=(0, 1), classes=[0, 1], epsilon=5.0)
    assert model.fit(X, X[:, 0].astype(int)).score(X, X[:, 0].astype(int)) > 0.99


@pytest.mark.parametrize("box", [(-1.0, 1.0), (0.5, 2.0), (-3.0, -1.0)])
def test_sparse_rows_are_moved_as_dense_ones(box, rng):
    X = rng.normal(size=(40, 6)) * 3 * (rng.random((40, 6)) < 0.4)
    low, high = np.full(6, box[0]), np.full(6, box[1])
    coef, intercept = rng.normal(size=(6, 2)), rng.normal(size=2)
    dense = margins_of(X, coef, intercept, (low, high))
    np.testing.assert_allclose(dense, np.clip(X, *box) @ coef + intercept)
    rows = sparse.csr_matrix(X)
    before = rows.data.copy()
    found = margins_of(rows, coef, intercept, (low, high))
    np.testing.assert_allclose(found, dense, atol=1e-12)
    np.testing.assert_array_equal(rows.data, before)
