"""Linear models by noisy gradients: as without noise, and close to it with noise."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import linear_model as theirs
from sklearn.base import clone
from sklearn.metrics import d2_pinball_score
from sklearn.svm import LinearSVC

from skprivate.base import Box
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import (
    DPGammaRegressor,
    DPHuberRegressor,
    DPLinearSVC,
    DPLogisticRegression,
    DPPoissonRegressor,
    DPQuantileRegressor,
    DPTweedieRegressor,
)
from skprivate.losses import Huber, Logistic, Poisson
from skprivate.queries import LossGradient

rng = np.random.default_rng(0)
N = 8000
X = rng.normal(size=(N, 6)) * [1, 10, 0.1, 1, 1, 3] + [0, 50, 0, -3, 0, 0]
ETA = X @ [0.3, 0.03, -2, 0, 0.2, 0.1] - 1
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
COUNTS = rng.poisson(np.exp(ETA)).astype(float)
AMOUNTS = rng.gamma(2.0, np.exp(ETA) / 2) + 1e-9
COSTS = rng.poisson(1.0, N) * rng.gamma(2.0, np.exp(ETA) / 2)
WILD = ETA + 0.5 * rng.standard_t(2, size=N)
CLASSES = (ETA - 0.5 + 0.5 * rng.normal(size=N) > 0).astype(int)
NUMBERS = [
    DPGammaRegressor,
    DPHuberRegressor,
    DPPoissonRegressor,
    DPQuantileRegressor,
    DPTweedieRegressor,
]
LOG_LINKS = [
    (DPPoissonRegressor(0.5), theirs.PoissonRegressor(alpha=0.5), COUNTS),
    (DPGammaRegressor(0.1), theirs.GammaRegressor(alpha=0.1), AMOUNTS),
    (
        DPTweedieRegressor(1.3, alpha=0.1),
        theirs.TweedieRegressor(power=1.3, alpha=0.1),
        COSTS,
    ),
]
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")


def told(model, y=None, **options):
    """The model, with bounds."""
    facts = {"bounds": BOUNDS}
    if y is not None:
        facts["target_bounds"] = min(0.0, y.min()), y.max()
    return model.set_params(**facts, **options)


@no_noise
@pytest.mark.parametrize(("ours", "twin", "y"), LOG_LINKS)
@pytest.mark.parametrize("weighted", [False, True])
def test_log_links_without_noise_are_scikit_learns(ours, twin, y, weighted):
    weight = rng.random(N) if weighted else None
    ours = told(ours, y, epsilon=np.inf).fit(X, y, sample_weight=weight)
    twin = twin.set_params(max_iter=10_000, tol=1e-8).fit(X, y, sample_weight=weight)
    assert_allclose(ours.coef_ * X.std(axis=0), twin.coef_ * X.std(axis=0), atol=5e-3)
    assert_allclose(ours.predict(X), twin.predict(X), rtol=0.03, atol=1e-3)
    assert ours.score(X, y, weight) == pytest.approx(twin.score(X, y, weight), abs=1e-3)


@pytest.mark.parametrize(("ours", "twin", "y"), LOG_LINKS)
def test_log_links_at_epsilon_one_keep_most_of_the_deviance(ours, twin, y):
    """Nine tenths; of costs, whose tails are clipped, eight."""
    kept = 0.8 if isinstance(ours, DPTweedieRegressor) else 0.9
    best = twin.set_params(max_iter=10_000).fit(X, y).score(X, y)
    ours = told(clone(ours), y, epsilon=1.0)
    models = [clone(ours).set_params(random_state=seed) for seed in range(5)]
    scores = [model.fit(X, y).score(X, y) for model in models]
    assert np.median(scores) > kept * best


@no_noise
@pytest.mark.parametrize("alpha", [0.0001, 300.0])
def test_huber_without_noise_is_scikit_learns_of_the_same_threshold(alpha):
    twin = theirs.HuberRegressor(alpha=alpha, max_iter=10_000).fit(X, WILD)
    ours = DPHuberRegressor(1.35 * twin.scale_, alpha=alpha, epsilon=np.inf)
    told(ours, WILD).fit(X, WILD)
    assert_allclose(ours.coef_ * X.std(axis=0), twin.coef_ * X.std(axis=0), atol=2e-3)
    assert ours.intercept_ == pytest.approx(twin.intercept_, abs=0.05)


def test_outliers_move_huber_less_than_squares():
    far = np.where(rng.random(N) < 0.02, 200.0 * (X[:, 0] > 1), 0.0)
    models = [DPHuberRegressor(random_state=0), DPHuberRegressor(1.0, random_state=0)]
    for model in models:
        told(model).set_params(target_bounds=(-300, 300)).fit(X, WILD + far)
    squares = theirs.LinearRegression().fit(X, WILD + far)
    true = np.array([0.3, 0.03, -2, 0, 0.2, 0.1])
    off = [np.abs((m.coef_ - true) * X.std(axis=0)).max() for m in (*models, squares)]
    assert off[0] < off[2] / 2
    assert off[1] < off[2] / 4


def test_the_threshold_is_that_of_residuals():
    model = told(DPHuberRegressor(random_state=0), ETA + rng.normal(size=N)).fit(
        X, ETA + rng.normal(size=N)
    )
    assert 1.0 < model.threshold_ < 1.8


@no_noise
@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_quantiles_without_noise_are_about_scikit_learns(quantile):
    some = slice(0, 2000)
    twin = theirs.QuantileRegressor(quantile=quantile, alpha=0.0)
    expected = twin.fit(X[some], WILD[some]).predict(X)
    ours = told(DPQuantileRegressor(quantile, epsilon=np.inf), WILD)
    found = ours.fit(X[some], WILD[some]).predict(X)
    best = d2_pinball_score(WILD, expected, alpha=quantile)
    assert d2_pinball_score(WILD, found, alpha=quantile) > best - 0.02
    assert np.mean(found > WILD) == pytest.approx(quantile, abs=0.03)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise", [0.05, 1.0])
def test_quantiles_at_epsilon_one_cover_what_they_say(quantile, noise):
    y = ETA + noise * rng.normal(size=N)
    model = told(DPQuantileRegressor(quantile), y)
    models = [clone(model).set_params(random_state=seed) for seed in range(5)]
    covered = [np.mean(y < model.fit(X, y).predict(X)) for model in models]
    assert np.median(covered) == pytest.approx(quantile, abs=0.08)


@no_noise
@pytest.mark.parametrize("weights", [None, "balanced", {0: 1.0, 1: 5.0}])
def test_svc_without_noise_is_scikit_learns(weights):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    exact = {"dual": False, "intercept_scaling": 100.0, "tol": 1e-8, "max_iter": 10_000}
    twin = LinearSVC(class_weight=weights, **exact).fit(Z, CLASSES)
    ours = DPLinearSVC(epsilon=np.inf, class_weight=weights, classes=[0, 1])
    ours.set_params(bounds=(-6, 6)).fit(Z, CLASSES)
    assert_allclose(ours.coef_, twin.coef_, atol=2e-3)
    assert np.mean(ours.predict(Z) == twin.predict(Z)) > 0.998
    margins = ours.decision_function(Z)
    assert_array_equal(ours.predict(Z), (margins > 0).astype(int))


def test_svc_at_epsilon_one_loses_little():
    best = LinearSVC(dual=False).fit(X, CLASSES).score(X, CLASSES)
    model = told(DPLinearSVC(classes=[0, 1]))
    models = [clone(model).set_params(random_state=seed) for seed in range(5)]
    scores = [model.fit(X, CLASSES).score(X, CLASSES) for model in models]
    assert np.median(scores) > best - 0.02


def test_svc_takes_unit_rows_of_many_columns_in_a_ball():
    rows = sparse.random_array((3000, 1500), density=0.01, rng=rng).tocsr()
    y = (rows[:, :40].sum(axis=1) > rows[:, 40:80].sum(axis=1)).astype(int)
    model = DPLinearSVC(row_norm=3.0, classes=[0, 1], epsilon=8.0, random_state=0)
    model.fit(rows, y)
    names = {release.query for release in model.privacy_.releases}
    assert "SquaredHingeGradient" in names
    assert "SecondMoments" not in names
    assert model.score(rows, y) > np.mean(y == 0) + 0.02


@pytest.mark.parametrize("cls", [*NUMBERS, DPLinearSVC])
def test_pure_privacy_has_laplace_noise_and_spends_what_it_says(cls):
    model = told(cls(delta=0, random_state=0), None if cls is DPLinearSVC else COUNTS)
    report = model.fit(X, CLASSES).privacy_
    assert report.epsilon(0) == pytest.approx(1.0)
    assert {type(release.mechanism).__name__ for release in report.releases} == {
        "Laplace"
    }
    assert np.isfinite(model.coef_).all()


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (DPPoissonRegressor(-1.0), "alpha"),
        (DPTweedieRegressor(2.0), "power"),
        (DPTweedieRegressor(0), "power"),
        (DPQuantileRegressor(1.0), "quantile"),
        (DPHuberRegressor(0.0), "threshold"),
        (DPLinearSVC(0.0), "C"),
        (DPGammaRegressor(target_bounds=(-2, 0)), "target_bounds"),
        (DPPoissonRegressor(target_bounds=(0, 0)), "target_bounds"),
        (DPHuberRegressor(target_bounds=(1, 0)), "target_bounds"),
    ],
    ids=repr,
)
def test_bad_parameters_are_refused_before_anything_is_paid(model, match):
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(ValueError, match=match):
            model.fit(X, CLASSES)
        assert ledger.spent() == 0


@pytest.mark.parametrize("cls", NUMBERS)
@pytest.mark.parametrize("epsilon", [0.01, np.inf])
@no_noise
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(cls, epsilon, data):
    ranges = ["private", (0, 1), (2, 2), (-1e30, 1e30)]
    for bounds, ends in zip(
        ranges, [(0, 1e30), "private", (0, 1e-9), (0, 1)], strict=True
    ):
        model = cls(epsilon=epsilon, bounds=bounds, target_bounds=ends)
        model.fit(data, np.zeros(len(data)))
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.intercept_)
        assert np.isfinite(model.predict(data)).all()


@pytest.mark.parametrize("cls", [DPPoissonRegressor, DPTweedieRegressor])
def test_drowned_in_noise_means_stay_in_the_bounds_of_the_target(cls):
    model = cls(epsilon=0.01, bounds=BOUNDS, target_bounds=(0, 5))
    for _ in range(10):
        found = model.fit(X[:300], COUNTS[:300]).predict(X)
        assert found.min() > 0
        assert found.max() <= 5


@pytest.mark.parametrize("cls", [DPPoissonRegressor, DPGammaRegressor])
def test_targets_that_are_negative_or_huge_count_as_the_ends(cls):
    y = np.where(rng.random(N) < 0.5, AMOUNTS, -AMOUNTS * 1e9)
    moved = np.clip(y, 0, 5)
    models = [cls(bounds=BOUNDS, target_bounds=(-3, 5), random_state=0) for _ in "ab"]
    one, other = (model.fit(X, t) for model, t in zip(models, (y, moved), strict=True))
    assert_array_equal(one.coef_, other.coef_)


@pytest.mark.parametrize("cls", [DPPoissonRegressor, DPHuberRegressor, DPLinearSVC])
def test_sparse_rows_give_the_same_bits(cls):
    Z = sparse.random_array((500, 4), density=0.2, rng=rng).tocsr()
    y = (Z @ np.ones(4) > 0.3).astype(int)
    model = cls(bounds=(0, 1), random_state=0)
    dense, thin = model.fit(Z.toarray(), y).coef_, model.fit(Z, y).coef_
    assert_array_equal(dense, thin)
    assert_allclose(model.predict(Z), model.predict(Z.toarray()))


def query_of(target, loss, coef=(0.5, -0.2, 0.1)):
    ends = np.ones(2)
    box = Box.between(-ends, ends, LossGradient.bits(ends))
    return LossGradient(box, np.array(coef), 1.0, loss=loss, target=target)


def units(low, high, center, half):
    return Box(*(np.array([float(end)]) for end in (low, high, center, half)), 17)


def test_targets_are_moved_to_the_ends_of_their_box_and_into_its_units():
    rows = rng.uniform(-1, 1, (50, 2))
    y = rng.normal(size=50) * 20
    nothing = np.empty(0)
    found = query_of(units(-10, 15, 2, 4), Huber(2.0))(rows, y, nothing)
    expected = query_of(None, Huber(2.0))(rows, (np.clip(y, -10, 15) - 2) / 4, nothing)
    assert_array_equal(found, expected)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_row_whose_target_is_not_finite_adds_nothing(bad):
    query = query_of(units(0, 15, 0, 4), Poisson())
    rows, nothing = np.ones((1, 2)), np.empty(0)
    assert not query(rows, np.array([bad]), nothing).any()
    assert query(rows, np.array([1e300]), nothing).any()


@pytest.mark.parametrize(
    "query",
    [
        query_of(units(0, 1, 0, 1), Logistic()),
        query_of(units(0, 1, 0, 0), Poisson()),
        query_of(units(0, np.inf, 0, 1), Poisson()),
        query_of(Box.between(np.zeros(2), np.ones(2), 17), Poisson()),
    ],
)
def test_units_of_targets_that_make_no_sense_are_refused(query):
    with pytest.raises(ValueError):
        query.check(2)


def test_the_descent_of_a_logistic_regression_is_one_of_these():
    names = {
        cls: {release.query for release in told(cls()).fit(X, y).privacy_.releases}
        for cls, y in ((DPLogisticRegression, CLASSES), (DPLinearSVC, CLASSES))
    }
    shared = set.intersection(*names.values())
    assert {"ClassesAndMoments", "SecondMoments"} <= shared
