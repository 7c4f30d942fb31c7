"""Logistic regression: scikit-learn's without noise, useful with it, never broken."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skprivate.base import Box
from skprivate.linear_model import DPLogisticRegression
from skprivate.linear_model._newton import Curvature, NormalRows, newton_descent
from skprivate.linear_model._stages import MOST_FEATURES
from skprivate.linear_model._tasks import logistic_task
from skprivate.queries import ClassesAndMoments

CANCER, IRIS = load_breast_cancer(return_X_y=True), load_iris(return_X_y=True)
exactly = pytest.mark.filterwarnings("ignore:epsilon=inf")


def ranges(X):
    return X.min(axis=0), X.max(axis=0)


@exactly
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("X", "y"), [CANCER, IRIS], ids=["binary", "multinomial"])
def test_without_noise_it_is_scikit_learns(X, y, weighted, rng):
    weight = rng.random(len(X)) if weighted else None
    private = DPLogisticRegression(2.0, bounds=ranges(X), epsilon=np.inf)
    private.fit(X, y, sample_weight=weight)
    public = LogisticRegression(C=2.0, solver="newton-cg", tol=1e-9, max_iter=1000)
    public.fit(X, y, sample_weight=weight)
    distance = np.linalg.norm(private.coef_ - public.coef_)
    assert distance < 1e-3 * np.linalg.norm(public.coef_)
    np.testing.assert_allclose(private.intercept_, public.intercept_, atol=1e-2)
    probabilities = private.predict_proba(X), public.predict_proba(X)
    np.testing.assert_allclose(*probabilities, atol=1e-3)
    scores = private.decision_function(X), public.decision_function(X)
    assert scores[0].shape == scores[1].shape


def test_it_is_useful_at_epsilon_one():
    X, y = CANCER
    scores = []
    for seed in range(9):
        X_fit, X_test, y_fit, y_test = train_test_split(X, y, random_state=seed)
        model = DPLogisticRegression(bounds=ranges(X), classes=[0, 1])
        scores.append(model.fit(X_fit, y_fit).score(X_test, y_test))
    assert np.mean(scores) > 0.9  # about 0.94, standard error 0.007


def test_many_rows_cost_little():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 5))
    y = np.argmax(X[:, :3] + rng.gumbel(size=(20_000, 3)) / 2, axis=1)
    private = DPLogisticRegression(bounds=(-4, 4), classes=range(3)).fit(X, y)
    public = LogisticRegression(solver="newton-cg").fit(X, y)
    assert private.score(X, y) > public.score(X, y) - 0.02


def gradients_of(model):
    """How many gradients a fit took."""
    return sum(r.query == "LogisticGradient" for r in model.privacy_.releases)


def clustered_rows(n_rows, n_features, seed=0):
    """Rows around eight centers, and classes that a hyperplane nearly separates."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(8, n_features))
    X = centers[rng.integers(8, size=n_rows)]
    X += rng.normal(scale=0.6, size=X.shape)
    return X, X @ rng.normal(size=n_features) + rng.normal(size=n_rows) > 0


def test_few_passes_are_enough_where_noise_is_small():
    X, y = clustered_rows(100_000, 8)
    private = DPLogisticRegression(bounds=(-6, 6), classes=[False, True], epsilon=5.0)
    public = LogisticRegression().fit(X, y)
    assert private.fit(X, y).score(X, y) > public.score(X, y) - 0.003
    assert gradients_of(private) <= 11


def test_a_rare_class_of_long_rows_breaks_no_step():
    X, y = clustered_rows(20_000, 6)
    X, y = X**3, y & (X[:, 0] > 1.0)
    scores = []
    for seed in range(5):
        model = DPLogisticRegression(
            bounds=(-60, 60), classes=[False, True], random_state=seed
        ).fit(X, y)
        margins = model.decision_function(X)
        scores.append(np.mean(margins[y][:, None] > margins[~y][::10]))
    assert min(scores) > 0.8


