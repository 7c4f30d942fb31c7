"""Private mapping to a uniform or normal distribution."""

import numpy as np
import pytest
from scipy import sparse, stats
from sklearn.preprocessing import QuantileTransformer

from skprivate.preprocessing import DPQuantileTransformer

rng = np.random.default_rng(0)
X = np.column_stack(
    [
        rng.normal(size=20_000),
        rng.lognormal(sigma=2, size=20_000),
        np.where(rng.random(20_000) < 0.9, 0.0, rng.integers(100, 9999, 20_000)),
    ]
)


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_the_output_is_nearly_uniform(delta):
    mapped = DPQuantileTransformer(delta=delta, random_state=0).fit_transform(X)
    for column in mapped[:, :2].T:
        assert stats.kstest(column, "uniform").statistic < 0.03


def test_the_output_is_nearly_normal():
    private = DPQuantileTransformer(output_distribution="normal", random_state=0)
    mapped = private.fit_transform(X)
    for column in mapped[:, :2].T:
        assert stats.kstest(column, "norm").statistic < 0.03


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("output", ["uniform", "normal"])
def test_without_noise_it_is_scikit_learns(output):
    options = {"n_quantiles": 200, "output_distribution": output}
    bounds = X.min(axis=0), X.max(axis=0)
    private = DPQuantileTransformer(bounds=bounds, epsilon=np.inf, **options).fit(X)
    public = QuantileTransformer(subsample=None, **options).fit(X)
    first, last = np.quantile(X, [0.02, 0.98], axis=0)
    inside = np.clip(X, first, last) == X
    difference = abs(private.transform(X) - public.transform(X))
    assert difference[inside].max() < (0.003 if output == "uniform" else 0.02)


def test_repeated_quantiles_have_the_middle_of_their_ranks():
    private = DPQuantileTransformer(random_state=0).fit(X)
    # 0 is the lower bound of nine tenths of the rows, or in the midst of its ranks.
    assert private.transform([[0.0, 1.0, 0.0]])[0, 2] in (0.0, pytest.approx(0.45, 0.1))
    assert private.transform([[0.0, 1.0, 50.0]])[0, 2] == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("output", ["uniform", "normal"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_output_bounds_hold_for_any_rows(output, dtype):
    private = DPQuantileTransformer(output_distribution=output, random_state=0).fit(X)
    extremes = np.array([[-1e30] * 3, [1e30] * 3, [0.0] * 3], dtype)
    mapped = private.transform(extremes)
    assert mapped.dtype == dtype
    low, high = private.output_bounds_
    assert (low - 1e-6 <= mapped).all()
    assert (mapped <= high + 1e-6).all()
    np.testing.assert_allclose(mapped[:2], [low, high], rtol=1e-6)


@pytest.mark.parametrize("output", ["uniform", "normal"])
def test_transform_and_back(output):
    private = DPQuantileTransformer(output_distribution=output, random_state=0).fit(X)
    inside = np.quantile(X[:, :2], [0.2, 0.4, 0.7], axis=0)
    rows = np.column_stack([inside, np.zeros(3)])
    back = private.inverse_transform(private.transform(rows))
    np.testing.assert_allclose(back[:, :2], inside, rtol=1e-6)


def test_it_is_monotone():
    private = DPQuantileTransformer(epsilon=0.1, random_state=0).fit(X[:200])
    rows = np.sort(rng.normal(scale=5, size=(500, 3)), axis=0)
    assert (np.diff(private.transform(rows), axis=0) >= 0).all()


def test_two_quantiles_are_the_bounds():
    private = DPQuantileTransformer(n_quantiles=2, bounds=(-1, 3)).fit(X)
    np.testing.assert_array_equal(private.quantiles_, [[-1.0] * 3, [3.0] * 3])
    mapped = private.transform([[0.0, 1.0, 2.0]])
    np.testing.assert_allclose(mapped, [[0.25, 0.5, 0.75]])


def counts(n_rows=3000):
    """Sparse counts, stored in no order and in parts."""
    made = np.random.default_rng(0)
    S = sparse.random_array((n_rows, 6), density=0.3, rng=made).tocoo()
    i, j = S.coords
    halves = np.rint(S.data * 50) / 2
    parts = np.tile(halves, 2), (np.tile(i, 2), np.tile(j, 2))
    return sparse.csr_array(parts, shape=S.shape)


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_rows_are_mapped_as_dense_ones(kind, dtype):
    S = kind(counts(), dtype=dtype)
    dense = S.toarray()
    private = DPQuantileTransformer(random_state=0)
    mapped, expected = private.fit(S).transform(S), private.fit_transform(dense)
    assert sparse.issparse(mapped)
    assert mapped.dtype == dtype
    np.testing.assert_array_equal(mapped.toarray(), expected)
    back = private.inverse_transform(mapped)
    np.testing.assert_array_equal(back.toarray(), private.inverse_transform(expected))
    np.testing.assert_array_equal(S.toarray(), dense)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_sparse_rows_are_as_in_scikit_learn():
    S = counts(20_000)
    public = QuantileTransformer(n_quantiles=200, subsample=None).fit(S)
    bounds = np.zeros(6), S.max(axis=0).toarray().ravel()
    private = DPQuantileTransformer(n_quantiles=200, bounds=bounds, epsilon=np.inf)
    difference = private.fit(S).transform(S) - public.transform(S)
    # Whole numbers: quantiles of either may lie half a step apart.
    assert abs(difference.toarray()).max() < 0.02


def test_sparse_rows_are_refused_where_zeros_become_something_else():
    S = counts()
    wide = DPQuantileTransformer(bounds=(-5, 50), random_state=0).fit(S)
    with pytest.raises(ValueError, match="low end is 0"):
        wide.transform(S)
    positive = DPQuantileTransformer(bounds=(1, 50), random_state=0).fit(S)
    mapped = positive.transform(S).toarray()
    np.testing.assert_array_equal(mapped, positive.transform(S.toarray()))
    with pytest.raises(ValueError, match="low end is 0"):
        positive.inverse_transform(S)
    with pytest.raises(TypeError, match="dense"):
        DPQuantileTransformer(output_distribution="normal").fit(S)


def test_below_a_low_end_of_zero_sparse_rows_count_as_zero():
    S = counts()
    private = DPQuantileTransformer(bounds=(0, 50), random_state=0).fit(S)
    assert not private.transform(-S).toarray().any()
