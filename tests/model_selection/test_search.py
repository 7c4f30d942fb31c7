"""Private searches: what they find, what they cost, what they keep."""

import pickle

import numpy as np
import pytest
from dp_accounting import dp_event as dp
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import loguniform
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge

from skprivate.accounting import Budget, epsilon_of_events
from skprivate.base import PrivacyWarning
from skprivate.composition import privacy_cost
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.mechanisms import Entropy
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import DPGridSearchCV, DPRandomizedSearchCV
from skprivate.model_selection._folds import falls_below
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler

SMOOTHINGS = {"var_smoothing": [1e-9, 1e-3, 0.1]}
MANY = {"C": np.logspace(-4, 4, 12)}


@pytest.fixture(scope="module")
def classes_and_rows():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    return np.clip(rng.normal(size=(600, 3)) + y[:, None], -4, 4), y


def bayes():
    return DPGaussianNB(bounds=(-4, 4), classes=[0, 1])


def logistic():
    return DPLogisticRegression(bounds=(-4, 4), classes=[0, 1])


def pipeline():
    return make_dp_pipeline(DPStandardScaler(bounds=(-4, 4)), bayes())


def one_group(**options):
    return DPGridSearchCV(bayes(), SMOOTHINGS, **options)


def few_groups(**options):
    return DPGridSearchCV(logistic(), {"C": [0.01, 1.0]}, **options)


def many_groups(**options):
    options = {"mean_runs": 3.0, **options}
    return DPGridSearchCV(logistic(), MANY, **options)


def of_a_pipeline(**options):
    grid = {f"dpgaussiannb__{name}": values for name, values in SMOOTHINGS.items()}
    return DPGridSearchCV(pipeline(), grid, **options)


SEARCHES = [one_group, few_groups, many_groups, of_a_pipeline]
every_search = pytest.mark.parametrize("make", SEARCHES, ids=lambda s: s.__name__)


@every_search
def test_what_was_charged_is_what_was_announced_and_reported(make, classes_and_rows):
    search = make()
    announced = privacy_cost(search)
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        search.fit(*classes_and_rows)
    (record,) = ledger.records
    assert announced.private
    assert announced.fits == 1
    assert announced.events == tuple(search.privacy_.events) == (record.event,)
    assert search.privacy_.epsilon() <= 1.0 * (1 + 1e-9)
    assert search.privacy_.epsilon() > 0.99


def test_one_group_costs_one_fit(classes_and_rows):
    search = one_group().fit(*classes_and_rows)
    assert search.privacy_.events == [Budget(1.0, 1e-6).event]
    fits = [r for r in search.privacy_.releases if r.query.startswith("fit")]
    scores = [r for r in search.privacy_.releases if r.query.startswith("score")]
    # Rows that are fitted pay the whole, and so do those that are scored.
    whole = Budget(1.0, 1e-6).mu
    for releases in (fits, scores):
        spent = epsilon_of_events([r.mechanism.event for r in releases], 1e-6)
        assert_allclose(spent, 1.0, rtol=1e-6)
    assert_allclose(sum(r.mechanism.mu**2 for r in fits), whole**2)
    assert "3 candidates share the releases of one fit" in repr(search.privacy_)


def test_few_groups_share_the_budget_of_the_fits_only(classes_and_rows):
    search = few_groups().fit(*classes_and_rows)
    assert search.privacy_.events == [Budget(1.0, 1e-6).event]
    whole = Budget(1.0, 1e-6).mu ** 2
    fits = [r for r in search.privacy_.releases if r.query.startswith("fit")]
    (choice,) = [r for r in search.privacy_.releases if r.query.startswith("score")]
    assert_allclose(sum(r.mechanism.mu**2 for r in fits), whole)
    assert_allclose(sum(r.share for r in fits), 1.0)
    assert_allclose(choice.mechanism.mu**2, whole)