def test_probabilities_are_probabilities():
    for X, y in (CANCER, IRIS):
        model = DPLogisticRegression(bounds=ranges(X)).fit(X, y)
        p = model.predict_proba(X)
        assert np.all(p >= 0)
        np.testing.assert_allclose(p.sum(axis=1), 1.0)
        np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p)
        np.testing.assert_array_equal(model.classes_[p.argmax(1)], model.predict(X))


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("bounds", [(-1, 1), (0, 0), "private", (-1e150, 1e150)])
@pytest.mark.parametrize("epsilon", [1e-6, 1.0, 19.0, np.inf])
@exactly
def test_degenerate_rows_break_nothing(n_classes, bounds, epsilon):
    constant = np.full((50, 3), 0.5)
    for X in (constant[:1], constant[:2], constant, 1e9 * constant):
        model = DPLogisticRegression(
            bounds=bounds, classes=range(n_classes), epsilon=epsilon
        )
        model.fit(X, np.zeros(len(X), int))  # one class only
        assert np.all(np.isfinite(model.predict_proba(X)))
        assert np.all(np.isfinite(model.coef_))
        assert np.all(np.isfinite(model.intercept_))


def test_many_features(rng):
    X = rng.normal(size=(500, MOST_FEATURES + 1))
    model = DPLogisticRegression(bounds=(-4, 4), classes=[0, 1])
    model.fit(X, rng.integers(0, 2, 500))
    assert np.all(np.isfinite(model.coef_))
    assert "SecondMoments" not in {r.query for r in model.privacy_.releases}
    assert model.privacy_.epsilon() == pytest.approx(1.0)


def test_sparse_rows_count_as_dense_ones(rng):
    Z = sparse.random_array((400, 6), density=0.3, rng=rng).tocsr()
    y = rng.integers(0, 3, 400)
    model = DPLogisticRegression(bounds=(0, 1), random_state=0)
    first = model.fit(Z, y).coef_
    np.testing.assert_array_equal(model.fit(Z.toarray(), y).coef_, first)
    np.testing.assert_allclose(model.predict_proba(Z), model.predict_proba(Z.toarray()))


@pytest.mark.parametrize("bounds", ["private", (-1, 1)])
def test_the_budget_is_spent_and_a_plan_asks_the_same(bounds, rng):
    X, y = rng.uniform(-1, 1, (300, 3)), rng.integers(0, 2, 300)
    model = DPLogisticRegression(bounds=bounds, classes=[0, 1], epsilon=0.7)
    reports = model.fit(X, y).privacy_, model.plan(3)
    shares = [{}, {}]
    for share, report in zip(shares, reports, strict=True):
        for release in report.releases:
            share[release.query] = share.get(release.query, 0) + release.share
        assert sum(share.values()) == pytest.approx(1.0, abs=1e-12)
        assert report.epsilon() == pytest.approx(0.7)
        assert len(report.rows()) == len(share)  # all steps are alike
    assert shares[0] == pytest.approx(shares[1])


@pytest.mark.parametrize("n_classes", [2, 3])
def test_pure_privacy_has_laplace_noise_and_learns(n_classes, rng):
    X = rng.normal(size=(4000, 3))
    y = np.digitize(X @ [2.0, -1.0, 0.0], [0.0, 1.0][: n_classes - 1])
    model = DPLogisticRegression(bounds=(-4, 4), delta=0.0, random_state=0).fit(X, y)
    assert {release.mechanism.norm for release in model.privacy_.releases} == {1}
    assert model.privacy_.epsilon(0) == pytest.approx(1.0)
    assert model.score(X, y) > 0.8


def test_one_class_is_refused(rng):
    with pytest.raises(ValueError, match="only one class"):
        DPLogisticRegression().fit(rng.normal(size=(9, 2)), np.ones(9))


def test_no_row_exceeds_the_bound_of_the_moments():
    one = 2**17
    q = np.arange(-one, one + 1)
    t = np.rint(2.0 * q * q / one).astype(np.int64) - one
    assert np.all(4 * q * q + t * t <= 5 * one * one)
    query = ClassesAndMoments(Box.between(-np.ones(1), np.ones(1), 17), 2)
    code, none = np.zeros(1, np.int32), np.empty(0)
    for i in range(0, len(q), 997):
        total = query(np.array([[q[i] / one]]), code, none)
        np.testing.assert_array_equal(total, [one, 0, q[i], t[i]])
        length = np.linalg.norm(total / query.weights)
        assert length <= query.levels * (1 + 1e-15)


