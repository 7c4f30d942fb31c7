"""Variations of what a fit was told: more models to choose from, at the same price."""

from unittest.mock import patch

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal

from skprivate.accounting import Budget
from skprivate.base import PrivacyWarning, Query, Tape
from skprivate.composition import privacy_cost
from skprivate.feature_selection import DPSelectKBest
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.mechanisms import Entropy
from skprivate.metrics import get_dp_scorer
from skprivate.model_selection import DPGridSearchCV, DPRandomizedSearchCV
from skprivate.model_selection._judge import Judge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler
from skprivate.under_sampling import DPRandomUnderSampler

SMOOTHINGS = {"var_smoothing": [1e-9, 1e-3, 0.1]}


@pytest.fixture(scope="module")
def classes_and_rows():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    return np.clip(rng.normal(size=(600, 3)) + y[:, None], -4, 4), y


def bayes(**params):
    return DPGaussianNB(bounds=(-4, 4), **{"classes": [0, 1], **params})


def one_group(**options):
    return DPGridSearchCV(bayes(), SMOOTHINGS, **options)


def two_groups(**options):
    grid = {"bounds": [(-4, 4), (-3, 3)], **SMOOTHINGS}
    return DPGridSearchCV(bayes(), grid, **options)


def chosen_among(search, X, y):
    """The models that a search chose among."""
    seen, best = [], Judge.best

    def listen(judge, models, budget, entropy):
        seen.extend(models)
        return best(judge, models, budget, entropy)

    with patch.object(Judge, "best", listen):
        search.fit(X, y)
    return seen


@pytest.mark.parametrize(("make", "n"), [(one_group, 3), (two_groups, 6)])
def test_every_candidate_learns_from_every_variation(make, n, classes_and_rows):
    search = make(n_variations=5)
    models = chosen_among(search, *classes_and_rows)
    assert len(models) == n * (1 + 5)
    assert any(search.best_estimator_ is model for model in models)
    smoothings = [model.var_smoothing for model in models]
    assert {smoothings.count(value) for value in SMOOTHINGS["var_smoothing"]} == {2 * n}
    # Candidates of a group share a variation, and no two variations are alike.
    assert len({model.theta_.tobytes() for model in models}) == n // 3 * (1 + 5)


@pytest.mark.parametrize("make", [one_group, two_groups])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_they_cost_nothing(make, delta, classes_and_rows):
    without = make(delta=delta, n_variations=0).fit(*classes_and_rows).privacy_
    search = make(delta=delta, n_variations=8)
    announced = privacy_cost(search)
    with PrivacyLedger(epsilon=1.0, delta=delta) as ledger:
        search.fit(*classes_and_rows)
    (record,) = ledger.records
    told = search.privacy_
    assert announced.events == tuple(told.events) == (record.event,)
    assert told.events == without.events == [Budget(1.0, delta).event]
    assert search.plan(3).events == told.events
    names = [
        [release.query for release in report.releases] for report in (told, without)
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize("make", [one_group, two_groups])
def test_reports_name_them(make, classes_and_rows):
    search = make(n_variations=7)
    for text in (
        str(search.plan(3)),
        str(search.fit(*classes_and_rows).privacy_),
        privacy_cost(search).note,
    ):
        assert "7 variations of what its fit was told" in text
    assert "variations" not in str(make(n_variations=0).plan(3))


def test_usually_there_are_some_where_candidates_share_a_fit(classes_and_rows):
    assert len(chosen_among(one_group(), *classes_and_rows)) == 3 * (1 + 32)
    logistic = DPLogisticRegression(bounds=(-4, 4), classes=[0, 1])
    search = DPGridSearchCV(logistic, {"C": [0.1, 1.0]})
    assert len(chosen_among(search, *classes_and_rows)) == 2
    assert len(chosen_among(one_group(scoring="f1"), *classes_and_rows)) == 3


def test_random_candidates_have_them(classes_and_rows):
    search = DPRandomizedSearchCV(bayes(), SMOOTHINGS, n_iter=2, n_variations=3)
    assert len(chosen_among(search, *classes_and_rows)) == 2 * (1 + 3)


def test_there_are_none_without_noise(classes_and_rows):
    search = one_group(epsilon=np.inf, n_variations=9)
    with pytest.warns(PrivacyWarning):
        models = chosen_among(search, *classes_and_rows)
    assert len(models) == 3


def test_the_last_step_of_a_pipeline_is_varied(classes_and_rows):
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-4, 4)), bayes())
    grid = {"dpgaussiannb__var_smoothing": [1e-9, 0.1]}
    search = DPGridSearchCV(pipe, grid, n_variations=4)
    models = chosen_among(search, *classes_and_rows)
    assert len(models) == 2 * (1 + 4)
    assert len({model[0].mean_.tobytes() for model in models}) == 1
    assert len({model[1].theta_.tobytes() for model in models}) == 1 + 4


