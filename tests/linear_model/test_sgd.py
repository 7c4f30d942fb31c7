"""Linear models whose steps somebody may choose."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import linear_model as theirs
from sklearn.base import clone

from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import (
    DPLogisticRegression,
    DPSGDClassifier,
    DPSGDRegressor,
)

rng = np.random.default_rng(0)
N = 4000
X = rng.normal(size=(N, 5)) * [1, 3, 0.3, 1, 1] + [0, 5, 0, -2, 0]
SIGNAL = X @ [1.0, 0.3, -2.0, 0.0, 0.0] - 1.5
TWO = (SIGNAL + rng.logistic(size=N) > 0).astype(int)
THREE = np.digitize(SIGNAL + rng.logistic(size=N), [-1.0, 1.0])
Y = SIGNAL + rng.normal(size=N)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
ENDS = -15.0, 15.0
LOSSES = ["hinge", "log_loss", "modified_huber", "squared_hinge"]
STEPS = [
    {},
    {"max_iter": 30},
    {"max_iter": 30, "rate": 0.3},
    {"max_iter": 30, "learning_rate": (1.0, 0.5)},
    {"average": False},
    {"penalty": "l1", "alpha": 1e-3, "max_iter": 20},
]
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")


def classifier(loss="hinge", **params):
    return DPSGDClassifier(loss, bounds=BOUNDS, random_state=0, **params)


def regressor(loss="squared_error", **params):
    model = DPSGDRegressor(loss, bounds=BOUNDS, target_bounds=ENDS, random_state=0)
    return model.set_params(**params)


@no_noise
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_classifiers_without_noise_are_about_as_good_as_scikit_learns(loss, y):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    twin = theirs.SGDClassifier(loss, average=True, random_state=0).fit(Z, y)
    ours = classifier(loss, epsilon=np.inf).fit(X, y)
    assert ours.score(X, y) > twin.score(Z, y) - 0.04


@no_noise
@pytest.mark.parametrize(
    ("penalty", "alpha", "twin"),
    [
        ("l1", 0.1, theirs.Lasso(0.1)),
        ("elasticnet", 0.1, theirs.ElasticNet(0.1, l1_ratio=0.15)),
        ("l2", 0.1, theirs.Ridge(0.1 * N)),
        (None, 0.1, theirs.LinearRegression()),
    ],
)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_regressions_without_noise_minimize_what_they_say(
    penalty, alpha, twin, fit_intercept
):
    ours = regressor(penalty=penalty, alpha=alpha, fit_intercept=fit_intercept)
    ours.set_params(epsilon=np.inf).fit(X, Y)
    twin = clone(twin).set_params(fit_intercept=fit_intercept).fit(X, Y)
    assert_allclose(ours.coef_, twin.coef_, atol=2e-3)
    assert ours.intercept_ == pytest.approx(twin.intercept_, abs=1e-2)


@no_noise
@pytest.mark.parametrize("steps", [{"max_iter": 200}, {"max_iter": 200, "rate": 0.5}])
def test_many_plain_steps_arrive_where_clever_ones_do(steps):
    exact = DPLogisticRegression(1e4 / N, bounds=BOUNDS, epsilon=np.inf).fit(X, TWO)
    plain = classifier("log_loss", epsilon=np.inf, alpha=1e-4, **steps).fit(X, TWO)
    assert_allclose(plain.predict_proba(X), exact.predict_proba(X), atol=0.05)
    assert plain.n_iter_ == 200


@pytest.mark.parametrize("steps", STEPS, ids=repr)
@pytest.mark.parametrize("loss", ["hinge", "log_loss"])
def test_classifiers_at_epsilon_one_lose_little(steps, loss):
    best = theirs.LogisticRegression().fit(X, TWO).score(X, TWO)
    models = [classifier(loss, **steps).set_params(random_state=s) for s in range(3)]
    assert np.median([m.fit(X, TWO).score(X, TWO) for m in models]) > best - 0.03


@pytest.mark.parametrize("steps", STEPS, ids=repr)
@pytest.mark.parametrize("loss", ["squared_error", "huber"])
def test_regressions_at_epsilon_one_lose_little(steps, loss):
    best = theirs.LinearRegression().fit(X, Y).score(X, Y)
    models = [regressor(loss, **steps, random_state=s) for s in range(3)]
    assert np.median([m.fit(X, Y).score(X, Y) for m in models]) > best - 0.15


@pytest.mark.parametrize("steps", STEPS, ids=repr)
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_with_little_budget_nothing_diverges(steps, delta):
    """A margin of rows within the bounds is no longer than a few hundred."""
    models = classifier(epsilon=0.01, **steps), regressor(epsilon=0.01, **steps)
    for model, y in zip(models, (TWO, Y), strict=True):
        model.set_params(delta=delta).fit(X[:200], y[:200])
        margins = model.coef_ @ X.T
        assert np.isfinite(margins).all()
        assert np.abs(margins).max() < 1e4


@pytest.mark.parametrize("steps", [{}, {"max_iter": 7}, {"max_iter": 7, "rate": 0.2}])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_a_fit_spends_its_budget_and_says_on_what(steps, delta):
    for model, y in ((classifier(delta=delta), TWO), (regressor(delta=delta), Y)):
        model.set_params(**steps).fit(X, y)
        spent = model.privacy_.epsilon()  # of samples, no more than what was paid
        assert (0.8 if "rate" in steps else 0.999) < spent <= 1.0 + 1e-9
        names = [release.query for release in model.privacy_.releases]
        assert sum(name.endswith("Gradient") for name in names) == model.n_iter_
        assert "max_iter" not in steps or model.n_iter_ == 7


@pytest.mark.parametrize("loss", ["log_loss", "modified_huber"])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_probabilities(loss, y):
    model = classifier(loss).fit(X, y)
    p = model.predict_proba(X)
    assert p.shape == (N, len(np.unique(y)))
    assert_allclose(p.sum(axis=1), 1.0)
    assert p.min() >= 0
    assert np.mean(p.argmax(axis=1) == model.predict(X)) > 0.9  # sure of some both ways
    with np.errstate(divide="ignore"):
        assert_allclose(model.predict_log_proba(X), np.log(p))


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_hinges_have_no_probabilities(loss):
    assert not hasattr(classifier(loss), "predict_proba")
    assert not hasattr(classifier(loss), "predict_log_proba")


@pytest.mark.parametrize(
    ("model", "y"), [(classifier("log_loss"), TWO), (regressor(), Y)]
)
def test_batches_go_on_at_a_price_each(model, y):
    model = clone(model).set_params(max_iter=2, learning_rate=0.2)
    classes = {"classes": [0, 1]} if isinstance(model, DPSGDClassifier) else {}
    model.partial_fit(X[:2000], y[:2000], **classes)
    before = model.coef_.copy()
    model.partial_fit(X[2000:], y[2000:])
    assert model.privacy_.epsilon() > 1.2
    names = [release.query for release in model.privacy_.releases]
    assert any(name.startswith("fit 2: ") for name in names)
    alone = clone(model).fit(X[2000:], y[2000:])
    assert not np.allclose(model.coef_, alone.coef_)
    assert not np.allclose(model.coef_, before)


@no_noise
@pytest.mark.parametrize(
    ("model", "y"), [(classifier("log_loss"), TWO), (regressor(), Y)]
)
def test_a_warm_start_is_where_the_last_fit_ended(model, y):
    """One tiny step from the solution stays there."""
    model = clone(model).set_params(epsilon=np.inf, warm_start=True).fit(X, y)
    before = model.coef_.copy()
    model.set_params(max_iter=1, learning_rate=1e-6).fit(X, y)
    assert_allclose(model.coef_, before, atol=1e-3)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"loss": "perceptron"}, "loss"),
        ({"penalty": "l3"}, "penalty"),
        ({"alpha": -1.0}, "alpha"),
        ({"learning_rate": 1.5}, "learning_rate"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": "optimal"}, "learning_rate"),
        ({"learning_rate": (1.0,)}, "learning_rate"),
        ({"learning_rate": (1.0, "fast")}, "learning_rate"),
        ({"learning_rate": (2.0, 0.5)}, "learning_rate"),
        ({"learning_rate": (0.5, np.nan)}, "learning_rate"),
        ({"rate": 0.0}, "rate"),
        ({"max_iter": 0}, "max_iter"),
    ],
    ids=repr,
)
def test_bad_parameters_are_refused_before_anything_is_paid(params, match):
    for model in (classifier(classes=[0, 1]), regressor()):
        with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
            with pytest.raises((ValueError, TypeError), match=match):
                model.set_params(**params).fit(X, TWO)
            assert ledger.spent() == 0


def test_epsilon_insensitive_is_refused():
    with pytest.raises(ValueError, match="loss"):
        regressor("epsilon_insensitive").fit(X, Y)


@no_noise
@pytest.mark.parametrize("loss", ["squared_error", "huber"])
@pytest.mark.parametrize("threshold", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("epsilon", [0.1, np.inf])
def test_hard_targets_give_finite_models(loss, threshold, epsilon):
    ranges = [((0, 1), (0, 1e30)), ((2, 2), (0, 1e-9)), ((-1e30, 1e30), (0, 1))]
    for bounds, ends in ranges:
        model = regressor(loss, threshold=threshold, epsilon=epsilon)
        model.set_params(bounds=bounds, target_bounds=ends)
        for rows in (np.zeros((1, 3)), np.full((5, 3), 1e300), np.ones((50, 3))):
            model.fit(rows, np.full(len(rows), 1e300))
            assert np.isfinite(model.predict(rows)).all()


def test_targets_outside_of_the_bounds_count_as_the_ends():
    far = np.where(rng.random(N) < 0.1, 1e9, Y)
    models = [regressor().fit(X, y) for y in (far, np.clip(far, *ENDS))]
    assert_array_equal(models[0].coef_, models[1].coef_)
