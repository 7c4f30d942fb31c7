"""Gradients that are clipped in the 1-norm, and those of one class against the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from skprivate import kernels
from skprivate.base import Box
from skprivate.kernels import gradient, gradient_bits, gradient_softmax
from skprivate.losses import Hinge, Logistic, OneVsRest, SquaredHinge
from skprivate.queries import LossGradient
from tests.kernels.hostile import NONE, as_csr, box_of, exactly, matrices, on_grid

MOST = 2.0**64
SIZES = st.sampled_from([0.0, 1e-300, 0.1, 3.0, 1e6, 1e200])
SCALES = st.sampled_from([1.0, 0.0, 1e-5, 1 / 3, 500.0, MOST])


def clipped(rows, clip):
    """Rows (any shape) cut to a 1-norm, in floats."""
    length = np.abs(rows).reshape(len(rows), -1).sum(axis=1)
    factor = np.minimum(1.0, clip / np.maximum(length, 1e-300))
    return rows * factor.reshape(-1, *[1] * (rows.ndim - 1))


def extended(X, box, one):
    return np.column_stack([on_grid(X, box)[0], np.full(len(X), one)])


def length(total):
    """Exact 1-norm of integers in float64."""
    return sum(abs(int(v)) for v in np.ravel(total))


@pytest.mark.parametrize("weighted", [False, True])
def test_agrees_with_its_twin(weighted, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 20), 2.0**20
    t, coef = rng.integers(0, 2, 150).astype(float), rng.normal(size=5)
    weight = rng.random(150) if weighted else NONE
    v = extended(X, box, one)
    r = expit(v @ coef / one) - t
    w = weight if weighted else np.ones(150)
    expected = (w[:, None] * clipped(r[:, None] * v, one)).sum(axis=0)
    task = kernels.LOGISTIC, 0.0, one, weight
    total = gradient(X, t, box, coef, one, *task, norm=1)
    np.testing.assert_allclose(total, expected, rtol=1e-7, atol=150)


def slopes_of(margins, codes, hinge):
    is_class = codes[:, None] == np.arange(margins.shape[1])
    if not hinge:
        return softmax(margins, axis=1) - is_class
    s = np.where(is_class, 1.0, -1.0)
    return -s * np.clip(1 - s * margins, 0.0, hinge)


@pytest.mark.parametrize("norm", [1, 2])
@pytest.mark.parametrize("hinge", [0.0, 0.7, MOST])
def test_several_classes_agree_with_their_twin(norm, hinge, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 20), 2.0**20
    codes, coef = rng.integers(-1, 4, 150).astype(np.int32), rng.normal(size=(3, 5))
    v = extended(X, box, one)
    rows = slopes_of(v @ coef.T / one, codes, hinge)[:, :, None] * v[:, None, :]
    known = ((codes >= 0) & (codes < 3))[:, None, None]
    size = np.sum(np.abs(rows) ** norm, axis=(1, 2)) ** (1 / norm)
    rows *= known * np.minimum(1.0, 0.7 * one / size)[:, None, None]
    task = one, 0.7 * one, NONE
    total = gradient_softmax(X, codes, box, coef, *task, norm=norm, hinge=hinge)
    np.testing.assert_allclose(total, rows.sum(axis=0), rtol=1e-7, atol=150)


@pytest.mark.parametrize("loss", [kernels.LOGISTIC, kernels.SQUARED, kernels.HINGE])
@given(
    X=matrices(max_rows=1),
    target=st.sampled_from([0.0, 1.0, -1.7e308, 5e-324, 0.3]),
    size=SIZES,
    clip=st.floats(0.0, 2.0**36),
    weight=st.sampled_from([1.0, 0.999999, 1 / 3]),
    reach=st.sampled_from([1.0, 0.5, 256.0]),
    scale=SCALES,
)
def test_no_row_is_longer_than_clip(loss, X, target, size, clip, weight, reach, scale):
    d = X.shape[1]
    bits = gradient_bits(d, reach)
    coef = size * np.linspace(-1.0, 0.8, d + 1)
    t, w = np.array([target]), np.array([weight])
    box, one = box_of(d, bits), 2.0**bits
    box[3] *= reach
    task, scale = (loss, 1.0, clip), np.array([scale])
    total = gradient(X, t, box, coef, one, *task, w, reach, scale=scale, norm=1)
    assert length(total) <= exactly(clip)


@pytest.mark.parametrize("hinge", [0.0, 0.3, MOST])
@pytest.mark.parametrize("norm", [1, 2])
@given(
    X=matrices(max_rows=1),
    n_classes=st.integers(1, 9),
    code=st.integers(-2, 10),
    size=SIZES,
    clip=st.floats(0.0, 2.0**36),
    scale=SCALES,
)
def test_no_row_of_several_classes_is_longer(
    norm, hinge, X, n_classes, code, size, clip, scale
):
    d = X.shape[1]
    bits = gradient_bits(d)
    coef = size * np.linspace(-1.0, 0.8, n_classes * (d + 1)).reshape(n_classes, -1)
    codes, box = np.array([code], dtype=np.int32), box_of(d, bits)
    rest = {"scale": np.array([scale]), "norm": norm, "hinge": hinge}
    total = gradient_softmax(X, codes, box, coef, 2.0**bits, clip, NONE, **rest)
    size = sum(abs(int(v)) ** norm for v in total.ravel())
    assert size <= exactly(clip) ** norm


def query_of(loss, in_norm, rng):
    box = Box.around_ball(37, 1.0, 0.1, LossGradient.bits(np.broadcast_to(10.0, 37)))
    shape = 38 if loss.n_margins == 1 else (loss.n_margins, 38)
    coef = rng.normal(size=shape)
    return LossGradient(box, coef, 5.0, loss=loss, in_norm=in_norm)


LOSSES = [Logistic(), SquaredHinge(), Hinge(0.5), OneVsRest(4), OneVsRest(4, 0.5)]


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("in_norm", [1, 2])
def test_sparse_rows_and_sums_by_unit_are_the_same_integers(loss, in_norm, rng):
    X = rng.normal(size=(200, 37)) * (rng.random((200, 37)) < 0.15)
    X[3], X[4, 5], X[5, 0], X[6, 1] = 0.0, 1e300, np.inf, np.nan
    many = loss.n_margins > 1
    y = rng.integers(0, 2, 200).astype(np.int32 if many else float)
    query, weight = query_of(loss, in_norm, rng), rng.random(200)
    query.check(37)
    total = query(X, y, weight)
    assert total.any()
    np.testing.assert_array_equal(total, query(as_csr(X), y, weight))
    unit = rng.integers(0, 9, 200)
    np.testing.assert_array_equal(total, query.by_unit(X, y, weight, unit).sum(axis=0))


def test_the_query_tells_in_which_norm_it_clips(rng):
    assert query_of(Logistic(), 1, rng).l1_bound == 5.0
    assert query_of(Logistic(), 2, rng).l1_bound is None
    with pytest.raises(ValueError, match="in_norm"):
        query_of(Logistic(), 3, rng).check(37)
