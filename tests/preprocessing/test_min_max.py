"""The private ends of each feature."""

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler

from skprivate.preprocessing import DPMinMaxScaler

rng = np.random.default_rng(0)
X = rng.uniform([2, -50], [7, -10], size=(50_000, 2))


def test_ends_are_found_within_a_percent():
    scaler = DPMinMaxScaler(bounds=(-100, 100)).fit(X)
    np.testing.assert_allclose(scaler.data_min_, [2, -50], atol=4)
    np.testing.assert_allclose(scaler.data_max_, [7, -10], atol=4)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns():
    bounds = [0, -60], [10, 0]
    private = DPMinMaxScaler((-1, 1), bounds=bounds, epsilon=np.inf).fit(X)
    public = MinMaxScaler((-1, 1)).fit(X)
    np.testing.assert_allclose(private.transform(X), public.transform(X), atol=2e-3)


def test_an_outlier_does_not_stretch_the_range():
    Z = X.copy()
    Z[0] = 1e6
    scaler = DPMinMaxScaler(bounds=(-1e7, 1e7)).fit(Z)
    assert np.all(scaler.data_max_ < 4e5)


def test_clip_keeps_the_output_in_range():
    scaler = DPMinMaxScaler(bounds=(-100, 100), clip=True).fit(X)
    Z = scaler.transform([[1e9, -1e9]])
    assert Z.tolist() == [[1, 0]]


def test_transform_and_back():
    scaler = DPMinMaxScaler(bounds=(-100, 100)).fit(X)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)


def test_a_reversed_range_is_refused():
    with pytest.raises(ValueError, match="increasing"):
        DPMinMaxScaler((1, 0)).fit(X)


@pytest.mark.parametrize("n", [1, 2, 50])
def test_few_rows_give_a_finite_scaler(n):
    scaler = DPMinMaxScaler().fit(X[:n])
    assert np.all(np.isfinite(scaler.transform(X)))


def test_a_constant_column_is_no_error():
    scaler = DPMinMaxScaler(bounds=(3, 3)).fit(np.full((100, 1), 3.0))
    assert scaler.transform([[3.0]]).tolist() == [[0.0]]


@pytest.mark.parametrize("values", [[0.0, 1.0], [0.0, 1.0, 16.0], [-5.0, 3.0]])
def test_rows_at_the_ends_of_the_bounds_count(values):
    """Also those beyond, which are moved to the ends."""
    X = np.tile(np.array(values)[:, None], (400, 1))
    low, high = min(values), max(values)
    for bounds in ((low, high), (low + 0.25, high - 0.25)):
        scaler = DPMinMaxScaler(bounds=bounds, epsilon=2.0).fit(X)
        assert scaler.data_min_[0] == bounds[0]
        assert scaler.data_max_[0] == bounds[1]


def test_few_values_beside_many_equal_ones_stay_in_range():
    """Noise hides them; scaled by what is seen, they would be thousands."""
    X = np.zeros((2000, 64))
    X[:20] = 16.0
    scaler = DPMinMaxScaler(bounds=(0, 16), random_state=0).fit(X)
    assert np.abs(scaler.transform(X)).max() <= 1.0


def test_batches_widen_the_range():
    X = np.random.default_rng(0).uniform(size=(4000, 2))
    scaler = DPMinMaxScaler(bounds=(-8, 8), random_state=0).partial_fit(X, batch=1)
    low, high = scaler.data_min_, scaler.data_max_
    scaler.partial_fit(X * [4, 0.25], batch=2)
    np.testing.assert_allclose(scaler.data_max_, [4, 1], rtol=0.1)
    assert np.all(scaler.data_min_ <= low)
    assert np.all(scaler.data_max_ >= high)
    assert scaler.privacy_.epsilon() <= 1.0
