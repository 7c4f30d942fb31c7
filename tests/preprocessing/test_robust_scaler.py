"""Private median and quantile range."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import RobustScaler

from skprivate.preprocessing import DPRobustScaler

rng = np.random.default_rng(0)
X = rng.normal(size=(20_000, 3)) * [1, 5, 0.1] + [0, 10, -0.2]
BOUNDS = (-100, 100)


def test_center_and_scale_are_close_at_epsilon_one():
    scaler, public = DPRobustScaler(random_state=0).fit(X), RobustScaler().fit(X)
    error = (scaler.center_ - public.center_) / public.scale_
    assert np.all(abs(error) < 0.05)
    np.testing.assert_allclose(scaler.scale_, public.scale_, rtol=0.05)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("with_centering", [True, False])
@pytest.mark.parametrize("with_scaling", [True, False])
def test_without_noise_it_is_scikit_learns(with_centering, with_scaling):
    options = {"with_centering": with_centering, "with_scaling": with_scaling}
    options |= {"unit_variance": True, "quantile_range": (10.0, 80.0)}
    private = DPRobustScaler(bounds=BOUNDS, epsilon=np.inf, **options).fit(X)
    public = RobustScaler(**options).fit(X)
    np.testing.assert_allclose(private.transform(X), public.transform(X), atol=2e-3)
    assert (private.center_ is None) == (public.center_ is None)
    assert (private.scale_ is None) == (public.scale_ is None)


def test_outliers_do_not_matter():
    Z = X.copy()
    Z[::20] = 1e9
    scaler = DPRobustScaler(random_state=0).fit(Z)
    np.testing.assert_allclose(scaler.scale_, RobustScaler().fit(Z).scale_, rtol=0.1)


def test_integers_give_integers():
    Z = rng.integers(0, 30, (50_000, 2)).astype(float)
    scaler = DPRobustScaler(random_state=0).fit(Z)
    np.testing.assert_array_equal(scaler.center_, np.rint(scaler.center_))


@pytest.mark.parametrize("value", [0.0, 3.0, -1e9])
def test_a_constant_column_has_scale_one(value):
    scaler = DPRobustScaler(random_state=0).fit(np.full((5000, 2), value))
    np.testing.assert_array_equal(scaler.scale_, [1.0, 1.0])


def test_transform_and_back():
    scaler = DPRobustScaler(bounds=BOUNDS).fit(X)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)


def test_sparse_rows_are_scaled_as_dense_ones():
    Z = sparse.random_array((500, 4), density=0.9, rng=rng).tocsr()
    scaler = DPRobustScaler(bounds=(0, 1), with_centering=False, random_state=0)
    a, b = scaler.fit_transform(Z), scaler.fit_transform(Z.toarray())
    np.testing.assert_array_equal(a.toarray(), b)
    np.testing.assert_allclose(scaler.inverse_transform(a).toarray(), Z.toarray())


def test_output_bounds_hold():
    scaler = DPRobustScaler(bounds=BOUNDS).fit(X)
    low, high = scaler.output_bounds_
    Z = scaler.transform(np.clip(1e3 * X, *BOUNDS))
    np.testing.assert_array_equal(Z, np.clip(Z, low - 1e-9, high + 1e-9))


@pytest.mark.parametrize("quantile_range", [(75.0, 25.0), (-1.0, 50.0), (5.0, 101.0)])
def test_a_wrong_range_is_refused(quantile_range):
    with pytest.raises(ValueError, match="Invalid quantile range"):
        DPRobustScaler(quantile_range=quantile_range).fit(X)


def test_a_range_without_normal_width_is_refused():
    with pytest.raises(ValueError, match="unit_variance"):
        DPRobustScaler(quantile_range=(0.0, 100.0), unit_variance=True).fit(X)
