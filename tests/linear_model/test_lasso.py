"""Linear models with corners, from moments: scikit-learn's without noise."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import linear_model as theirs

from skprivate.linear_model import (
    DPElasticNet,
    DPElasticNetCV,
    DPLasso,
    DPLassoCV,
    DPLinearRegression,
    DPRidge,
    DPRidgeCV,
)
from skprivate.linear_model._penalized import cornered_solution

rng = np.random.default_rng(0)
X = rng.normal(size=(3000, 6)) * [1, 10, 0.1, 1, 1, 3] + [0, 50, 0, -3, 0, 0]
X[:, 4] += 0.9 * X[:, 3]
Y = X @ [1, 0.2, -5, 0, 0.5, 0.3] + 7 + rng.normal(size=len(X))
FACTS = {
    "bounds": (X.min(axis=0) - 1, X.max(axis=0) + 1),
    "target_bounds": (Y.min() - 1, Y.max() + 1),
}
POSITIVE = {"positive": True}
WITHOUT = {"fit_intercept": False}
EXACT = {"tol": 1e-10, "max_iter": 100_000}


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize(
    ("ours", "namesake", "options"),
    [
        (DPLinearRegression, theirs.LinearRegression, {}),
        (DPLinearRegression, theirs.LinearRegression, WITHOUT),
        (DPLinearRegression, theirs.LinearRegression, POSITIVE),
        (DPRidge, theirs.Ridge, {"alpha": 10.0, **POSITIVE}),
        (DPLasso, theirs.Lasso, {"alpha": 0.1}),
        (DPLasso, theirs.Lasso, {"alpha": 0.02, **POSITIVE}),
        (DPLasso, theirs.Lasso, {"alpha": 0.1, **WITHOUT}),
        (DPElasticNet, theirs.ElasticNet, {"alpha": 0.1}),
        (DPElasticNet, theirs.ElasticNet, {"alpha": 0.1, "l1_ratio": 0.9, **POSITIVE}),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_without_noise_they_are_scikit_learns(ours, namesake, options, weighted):
    weight = rng.random(len(X)) if weighted else None
    model = ours(epsilon=np.inf, **FACTS, **options).fit(X, Y, sample_weight=weight)
    exact = EXACT if "alpha" in options and namesake is not theirs.Ridge else {}
    twin = namesake(**options, **exact).fit(X, Y, sample_weight=weight)
    scale = np.abs(twin.coef_ * X.std(axis=0)).max()
    error = (model.coef_ - twin.coef_) * X.std(axis=0)
    assert np.abs(error).max() < 1e-3 * scale
    assert_array_equal(model.coef_ == 0, twin.coef_ == 0)
    assert_allclose(model.predict(X), twin.predict(X), atol=0.02)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize(
    ("ours", "namesake", "options"),
    [
        (DPLassoCV, theirs.LassoCV, {}),
        (DPLassoCV, theirs.LassoCV, {"alphas": [0.01, 0.3, 5.0]}),
        (DPElasticNetCV, theirs.ElasticNetCV, {"l1_ratio": [0.2, 0.9]}),
        (DPElasticNetCV, theirs.ElasticNetCV, {"l1_ratio": 0.7, "eps": 0.01}),
    ],
)
def test_without_noise_they_choose_as_folds_do(ours, namesake, options):
    model = ours(epsilon=np.inf, **FACTS, **options).fit(X, Y)
    twin = namesake(**options).fit(X, Y)
    assert model.alphas_.shape == twin.alphas_.shape
    assert model.validation_errors_.shape == twin.mse_path_.shape[:-1]
    assert_allclose(model.alphas_, twin.alphas_, rtol=1e-3)
    assert getattr(model, "l1_ratio_", 1) == getattr(twin, "l1_ratio_", 1)
    assert model.validation_error_ == model.validation_errors_.min()
    errors = twin.mse_path_.mean(axis=-1)
    assert_allclose(model.validation_errors_, errors, rtol=0.02)
    assert_allclose(model.coef_, twin.coef_, atol=0.02 * np.abs(twin.coef_).max())


def test_the_choice_costs_nothing():
    one = DPLasso(**FACTS).fit(X, Y).privacy_
    for model in (DPLassoCV(**FACTS), DPElasticNetCV([0.1, 1.0], **FACTS)):
        many = model.fit(X, Y).privacy_
        assert many.events == one.events
        assert [r.query for r in many.releases] == [r.query for r in one.releases]


def test_at_epsilon_one_a_choice_of_few_features_beats_all_of_them():
    many = rng.normal(size=(5000, 40))
    target = many[:, 0] - many[:, 1] + rng.normal(size=len(many))
    facts = {"bounds": (-5, 5), "target_bounds": (-10, 10)}
    true = np.zeros(40)
    true[:2] = 1, -1

    def far(model):
        return np.sum((model.fit(many, target).coef_ - true) ** 2)

    few = [far(DPLassoCV(**facts)) for _ in range(5)]
    all_of_them = [far(DPLinearRegression(**facts)) for _ in range(5)]
    assert np.mean(few) < 0.8 * np.mean(all_of_them)


@pytest.mark.parametrize(
    "cls", [DPRidge, DPRidgeCV, DPLasso, DPLassoCV, DPElasticNet, DPElasticNetCV]
)
def test_a_path_holds_the_fit_and_costs_nothing(cls):
    model = cls(**FACTS, random_state=0).fit(X, Y)
    before = model.privacy_.events
    chosen = getattr(model, "alpha_", 1.0)
    coefs, intercepts = model.path([0.01, chosen, 100.0])
    assert coefs.shape == (6, 3)
    assert model.privacy_.events == before
    assert_allclose(coefs[:, 1], model.coef_, rtol=1e-6, atol=1e-12)
    assert intercepts[1] == pytest.approx(float(model.intercept_))


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("cls", [DPRidge, DPLasso, DPElasticNet])
def test_a_path_is_what_other_fits_find(cls):
    coefs, intercepts = cls(epsilon=np.inf, **FACTS).fit(X, Y).path([5.0, 0.01])
    for alpha, coef, intercept in zip([5.0, 0.01], coefs.T, intercepts, strict=True):
        other = cls(alpha, epsilon=np.inf, **FACTS).fit(X, Y)
        assert_allclose(coef, other.coef_, rtol=1e-6, atol=1e-12)
        assert intercept == pytest.approx(float(other.intercept_))


@pytest.mark.parametrize("seed", range(20))
def test_solutions_meet_the_conditions_of_the_optimum(seed):
    """Karush, Kuhn and Tucker; columns are collinear for every other seed."""
    some = np.random.default_rng(seed)
    rows = some.normal(size=(30, 12))
    if seed % 2:
        rows[:, 6:] = rows[:, :6] @ some.normal(size=(6, 6))
    target = some.normal(size=30)
    gram, right = rows.T @ rows, rows.T @ target
    l1 = some.choice([0.0, 1.0, 5.0], 12)
    positive = some.random(12) < 0.3
    w = cornered_solution(gram, right, l1, positive)
    slopes = gram @ w - right
    assert (w[positive] >= 0).all()
    moved = w != 0
    assert_allclose(slopes[moved], -(l1 * np.sign(w))[moved], atol=1e-5)
    assert (-slopes <= l1 + 1e-5)[~moved].all()
    assert (-slopes >= -l1 - 1e-5)[~moved & ~positive].all()


@pytest.mark.parametrize("cls", [DPLinearRegression, DPLassoCV, DPElasticNet])
@pytest.mark.parametrize("epsilon", [0.01, np.inf])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(cls, epsilon, data):
    for positive in (False, True):
        for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
            options = {"bounds": bounds, "target_bounds": (0, 1), "positive": positive}
            model = cls(epsilon=epsilon, **options).fit(data, np.zeros(len(data)))
            assert np.isfinite(model.coef_).all()
            assert np.isfinite(model.intercept_)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("size", [1e-70, 1e-20, 1e20])
def test_a_feature_of_another_magnitude_does_not_disturb_others(size):
    odd = X * [1, 1, 1, 1, 1, size]
    bounds = odd.min(axis=0), odd.max(axis=0)
    facts = {"bounds": bounds, "target_bounds": FACTS["target_bounds"]}
    model = DPElasticNet(0.01, epsilon=np.inf, **facts).fit(odd, Y)
    scaled = X * [1, 1, 1, 1, 1, 0.0 if size < 1 else 1]
    unpenalized = DPElasticNet(0.01, epsilon=np.inf, **FACTS).fit(scaled, Y)
    assert np.isfinite(model.coef_).all()
    assert_allclose(model.coef_[:5], unpenalized.coef_[:5], rtol=0.01, atol=0.01)


@pytest.mark.parametrize(
    "model",
    [
        DPLasso(-1.0),
        DPLasso(positive="yes"),
        DPElasticNet(l1_ratio=1.5),
        DPLassoCV(alphas=[]),
        DPLassoCV(alphas=0),
        DPLassoCV(alphas=[1.0, -1.0]),
        DPLassoCV(eps=1.0),
        DPElasticNetCV([0.0, 1.0]),
        DPElasticNetCV([0.5, 2.0]),
        DPElasticNetCV([]),
    ],
    ids=repr,
)
def test_bad_parameters_are_refused_before_anything_is_paid(model):
    from skprivate.ledger import PrivacyLedger

    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(ValueError):
            model.fit(X[:50], Y[:50])
        assert ledger.spent() == 0


def test_a_path_refuses_penalties_that_are_none():
    model = DPLasso(**FACTS).fit(X, Y)
    for alphas in ([], [-1.0], [np.nan], ["much"]):
        with pytest.raises(ValueError, match="alphas"):
            model.path(alphas)