def test_many_groups_are_repeated_and_the_run_is_what_that_allows(classes_and_rows):
    search = many_groups().fit(*classes_and_rows)
    (event,) = search.privacy_.events
    assert isinstance(event, dp.RepeatAndSelectDpEvent)
    assert (event.mean, event.shape) == (3.0, 1.0)
    run = 1 / event.event.noise_multiplier
    for part in ("fit", "score"):
        releases = [r for r in search.privacy_.releases if r.query.startswith(part)]
        assert_allclose(sum(r.mechanism.mu**2 for r in releases), run**2)
    assert run > Budget(1.0, 1e-6).mu / np.sqrt(12)  # sequential composition


@pytest.mark.parametrize("stopping", ["geometric", "logarithmic", "poisson"])
def test_every_law(stopping, classes_and_rows):
    search = many_groups(stopping=stopping, mean_runs=4.0, random_state=0)
    search.fit(*classes_and_rows)
    shapes = {"geometric": 1.0, "logarithmic": 0.0, "poisson": np.inf}
    assert search.privacy_.events[0].shape == shapes[stopping]
    assert search.best_params_["C"] in MANY["C"]


def test_a_poisson_search_without_runs_says_so(classes_and_rows, monkeypatch):
    monkeypatch.setattr(
        "skprivate.model_selection._stopping.Poisson._number_above", lambda *_: 0
    )
    search = many_groups(stopping="poisson")
    with PrivacyLedger() as ledger, pytest.raises(RuntimeError, match="is zero"):
        search.fit(*classes_and_rows)
    assert len(ledger.records) == 1  # it stays charged
    assert not hasattr(search, "best_estimator_")


@pytest.mark.parametrize(("make", "factor"), [(one_group, 1), (few_groups, 2)])
def test_pure(make, factor, classes_and_rows):
    if make is few_groups:
        search = DPGridSearchCV(pipeline(), {"weights": [None, [2, 1]]}, delta=0.0)
    else:
        search = one_group(delta=0.0)
    search.fit(*classes_and_rows)
    assert search.privacy_.epsilon(0.0) == pytest.approx(1.0, rel=1e-9)
    assert search.privacy_.epsilon(0.0) <= 1.0
    fits = [r for r in search.privacy_.releases if r.query.startswith("fit")]
    assert sum(r.mechanism.epsilon for r in fits) <= 1.0


def test_pure_and_repeated(classes_and_rows):
    grid = {"weights": [[1, w] for w in range(1, 9)]}
    search = DPGridSearchCV(pipeline(), grid, delta=0.0, mean_runs=3.0)
    search.fit(*classes_and_rows)
    assert search.privacy_.epsilon(0.0) <= 1.0
    fits = [r for r in search.privacy_.releases if r.query.startswith("fit")]
    assert sum(r.mechanism.epsilon for r in fits) == pytest.approx(1 / 3, rel=1e-9)


def test_without_noise_the_best_of_scikit_learn_wins():
    rng = np.random.default_rng(1)
    X = rng.uniform(-1, 1, (300, 20))
    y = X @ rng.normal(size=20) + 2 * rng.normal(size=300)
    alphas = np.logspace(-2, 4, 9)
    private = DPRidge(bounds=(-1, 1), target_bounds=(-50, 50))
    search = DPGridSearchCV(
        private,
        {"alpha": alphas},
        scoring=make_dp_scorer("neg_mean_absolute_error", target_bounds=(-50, 50)),
        epsilon=np.inf,
        random_state=4,
        n_jobs=1,
    )
    with pytest.warns(PrivacyWarning):
        search.fit(X, y)
    scored = falls_below(0.2, 300, None, Entropy(4))  # the same coins
    models = [Ridge(alpha).fit(X[~scored], y[~scored]) for alpha in alphas]
    errors = [np.mean(np.abs(m.predict(X[scored]) - y[scored])) for m in models]
    best = int(np.argmin(errors))
    assert 0 < best < len(alphas) - 1  # or the test would be too easy
    assert search.best_params_ == {"alpha": alphas[best]}
    assert_allclose(search.best_estimator_.coef_, models[best].coef_, atol=1e-3)


@every_search
def test_it_keeps_the_winner_and_nothing_else(make, classes_and_rows):
    search = make().fit(*classes_and_rows)
    kept = {name for name in vars(search) if name not in search.get_params(deep=False)}
    assert kept == {"best_estimator_", "best_params_", "privacy_"}
    assert search.best_estimator_.privacy_ is search.privacy_
    # No number of runs, no scores, no models besides the winner.
    alone = pickle.dumps((search.best_estimator_, search.best_params_))
    assert len(pickle.dumps(search)) < len(alone) + len(pickle.dumps(make())) + 200


