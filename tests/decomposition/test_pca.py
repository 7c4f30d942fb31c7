"""The private PCA: scikit-learn's without noise, close to it with little."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skprivate.decomposition import DPPCA
from skprivate.queries._covariance import noisy_covariance

rng = np.random.default_rng(0)
N, D = 20_000, 8
AXES = np.linalg.qr(rng.normal(size=(D, D)))[0]
X = rng.normal(size=(N, D)) * [5, 3, 2, 1, 0.5, 0.3, 0.2, 0.1] @ AXES.T + 4
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
NUMBERS = (
    "explained_variance_",
    "explained_variance_ratio_",
    "singular_values_",
    "mean_",
    "noise_variance_",
)


def captured(model, data):
    """Variance along the components, relative to the best."""
    covariance = np.cov(data.T)
    best = np.linalg.eigvalsh(covariance)[::-1][: model.n_components_].sum()
    return np.trace(model.components_ @ covariance @ model.components_.T) / best


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("n_components", [None, 3, 0.9])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(n_components, whiten):
    model = DPPCA(n_components, whiten=whiten, bounds=BOUNDS, epsilon=np.inf).fit(X)
    twin = PCA(n_components, whiten=whiten).fit(X)
    assert model.n_components_ == twin.n_components_
    for name in NUMBERS:
        np.testing.assert_allclose(getattr(model, name), getattr(twin, name), rtol=1e-3)
    sign = np.sign(np.sum(model.components_ * twin.components_, axis=1))
    np.testing.assert_allclose(
        model.components_, sign[:, None] * twin.components_, atol=1e-3
    )
    np.testing.assert_allclose(
        model.transform(X), sign * twin.transform(X), atol=0.05 * (1 + whiten)
    )
    covariance = PCA(n_components).fit(X).get_covariance()  # wrong there if whitened
    error = np.abs(model.get_covariance() - covariance).max()
    assert error < 1e-3 * np.abs(covariance).max()


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
@pytest.mark.parametrize("k", [1, 3])
def test_at_epsilon_one_it_captures_nearly_all(bounds, k):
    shares = [captured(DPPCA(k, bounds=bounds).fit(X), X) for _ in range(5)]
    # Rarely (2 of 9,000 fits) noise alone makes searched bounds enormously wide.
    typical = np.median if isinstance(bounds, str) else np.mean
    assert typical(shares) > 0.98


def test_scales_may_differ_by_orders_of_magnitude():
    units = 10.0 ** np.arange(-3, 5)
    Z = X * units
    shares = [captured(DPPCA(2).fit(Z), Z) for _ in range(5)]
    assert np.mean(shares) > 0.98


def test_digits_at_epsilon_four():
    digits = load_digits().data
    shares = [
        captured(DPPCA(5, bounds=(0, 16), epsilon=4.0).fit(digits), digits)
        for _ in range(3)
    ]
    assert np.mean(shares) > 0.95


@pytest.mark.parametrize("k", [2, D])
def test_components_are_orthonormal_and_invert(k):
    model = DPPCA(k, bounds=BOUNDS).fit(X)
    np.testing.assert_allclose(
        model.components_ @ model.components_.T, np.eye(k), atol=1e-9
    )
    Z = model.transform(X[:50])
    back = model.inverse_transform(Z)
    np.testing.assert_allclose(model.transform(back), Z, atol=1e-8)
    if k == D:
        np.testing.assert_allclose(back, X[:50])
        assert model.noise_variance_ == 0.0


@pytest.mark.parametrize("whiten", [False, True])
def test_rows_within_the_bounds_stay_within_the_output_bounds(whiten):
    model = DPPCA(4, bounds=BOUNDS, whiten=whiten).fit(X)
    low, high = model.output_bounds_
    Z = model.transform(rng.uniform(*BOUNDS, size=(2000, D)))
    assert np.all((low - 1e-9 <= Z) & (high + 1e-9 >= Z))


def test_dtypes_and_sparse_rows():
    Z = sparse.random_array((300, 5), density=0.3, rng=rng, dtype=np.float32).tocsr()
    model = DPPCA(2, bounds=(0, 1), random_state=0)
    thin, dense = model.fit_transform(Z), model.fit_transform(Z.toarray())
    assert thin.dtype == dense.dtype == np.float32
    np.testing.assert_allclose(thin, dense, atol=1e-5)


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
@pytest.mark.parametrize("n_components", [None, 2, 0.5])
def test_degenerate_rows_give_finite_models(data, delta, n_components):
    for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
        for epsilon in (1e-3, 1.0):
            model = DPPCA(
                n_components, bounds=bounds, delta=delta, epsilon=epsilon, whiten=True
            ).fit(data)
            for name in (*NUMBERS, "components_"):
                assert np.isfinite(getattr(model, name)).all(), name
            assert np.all(model.explained_variance_ >= 0)
            assert model.explained_variance_ratio_.sum() <= 1 + 1e-9
            assert np.isfinite(model.transform(np.ones((1, 3)))).all()


def test_a_noisy_covariance_is_positive_and_keeps_its_trace():
    moments = 100 * np.diag([4.0, 2.0, 1.0, 1.0])
    moments[0, 1] = moments[1, 0] = 600.0  # impossible, as noise may have it
    count, mean, covariance = noisy_covariance(moments, noise=1.0)
    assert count == 100.0
    np.testing.assert_array_equal(mean, 0.0)
    values = np.linalg.eigvalsh(covariance)
    assert values[0] > -1e-12
    assert np.trace(covariance) == pytest.approx(7.0 * 100 / 99)


def test_pure_privacy_works():
    model = DPPCA(1, bounds=BOUNDS, epsilon=4.0, delta=0).fit(X)
    assert model.privacy_.epsilon(0.0) <= 4.0 * (1 + 1e-9)
    assert captured(model, X) > 0.9


@pytest.mark.parametrize("bounds", [BOUNDS, "private"], ids=["declared", "private"])
def test_the_plan_is_what_the_fit_does(bounds):
    model = DPPCA(bounds=bounds)
    plan, done = model.plan(D), model.fit(X).privacy_
    assert plan.events == done.events
    assert [(r.query, r.size, r.share) for r in plan.releases] == [
        (r.query, r.size, r.share) for r in done.releases
    ]


@pytest.mark.parametrize("n_components", [0, -1, D + 1, 1.5, "mle"])
def test_impossible_numbers_of_components_are_refused(n_components):
    with pytest.raises(ValueError, match="n_components"):
        DPPCA(n_components, bounds=BOUNDS).fit(X)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("k", [1, 2, D])
def test_densities_are_those_of_scikit_learn(k):
    model = DPPCA(k, bounds=BOUNDS, epsilon=np.inf).fit(X)
    naive = PCA(k).fit(X)
    np.testing.assert_allclose(
        model.score_samples(X), naive.score_samples(X), rtol=1e-3, atol=1e-3
    )
    assert model.score(X) == pytest.approx(naive.score(X), abs=1e-3)
    np.testing.assert_allclose(
        model.get_precision(), naive.get_precision(), rtol=1e-2, atol=1e-3
    )
    np.testing.assert_allclose(
        model.get_covariance(), naive.get_covariance(), rtol=1e-2, atol=1e-3
    )


@pytest.mark.parametrize("n_rows", [1, 3, 500])
def test_densities_are_finite_where_noise_hides_what_varies(n_rows):
    model = DPPCA(bounds=BOUNDS, epsilon=0.01).fit(X[:n_rows])
    assert np.isfinite(model.score_samples(X)).all()
    one = model.score_samples(X[:1])
    assert one == model.score_samples(X[:3])[:1], "a row is scored by itself"


def test_rows_that_are_impossibly_far_away_have_no_density():
    pca = DPPCA(bounds=(-1, 1)).fit(np.eye(3))
    with np.errstate(all="raise"):
        assert pca.score_samples([[1e300, 0.0, 0.0]]).tolist() == [-np.inf]
