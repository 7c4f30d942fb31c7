"""Selection by variance."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_selection import VarianceThreshold

from skprivate.feature_selection import DPVarianceThreshold

rng = np.random.default_rng(0)
X = rng.normal(size=(20_000, 6)) * [1.0, 0.0, 3.0, 0.1, 2.0, 0.0] + [0, 5, 0, 1, 2, -5]
BOUNDS = (-20, 20)


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.5])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(threshold):
    model = DPVarianceThreshold(threshold, bounds=BOUNDS, epsilon=np.inf).fit(X)
    twin = VarianceThreshold(threshold).fit(X)
    expected = np.where(twin.variances_ > 1e-9, twin.variances_, 0.0)
    np.testing.assert_allclose(model.variances_, expected, rtol=1e-2, atol=1e-9)
    np.testing.assert_array_equal(model.get_support(), twin.get_support())
    np.testing.assert_array_equal(model.transform(X[:9]), twin.transform(X[:9]))


@pytest.mark.parametrize("bounds", [BOUNDS, "private"])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_at_epsilon_one_constant_features_go(bounds, delta):
    for seed in range(3):
        model = DPVarianceThreshold(bounds=bounds, delta=delta, random_state=seed)
        support = model.fit(X).get_support()
        assert support[[0, 2, 4]].all()
        assert support.sum() <= 4
        np.testing.assert_allclose(model.variances_[[0, 2, 4]], [1, 9, 4], rtol=0.5)


def test_sparse_rows_give_the_same_and_stay_sparse():
    thin = sparse.random_array((5000, 8), density=0.2, rng=rng).tocsr()
    model = DPVarianceThreshold(0.01, bounds=(0, 1), random_state=0)
    variances = model.fit(thin).variances_
    assert sparse.issparse(model.transform(thin))
    np.testing.assert_array_equal(model.fit(thin.toarray()).variances_, variances)


def test_few_rows_decide_nothing_and_all_that_may_vary_is_kept():
    model = DPVarianceThreshold(bounds=BOUNDS, epsilon=0.01).fit(X[:5])
    assert model.get_support().any()


def test_a_threshold_that_nothing_meets_is_refused():
    with pytest.raises(ValueError, match="lower threshold"):
        DPVarianceThreshold(300.0, bounds=BOUNDS).fit(X)
    with pytest.raises(ValueError, match="threshold"):
        DPVarianceThreshold(-1.0).fit(X)


def test_bounds_are_those_of_the_features_that_are_kept():
    low, high = np.arange(6) - 20.0, np.arange(6) + 20.0
    model = DPVarianceThreshold(0.5, bounds=(low, high)).fit(X)
    support = model.get_support()
    np.testing.assert_array_equal(model.output_bounds_[0], low[support])
    np.testing.assert_array_equal(model.output_bounds_[1], high[support])