@every_search
def test_the_winner_predicts_as_the_search_does(make, classes_and_rows):
    X, y = classes_and_rows
    search = make().fit(X, y)
    assert is_classifier(search)
    assert_array_equal(search.classes_, [0, 1])
    assert search.n_features_in_ == 3
    assert_array_equal(search.predict(X), search.best_estimator_.predict(X))
    assert_array_equal(search.predict_proba(X), search.best_estimator_.predict_proba(X))
    assert search.score(X, y) == search.best_estimator_.score(X, y)
    assert not hasattr(search, "inverse_transform")


def test_a_clear_problem_is_solved(classes_and_rows):
    X, y = classes_and_rows
    grid = {"C": [1e-9, 1.0]}
    search = DPGridSearchCV(logistic(), grid, epsilon=8.0, random_state=0).fit(X, y)
    assert search.best_params_ == {"C": 1.0}
    assert search.score(X, y) > 0.7


@pytest.mark.parametrize("scoring", ["roc_auc", "balanced_accuracy", "neg_log_loss"])
@pytest.mark.parametrize("make", [one_group, few_groups, many_groups])
def test_other_metrics(make, scoring, classes_and_rows):
    search = make(scoring=scoring, epsilon=4.0).fit(*classes_and_rows)
    assert search.privacy_.epsilon() <= 4.0 * (1 + 1e-9)


@pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)]
)
def test_a_seed_repeats_it_however_many_workers_there_are(backend, classes_and_rows):
    found = []
    for n_jobs in (1, 2):
        with parallel_config(backend, n_jobs=n_jobs):
            found.append(many_groups(random_state=7).fit(*classes_and_rows))
    assert found[0].best_params_ == found[1].best_params_
    assert_array_equal(*(search.best_estimator_.coef_ for search in found))
    assert found[0].privacy_.seeded
    assert not found[0].privacy_.private


def test_without_a_seed_it_is_new_each_time(classes_and_rows):
    first, second = (one_group().fit(*classes_and_rows) for _ in range(2))
    assert np.all(first.best_estimator_.theta_ != second.best_estimator_.theta_)


def test_random_candidates(classes_and_rows):
    search = DPRandomizedSearchCV(
        bayes(), {"var_smoothing": loguniform(1e-6, 1.0)}, n_iter=4, random_state=0
    )
    search.fit(*classes_and_rows)
    assert 1e-6 < search.best_params_["var_smoothing"] < 1.0
    assert search.privacy_.events == [Budget(1.0, 1e-6).event]


def test_random_candidates_have_a_price_in_advance(classes_and_rows):
    distributions = {
        "var_smoothing": loguniform(1e-6, 1.0),
        "bounds": [(-4, 4), (0, 1)],
    }
    search = DPRandomizedSearchCV(bayes(), distributions, n_iter=3)
    for _ in range(3):
        announced = privacy_cost(search).events
        assert announced == tuple(search.fit(*classes_and_rows).privacy_.events)


