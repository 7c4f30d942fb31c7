"""Intervals of linear models: those of statistics without noise, and wider with it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit
from sklearn import linear_model as theirs

from benchmarks import coverage
from skprivate.base._utility import UtilityWarning
from skprivate.linear_model import (
    DPLinearRegression,
    DPLogisticRegression,
    DPPoissonRegressor,
    DPRidge,
)
from skprivate.linear_model._shortening import shortening_of

rng = np.random.default_rng(0)
N, D = 6000, 4
CORRELATED = 0.5 ** np.abs(np.subtract.outer(np.arange(D), np.arange(D)))
X = rng.multivariate_normal(np.zeros(D), CORRELATED, N) * [1, 10, 0.1, 1] + [0, 5, 0, 1]
COEF = np.array([0.4, -0.05, 3.0, 0.0])
MARGINS = X @ COEF
Y = MARGINS + 2 + rng.normal(size=N)
CLASSES = (rng.random(N) < expit(MARGINS)).astype(int)
COUNTS = rng.poisson(np.exp(0.5 * MARGINS)).astype(float)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
ENDS = Y.min() - 1, Y.max() + 1
LINEAR = {"bounds": BOUNDS, "target_bounds": ENDS, "random_state": 0}
MODELS = [
    (DPLinearRegression(**LINEAR), Y),
    (DPRidge(**LINEAR), Y),
    (DPLogisticRegression(1e6, bounds=BOUNDS, classes=[0, 1]), CLASSES),
    (
        DPPoissonRegressor(0, bounds=BOUNDS, target_bounds=(0, 30), random_state=0),
        COUNTS,
    ),
]
each = pytest.mark.parametrize(("model", "y"), MODELS, ids=lambda m: type(m).__name__)
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")
few = pytest.mark.filterwarnings(f"ignore::{UtilityWarning.__module__}.UtilityWarning")
WITH_ONE = np.column_stack([X, np.ones(N)])


@no_noise
@pytest.mark.parametrize("alpha", [0.0, 500.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_without_noise_they_are_those_of_a_ridge(alpha, fit_intercept):
    options = {"alpha": alpha, "fit_intercept": fit_intercept}
    model = DPRidge(epsilon=np.inf, **options, **LINEAR).fit(X, Y)
    table, twin = model.summary(), theirs.Ridge(**options).fit(X, Y)
    rows = WITH_ONE if fit_intercept else X
    penalty = np.diag(np.append(np.full(D, alpha), 0.0)[: rows.shape[1]])
    inverse = np.linalg.inv(rows.T @ rows + penalty)
    variance = np.sum((Y - twin.predict(X)) ** 2) / (N - rows.shape[1])
    expected = np.sqrt(np.diag(inverse @ rows.T @ rows @ inverse) * variance)
    assert_allclose(table.std_err, expected, rtol=0.01)
    assert_allclose(table.estimate[:D], twin.coef_, atol=1e-3 * np.abs(COEF).max())
    assert_array_equal(table.privacy, 0.0)
    assert len(table.names) == D + fit_intercept


@no_noise
@pytest.mark.parametrize("kind", ["classes", "counts"])
def test_without_noise_they_are_those_of_likelihood(kind):
    model, y = MODELS[2 if kind == "classes" else 3]
    table = type(model)(**model.get_params()).set_params(epsilon=np.inf).fit(X, y)
    table = table.summary()
    if kind == "classes":
        twin = theirs.LogisticRegression(C=1e6, max_iter=1000).fit(X, y)
        chance = twin.predict_proba(X)[:, 1]
        weight = chance * (1 - chance)
    else:
        twin = theirs.PoissonRegressor(alpha=0, max_iter=1000).fit(X, y)
        weight = twin.predict(X)
    expected = np.sqrt(np.diag(np.linalg.inv((WITH_ONE.T * weight) @ WITH_ONE)))
    assert_allclose(table.std_err, expected, rtol=0.08)
    away = (table.estimate[:D] - twin.coef_.ravel()) / expected[:D]
    assert np.abs(away).max() < 0.3
    assert_array_equal(table.privacy, 0.0)


@each
def test_less_budget_is_more_noise(model, y):
    shares, widths = [], []
    for epsilon in (0.4, 8.0):
        table = model.set_params(random_state=0, epsilon=epsilon).fit(X, y).summary()
        shares.append(table.privacy[:D].mean())
        widths.append(table.std_err[:D].mean())
        assert np.all((table.privacy > 0) & (table.privacy < 1))
    assert shares[0] > shares[1]
    assert widths[0] > widths[1]


@each
def test_they_are_free_and_agree_with_each_other(model, y):
    model.set_params(random_state=0, epsilon=4.0).fit(X, y)
    price = repr(model.privacy_)
    low, high = model.coef_interval()
    table = model.summary()
    assert repr(model.privacy_) == price
    assert low.shape == high.shape == model.standard_errors().shape == model.coef_.shape
    assert_array_equal(np.ravel(low), table.low[:D])
    assert_allclose(np.ravel(high - low) / 2, 1.959964 * table.std_err[:D], rtol=1e-6)
    assert_allclose(np.ravel(model.standard_errors()), table.std_err[:D])
    narrow_low, narrow_high = model.coef_interval(0.5)
    assert np.all(
        (low < narrow_low) & (narrow_low < narrow_high) & (narrow_high < high)
    )
    assert not table.dominated.any()
    assert_array_equal(np.abs(table.z[:3]) > 3, True)


@each
def test_intervals_of_rows(model, y):
    model.set_params(random_state=0, epsilon=4.0).fit(X, y)
    low, high = model.predict_interval(X[:500])
    assert low.shape == high.shape == (500,)
    if isinstance(model, DPLogisticRegression):
        chances = expit(MARGINS[:500])
        assert np.all((low > 0) & (low < high) & (high < 1))
        low, high = model.predict_interval(X[:500], level=0.999)
        assert np.mean((low <= chances) & (chances <= high)) > 0.95
        low, high = model.predict_interval(X[:500])
    else:
        assert 0.9 < np.mean((low <= y[:500]) & (y[:500] <= high)) <= 1.0
        means = model.predict_interval(X[:500], of="mean")
        assert np.mean(means[1] - means[0]) < np.mean(high - low)
    some = sparse.csr_array(X[:50])
    assert_allclose(model.predict_interval(some), (low[:50], high[:50]), rtol=1e-6)


@few
@each
def test_where_noise_dominates_they_say_so(model, y):
    model.set_params(random_state=0, epsilon=0.01).fit(X[:500], y[:500])
    table, (low, high) = model.summary(), model.coef_interval()
    assert table.dominated.all()
    assert np.isinf(model.standard_errors()).all()
    assert np.all(low == -np.inf)
    assert np.all(high == np.inf)
    assert "Noise dominates: " in repr(table)
    assert "noise dominates" in table._repr_html_()
    assert "nan" not in repr(table)
    ends = {DPLogisticRegression: (0.0, 1.0), DPPoissonRegressor: (0.0, 30.0)}
    low, high = model.predict_interval(X[:3])
    expected = ends.get(type(model), (-np.inf, np.inf))
    assert_array_equal(low, expected[0])
    assert_array_equal(high, expected[1])


def test_a_table_shows_names_and_numbers():
    pandas = pytest.importorskip("pandas")
    model = DPLinearRegression(**LINEAR, epsilon=4.0)
    model.fit(pandas.DataFrame(X, columns=["age", "<b>", "size", "noise"]), Y)
    table = model.summary(0.9)
    assert table.names == ("age", "<b>", "size", "noise", "(intercept)")
    text, html = repr(table), table._repr_html_()
    assert all(word in text for word in ["age", "std err", "privacy", "5 %", "95 %"])
    assert "<b>" in text
    assert "&lt;b&gt;" in html
    assert "by the noisy moments R² is about" in text


@no_noise
def test_noisy_r2_is_that_of_the_rows_without_noise():
    table = DPLinearRegression(epsilon=np.inf, **LINEAR).fit(X, Y).summary()
    r2 = theirs.LinearRegression().fit(X, Y).score(X, Y)
    assert f"R² is about {r2:.2f}" in table.facts[0]


@no_noise
def test_collinear_columns_have_no_intervals_but_with_a_penalty():
    twice = np.column_stack([X, X[:, 0]])
    bounds = tuple(np.append(end, end[0]) for end in BOUNDS)
    facts = {"bounds": bounds, "target_bounds": ENDS, "epsilon": np.inf}
    assert DPLinearRegression(**facts).fit(twice, Y).summary().dominated.all()
    table = DPRidge(10.0, **facts).fit(twice, Y).summary()
    assert not table.dominated.any()
    assert_allclose(table.estimate[0], table.estimate[4], rtol=1e-3)


def test_a_column_that_bounds_declare_constant_has_no_interval():
    low, high = (end.copy() for end in BOUNDS)
    low[3] = high[3] = 1.0
    for model, y in MODELS:
        model = type(model)(**model.get_params()).set_params(bounds=(low, high))
        assert model.fit(X, y).summary().dominated.all()


@few
def test_rows_in_a_ball_have_no_intervals():
    rows = X / np.linalg.norm(X, axis=1)[:, None]
    model = DPLogisticRegression(row_norm=1.0, classes=[0, 1], epsilon=0.01)
    assert model.fit(rows[:200], CLASSES[:200]).summary().dominated.all()


HOSTILE = {
    "one row": (np.zeros((1, 3)), [1]),
    "all alike": (np.ones((3000, 3)), np.ones(3000)),
    "separable": (X[:, :3], X[:, 0] > 0),
    "huge": (np.full((50, 3), 1e300), np.arange(50) % 2),
    "one target": (X[:, :3], np.zeros(N)),
}


@few
@no_noise
@pytest.mark.parametrize("epsilon", [8.0, np.inf])
@pytest.mark.parametrize("rows", HOSTILE)
@pytest.mark.parametrize("bounds", [(-5, 5), (-1e100, 1e100)])
def test_hostile_rows_have_intervals_or_none(epsilon, rows, bounds):
    data, y = HOSTILE[rows]
    facts = {"bounds": bounds, "epsilon": epsilon, "random_state": 0}
    for model in (
        DPRidge(target_bounds=(0, 1), **facts),
        DPLogisticRegression(1e6, classes=[0, 1], **facts),
        DPPoissonRegressor(target_bounds=(0, 1e30), **facts),
    ):
        model.fit(data, np.asarray(y, dtype=int))
        ends = *model.coef_interval(), *model.predict_interval(data[:2])
        assert not any(np.isnan(end).any() for end in ends)
        assert np.all(ends[0] <= ends[1])
        assert np.all(ends[2] <= ends[3])
        assert "nan" not in repr(model.summary())


def test_what_has_no_intervals_is_refused():
    linear = DPRidge(**LINEAR, positive=True).fit(X, Y)
    with pytest.raises(ValueError, match="positive=True leaves"):
        linear.coef_interval()
    three = DPLogisticRegression(bounds=BOUNDS, classes=[0, 1, 2]).fit(X, CLASSES)
    with pytest.raises(ValueError, match="two classes only"):
        three.summary()
    weighted = DPLogisticRegression(
        bounds=BOUNDS, classes=[0, 1], class_weight="balanced"
    ).fit(X, CLASSES)
    with pytest.raises(ValueError, match="class_weight changes"):
        weighted.predict_interval(X[:2])
    for level in (0.0, 1.0, "much", None):
        with pytest.raises(ValueError, match="level must be a number between"):
            linear.coef_interval(level)
    with pytest.raises(ValueError, match='of must be "target" or "mean"'):
        linear.predict_interval(X[:2], of="all")


@pytest.mark.parametrize("bound", [0.7, 1.0, 30.0])
def test_what_shortening_did_to_normal_rows_is_undone(bound):
    n = 4
    rows = np.random.default_rng(1).standard_normal((200_000, n))
    rows = rows @ np.linalg.cholesky(CORRELATED).T + 0.1
    bound = bound * np.sqrt(n + 1)
    kept = np.minimum(1.0, bound**2 / (1 + np.sum(rows**2, axis=1)))
    mean = kept @ rows / kept.sum()
    covariance = (rows.T * kept) @ rows / kept.sum() - np.outer(mean, mean)
    seen = shortening_of(covariance, bound)
    longer = seen.undone(0.5)
    assert_allclose(longer @ covariance @ longer, CORRELATED, atol=0.03)
    assert_allclose(seen.undone() @ mean, 0.1, atol=0.015)
    assert seen.kept == pytest.approx(kept.mean(), rel=0.02)
    if bound > 10:
        assert_allclose(covariance, CORRELATED, atol=0.02)
    else:
        assert np.abs(covariance - CORRELATED).max() > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("name", coverage.MADE)
@pytest.mark.parametrize("epsilon", [0.5, 4.0])
def test_intervals_hold_as_often_as_they_say(name, epsilon):
    """Of 200 seeded fits; a mean of 0.95 deviates by 0.01, so 5 deviations are left."""
    batches = [coverage.batch_of(name, 5, 50, epsilon, number) for number in range(4)]
    told = sum(batch.told for batch in batches)
    assert told > 190
    assert 0.9 < sum(batch.held for batch in batches) / told < 0.995
    assert 0.9 < sum(batch.held_rows for batch in batches) / told < 0.995


def test_a_run_of_the_benchmark_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(coverage, "BATCH", 2)
    path = tmp_path / "coverage.csv"
    run = ["--only", "DPLinearRegression", "--epsilons", "1", "--signals", "50"]
    coverage.main([*run, "--fits", "2", "--records", str(path)])
    first = path.read_text(encoding="utf-8")
    for _ in "12":  # the second has nothing left to do
        coverage.main([*run, "--fits", "4", "--records", str(path)])
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert path.read_text(encoding="utf-8").startswith(first)
    page = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "| `DPLinearRegression` | 1 | 50 | 4 |" in page