def test_the_hessian_of_normal_rows():
    rng = np.random.default_rng(0)
    V = np.column_stack([rng.normal(0.5, 1.0, (400_000, 3)), np.ones(400_000)])
    V[:, 1] += V[:, 0]
    coef = np.array([1.5, -2.0, 0.3, 0.7])
    p = 1 / (1 + np.exp(-V @ coef))
    expected = (V * (p * (1 - p))[:, None]).T @ V / len(V)
    hessian = NormalRows(V.T @ V / len(V)).hessian(coef)
    np.testing.assert_allclose(hessian, expected, atol=2e-3)
    assert np.all(np.linalg.eigvalsh(hessian) > 0)


def test_newton_is_less_noisy_than_one_gradient():
    rng = np.random.default_rng(0)
    rows, goal, noise = NormalRows(np.eye(4)), np.array([0.2, -0.1, 0.1, 0.0]), 0.1
    errors = []
    for _ in range(300):

        def gradient(coef, last):
            slopes = rows.hessian(goal) @ (coef - goal)
            return slopes + rng.normal(size=4) * noise, noise

        curvature = Curvature(rows, np.zeros(4), 0.0, noise)
        ends = newton_descent(gradient, np.zeros(4), curvature, 10)
        errors.append(ends - goal)
    alone = noise / rows.hessian(goal)[0, 0]  # the error after one gradient
    assert np.sqrt(np.mean(np.square(errors))) < 0.85 * alone  # about 0.7


def _hard_rows(kind, rng):
    """Rows for which the Hessian of normal ones is far off, and labels."""
    X = rng.standard_t(3, size=(60_000, 6))
    if kind == "skewed":
        X = np.exp(rng.normal(size=(60_000, 6)))
    if kind == "rare":
        X = rng.random((60_000, 6)) < [0.5, 0.2, 0.1, 0.05, 0.02, 0.01]
    margins = X @ [1.0, -1.5, 0.5, 1.0, -0.5, 2.0]
    return X.astype(float), margins + rng.logistic(size=60_000) > np.median(margins)


@pytest.mark.parametrize("kind", ["heavy tails", "skewed", "rare"])
def test_steps_converge_where_there_is_signal(kind, rng):
    X, y = _hard_rows(kind, rng)
    bounds, C = (X.min(axis=0), X.max(axis=0)), 1.0
    public = LogisticRegression(C=C, solver="newton-cg").fit(X, y)
    private = DPLogisticRegression(
        C=C, bounds=bounds, classes=[False, True], epsilon=20.0, random_state=0
    ).fit(X, y)
    loss = [log_loss(y, model.predict_proba(X)) for model in (public, private)]
    assert loss[1] - loss[0] < 3e-3


def test_easy_rows_take_few_steps_and_all_of_the_budget(rng):
    X = rng.normal(size=(60_000, 3))
    y = X[:, 0] + rng.logistic(size=60_000) > 0
    model = DPLogisticRegression(bounds=(-5, 5), classes=[False, True], epsilon=20.0)
    releases = model.fit(X, y).privacy_.releases
    gradients = [r for r in releases if r.query == "LogisticGradient"]
    assert len(gradients) < 8
    assert gradients[-1].share > gradients[0].share
    assert sum(r.share for r in releases) == pytest.approx(1.0)


@pytest.mark.parametrize("spread", [0.2, 20.0], ids=["sure", "unsure"])
def test_steps_of_many_classes_are_safe_and_no_shorter_than_that(spread, rng):
    p = rng.dirichlet(np.full(20, spread), 4000)
    hessian = np.diag(p.mean(axis=0)) - p.T @ p / len(p)
    rows = SimpleNamespace(prior=p.mean(axis=0), n_columns=3)
    curvature = logistic_task(rows).curvature
    assert np.linalg.eigvalsh(hessian)[-1] <= curvature < 0.06
