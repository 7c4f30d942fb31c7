"""Discriminants of normal classes: scikit-learn's without noise, sensible in any."""

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine, make_classification
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)

from skprivate.discriminant_analysis import (
    DPLinearDiscriminantAnalysis,
    DPQuadraticDiscriminantAnalysis,
)
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline

X, Y = make_classification(
    20_000, 10, n_informative=8, n_redundant=0, n_classes=3, random_state=0
)
FACTS = {"bounds": (X.min(axis=0), X.max(axis=0)), "classes": [0, 1, 2]}
BOTH = [DPLinearDiscriminantAnalysis, DPQuadraticDiscriminantAnalysis]
TWINS = {BOTH[0]: LinearDiscriminantAnalysis, BOTH[1]: QuadraticDiscriminantAnalysis}
# Versions of scikit-learn divide by the number of rows, or by less.
CLOSE = 0.025


def far(found, expected):
    return np.max(np.abs(found - expected)) / np.max(np.abs(expected))


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("priors", [False, True])
@pytest.mark.parametrize("load", [load_iris, load_wine])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(load, priors, two):
    A, y = load(return_X_y=True)
    if two:
        A, y = A[y > 0], y[y > 0]
    given = ([0.2, 0.8] if two else [0.2, 0.3, 0.5]) if priors else None
    bounds = A.min(axis=0), A.max(axis=0)
    for cls, twin in TWINS.items():
        model = cls(bounds=bounds, priors=given, epsilon=np.inf).fit(A, y)
        twin = twin(priors=given, store_covariance=True).fit(A, y)
        assert far(model.means_, twin.means_) < 1e-3
        assert far(model.priors_, twin.priors_) < 1e-3
        assert np.mean(model.predict(A) == twin.predict(A)) > 0.99
        assert model.decision_function(A).shape == twin.decision_function(A).shape
        assert far(model.predict_proba(A), twin.predict_proba(A)) < 0.05
        logs, proba = model.predict_log_proba(A), model.predict_proba(A)
        np.testing.assert_allclose(np.exp(logs), proba)
        if priors:
            continue
        assert far(model.covariance_, np.array(twin.covariance_)) < CLOSE
        if cls is BOTH[0]:
            assert far(model.coef_, twin.coef_) < CLOSE
            assert far(model.xbar_, twin.xbar_) < 1e-3
            found, expected = model.transform(A), twin.transform(A)
            assert far(np.abs(found), np.abs(expected)) < CLOSE
            found = model.explained_variance_ratio_
            assert far(found, twin.explained_variance_ratio_) < 1e-3


@pytest.mark.parametrize("facts", [FACTS, {"classes": [0, 1, 2]}])
@pytest.mark.parametrize("cls", BOTH)
def test_at_epsilon_one_little_is_lost(cls, facts):
    best = TWINS[cls]().fit(X, Y).score(X, Y)
    models = [cls(**facts, random_state=seed) for seed in range(3)]
    scores = [model.fit(X, Y).score(X, Y) for model in models]
    assert np.median(scores) > best - 0.04


def test_directions_say_where_rows_lie():
    lda = DPLinearDiscriminantAnalysis(n_components=1, **FACTS).fit(X, Y)
    low, high = lda.output_bounds_
    found = lda.transform(X)
    assert found.shape == (len(X), 1)
    assert lda.get_feature_names_out().shape == (1,)
    assert np.all((found >= low) & (found <= high))
    lda = DPLinearDiscriminantAnalysis(**FACTS)
    pipe = make_dp_pipeline(lda, DPLogisticRegression(classes=[0, 1, 2]), epsilon=4.0)
    assert pipe.fit(X, Y).score(X, Y) > 0.5


@pytest.mark.parametrize("cls", BOTH)
def test_shrinkage_makes_a_sphere(cls):
    name = "shrinkage" if cls is BOTH[0] else "reg_param"
    model = cls(epsilon=8.0, **FACTS).set_params(**{name: 1.0}).fit(X, Y)
    for covariance in np.reshape(model.covariance_, (-1, 10, 10)):
        scale = np.sqrt(np.diag(covariance))
        relative = covariance / np.outer(scale, scale)
        np.testing.assert_allclose(relative, np.eye(10), atol=1e-9)


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("cls", BOTH)
@pytest.mark.parametrize(
    "data",
    [np.zeros((2, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["two rows", "huge", "tiny", "constant"],
)
@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
def test_degenerate_rows_give_finite_models(data, cls, delta):
    y = np.arange(len(data)) % 2
    for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
        for epsilon in (1e-3, 1.0):
            model = cls(classes=[0, 1], bounds=bounds, delta=delta, epsilon=epsilon)
            model.fit(data, y)
            assert np.isfinite(model.means_).all()
            assert np.isfinite(model.covariance_).all()
            assert np.isfinite(model.predict_proba(np.ones((1, 3)))).all()
            assert model.privacy_.epsilon(delta) <= epsilon * (1 + 1e-9)


@pytest.mark.parametrize("cls", BOTH)
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_collinear_and_constant_columns_are_calm(cls):
    Z = np.c_[X, X[:, 0] + X[:, 1], np.full(len(X), 2.0)]
    bounds = Z.min(axis=0), Z.max(axis=0)
    model = cls(bounds=bounds, epsilon=np.inf, classes=[0, 1, 2]).fit(Z, Y)
    assert model.score(Z, Y) == pytest.approx(
        TWINS[cls]().fit(X, Y).score(X, Y), abs=0.01
    )


@pytest.mark.parametrize("cls", BOTH)
def test_a_class_without_rows_may_be_listed(cls):
    model = cls(bounds=FACTS["bounds"], classes=range(4))
    with pytest.warns(UserWarning, match="1 of 4 classes"):
        model.fit(X, Y)
    assert np.mean(model.predict(X) == 3) < 0.3


@pytest.mark.parametrize("cls", BOTH)
def test_mistakes_are_told(cls):
    with pytest.raises(ValueError, match="only one class"):
        cls(classes=[0]).fit(X, 0 * Y)
    for priors in ([1.0], [0.5, 0.6, 0.1], [1.2, -0.2, 0.0]):
        with pytest.raises(ValueError, match=r"[Pp]riors"):
            cls(priors=priors, **FACTS).fit(X, Y)
    for option in ("solver", "tol", "store_covariance"):
        with pytest.raises(TypeError, match=option):
            cls(**{option: None})


def test_there_are_no_more_directions_than_classes_less_one():
    with pytest.raises(ValueError, match="n_components"):
        DPLinearDiscriminantAnalysis(n_components=3, **FACTS).fit(X, Y)


@pytest.mark.parametrize("priors", [[0.0, 1.0], [1.0, 0.0]])
@pytest.mark.parametrize("cls", BOTH)
def test_a_class_of_prior_zero_is_never_found(cls, priors):
    model = cls(bounds=FACTS["bounds"], classes=[0, 1], priors=priors)
    model.fit(X[Y < 2], Y[Y < 2])
    np.testing.assert_allclose(model.predict_proba(X), np.tile(priors, (len(X), 1)))