def test_groups_of_rows_are_the_unit(classes_and_rows):
    X, y = classes_and_rows
    estimator = bayes().set_params(max_rows_per_group=2)
    search = DPGridSearchCV(estimator, SMOOTHINGS)
    search.fit(X, y, groups=np.arange(600) // 3)
    assert search.privacy_.unit == "group (2 rows of it count)"
    for release in search.privacy_.releases:
        one_row = 0.5 if release.query.startswith("score") else release.sensitivity / 2
        assert_allclose(release.sensitivity, 2 * one_row)


def test_weights_reach_fits_and_scores(classes_and_rows):
    X, y = classes_and_rows
    estimator = bayes().set_params(max_weight=3.0)
    search = DPGridSearchCV(estimator, SMOOTHINGS)
    search.fit(X, y, sample_weight=np.where(y == 1, 5.0, 0.5))
    score = search.privacy_.releases[-1]
    assert_allclose(score.sensitivity, 0.5 * 3.0)


def test_data_frames_keep_their_names(classes_and_rows):
    pd = pytest.importorskip("pandas")
    X, y = classes_and_rows
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    search = one_group().fit(frame, pd.Series(y))
    assert search.feature_names_in_.tolist() == ["a", "b", "c"]
    assert len(search.predict(frame)) == len(frame)


def test_a_rare_class_may_be_in_one_part_only(classes_and_rows):
    X, y = classes_and_rows
    y = np.where(np.arange(600) == 17, 2, y)
    untold = DPGaussianNB(bounds=(-4, 4))
    for seed in range(8):
        search = DPGridSearchCV(untold, SMOOTHINGS, random_state=seed).fit(X, y)
        assert_array_equal(search.classes_, [0, 1, 2])
    assert any("class labels" in fact for fact in search.privacy_.assumed)


def test_a_strict_ledger_refuses_labels_that_are_read(classes_and_rows):
    search = DPGridSearchCV(DPGaussianNB(bounds=(-4, 4)), SMOOTHINGS)
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        search.fit(*classes_and_rows)


def test_a_strict_ledger_refuses_seeds(classes_and_rows):
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True) as ledger:
        one_group(random_state=0).fit(*classes_and_rows)
    assert len(ledger.records) == 0


def test_a_strict_ledger_lets_a_search_pass(classes_and_rows):
    with PrivacyLedger(epsilon=2.0, delta=1e-6, strict=True) as ledger:
        one_group().fit(*classes_and_rows)
        few_groups().fit(*classes_and_rows)
    assert len(ledger.records) == 2


@every_search
def test_the_plan_names_price_and_questions(make, classes_and_rows):
    search = make()
    plan = search.plan(3)
    assert plan.events == search.fit(*classes_and_rows).privacy_.events
    assert any(release.query.startswith("fit") for release in plan.releases)
    assert not hasattr(make(), "best_estimator_")


def test_clones_are_unfitted_and_alike(classes_and_rows):
    search = one_group(validation_fraction=0.3).fit(*classes_and_rows)
    again = clone(search)
    assert again.validation_fraction == 0.3
    with pytest.raises(NotFittedError):
        again.predict(classes_and_rows[0])
    assert not hasattr(again, "n_features_in_")


def test_a_regressor_that_knows_its_error_needs_no_rows_set_aside():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (400, 2))
    ridge = DPRidge(bounds=(-1, 1))
    alphas = {"dpridge__alpha": [0.01, 1.0, 100.0, 1e4]}
    search = DPGridSearchCV(make_dp_pipeline(ridge), alphas, epsilon=50.0)
    with pytest.warns(PrivacyWarning):
        search.fit(X, X.sum(axis=1))
    assert search.best_params_ == {"dpridge__alpha": 0.01}
    assert "no row is set aside" in str(search.privacy_)
    last = search.best_estimator_[-1]
    again = [clone(ridge).set_params(alpha=a, epsilon=np.inf) for a in (0.01, 1e4)]
    with pytest.warns(PrivacyWarning):
        errors = [model.fit(X, X.sum(axis=1)).validation_error_ for model in again]
    assert errors[0] < 1e-3 < errors[1]
    assert last.validation_error_ < errors[1]


def test_a_scorer_with_public_range_serves_regressors():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (400, 2))
    scorer = make_dp_scorer("r2", target_bounds=(-3, 3))
    search = DPGridSearchCV(DPRidge(bounds=(-1, 1)), {"alpha": [1, 9]}, scoring=scorer)
    assert search.fit(X, X.sum(axis=1)).best_params_["alpha"] in (1, 9)


def test_a_search_by_errors_without_bounds_does_not_guess():
    """Means between ends that are searched for are no sums over rows to compare."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (3000, 3))
    y = np.clip(X @ [1.0, 1.0, 0.0], -2, 2)
    model = DPRidge(bounds=(-1, 1), target_bounds=(-2, 2))
    scorer = make_dp_scorer("neg_mean_squared_error")
    search = DPGridSearchCV(model, {"alpha": [1e-3, 1e6]}, scoring=scorer, epsilon=20.0)
    found = [search.set_params(random_state=s).fit(X, y).best_params_ for s in range(8)]
    assert found == [{"alpha": 1e-3}] * 8
