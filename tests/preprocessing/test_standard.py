"""The private scaler: exact without noise, accurate with it, calm on odd columns."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import StandardScaler

from skprivate.preprocessing import DPStandardScaler

rng = np.random.default_rng(0)
X = rng.normal(size=(20_000, 3)) * [1, 5, 0.1] + [0, 10, -0.2]
BOUNDS = [-6, -20, -1], [6, 40, 1]


def test_means_and_variances_are_close_at_epsilon_one():
    scaler = DPStandardScaler(bounds=BOUNDS).fit(X)
    # Noise of a sum of z is sqrt(7) / 0.2367 = 11 steps of the half width: six sigmas.
    half = np.array([6, 30, 1])
    assert np.all(np.abs(scaler.mean_ - X.mean(axis=0)) < 6 * 11.2 / 20_000 * half)
    np.testing.assert_allclose(scaler.scale_, X.std(axis=0), rtol=0.25)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_constant_column_has_scale_one():
    Z = np.c_[X[:, 0], np.full(len(X), 3.0)]
    scaler = DPStandardScaler(bounds=([-6, 0], [6, 10]), epsilon=np.inf).fit(Z)
    assert scaler.scale_[1] == 1.0
    scaler = DPStandardScaler(bounds=([-6, 3], [6, 3])).fit(Z)
    assert scaler.scale_[1] == 1.0
    assert scaler.mean_[1] == 3.0


def test_transform_and_back():
    scaler = DPStandardScaler(bounds=BOUNDS).fit(X)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_rows_are_scaled_as_dense_ones(dtype):
    Z = sparse.random_array((500, 4), density=0.2, rng=rng, dtype=dtype).tocsr()
    scaler = DPStandardScaler(bounds=(0, 1), with_mean=False, random_state=0)
    a, b = scaler.fit_transform(Z), scaler.fit_transform(Z.toarray())
    assert sparse.issparse(a)
    assert a.dtype == dtype
    np.testing.assert_array_equal(a.toarray(), b)
    np.testing.assert_allclose(
        scaler.inverse_transform(a).toarray(), Z.toarray(), rtol=1e-5
    )


def test_sparse_rows_cannot_be_centered():
    with pytest.raises(TypeError, match="parse"):
        DPStandardScaler().fit(sparse.eye_array(5).tocsr())


@pytest.mark.parametrize("with_mean", [True, False])
@pytest.mark.parametrize("with_std", [True, False])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(with_mean, with_std):
    options = {"with_mean": with_mean, "with_std": with_std}
    private = DPStandardScaler(bounds=BOUNDS, epsilon=np.inf, **options).fit(X)
    public = StandardScaler(**options).fit(X)
    np.testing.assert_allclose(private.transform(X), public.transform(X), atol=2e-3)


def test_output_bounds_hold():
    scaler = DPStandardScaler(bounds=BOUNDS).fit(X)
    low, high = scaler.output_bounds_
    Z = scaler.transform(np.clip(X, *BOUNDS))
    np.testing.assert_array_equal(Z, np.clip(Z, low - 1e-9, high + 1e-9))


def test_pure_privacy():
    scaler = DPStandardScaler(bounds=BOUNDS, delta=0.0).fit(X)
    assert "Laplace" in repr(scaler.privacy_)
    assert scaler.privacy_.epsilon() == pytest.approx(1.0)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_batches_add_up():
    """Without noise two batches are one fit; with noise the range stays."""
    whole = DPStandardScaler(bounds=BOUNDS, epsilon=np.inf).fit(X)
    exact = DPStandardScaler(bounds=BOUNDS, epsilon=np.inf)
    exact.partial_fit(X[:4000]).partial_fit(X[4000:])
    np.testing.assert_allclose(exact.mean_, whole.mean_)
    np.testing.assert_allclose(exact.var_, whole.var_, rtol=1e-6)
    scaler = DPStandardScaler(random_state=0).partial_fit(X[:4000], batch="a")
    box, noise = scaler._box_, scaler._moments_[1]
    scaler.partial_fit(X[4000:], batch="b")
    assert np.array_equal(scaler._box_, box)
    assert noise < scaler._moments_[1] < 2 * noise
    assert scaler.privacy_.epsilon() <= 1.0  # no unit is in both
    np.testing.assert_allclose(scaler.scale_, X.std(axis=0), rtol=0.25)
    assert scaler.fit(X[:4000])._moments_[1] == noise  # a fit starts anew
