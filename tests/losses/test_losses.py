"""Losses: derivatives of their values, bounds, and the bits of the kernels."""

import numpy as np
import pytest
from numba import njit
from sklearn.metrics import mean_tweedie_deviance

from skprivate import kernels
from skprivate.base import Box
from skprivate.kernels._losses import residuals
from skprivate.losses import (
    Gamma,
    Hinge,
    Huber,
    Logistic,
    Multinomial,
    OneVsRest,
    Poisson,
    Quantile,
    Squared,
    SquaredHinge,
    Tweedie,
    kernel_task,
    largest_gradient,
    loss_problems,
)
from skprivate.queries import LogisticGradient, LossGradient
from tests.kernels.hostile import NONE

LOSSES = {
    "logistic": Logistic(),
    "hinge": SquaredHinge(),
    "cut hinge": Hinge(1.5),
    "squared": Squared(),
    "huber": Huber(0.7),
    "quantile": Quantile(0.8),
    "poisson": Poisson(),
    "gamma": Gamma(),
    "tweedie": Tweedie(1.3),
    "tweedie, near gamma": Tweedie(1.9),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


@njit
def compiled(loss, param, margins, targets):
    """What only kernels can call."""
    work = np.empty_like(margins)
    residuals(loss, param, margins, targets, 0, len(margins), work)


def rows(rng, n=257):
    return 2.0 * rng.normal(size=n), rng.integers(0, 2, n).astype(float)


@every_loss
def test_gradient_has_the_bits_of_the_kernel(loss, rng):
    margin, target = rows(rng)
    margin[:4] = 1e300, -1e300, 0.0, -0.0
    expected = margin.copy()
    compiled(*kernel_task(loss), expected, target)
    assert np.array_equal(loss.gradient(margin, target), expected)


@every_loss
def test_derivatives_are_those_of_the_value(loss, rng):
    margin, target = rows(rng)
    target = target + (0.5 if loss.kernel in ("GAMMA", "POISSON", "TWEEDIE") else 0.0)
    h = 1e-5
    ends = loss.value(margin + h, target), loss.value(margin - h, target)
    slope = (ends[0] - ends[1]) / (2 * h)
    np.testing.assert_allclose(loss.gradient(margin, target), slope, atol=2e-5)
    g = loss.gradient(margin + h, target), loss.gradient(margin - h, target)
    near = np.abs(loss.curvature(margin, target) - (g[0] - g[1]) / (2 * h)) < 1e-4
    assert near.mean() > 0.97  # all but where a gradient is cut


@every_loss
def test_no_row_exceeds_a_bound(loss, rng):
    margin, target = rows(rng, 4000)
    margin *= 10.0 ** rng.integers(-3, 4, 4000)
    assert np.abs(loss.gradient(margin, target)).max() <= loss.gradient_bound
    curvature = loss.curvature(margin, target)
    assert 0.0 <= curvature.min() <= curvature.max() <= loss.curvature_bound
    low, high = margin.min() / 1e3, margin.max() / 1e3
    inside = np.clip(margin, low, high)
    limit = largest_gradient(loss, (low, high), (0.0, 1.0)) * (1 + 1e-12)
    assert np.abs(loss.gradient(inside, target)).max() <= limit


@every_loss
def test_links_are_inverses(loss):
    mean = np.array([0.1, 0.4, 0.9])
    np.testing.assert_allclose(loss.inverse_link(loss.link(mean)), mean, rtol=1e-12)


@every_loss
def test_a_row_has_no_company(loss, rng):
    margin, target = rows(rng)
    alone = [loss.gradient(margin[i : i + 1], target[i : i + 1])[0] for i in range(257)]
    assert np.array_equal(loss.gradient(margin, target), alone)


def test_multinomial(rng):
    loss, margin = Multinomial(4), 3.0 * rng.normal(size=(300, 4))
    codes = rng.integers(-1, 5, 300)
    known = (codes >= 0) & (codes < 4)
    gradient = loss.gradient(margin, codes)
    assert not gradient[~known].any()
    assert np.linalg.norm(gradient, axis=1).max() <= loss.gradient_bound + 1e-12
    h = 1e-6 * np.eye(4)
    slope = [
        (loss.value(margin + e, codes) - loss.value(margin - e, codes)) / 2e-6
        for e in h
    ]
    np.testing.assert_allclose(gradient, np.transpose(slope), atol=1e-7)
    mean = loss.inverse_link(margin)
    np.testing.assert_allclose(loss.inverse_link(loss.link(mean)), mean, rtol=1e-10)
    alone = [loss.gradient(margin[[i]], codes[[i]])[0] for i in range(300)]
    assert np.array_equal(gradient, alone)
    assert (loss.curvature(margin, codes) <= 0.25).all()


@pytest.mark.parametrize("delta", [0.8, 2.0**64])
def test_one_versus_rest_is_a_hinge_of_each_class(delta, rng):
    loss, margin = OneVsRest(3, delta), 3.0 * rng.normal(size=(300, 3))
    codes = rng.integers(-1, 4, 300)
    known = (codes >= 0) & (codes < 3)
    gradient, value = loss.gradient(margin, codes), 0.0
    assert not gradient[~known].any()
    for k in range(3):
        one, is_class = Hinge(delta), (codes == k).astype(float)
        expected = np.where(known, one.gradient(margin[:, k], is_class), 0.0)
        assert np.array_equal(gradient[:, k], expected)
        value = value + one.value(margin[:, k], is_class)
    np.testing.assert_allclose(loss.value(margin, codes)[known], value[known])
    assert not loss.value(margin, codes)[~known].any()
    assert np.linalg.norm(gradient, axis=1).max() <= loss.gradient_bound * (1 + 1e-12)
    mean = np.array([[0.2, 0.5, 0.3]])
    np.testing.assert_allclose(loss.inverse_link(loss.link(mean)), mean)
    np.testing.assert_allclose(loss.inverse_link([[-2.0, -3.0, -1.5]]), 1 / 3)
    assert set(np.unique(loss.curvature(margin, codes))) == {0.0, 1.0}


@every_loss
def test_one_query_over_losses(loss, rng):
    X, target = rng.random((50, 3)), rng.integers(0, 2, 50).astype(float)
    box = Box.between(np.zeros(3), np.ones(3), LossGradient.bits(np.ones(3)))
    query = LossGradient(box, rng.normal(size=4), 1.5, loss=loss)
    query.check(3)
    assert query.name == f"{type(loss).__name__}Gradient"
    z = (X - box.center) / box.half
    v = np.column_stack([z, np.ones(50)])
    g = loss.gradient(v @ query.coef, target)[:, None] * v
    g *= 1.5 / np.maximum(np.linalg.norm(g, axis=1), 1.5)[:, None]
    total = query(X, target, NONE) * query.step
    np.testing.assert_allclose(total, g.sum(axis=0), atol=1e-3)


def test_classes_have_one_gradient_by_two_names(rng):
    X, codes = rng.random((50, 3)), rng.integers(0, 3, 50).astype(np.int32)
    box = Box.between(np.zeros(3), np.ones(3), LossGradient.bits(np.ones(3)))
    many = rng.normal(size=(3, 4))
    old = LogisticGradient(box, many, 1.0)
    new = LossGradient(box, many, 1.0, loss=Multinomial(3))
    assert np.array_equal(old(X, codes, NONE), new(X, codes, NONE))
    assert old.name == "LogisticGradient"


@pytest.mark.parametrize(
    ("coef", "loss"),
    [
        (np.ones(4), Huber(-1.0)),
        (np.ones(4), Huber(np.nan)),
        (np.ones(4), Quantile(1.0)),
        (np.ones(4), Tweedie(1.0)),
        (np.ones(4), Tweedie(2.0)),
        (np.ones(4), Tweedie(np.nan)),
        (np.ones(4), "LOGISTIC"),
        (np.ones(4), None),
        (np.ones(4), Multinomial(3)),
        (np.ones(4), Huber(None)),
        (np.ones(4), Hinge(0.0)),
        (np.ones(4), OneVsRest(3)),
        (np.ones(4), type("Other", (), {"kernel": "HUBER", "param": 1.0})()),
        (np.ones((3, 4)), Multinomial(4)),
        (np.ones((3, 4)), OneVsRest(4)),
        (np.ones((3, 4)), OneVsRest(3, -1.0)),
        (np.ones((3, 4)), OneVsRest(3, 2.0**70)),
        (np.ones((3, 4)), OneVsRest(3.0)),
        (np.ones((3, 4)), Huber(1.0)),
    ],
)
def test_a_loss_that_makes_no_sense_is_refused(coef, loss):
    box = Box.between(np.zeros(3), np.ones(3), 10)
    with pytest.raises(ValueError, match="cannot be asked"):
        LossGradient(box, coef, 1.0, loss=loss).check(3)


def test_kernels_know_every_loss():
    numbers = [kernel_task(loss)[0] for loss in LOSSES.values()]
    assert sorted({*numbers}) == list(range(9))
    assert kernel_task(Huber(0.5)) == (kernels.HUBER, 0.5)
    assert not any(list(loss_problems(loss)) for loss in LOSSES.values())


def test_tweedie_is_that_of_scikit_learn(rng):
    """Twice the difference of its values is that of the deviances."""
    margin, target = (
        rng.normal(size=50),
        rng.gamma(1.0, size=50) * (rng.random(50) > 0.4),
    )
    for power in (1.1, 1.5, 1.9):
        loss = Tweedie(power)
        ends = [
            mean_tweedie_deviance(target, np.exp(m), power=power)
            for m in (margin, margin / 2)
        ]
        value = loss.value(margin, target) - loss.value(margin / 2, target)
        assert 2 * value.mean() == pytest.approx(ends[0] - ends[1])
    ends = Poisson().gradient(margin, target), Gamma().gradient(margin, target)
    near = (Tweedie(power).gradient(margin, target) for power in (1 + 1e-9, 2 - 1e-9))
    for one, other in zip(ends, near, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
