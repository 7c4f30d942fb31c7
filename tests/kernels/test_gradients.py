"""Clipped gradients: NumPy twins, and the norm of a row, exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from skprivate import kernels
from skprivate.kernels import gradient, gradient_bits, gradient_softmax
from skprivate.kernels._gradients import rounded_coef
from skprivate.kernels._losses import exponentials
from tests.kernels.hostile import NONE, box_of, exactly, matrices, on_grid, squared

DERIVATIVES = {
    kernels.LOGISTIC: lambda m, t: expit(m) - t,
    kernels.SQUARED: lambda m, t: m - t,
    kernels.HUBER: lambda m, t: np.clip(m - t, -0.5, 0.5),
    kernels.SQUARED_HINGE: lambda m, t: (
        -(2 * t - 1) * np.maximum(0, 1 - (2 * t - 1) * m)
    ),
    kernels.HINGE: lambda m, t: -(2 * t - 1) * np.clip(1 - (2 * t - 1) * m, 0, 0.5),
    kernels.POISSON: lambda m, t: np.exp(m) - t,
    kernels.GAMMA: lambda m, t: 1.0 - t * np.exp(-m),
    kernels.QUANTILE: lambda m, t: np.clip(m - t, -0.5, 0.5),
    kernels.TWEEDIE: lambda m, t: np.exp(1.5 * m) - t * np.exp(0.5 * m),
}


def clipped(rows, clip):
    """Rows (any shape) cut to an L2 norm, in floats."""
    length = np.sqrt((rows**2).reshape(len(rows), -1).sum(axis=1))
    factor = np.minimum(1.0, clip / np.maximum(length, 1e-300))
    return rows * factor.reshape(-1, *[1] * (rows.ndim - 1))


def extended(X, box, one):
    q, finite = on_grid(X, box)
    assert finite.all()
    return np.column_stack([q, np.full(len(q), one)])


@pytest.mark.parametrize("loss", DERIVATIVES)
@pytest.mark.parametrize("weighted", [False, True])
def test_agrees_with_its_twin(loss, weighted, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 20), 2.0**20
    t, coef = rng.integers(0, 2, 150).astype(float), rng.normal(size=5)
    weight = rng.random(150) if weighted else NONE
    v = extended(X, box, one)
    r = DERIVATIVES[loss](v @ coef / one, t)
    w = weight if weighted else np.ones(150)
    expected = (w[:, None] * clipped(r[:, None] * v, one)).sum(axis=0)
    total = gradient(X, t, box, coef, one, loss, 0.5, one, weight)
    np.testing.assert_allclose(total, expected, rtol=1e-7, atol=150)


@pytest.mark.parametrize("weighted", [False, True])
def test_softmax_agrees_with_its_twin(weighted, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 20), 2.0**20
    codes, coef = rng.integers(-1, 4, 150).astype(np.int32), rng.normal(size=(3, 5))
    weight = rng.random(150) if weighted else NONE
    v = extended(X, box, one)
    R = softmax(v @ coef.T / one, axis=1) - (codes[:, None] == np.arange(3))
    w = np.where((codes >= 0) & (codes < 3), weight if weighted else 1.0, 0.0)
    rows = clipped(R[:, :, None] * v[:, None, :], 0.7 * one)
    expected = (w[:, None, None] * rows).sum(axis=0)
    total = gradient_softmax(X, codes, box, coef, one, 0.7 * one, weight)
    np.testing.assert_allclose(total, expected, rtol=1e-7, atol=150)


def test_a_reach_beyond_one_is_not_cut(rng):
    X, t, reach = rng.normal(size=(150, 4)), rng.integers(0, 2, 150), [1, 200, 2, 0.5]
    one = 2.0 ** gradient_bits(4, reach)
    box, coef = box_of(4, np.log2(one)), rng.normal(size=5)
    box[3] *= reach
    v = extended(X, box, one)
    expected = clipped((expit(v @ coef / one) - t)[:, None] * v, one).sum(axis=0)
    arguments = X, t, box, coef, one, kernels.LOGISTIC, 0.0, one, NONE
    total = gradient(*arguments, np.array(reach))
    np.testing.assert_allclose(total, expected, rtol=1e-5, atol=150)
    R = softmax(v @ np.stack([0 * coef, coef]).T / one, axis=1) - np.eye(2)[t]
    expected = clipped(R[:, :, None] * v[:, None, :], one).sum(axis=0)
    coefs, codes = np.stack([0 * coef, coef]), t.astype(np.int32)
    total = gradient_softmax(X, codes, box, coefs, one, one, NONE, np.array(reach))
    np.testing.assert_allclose(total, expected, rtol=1e-5, atol=150)


hostile_numbers = st.sampled_from([0.0, 1.0, -1.0, 1e308, -1.7e308, 5e-324, 0.3])


@pytest.mark.parametrize("loss", DERIVATIVES)
@given(
    X=matrices(max_rows=1),
    target=hostile_numbers,
    size=st.sampled_from([0.0, 1e-300, 0.1, 3.0, 1e6, 1e200]),
    clip=st.floats(0.0, 2.0**36),
    weight=st.sampled_from([1.0, 0.999999, 1 / 3]),
    reach=st.sampled_from([1.0, 0.5, 256.0]),
    scale=st.sampled_from([1.0, 0.0, 1e-5, 1 / 3, 500.0, 1e300]),
)
def test_no_row_is_longer_than_clip(loss, X, target, size, clip, weight, reach, scale):
    d = X.shape[1]
    bits = gradient_bits(d, reach)
    coef = size * np.linspace(-1.0, 0.8, d + 1)
    t, w = np.array([target]), np.array([weight])
    box, one = box_of(d, bits), 2.0**bits
    box[3] *= reach
    task, scale = (loss, 1.0, clip), np.array([scale])
    total = gradient(X, t, box, coef, one, *task, w, reach, scale=scale)
    assert squared(total) <= exactly(clip) ** 2


@given(
    X=matrices(max_rows=1),
    n_classes=st.integers(1, 9),
    code=st.integers(-2, 10),
    size=st.sampled_from([0.0, 1e-300, 0.1, 3.0, 1e6, 1e200]),
    clip=st.floats(0.0, 2.0**36),
    scale=st.sampled_from([1.0, 0.0, 1e-5, 1 / 3, 500.0, 2.0**64]),
)
def test_no_row_of_softmax_is_longer_than_clip(X, n_classes, code, size, clip, scale):
    d = X.shape[1]
    bits = gradient_bits(d)
    coef = size * np.linspace(-1.0, 0.8, n_classes * (d + 1)).reshape(n_classes, -1)
    codes, box = np.array([code], dtype=np.int32), box_of(d, bits)
    task, scale = (2.0**bits, clip, NONE), np.array([scale])
    total = gradient_softmax(X, codes, box, coef, *task, scale=scale)
    assert squared(total) <= exactly(clip) ** 2


@pytest.mark.parametrize("n_classes", [2, 3])
def test_losses_are_scaled_before_they_are_clipped(n_classes, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 20), 2.0**20
    codes, coef = rng.integers(0, n_classes, 150), rng.normal(size=(n_classes, 5))
    scale = np.array([30.0, 0.3, 1.0])[codes]
    v = extended(X, box, one)
    R = softmax(v @ coef.T / one, axis=1) - (codes[:, None] == np.arange(n_classes))
    R *= scale[:, None]
    if n_classes == 2:
        expected = clipped(R[:, 1:] * v, one).sum(axis=0)
        coef, loss = coef[1] - coef[0], (kernels.LOGISTIC, 0.0)
        total = gradient(X, codes, box, coef, one, *loss, one, NONE, scale=scale)
    else:
        expected = clipped(R[:, :, None] * v[:, None, :], one).sum(axis=0)
        codes = codes.astype(np.int32)
        total = gradient_softmax(X, codes, box, coef, one, one, NONE, scale=scale)
    np.testing.assert_allclose(total, expected, rtol=1e-6, atol=150)


@given(
    st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=30),
    st.sampled_from([0.5, 1.0, 200.0]),
)
def test_margins_are_exact(coef, reach):
    one = 2.0 ** gradient_bits(len(coef) - 1, reach)
    grid, step = rounded_coef(np.array(coef), one, reach)
    longest = [int(one * reach)] * (len(coef) - 1) + [int(one)]
    assert sum(abs(int(v)) * q for v, q in zip(grid, longest, strict=True)) <= 2**52
    assert step == 0.0 or np.frexp(step)[0] == 0.5


def test_rounded_coefficients_are_close(rng):
    coef = rng.normal(size=21)
    grid, step = rounded_coef(coef, 2.0**20)
    np.testing.assert_allclose(grid * step * 2.0**20, coef, atol=1e-8)


def test_the_exponential_is_accurate_and_does_not_depend_on_its_place(rng):
    x = np.concatenate([rng.uniform(-700, 700, 2000), rng.normal(size=2000), [0.0]])
    out = np.empty_like(x)
    exponentials(x.copy(), x.size, out)
    np.testing.assert_allclose(out, np.exp(x), rtol=1e-13)
    alone = np.empty(1)
    for i in range(0, x.size, 97):
        exponentials(x[i : i + 1].copy(), 1, alone)
        assert alone[0] == out[i]


def test_the_exponential_cuts_its_argument():
    x, out = np.array([-1e300, 1e300, -np.inf, np.inf]), np.empty(4)
    exponentials(x, 4, out)
    np.testing.assert_allclose(out, np.exp([-700.0, 700.0, -700.0, 700.0]), rtol=1e-12)
