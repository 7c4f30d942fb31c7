"""The private covariance: scikit-learn's without noise, close to it with little."""

import numpy as np
import pytest
from sklearn.covariance import EmpiricalCovariance, ShrunkCovariance

from skprivate.covariance import DPCovariance

rng = np.random.default_rng(0)
D = 6
X = rng.normal(size=(20_000, D)) @ rng.normal(size=(D, D)) + np.arange(D)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1


@pytest.mark.parametrize("assume_centered", [False, True])
@pytest.mark.parametrize("shrinkage", [0.0, 0.3])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(assume_centered, shrinkage):
    model = DPCovariance(
        bounds=BOUNDS,
        epsilon=np.inf,
        assume_centered=assume_centered,
        shrinkage=shrinkage,
    ).fit(X)
    twin = ShrunkCovariance(assume_centered=assume_centered, shrinkage=shrinkage).fit(X)
    np.testing.assert_allclose(model.location_, twin.location_, atol=1e-4)
    for name in ("covariance_", "precision_"):
        want = getattr(twin, name)
        np.testing.assert_allclose(
            getattr(model, name), want, atol=1e-3 * np.abs(want).max()
        )
    np.testing.assert_allclose(model.mahalanobis(X), twin.mahalanobis(X), rtol=1e-2)
    assert model.score(X) == pytest.approx(twin.score(X), rel=1e-4)
    assert model.error_norm(np.eye(D)) == pytest.approx(twin.error_norm(np.eye(D)))


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_at_epsilon_one_it_is_near(bounds, delta):
    model = DPCovariance(bounds=bounds, delta=delta, random_state=0).fit(X)
    covariance = EmpiricalCovariance().fit(X).covariance_
    deviations = np.sqrt(np.diag(covariance))
    error = (model.covariance_ - covariance) / np.outer(deviations, deviations)
    assert np.abs(error).max() < 0.35
    assert np.abs((model.location_ - X.mean(axis=0)) / deviations).max() < 0.2


def test_noise_makes_no_direction_too_certain():
    """Else a few rows would be at an enormous distance."""
    few = X[:300]
    for seed in range(5):
        model = DPCovariance(bounds=BOUNDS, random_state=seed).fit(few)
        assert np.linalg.eigvalsh(model.covariance_)[0] > 0
        np.testing.assert_allclose(
            model.precision_ @ model.covariance_, np.eye(D), atol=1e-6
        )
        assert np.median(model.mahalanobis(few)) < 3 * D


def test_the_precision_is_stored_if_asked():
    model = DPCovariance(bounds=BOUNDS, store_precision=False).fit(X)
    assert model.precision_ is None
    assert model.mahalanobis(X[:3]).shape == (3,)
    np.testing.assert_allclose(
        model.get_precision() @ model.covariance_, np.eye(D), atol=1e-6
    )


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(data, delta):
    for bounds in ("private", (0, 1), (2, 2), (0, [1, 0, 1e9])):
        model = DPCovariance(bounds=bounds, delta=delta).fit(data)
        for name in ("location_", "covariance_", "precision_"):
            assert np.isfinite(getattr(model, name)).all(), name
        assert np.isfinite(model.mahalanobis(np.ones((1, 3)))).all()


def test_the_plan_is_what_the_fit_does():
    model = DPCovariance(bounds=BOUNDS)
    plan, done = model.plan(D), model.fit(X).privacy_
    assert plan.events == done.events
