"""Private whitening: white without noise, nearly so with little."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from skprivate.decomposition import DPWhitening

rng = np.random.default_rng(0)
D = 5
X = rng.normal(size=(20_000, D)) @ rng.normal(size=(D, D)) + np.arange(D)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
every_method = pytest.mark.parametrize("method", ["zca", "pca", "cholesky"])


@every_method
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_rows_are_white(method):
    model = DPWhitening(method, bounds=BOUNDS, epsilon=np.inf).fit(X)
    Z = model.transform(X)
    np.testing.assert_allclose(np.cov(Z.T), np.eye(D), atol=1e-3)
    np.testing.assert_allclose(Z.mean(axis=0), 0.0, atol=1e-3)
    if method == "pca":
        twin = PCA(whiten=True).fit_transform(X)
        np.testing.assert_allclose(np.abs(Z), np.abs(twin), atol=1e-2)
    if method == "zca":
        np.testing.assert_allclose(model.whitening_, model.whitening_.T, atol=1e-9)
    if method == "cholesky":
        np.testing.assert_allclose(np.triu(model.whitening_, 1), 0.0)


@every_method
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_at_epsilon_one_rows_are_nearly_white(method, delta):
    model = DPWhitening(method, bounds=BOUNDS, delta=delta, random_state=0).fit(X)
    values = np.linalg.eigvalsh(np.cov(model.transform(X).T))
    assert np.all(values < 3)
    assert values[-1] > 0.5
    np.testing.assert_allclose(model.inverse_transform(model.transform(X)), X)


@every_method
def test_rows_within_the_bounds_stay_within_the_output_bounds(method):
    model = DPWhitening(method, bounds=BOUNDS).fit(X)
    low, high = model.output_bounds_
    Z = model.transform(rng.uniform(*BOUNDS, size=(2000, D)))
    assert np.all((low - 1e-9 <= Z) & (high + 1e-9 >= Z))


@every_method
@pytest.mark.parametrize("delta", [0, 1e-6])
def test_degenerate_rows_give_finite_models(method, delta):
    for data in (np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300):
        for bounds in ("private", (0, 1), (2, 2), (0, [1, 0, 1e9])):
            model = DPWhitening(method, bounds=bounds, delta=delta).fit(data)
            for name in ("mean_", "covariance_", "whitening_", "coloring_"):
                assert np.isfinite(getattr(model, name)).all(), name
            back = model.inverse_transform(model.transform(np.ones((1, 3))))
            np.testing.assert_allclose(back, 1.0, atol=1e-4)
