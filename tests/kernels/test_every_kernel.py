"""Promises that every kernel that adds over rows keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skprivate import kernels
from tests.kernels.hostile import NONE, NOT_FINITE, as_csr, box_of, matrices

ONE = 2.0**12


def codes_of(y):
    return (np.abs(y) * 7.0).astype(np.int32) % 4 - 1


def _clipped_sum(norm):
    return lambda X, y, w: kernels.clipped_sum(X, box_of(*d(X)), w, norm, ONE / 1.7)


def d(X):
    return (X.shape[1] if isinstance(X, np.ndarray) else X[3]), 12


def _moments(X, y, w):
    return kernels.moments(X, box_of(*d(X)), w, codes_of(y), 3, ONE)


def _second_moments(X, y, w):
    target_box = np.array([-1.0, 1.0, 0.0, ONE])
    return kernels.second_moments(X, y, box_of(*d(X)), target_box, w, 1.4 * ONE, ONE)


def _gradient(loss, scale_of=lambda y: NONE, norm=2):
    def total(X, y, w):
        coef = np.linspace(-0.6, 0.9, d(X)[0] + 1)
        box, task = box_of(*d(X)), (ONE, loss, 0.5, ONE / 1.3)
        return kernels.gradient(X, y, box, coef, *task, w, scale=scale_of(y), norm=norm)

    return total


def _softmax(scale_of=lambda y: NONE, norm=2, hinge=0.0):
    def total(X, y, w):
        coef = np.linspace(-0.6, 0.9, 3 * (d(X)[0] + 1)).reshape(3, -1)
        box, task = box_of(*d(X)), (coef, ONE, ONE / 1.3, w)
        rest = {"scale": scale_of(y), "norm": norm, "hinge": hinge}
        return kernels.gradient_softmax(X, codes_of(y), box, *task, **rest)

    return total


def _by_class(y):
    return np.array([0.1, 1.0, 3.7])[np.clip(codes_of(np.nan_to_num(y)), 0, 2)]


def _centers(X, y, w):
    centers = np.rint(np.linspace(-ONE, ONE, 4 * d(X)[0])).reshape(4, -1)
    return kernels.nearest_center_sums(X, box_of(*d(X)), centers, ONE, w, 0.3)


def _intervals(X, y, w):
    edges = np.tile([-0.5, 0.0, 0.0, 0.7], (d(X)[0], 1))
    ends = np.full(d(X)[0], -1.0), np.full(d(X)[0], 1.0)
    return kernels.interval_counts(X, kernels.interval_table(edges, *ends), w, ONE)


KERNELS = {
    "clipped_sum_1": _clipped_sum(1),
    "clipped_sum_2": _clipped_sum(2),
    "clipped_sum_inf": _clipped_sum(0),
    "moments": _moments,
    "second_moments": _second_moments,
    "logistic": _gradient(kernels.LOGISTIC),
    "squared": _gradient(kernels.SQUARED),
    "huber": _gradient(kernels.HUBER),
    "squared_hinge": _gradient(kernels.SQUARED_HINGE),
    "poisson": _gradient(kernels.POISSON),
    "gamma": _gradient(kernels.GAMMA),
    "quantile": _gradient(kernels.QUANTILE),
    "tweedie": _gradient(kernels.TWEEDIE),
    "hinge": _gradient(kernels.HINGE),
    "softmax": _softmax(),
    "one versus rest": _softmax(hinge=0.8),
    "logistic in the 1-norm": _gradient(kernels.LOGISTIC, norm=1),
    "softmax in the 1-norm": _softmax(norm=1),
    "one versus rest in the 1-norm": _softmax(norm=1, hinge=2.0**64),
    "logistic, by class": _gradient(kernels.LOGISTIC, _by_class),
    "softmax, by class": _softmax(_by_class),
    "histogram": lambda X, y, w: kernels.histogram(X, box_of(*d(X)), 5, w, ONE),
    "magnitudes": lambda X, y, w: kernels.magnitude_histogram(
        X, w, ONE, range(-20, 21)
    ),
    "intervals": _intervals,
    "norms": lambda X, y, w: kernels.norm_histogram(
        X, box_of(*d(X)), np.array([ONE / 2, ONE]), w, ONE
    ),
    "centers": _centers,
}
every_kernel = pytest.mark.parametrize("name", KERNELS)


def rows(rng, n_rows, n_features=5):
    X = rng.normal(size=(n_rows, n_features)).astype(np.float32).astype(np.float64)
    X[rng.random(X.shape) < 0.4] = 0.0
    return X, rng.integers(0, 2, n_rows).astype(np.float64), rng.random(n_rows)


@every_kernel
@settings(max_examples=25)
@given(X=matrices(), seed=st.integers(0, 2**32 - 1))
def test_a_total_is_the_sum_over_its_rows_in_any_order(name, X, seed):
    rng = np.random.default_rng(seed)
    y = rng.choice([0.0, 1.0, 0.3, np.nan, 1e308], size=len(X))
    w = rng.choice([0.0, 1.0, 0.37, np.nan, -1.0], size=len(X))
    total = KERNELS[name]
    whole = total(X, y, w)
    assert np.isfinite(whole).all()
    assert (whole == np.rint(whole)).all()
    parts = [total(X[i : i + 1], y[i : i + 1], w[i : i + 1]) for i in range(len(X))]
    np.testing.assert_array_equal(sum(parts), whole)
    order = rng.permutation(len(X))
    np.testing.assert_array_equal(total(X[order], y[order], w[order]), whole)


@every_kernel
@pytest.mark.parametrize("n_features", [1, 5, 37])
def test_blocks_do_not_show(name, n_features, rng):
    X, y, w = rows(rng, 300, n_features)
    total = KERNELS[name]
    for weight in (w, NONE):
        whole = total(X, y, weight)
        for cut in (1, 127, 128):
            head = total(X[:cut], y[:cut], weight[:cut])
            np.testing.assert_array_equal(
                head + total(X[cut:], y[cut:], weight[cut:]), whole
            )


@every_kernel
@settings(max_examples=25)
@given(X=matrices())
def test_sparse_rows_give_the_same_bits(name, X):
    y = np.linspace(0.0, 1.0, len(X))
    total = KERNELS[name]
    np.testing.assert_array_equal(total(as_csr(X), y, NONE), total(X, y, NONE))


@every_kernel
def test_float32_rows_give_the_same_bits(name, rng):
    X, y, w = rows(rng, 70)
    X[3, 2], X[9, 0] = np.nan, np.inf
    expected = KERNELS[name](X, y, w)
    single = X.astype(np.float32)
    np.testing.assert_array_equal(KERNELS[name](single, y, w), expected)
    np.testing.assert_array_equal(KERNELS[name](as_csr(single), y, w), expected)


@every_kernel
@pytest.mark.parametrize("bad", NOT_FINITE)
def test_a_row_that_is_not_finite_contributes_nothing(name, bad, rng):
    X, y, _ = rows(rng, 20)
    kept = np.arange(20) != 7
    expected = KERNELS[name](X[kept], y[kept], NONE)
    X[7, 4] = bad
    np.testing.assert_array_equal(KERNELS[name](X, y, NONE), expected)


@every_kernel
@pytest.mark.parametrize("bad", [*NOT_FINITE, -0.5, 0.0])
def test_a_row_of_an_unusable_weight_contributes_nothing(name, bad, rng):
    X, y, w = rows(rng, 20)
    kept = np.arange(20) != 7
    w[7] = bad
    expected = KERNELS[name](X[kept], y[kept], w[kept])
    np.testing.assert_array_equal(KERNELS[name](X, y, w), expected)


@every_kernel
def test_weights_above_one_count_as_one(name, rng):
    X, y, _ = rows(rng, 20)
    expected = KERNELS[name](X, y, NONE)
    np.testing.assert_array_equal(KERNELS[name](X, y, np.full(20, 1e300)), expected)


@every_kernel
def test_no_rows_give_zeros(name):
    assert not KERNELS[name](np.empty((0, 3)), NONE, NONE).any()


@pytest.mark.parametrize("name", ["second_moments", "squared", "logistic"])
@pytest.mark.parametrize("bad", NOT_FINITE)
def test_a_row_whose_target_is_not_finite_contributes_nothing(name, bad, rng):
    X, y, _ = rows(rng, 20)
    kept = np.arange(20) != 7
    y[7] = bad
    expected = KERNELS[name](X[kept], y[kept], NONE)
    np.testing.assert_array_equal(KERNELS[name](X, y, NONE), expected)