def test_steps_that_read_labels_read_all_of_them(classes_and_rows):
    X, y = classes_and_rows
    pipe = make_dp_pipeline(DPSelectKBest(k=2, bounds=(-4, 4)), bayes())
    grid = {"dpgaussiannb__var_smoothing": [1e-9, 0.1]}
    search = DPGridSearchCV(pipe, grid, n_variations=2)
    assert len(chosen_among(search, X, y)) == 2 * (1 + 2)
    assert any("class labels" in fact for fact in search.privacy_.assumed)


@pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)]
)
def test_a_seed_repeats_them_however_many_workers_there_are(backend, classes_and_rows):
    found = []
    for n_jobs in (1, 2):
        with parallel_config(backend, n_jobs=n_jobs):
            search = two_groups(random_state=3, epsilon=0.3).fit(*classes_and_rows)
        found.append(search)
    assert found[0].best_params_ == found[1].best_params_
    assert_array_equal(*(search.best_estimator_.theta_ for search in found))


def test_luck_is_worth_having():
    """The winner is better on new rows than without, in the mean of forty searches."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 12_000)
    X = np.clip(rng.normal(size=(12_000, 20)) + 0.3 * y[:, None], -4, 4)
    means = []
    for number in (0, 32):
        scores = []
        for seed in range(40):
            search = one_group(epsilon=0.1, n_variations=number, random_state=seed)
            scores.append(search.fit(X[:6000], y[:6000]).score(X[6000:], y[6000:]))
        means.append(np.mean(scores))
    assert means[1] > means[0] + 0.005  # .009 here; .013 with another rounding


def recorded(estimator, X, y):
    tape = Tape()
    with tape.recording():
        estimator.fit(X, y)
    return tape


def replayed(tape, estimator, X, y):
    with tape.replaying():
        return estimator.fit(X, y)


def test_a_variation_has_the_noise_of_the_mechanism_again(classes_and_rows):
    X, y = classes_and_rows
    wide = np.tile(X, 100)
    tape = recorded(bayes(), wide, y)
    before = replayed(tape, bayes(), wide, y)
    (*_, asked) = before.privacy_.releases
    (*_, (_, _, [answer])) = tape._entries
    for times in (0.5, 1.0, 4.0):
        varied = tape.varied(times, Entropy(0), b"")
        (*_, (_, _, [noisier])) = varied._entries
        noise = np.ravel(noisier - answer) * 2.0**-17 / times
        deviation = asked.mechanism.deviation(asked.sensitivity)
        # 1202 numbers: ten standard errors of mean and deviation, at a fixed seed.
        assert abs(noise.mean()) < 10 * deviation / np.sqrt(noise.size)
        assert abs(noise.std() / deviation - 1) < 10 / np.sqrt(2 * noise.size)
        assert varied.varied(times, Entropy(0), b"") is not None
    assert_array_equal(before.theta_, replayed(tape, bayes(), wide, y).theta_)


class LargerCount(Query):
    bound, size, norm = 1.0, 2, np.inf

    def __call__(self, X, y, weight):
        return np.bincount(y, minlength=2) / self.step


class Chooser(DPGaussianNB):
    """Asks for a choice last, which nobody can add noise to."""

    def _fit(self, curator):
        super()._fit(_Sparing(curator))
        curator.choose(LargerCount(), share=0.01)


class _Sparing:
    """A curator that keeps a little of the budget."""

    def __init__(self, curator):
        self._curator = curator

    def __getattr__(self, name):
        return getattr(self._curator, name)

    @property
    def remaining(self):
        return 0.9 * self._curator.remaining


def test_only_sums_are_varied(classes_and_rows):
    chooser = Chooser(bounds=(-4, 4), classes=[0, 1])
    tape = recorded(chooser, *classes_and_rows)
    assert tape.varied(1.0, Entropy(0), b"") is None
    assert Tape().varied(1.0, Entropy(0), b"") is None
    search = DPGridSearchCV(chooser, SMOOTHINGS, n_variations=4)
    assert len(chosen_among(search, *classes_and_rows)) == 3


@pytest.mark.parametrize("number", [-1, 1001, 10**9])
def test_numbers_that_make_no_sense(number, classes_and_rows):
    with pytest.raises(ValueError, match="n_variations must be from 0 to 1000"):
        one_group(n_variations=number).fit(*classes_and_rows)


@pytest.mark.parametrize("number", ["8", True, 2.0, [3]])
def test_what_is_no_number(number, classes_and_rows):
    with pytest.raises(TypeError, match="n_variations must be a whole number"):
        one_group(n_variations=number).fit(*classes_and_rows)


@pytest.mark.parametrize(
    ("search", "reason"),
    [
        (one_group(scoring="roc_auc", n_variations=2), "a part of the budget"),
        (two_groups(mean_runs=3.0, n_variations=2), "the number of runs is random"),
        (
            DPGridSearchCV(
                DPRidge(bounds=(-4, 4), target_bounds=(0, 1)),
                {"alpha": [1.0, 9.0]},
                n_variations=2,
            ),
            "models judge themselves",
        ),
    ],
    ids=["curves", "runs", "own errors"],
)
def test_where_they_cannot_help_they_are_refused(search, reason, classes_and_rows):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=reason):
        search.fit(*classes_and_rows)
    assert len(ledger.records) == 0
    with pytest.raises(ValueError, match="Use None, or 0"):
        search.plan(3)
    search.set_params(n_variations=0).fit(*classes_and_rows)


def test_each_model_is_scored_once_on_the_same_rows(classes_and_rows):
    X, y = classes_and_rows
    seen = []
    read = DPGaussianNB.predict

    def predict(model, rows):
        seen.append(len(rows))
        return read(model, rows)

    with patch.object(DPGaussianNB, "predict", predict):
        one_group(n_variations=10).fit(X, y)
    assert len(seen) == 3 * (1 + 10)
    assert len(set(seen)) == 1


@pytest.mark.parametrize(("name", "is_mean"), [("accuracy", True), ("roc_auc", False)])
def test_scorers_know_whether_rows_have_scores(name, is_mean, classes_and_rows):
    X, y = classes_and_rows
    scorer, model = get_dp_scorer(name), bayes().fit(X, y)
    assert scorer.adds_up is is_mean
    assert (scorer.row_score(model, X, y) is not None) is is_mean


def test_a_step_that_leaves_rows_out_sees_all_of_them(classes_and_rows):
    steps = DPRandomUnderSampler(classes=[0, 1]), bayes()
    grid = {"dpgaussiannb__var_smoothing": [1e-9, 0.1]}
    search = DPGridSearchCV(make_dp_pipeline(*steps), grid, n_variations=2)
    assert len(chosen_among(search, *classes_and_rows)) == 2 * (1 + 2)
