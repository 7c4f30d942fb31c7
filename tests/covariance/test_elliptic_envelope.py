"""The private envelope: outliers do not move it, and are found."""

import numpy as np
import pytest
from sklearn.covariance import EllipticEnvelope
from sklearn.metrics import roc_auc_score

from skprivate.covariance import DPEllipticEnvelope
from skprivate.queries._places import Distances

rng = np.random.default_rng(0)
D, PART = 4, 0.1
ROOT = rng.normal(size=(D, D))
BOUNDS = (-20, 20)


def rows(n):
    X, strange = rng.normal(size=(n, D)) @ ROOT, rng.random(n) < PART
    X[strange] = rng.uniform(-2, 10, (strange.sum(), D))
    return X, strange


X, STRANGE = rows(8000)
TEST, TEST_STRANGE = rows(3000)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_as_good_as_scikit_learns():
    twin = EllipticEnvelope(contamination=PART, random_state=0).fit(X[:2000])
    model = DPEllipticEnvelope(
        contamination=PART, bounds=BOUNDS, epsilon=np.inf, max_iter=20
    ).fit(X)
    assert np.mean(model.predict(TEST) == twin.predict(TEST)) > 0.97
    theirs = roc_auc_score(TEST_STRANGE, -twin.score_samples(TEST))
    assert roc_auc_score(TEST_STRANGE, -model.score_samples(TEST)) > theirs - 0.01
    size = np.sqrt(np.diag(ROOT.T @ ROOT))
    assert np.abs(model.location_ / size).max() < 0.15
    error = (model.covariance_ - ROOT.T @ ROOT) / np.outer(size, size)
    assert np.abs(error).max() < 0.35
    assert np.mean(model.predict(X) < 0) == pytest.approx(PART, abs=0.01)


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_at_epsilon_two_it_is_near(bounds, delta):
    model = DPEllipticEnvelope(
        contamination=PART, bounds=bounds, epsilon=2.0, delta=delta, random_state=0
    ).fit(X)
    assert roc_auc_score(TEST_STRANGE, -model.score_samples(TEST)) > 0.97
    assert np.mean((model.predict(TEST) < 0) == TEST_STRANGE) > 0.93
    y = np.where(TEST_STRANGE, -1, 1)
    assert model.score(TEST, y) == np.mean(model.predict(TEST) == y)


def test_outliers_move_it_less_than_a_covariance_of_all_rows():
    model = DPEllipticEnvelope(contamination=PART, bounds=BOUNDS, random_state=0).fit(X)
    truth, naive = np.trace(ROOT.T @ ROOT), np.trace(np.cov(X.T))
    assert abs(np.trace(model.covariance_) - truth) < 0.4 * abs(naive - truth)


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(data, delta):
    for bounds in ("private", (0, 1), (2, 2), (0, [1, 0, 1e9])):
        model = DPEllipticEnvelope(bounds=bounds, delta=delta).fit(data)
        for name in ("location_", "covariance_", "precision_", "offset_"):
            assert np.isfinite(getattr(model, name)).all(), name
        assert np.isfinite(model.decision_function(np.full((2, 3), 1e300))).all()
        assert set(model.predict(data)) <= {-1, 1}


def test_the_plan_is_what_the_fit_does():
    model = DPEllipticEnvelope(bounds=BOUNDS)
    plan, done = model.plan(D), model.fit(X).privacy_
    assert plan.events == done.events


def test_distances_are_those_of_single_rows():
    view = Distances(np.arange(D, dtype=float), ROOT)
    expected = (((TEST[:50] - np.arange(D)) @ ROOT) ** 2).sum(axis=1)
    np.testing.assert_allclose(view(TEST[:50])[:, 0], expected)
    odd = np.array([[np.nan] + [0.0] * (D - 1), [np.inf] * D, [1e300] * D])
    assert np.isnan(view(odd)[:2]).all()
    assert np.isfinite(view(odd)[2])
    for wrong in (Distances(np.zeros(2), ROOT), Distances(np.zeros(D), ROOT * np.nan)):
        with pytest.raises(ValueError, match="Distances"):
            wrong.width_of(D)
