"""Training for the worst rows within a radius: as in closed form, row by row."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize

from skprivate.base import Box
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression, PublicCoef
from skprivate.losses import Logistic, SquaredHinge
from skprivate.queries import LossGradient
from skprivate.queries._adversarial import AdversarialGradient

rng = np.random.default_rng(0)
N, P = 3000, 5
X = rng.normal(size=(N, P)) * [1, 2, 0.5, 1, 3]
Y = (X @ [1, 0.5, -1, 0.2, 0] + rng.normal(size=N) > 0).astype(int)
SIDE = 2 * Y - 1
DUAL = {np.inf: lambda w: np.abs(w).sum(), 2: np.linalg.norm}
LOSSES = {
    DPLogisticRegression: lambda m: np.logaddexp(0, -m),
    DPLinearSVC: lambda m: np.maximum(0, 1 - m) ** 2,
}
every_model = pytest.mark.parametrize("cls", LOSSES)
every_norm = pytest.mark.parametrize("norm", DUAL)
NONE = np.empty(0)


def fitted(cls, **params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cls(classes=[0, 1], bounds=(-15, 15), **params).fit(X, Y)


def worst_margins(v, norm, radius):
    """Margins of classes after the attack, in closed form."""
    return SIDE * (X @ v[:-1] + v[-1]) - radius * DUAL[norm](v[:-1])


def objective(cls, norm, radius):
    def value(v):
        return LOSSES[cls](worst_margins(v, norm, radius)).sum() + v[:-1] @ v[:-1] / 2

    return value


def weights_of(model):
    return np.append(model.coef_, model.intercept_)


@every_model
@every_norm
@pytest.mark.parametrize("radius", [0.05, 0.3])
def test_without_noise_it_is_the_best_worst_case(cls, norm, radius):
    value = objective(cls, norm, radius)
    start = weights_of(fitted(cls, epsilon=np.inf))
    best = min(minimize(value, start, method=m).fun for m in ("Powell", "BFGS"))
    model = fitted(cls, epsilon=np.inf, adversarial=(norm, radius))
    slack = 1e-6 if norm == 2 else 1e-2  # where the norm has corners they are rounded
    assert value(weights_of(model)) <= best * (1 + slack)


@every_norm
@pytest.mark.parametrize(
    ("l1_ratio", "public"), [(0.5, PublicCoef(np.full((1, P), 0.5))), (1.0, None)]
)
def test_without_noise_it_is_the_best_beside_corners(norm, l1_ratio, public):
    radius, C = 0.3, 0.01
    center = 0.0 if public is None else 0.5

    def value(v):
        far, w = v[:-1] - center, v[:-1]
        loss = C * np.logaddexp(0, -worst_margins(v, norm, radius)).sum()
        return loss + (1 - l1_ratio) / 2 * far @ far + l1_ratio * np.abs(w).sum()

    params = {"adversarial": (norm, radius), "epsilon": np.inf, "public": public}
    model = fitted(DPLogisticRegression, C=C, l1_ratio=l1_ratio, **params)
    start = weights_of(model)
    best = min(minimize(value, v, method="Powell").fun for v in (start, 0 * start))
    assert value(start) <= best * (1 + (2e-3 if norm == 2 else 1e-2))


@every_model
@every_norm
def test_with_noise_it_withstands_more_than_a_plain_fit(cls, norm):
    radius = 0.4
    plain, trained = (
        np.mean(
            [
                worst_margins(
                    weights_of(fitted(cls, adversarial=adversarial, random_state=seed)),
                    norm,
                    radius,
                )
                > 0
                for seed in range(3)
            ]
        )
        for adversarial in (None, (norm, radius))
    )
    assert trained > plain + 0.02


def query(loss=None, clip=1e4, move=None, by_class=None):
    reach = np.full(P, 3.0)
    box = Box.between(np.full(P, -15.0), np.full(P, 15.0), LossGradient.bits(reach))
    move = np.linspace(-0.5, 1, P) if move is None else move
    coef = np.linspace(1, -1, P + 1)
    loss = loss or Logistic()
    return AdversarialGradient(box, coef, clip, by_class, loss=loss, move=move)


@pytest.mark.parametrize("loss", [Logistic(), SquaredHinge()], ids=["log", "hinge"])
def test_it_is_the_gradient_of_moved_rows(loss):
    asked = query(loss, by_class=np.array([1.0, 2.0]))
    asked.check(P)
    moved = X - SIDE[:, np.newaxis] * asked.move
    plain = LossGradient(asked.box, asked.coef, 1e4, asked.by_class, loss=loss)
    total = asked(X, Y.astype(np.int32), NONE) * asked.step
    expected = plain(moved, Y.astype(np.int32), NONE) * plain.step
    assert_allclose(total, expected, atol=1e-3 * N)


def test_a_row_adds_no_more_than_the_bound_whatever_it_is():
    asked = query(SquaredHinge(), clip=0.5)
    hostile = np.array([[1e300] * P, [-1e300] * P, [15.0] * P, [0.0] * P, [np.nan] * P])
    for row in hostile:
        for label in (-1, 0, 1, 2):
            codes = np.array([label], dtype=np.int32)
            alone = asked(row[np.newaxis], codes, NONE)
            assert np.linalg.norm(alone) <= asked.levels


def test_rows_add_up_and_units_too():
    asked, codes = query(clip=0.5), Y[:200].astype(np.int32)
    alone = [asked(X[[i]], codes[[i]], NONE) for i in range(200)]
    assert_array_equal(asked(X[:200], codes, NONE), np.sum(alone, axis=0))
    units = np.repeat(np.arange(50), 4)
    by_unit = asked.by_unit(X[:200], codes, NONE, units)
    assert_array_equal(by_unit, np.reshape(alone, (50, 4, -1)).sum(axis=1))


def test_moves_that_make_no_sense_are_refused():
    for move in (np.ones(P + 1), np.full(P, np.nan), np.full(P, 1e6)):
        with pytest.raises(ValueError, match="cannot be asked"):
            query(move=move).check(P)


BAD = {
    "norm": ((1, 0.1), ValueError, "a norm, 2 or inf"),
    "radius": ((2, 0.0), ValueError, "a positive number"),
    "nan": ((2, np.nan), ValueError, "a positive number"),
    "text": (("inf", 0.1), TypeError, "no pair of numbers"),
    "number": (0.1, TypeError, "no pair of numbers"),
}


@every_model
@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_bad_pairs_are_refused_before_the_ledger_is_charged(cls, case):
    adversarial, kind, text = case
    with PrivacyLedger(1.0, 1e-5) as ledger:
        with pytest.raises(kind, match=text):
            fitted(cls, adversarial=adversarial)
        assert not ledger.records


def test_what_has_no_closed_form_is_refused():
    model = DPLogisticRegression(classes=[0, 1, 2], adversarial=(2, 0.1))
    with pytest.raises(ValueError, match="for two classes"):
        model.fit(X, Y)
    model = DPLogisticRegression(classes=[0, 1], adversarial=(2, 0.1))
    with pytest.raises(ValueError, match="at most 1024 features"):
        model.fit(np.zeros((4, 1025)), [0, 1, 0, 1])


@every_model
@every_norm
@pytest.mark.parametrize("radius", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("bounds", [(-4, 4), (0, 1e-290), (-1e30, 1e30), (2, 2)])
def test_odd_radii_give_finite_models(cls, norm, radius, bounds):
    for delta in (1e-6, 0.0):
        model = cls(bounds=bounds, classes=[0, 1], delta=delta, random_state=0)
        model.set_params(adversarial=(norm, radius)).fit(X[:50], Y[:50])
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.decision_function(X[:9])).all()
