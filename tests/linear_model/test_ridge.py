"""The private ridge: scikit-learn's without noise, robust and accurate with it."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPRidge, DPRidgeCV

rng = np.random.default_rng(0)
N, D = 8000, 6
X = rng.normal(size=(N, D)) * [1, 10, 0.1, 1, 1, 3] + [0, 50, 0, -3, 0, 0]
COEF = np.array([1.0, 0.2, -5.0, 0.0, 0.5, 0.3])
Y = X @ COEF + 7 + rng.normal(size=N)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
FACTS = {"bounds": BOUNDS, "target_bounds": (Y.min() - 1, Y.max() + 1)}


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [0, 1.0, 1000.0])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(fit_intercept, alpha, weighted):
    weight = rng.random(N) * 3 if weighted else None
    options = {"alpha": alpha, "fit_intercept": fit_intercept}
    most = 3.0 if weighted else 1.0
    model = DPRidge(epsilon=np.inf, max_weight=most, **FACTS, **options)
    model.fit(X, Y, sample_weight=weight)
    twin = Ridge(**options).fit(X, Y, sample_weight=weight)
    scale = np.abs(twin.coef_ * X.std(axis=0)).max()
    error = (model.coef_ - twin.coef_) * X.std(axis=0)
    assert np.abs(error).max() < 1e-3 * scale
    assert model.intercept_ == pytest.approx(twin.intercept_, abs=0.02)
    np.testing.assert_allclose(model.predict(X), twin.predict(X), atol=0.02)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_positive_coefficients_are_scikit_learns():
    model = DPRidge(positive=True, epsilon=np.inf, **FACTS).fit(X, Y)
    twin = Ridge(positive=True, tol=1e-8).fit(X, Y)
    error = (model.coef_ - twin.coef_) * X.std(axis=0)
    assert np.abs(error).max() < 1e-3 * np.abs(twin.coef_ * X.std(axis=0)).max()
    assert model.coef_[2] == 0.0
    assert np.all(model.coef_ >= 0)


@pytest.mark.parametrize("facts", [FACTS, {}], ids=["declared", "private"])
def test_at_epsilon_one_little_is_lost(facts):
    best = r2_score(Y, Ridge().fit(X, Y).predict(X))
    scores = [DPRidge(**facts).fit(X, Y).score(X, Y) for _ in range(5)]
    # Rarely noise alone makes searched bounds enormously wide.
    typical = np.mean if facts else np.median
    assert typical(scores) > best - (0.08 if facts else 0.15)


def test_pure_privacy_costs_more_and_works():
    model = DPRidge(epsilon=4.0, delta=0, **FACTS).fit(X, Y)
    assert model.privacy_.epsilon(0.0) <= 4.0 * (1 + 1e-9)
    assert model.score(X, Y) > 0.3


def test_more_budget_is_better():
    loss = [
        np.mean(
            [1 - DPRidge(epsilon=e, **FACTS).fit(X, Y).score(X, Y) for _ in "12345"]
        )
        for e in (0.05, 0.5, 5.0)
    ]
    assert loss[0] > loss[1] > loss[2]


@pytest.mark.parametrize("epsilon", [1e-3, 0.1])
def test_drowned_in_noise_it_predicts_about_the_mean(epsilon):
    data, target = load_diabetes(return_X_y=True)
    for _ in range(10):
        model = DPRidge(
            epsilon=epsilon, bounds=(-0.2, 0.2), target_bounds=(0, 400)
        ).fit(data, target)
        assert np.isfinite(model.coef_).all()
        assert np.abs(model.predict(data)).max() < 5000


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(data, delta):
    for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
        model = DPRidge(bounds=bounds, target_bounds=(0, 1), delta=delta)
        model.fit(data, np.zeros(len(data)))
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.intercept_)


def test_a_feature_that_is_constant_by_declaration_has_no_weight():
    low, high = np.array(BOUNDS)
    low[2] = high[2] = 0.0
    model = DPRidge(bounds=(low, high), target_bounds=FACTS["target_bounds"]).fit(X, Y)
    assert model.coef_[2] == 0.0


def test_sparse_rows_give_the_same_bits():
    Z = sparse.random_array((500, 4), density=0.2, rng=rng).tocsr()
    y = Z @ np.ones(4)
    model = DPRidge(bounds=(0, 1), target_bounds=(0, 4), random_state=0)
    dense, thin = model.fit(Z.toarray(), y).coef_, model.fit(Z, y).coef_
    np.testing.assert_array_equal(dense, thin)
    np.testing.assert_allclose(model.predict(Z), model.predict(Z.toarray()))


@pytest.mark.parametrize("facts", [FACTS, {}], ids=["declared", "private"])
def test_the_plan_is_what_the_fit_does(facts):
    model = DPRidge(**facts)
    plan, done = model.plan(D), model.fit(X, Y).privacy_
    assert plan.events == done.events
    assert [(r.query, r.size, r.share) for r in plan.releases] == [
        (r.query, r.size, r.share) for r in done.releases
    ]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"alpha": -1}, ValueError),
        ({"alpha": np.nan}, ValueError),
        ({"fit_intercept": 2}, ValueError),
        ({"target_bounds": (1, 0)}, ValueError),
        ({"target_bounds": "public"}, TypeError),
    ],
)
def test_bad_parameters_are_refused(options, error):
    with pytest.raises(error):
        DPRidge(**options).fit(X[:50], Y[:50])


@pytest.mark.parametrize("estimator", [DPRidge(), DPRidgeCV()], ids=["one", "cv"])
def test_more_features_than_products_fit_in_memory_are_refused(estimator):
    """Before anything is paid, and by plans; how many there are is public."""
    X = sparse.csr_matrix((20, 4097))
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(ValueError, match="SparseRandomProjection"):
            estimator.fit(X, np.zeros(20))
        assert ledger.spent() == 0
    with pytest.raises(ValueError, match="4096"):
        estimator.plan(2**20)


def test_the_intercept_has_a_type_as_that_of_scikit_learn():
    X, t = np.eye(4), np.arange(4.0)
    model = DPRidge(bounds=(0, 1), target_bounds=(0, 4)).fit(X, t)
    assert model.intercept_.dtype == np.float64
    assert isinstance(model.intercept_, type(Ridge().fit(X, t).intercept_))
