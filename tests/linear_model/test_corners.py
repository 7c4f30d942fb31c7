"""Penalties with corners, models without intercept, and hinges of several classes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression, DPSGDClassifier
from skprivate.linear_model._proximal import Corners

rng = np.random.default_rng(0)
N = 4000
X = rng.normal(size=(N, 8)) * np.geomspace(0.3, 3, 8)
MARGIN = X @ [2.0, 0, 0, 0, 0, 0, -0.5, 0.3] + 0.4
TWO = (MARGIN + rng.logistic(size=N) > 0).astype(int)
THREE = np.digitize(MARGIN + rng.logistic(size=N), [-1.0, 1.0])
BOUNDS = -15.0, 15.0
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")


def theirs(C, l1_ratio, fit_intercept, y):
    model = LogisticRegression(C=C, solver="saga", tol=1e-8, max_iter=5000)
    if l1_ratio:  # before scikit-learn 1.8 a penalty had to be named, too
        model.set_params(l1_ratio=l1_ratio)
        if model.penalty == "l2":
            model.set_params(penalty="elasticnet")
    return model.set_params(fit_intercept=fit_intercept).fit(X, y)


@no_noise
@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_without_noise_penalties_are_scikit_learns(l1_ratio, y, fit_intercept):
    twin = theirs(0.02, l1_ratio, fit_intercept, y)
    ours = DPLogisticRegression(0.02, l1_ratio=l1_ratio, fit_intercept=fit_intercept)
    ours.set_params(bounds=BOUNDS, epsilon=np.inf).fit(X, y)
    assert_allclose(ours.coef_, twin.coef_, atol=2e-3)
    assert_allclose(ours.intercept_, twin.intercept_, atol=5e-3)
    assert_array_equal(ours.coef_ == 0, twin.coef_ == 0)
    if l1_ratio == 1:
        assert np.sum(ours.coef_ == 0) >= 2


@no_noise
def test_no_penalty_is_an_infinite_C():
    twin = LogisticRegression(C=1e12, max_iter=5000, tol=1e-8).fit(X, TWO)
    ours = DPLogisticRegression(np.inf, bounds=BOUNDS, epsilon=np.inf).fit(X, TWO)
    assert_allclose(ours.coef_, twin.coef_, atol=2e-3)


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_under_noise_features_without_signal_stay_out(delta):
    """Three of eight features have some; of the other five, most stay out."""
    model = DPLogisticRegression(0.05, l1_ratio=1.0, bounds=BOUNDS, epsilon=4.0)
    models = [clone(model).set_params(delta=delta, random_state=s) for s in range(5)]
    found = np.array([model.fit(X, TWO).coef_[0] for model in models])
    assert np.median((found[:, 1:6] != 0).sum(axis=1)) <= 2
    assert np.median(found[:, 0]) > 0
    best = LogisticRegression().fit(X, TWO).score(X, TWO)
    assert np.median([model.score(X, TWO) for model in models]) > best - 0.04


def test_in_a_ball_corners_leave_features_out():
    rows = sparse.random_array((2000, 1500), density=0.01, rng=rng).tocsr()
    y = (rows[:, :40].sum(axis=1) > rows[:, 40:80].sum(axis=1)).astype(int)
    model = DPLogisticRegression(1.0, l1_ratio=1.0, row_norm=3.0, classes=[0, 1])
    model.set_params(epsilon=8.0, random_state=0).fit(rows, y)
    assert 0 < np.mean(model.coef_ == 0) < 1
    dense = clone(model).set_params(l1_ratio=0.0).fit(rows, y)
    assert (dense.coef_ != 0).all()


@pytest.mark.parametrize("cls", [DPLogisticRegression, DPLinearSVC, DPSGDClassifier])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_without_intercept_zero_rows_have_margins_of_zero(cls, y):
    model = cls(fit_intercept=False, bounds=BOUNDS, random_state=0).fit(X, y)
    assert_array_equal(model.intercept_, 0.0)
    assert not model.decision_function(np.zeros((1, 8))).any()
    assert model.score(X, y) > np.bincount(y).max() / N


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_in_a_ball_there_is_no_intercept_either(y):
    model = DPLogisticRegression(fit_intercept=False, row_norm=8.0, random_state=0)
    model.set_params(classes=np.unique(y)).fit(X[:300], y[:300])
    assert "SecondMoments" not in {r.query for r in model.privacy_.releases}
    assert_array_equal(model.intercept_, 0.0)


@no_noise
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_several_hinges_without_noise_are_scikit_learns(fit_intercept):
    exact = {"dual": False, "intercept_scaling": 100.0, "tol": 1e-8}
    twin = LinearSVC(fit_intercept=fit_intercept, **exact).fit(X, THREE)
    ours = DPLinearSVC(fit_intercept=fit_intercept, bounds=BOUNDS, epsilon=np.inf)
    ours.fit(X, THREE)
    assert_allclose(ours.coef_, twin.coef_, atol=2e-3)
    assert_allclose(ours.intercept_, twin.intercept_, atol=2e-3)
    assert_array_equal(ours.predict(X), twin.predict(X))


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_several_hinges_with_noise_lose_little(delta):
    best = LinearSVC(dual=False).fit(X, THREE).score(X, THREE)
    model = DPLinearSVC(bounds=BOUNDS, epsilon=2.0, delta=delta)
    models = [clone(model).set_params(random_state=seed) for seed in range(5)]
    scores = [model.fit(X, THREE).score(X, THREE) for model in models]
    assert np.median(scores) > best - 0.06
    names = {release.query for release in models[0].privacy_.releases}
    assert "OneVsRestGradient" in names


@pytest.mark.parametrize("n_classes", [2, 3])
def test_pure_privacy_in_a_ball_looks_at_the_other_norm(n_classes):
    rows = sparse.random_array((3000, 1500), density=0.005, rng=rng).tocsr()
    y = (rows[:, :40].sum(axis=1) > rows[:, 40:80].sum(axis=1)).astype(int)
    model = DPLinearSVC(row_norm=3.0, classes=range(n_classes), delta=0.0)
    model.set_params(epsilon=20.0, random_state=0).fit(rows, y)
    assert {release.mechanism.norm for release in model.privacy_.releases} == {1}
    assert model.privacy_.epsilon(0) == pytest.approx(20.0)
    assert np.isfinite(model.coef_).all()


@pytest.mark.parametrize("l1_ratio", [-0.1, 1.1, "all"])
def test_a_bad_ratio_is_refused_before_anything_is_paid(l1_ratio):
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(ValueError, match="l1_ratio"):
            DPLogisticRegression(l1_ratio=l1_ratio, classes=[0, 1]).fit(X, TWO)
        assert ledger.spent() == 0


@pytest.mark.parametrize("cls", [DPLogisticRegression, DPLinearSVC, DPSGDClassifier])
def test_models_too_large_to_hold_are_refused_before_anything_is_paid(cls):
    wide = np.zeros((3, 1000))
    model = cls(classes=range(10**5), bounds=(0, 1))
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(ValueError, match="too many classes"):
            model.fit(wide, [0, 1, 2])
        assert ledger.spent() == 0


@no_noise
@pytest.mark.parametrize("cls", [DPLogisticRegression, DPLinearSVC, DPSGDClassifier])
@pytest.mark.parametrize("epsilon", [0.1, np.inf])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize(
    ("rows", "y"),
    [
        (X[:200], (X[:200, 0] > 0).astype(int)),
        (np.column_stack([X[:200]] * 2), TWO[:200]),
        (np.ones((50, 3)), np.arange(50) % 2),
        (np.full((5, 3), 1e300), np.arange(5) % 2),
        (X[:200], np.zeros(200, int)),
    ],
    ids=["separable", "collinear", "constant", "huge", "one class of two"],
)
def test_hard_rows_give_finite_models(cls, epsilon, delta, rows, y):
    ratio = {"l1_ratio": 0.5} if cls is DPLogisticRegression else {}
    model = cls(bounds=BOUNDS, classes=[0, 1], epsilon=epsilon, delta=delta, **ratio)
    model.fit(rows, y)
    assert np.isfinite(model.coef_).all()
    assert np.isfinite(model.decision_function(rows)).all()


def test_a_step_ahead_is_the_best_point_of_its_parabola():
    stiffness = np.array([[2.0, 0.5, 0.1], [0.5, 1.0, 0.0], [0.1, 0.0, 3.0]])
    corners = Corners(np.array([0.3, 0.2, 0.0]))
    point, slopes = np.array([0.1, -0.4, 2.0]), np.array([1.0, -0.3, 0.2])

    def cost(w):
        move = w - point
        corner = corners.sizes @ np.abs(w)
        return slopes @ w + move @ stiffness @ move / 2 + corner

    best = corners.ahead(point, slopes, stiffness)
    around = best + 0.01 * rng.normal(size=(200, 3))
    assert min(map(cost, around)) >= cost(best)
    diagonal = np.diag(stiffness)
    alone = [
        Corners(corners.sizes[[j]]).ahead(
            point[[j]], slopes[[j]], diagonal[[j]].reshape(1, 1)
        )[0]
        for j in range(3)
    ]
    assert_allclose(corners.ahead(point, slopes, diagonal), alone, atol=1e-9)
