"""Public rows and coefficients: what they change, and what is said of them."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from scipy.optimize import minimize
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression

from skprivate import make_dp_pipeline, privacy_report
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import (
    DPElasticNet,
    DPElasticNetCV,
    DPGammaRegressor,
    DPHuberRegressor,
    DPLasso,
    DPLassoCV,
    DPLinearRegression,
    DPLinearSVC,
    DPLogisticRegression,
    DPPoissonRegressor,
    DPQuantileRegressor,
    DPRidge,
    DPRidgeCV,
    DPTweedieRegressor,
    PublicCoef,
    PublicRows,
)
from skprivate.linear_model._shrinkage import drawn_back
from skprivate.preprocessing import DPStandardScaler

rng = np.random.default_rng(0)
P = 8
TRUE = rng.normal(size=P) / 2
X = rng.normal(size=(20_000, P))
ETA = X @ TRUE
CLASSES = (ETA + rng.logistic(size=len(X)) > 0).astype(int)
TARGETS = ETA + rng.normal(size=len(X))
COUNTS = rng.poisson(np.exp(ETA / 2)).astype(float)
AMOUNTS = rng.gamma(4.0, np.exp(ETA / 2) / 4) + 1e-9
PUBLIC, FEW, TEST = slice(0, 300), slice(300, 800), slice(10_000, 20_000)
BOX, ENDS = (-5, 5), (-8, 8)
CASES = {  # model, target, parameters without public rows
    "logistic": (DPLogisticRegression(classes=[0, 1]), CLASSES, {}),
    "svc": (DPLinearSVC(classes=[0, 1]), CLASSES, {}),
    "linear": (DPLinearRegression(), TARGETS, {"target_bounds": ENDS}),
    "ridge": (DPRidge(), TARGETS, {"target_bounds": ENDS}),
    "lasso": (DPLasso(1e-3), TARGETS, {"target_bounds": ENDS}),
    "net": (DPElasticNet(1e-3), TARGETS, {"target_bounds": ENDS}),
    "ridges": (DPRidgeCV(), TARGETS, {"target_bounds": ENDS}),
    "lassos": (DPLassoCV(alphas=9), TARGETS, {"target_bounds": ENDS}),
    "nets": (DPElasticNetCV(alphas=9), TARGETS, {"target_bounds": ENDS}),
    "huber": (DPHuberRegressor(), TARGETS, {"target_bounds": ENDS}),
    "quantile": (DPQuantileRegressor(alpha=0), TARGETS, {"target_bounds": ENDS}),
    "poisson": (DPPoissonRegressor(1e-3), COUNTS, {"target_bounds": (0, 30)}),
    "gamma": (DPGammaRegressor(1e-3), AMOUNTS, {"target_bounds": (0, 30)}),
    "tweedie": (DPTweedieRegressor(alpha=1e-3), AMOUNTS, {"target_bounds": (0, 30)}),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def rows(y):
    return PublicRows(X[PUBLIC], y[PUBLIC])


def fitted(model, where, y, **params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clone(model).set_params(**params).fit(X[where], y[where])


@every_case
def test_few_private_rows_do_no_harm_to_many_public_ones(case):
    model, y, ends = case
    alone = fitted(model, PUBLIC, y, epsilon=np.inf, bounds=BOX, **ends)
    floor = alone.score(X[TEST], y[TEST]) - 0.1
    scores = [
        fitted(model, FEW, y, public=rows(y), random_state=seed).score(X[TEST], y[TEST])
        for seed in range(3)
    ]
    plain = fitted(model, FEW, y, bounds=BOX, random_state=0, **ends)
    assert np.mean(scores) > max(floor, plain.score(X[TEST], y[TEST]))


@every_case
def test_many_private_rows_correct_public_ones_that_are_wrong(case):
    model, y, ends = case
    wrong = PublicRows(-X[PUBLIC], y[PUBLIC])
    private = slice(300, 9300)
    plain = fitted(model, private, y, epsilon=np.inf, bounds=BOX, **ends)
    best = plain.score(X[TEST], y[TEST])
    scores = [
        fitted(model, private, y, public=wrong, random_state=seed, **ends).score(
            X[TEST], y[TEST]
        )
        for seed in range(3)
    ]
    assert np.mean(scores) > best - 0.04


@pytest.mark.parametrize("known", [False, True], ids=["coef", "rows"])
def test_without_noise_penalties_draw_to_public_coefficients(known):
    n, strength = 400, 30.0
    center = LogisticRegression(C=1 / strength, tol=1e-8).fit(
        X[PUBLIC], CLASSES[PUBLIC]
    )
    public = PublicCoef(center.coef_, center.intercept_)
    if known:
        public = rows(CLASSES)
    sides = 2 * CLASSES[:n] - 1

    def loss(v):
        value = np.logaddexp(0, -sides * (X[:n] @ v[:-1] + v[-1])).sum()
        difference = np.append(v[:-1] - center.coef_[0], 0.0)
        return value + strength / 2 * difference @ difference

    best = minimize(loss, np.zeros(P + 1), tol=1e-10).x
    model = DPLogisticRegression(1 / strength, classes=[0, 1], bounds=(-9, 9))
    model = fitted(model, slice(0, n), CLASSES, epsilon=np.inf, public=public)
    assert_allclose(np.append(model.coef_, model.intercept_), best, atol=2e-3)


def test_without_noise_a_ridge_draws_to_public_coefficients():
    n, strength = 400, 300.0
    center = rng.normal(size=P)
    model = DPRidge(strength, bounds=(-9, 9), target_bounds=(-20, 20))
    public = PublicCoef(center, 3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.set_params(epsilon=np.inf, public=public).fit(X[:n], TARGETS[:n])
    centered = X[:n] - X[:n].mean(axis=0)
    left = TARGETS[:n] - TARGETS[:n].mean() - centered @ center
    move = np.linalg.solve(
        centered.T @ centered + strength * np.eye(P), centered.T @ left
    )
    # Beside sampling, which draws back a little, by the rule of drawn_back.
    along = (model.coef_ - center) @ move / (move @ move)
    assert_allclose(model.coef_ - center, along * move, atol=1e-4)
    assert 0.9 < along <= 1.0


def test_what_noise_may_have_made_is_drawn_back():
    center, coef, unit = np.zeros(5), np.array([0.1, -0.2, 0.1, 0.0, 1.0]), np.eye(5)
    same, parts = drawn_back(center, coef, unit, 1e-9 * unit)
    assert_allclose(same, coef, atol=1e-6)
    assert min(parts) > 0.999
    back, parts = drawn_back(center, coef, unit, 0.1 * unit)
    assert parts == (0.0, pytest.approx(0.9))
    assert_allclose(back, [0, 0, 0, 0, 0.9])
    metric = np.eye(5)
    metric[-1, :-1] = metric[:-1, -1] = 0.3  # margins stay right in the mean
    back, parts = drawn_back(center, coef, metric, 1e-3 * unit)
    mean = metric[-1] @ coef * parts[1]
    assert metric[-1] @ back == pytest.approx(mean)


def test_reports_list_what_was_declared():
    model = fitted(CASES["ridge"][0], FEW, TARGETS, public=rows(TARGETS))
    said = "declared public, free of charge: PublicRows(300 rows, 8 columns)"
    assert said in repr(model.privacy_)
    assert "PublicRows(300 rows, 8 columns)" in repr(model)
    assert ("public", "PublicRows(300 rows, 8 columns)") in privacy_report(model).fits[
        0
    ].declared
    assert not model.privacy_.assumed
    assert model.privacy_.epsilon() <= 1.0


def test_public_rows_ask_for_less():
    asked = {}
    for name, public in (("plain", None), ("public", rows(CLASSES))):
        model = fitted(CASES["logistic"][0], FEW, CLASSES, public=public)
        asked[name] = [row["query"] for row in model.privacy_.rows()]
    assert asked["public"] == ["ClassCounts", "LogisticGradient"]
    assert len(asked["plain"]) == 4


def test_it_is_one_value_that_shows_no_row():
    public = rows(CLASSES)
    model = DPLogisticRegression(public=public)
    assert clone(model).public is public
    again = pickle.loads(pickle.dumps(public))
    assert np.array_equal(again.X, public.X)
    kept = X[:3].copy()
    public = PublicRows(kept, [0, 1, 0])
    kept[:] = 7
    assert not (public.X == 7).any()
    assert repr(PublicCoef([1.0, 2.0], 3)) == "PublicCoef(2 columns)"


def test_it_is_given_as_the_model_sees_rows():
    scaled = PublicRows(X[PUBLIC] / 2, CLASSES[PUBLIC])
    head = DPLogisticRegression(public=scaled, classes=[0, 1], random_state=0)
    scaler = DPStandardScaler(bounds=BOX, random_state=0)
    model = make_dp_pipeline(scaler, head, epsilon=1.0)
    model.fit(X[300:2300], CLASSES[300:2300])
    assert model.score(X[TEST], CLASSES[TEST]) > 0.6
    assert "declared public" in repr(model.privacy_)


def test_several_classes_and_sparse_public_rows():
    codes = np.digitize(ETA, [-0.5, 0.5])
    public = PublicRows(sparse.csr_array(X[PUBLIC]), codes[PUBLIC])
    known = LogisticRegression().fit(X[PUBLIC], codes[PUBLIC])
    for told in (public, PublicCoef(known.coef_, known.intercept_)):
        model = DPLogisticRegression(classes=[0, 1, 2], public=told, random_state=0)
        model = fitted(model, FEW, codes, bounds=BOX)
        assert model.score(X[TEST], codes[TEST]) > 0.8


def test_texts_start_from_public_coefficients():
    wide = sparse.random(1000, 3000, 0.01, format="csr", random_state=0)
    wide.data[:] = 0.2
    truth = np.zeros(3000)
    truth[:1500] = 10.0
    y = (wide @ truth > np.median(wide @ truth)).astype(int)
    public = PublicCoef(truth / 2, -np.median(wide @ truth) / 2)
    model = DPLogisticRegression(classes=[0, 1], row_norm=1.5, random_state=0)
    model.set_params(public=public).fit(wide[:300], y[:300])
    assert model.score(wide[300:], y[300:]) > 0.85


@pytest.mark.parametrize("name", ["logistic", "svc", "ridge", "lasso"])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_a_constant_is_refused_where_a_model_has_none(name, delta):
    """It would stand in the way of coefficients, and vanish in the end."""
    model, y, ends = CASES[name]
    model = clone(model).set_params(fit_intercept=False, bounds=BOX, delta=delta)
    model.set_params(**ends, public=PublicCoef(np.ones(P), 3.0))
    with PrivacyLedger(1.0, 1e-5) as ledger:
        with pytest.raises(ValueError, match="public has an intercept"):
            model.fit(X[FEW], y[FEW])
        assert not ledger.records
    for public in (PublicCoef(np.ones(P)), rows(y)):
        assert fitted(model, FEW, y, public=public).intercept_ == 0.0


REFUSED = {
    "neither": ((X[PUBLIC], CLASSES[PUBLIC]), TypeError, "public is neither"),
    "width": (PublicRows(X[PUBLIC, :3], CLASSES[PUBLIC]), ValueError, "number of col"),
    "labels": (PublicRows(X[PUBLIC], CLASSES[PUBLIC] + 5), ValueError, "none of the"),
    "margins": (PublicCoef(np.ones((3, P))), ValueError, "rows of coefficients"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_before_the_ledger_is_charged(case):
    public, kind, text = case
    model = DPLogisticRegression(public=public, classes=[0, 1], bounds=BOX)
    with PrivacyLedger(1.0, 1e-5) as ledger:
        with pytest.raises(kind, match=text):
            model.fit(X[FEW], CLASSES[FEW])
        assert not ledger.records


@every_case
def test_huge_public_coefficients_give_finite_models(case):
    model, y, ends = case
    public = PublicCoef(np.full(P, 1e30), 1e30)
    model = fitted(model, FEW, y, public=public, bounds=(-1e30, 1e30), **ends)
    assert np.isfinite(model.coef_).all()
    assert np.isfinite(model.predict(X[:9])).all()


def test_names_must_be_those_of_the_private_rows():
    names = [f"c{j}" for j in range(P)]
    private = pd.DataFrame(X[FEW], columns=names)
    other = pd.DataFrame(X[PUBLIC], columns=names[::-1])
    public = PublicRows(other, CLASSES[PUBLIC])
    model = DPLogisticRegression(public=public, classes=[0, 1], bounds=BOX)
    with pytest.raises(ValueError, match="other names"):
        model.fit(private, CLASSES[FEW])


def test_bad_values_are_refused_when_they_are_made():
    with pytest.raises(ValueError, match="as many targets as rows"):
        PublicRows(X[:3], [0, 1])
    with pytest.raises(ValueError, match="NaN"):
        PublicRows([[np.nan]], [0])
    with pytest.raises(ValueError, match="no finite number"):
        PublicCoef([1.0, np.inf])
    for make in (
        lambda v: PublicRows([[v]], [0]),
        lambda v: PublicRows(sparse.csr_array([[-v]]), [0]),
        lambda v: PublicRows([[0]], [v]),
        lambda v: PublicCoef([1.0], -v),
    ):
        make(1e30)
        with pytest.raises(ValueError, match="larger than 1e"):
            make(1e31)
    with pytest.raises(ValueError, match="not one of each row"):
        PublicCoef(np.ones((3, 2)), [1.0, 2.0])
    with pytest.raises(ValueError, match="positive=True"):
        fitted(DPRidge(positive=True), FEW, TARGETS, public=rows(TARGETS))


def test_paths_go_on_from_public_coefficients():
    known = LinearRegression().fit(X[PUBLIC], TARGETS[PUBLIC])
    public = PublicCoef(known.coef_, known.intercept_)
    model = fitted(
        DPLasso(0.01), slice(300, 3300), TARGETS, public=public, bounds=BOX,
        target_bounds=ENDS, random_state=0,
    )  # fmt: skip
    coefs, intercepts = model.path([100.0, 0.01])
    assert_allclose(coefs[:, 0], known.coef_, atol=1e-8)  # all penalty, no difference
    assert_allclose(coefs[:, 1], model.coef_)
    assert_allclose(intercepts[1], model.intercept_)
