"""Answers are right but for the noise, end with the first yes, and are paid once."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from skprivate.accounting import BudgetExceededError
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import DPEarlyStopping

N = 4000


class Model:
    """Right for a share of the rows: those whose feature is below it."""

    classes_ = np.array([0, 1])

    def __init__(self, share):
        self.share = share

    def predict(self, X):
        return np.where(X[:, 0] < self.share, 1, 0)


@pytest.fixture
def rows(rng):
    return rng.random((N, 1)), np.ones(N, dtype=int)


def asked(stopping, shares):
    """Number of models asked about until the yes; None if there was none."""
    for number, share in enumerate(shares):
        if stopping.should_stop(Model(share)):
            return number
    return None


@pytest.mark.parametrize("seed", range(5))
def test_good_enough(seed, rows):
    stopping = DPEarlyStopping(
        *rows, good_enough=0.7, patience=100, epsilon=1.0, random_state=seed
    )
    assert asked(stopping, [0.3, 0.5, 0.6, 0.65, 0.75, 0.9]) == 4
    assert stopping.stopped
    assert stopping.n_models == 5
    assert stopping.should_stop(Model(0.0)), "a yes remains"
    assert stopping.n_models == 5


@pytest.mark.parametrize("seed", range(5))
def test_no_better_any_more(seed, rows):
    stopping = DPEarlyStopping(
        *rows, min_gain=0.03, patience=2, epsilon=1.0, random_state=seed
    )
    assert asked(stopping, [0.3, 0.5, 0.7, 0.8, 0.82, 0.81, 0.82]) == 5
    going_on = DPEarlyStopping(*rows, patience=3, epsilon=1.0, random_state=seed)
    assert asked(going_on, np.linspace(0.1, 0.9, 17)) is None
    assert not going_on.stopped


def test_without_noise_answers_are_exact(rows):
    with pytest.warns(UserWarning, match="not private"):
        stopping = DPEarlyStopping(*rows, good_enough=0.5, epsilon=np.inf)
    share = np.sort(rows[0][:, 0])[N // 2 - 1]  # one row is missing, then none
    assert not stopping.should_stop(Model(share))
    assert stopping.should_stop(Model(np.nextafter(share, 1)))


def test_many_questions_cost_what_one_does(rows):
    with PrivacyLedger(epsilon=0.5, delta=0.0) as ledger:
        stopping = DPEarlyStopping(*rows, good_enough=1.0, patience=500, epsilon=0.5)
        assert asked(stopping, [0.2] * 200) is None
        assert len(ledger.records) == 1
        with pytest.raises(BudgetExceededError):
            DPEarlyStopping(*rows, epsilon=0.5)
        ledger.dismiss_refusals()
    assert stopping.privacy_.epsilon(0.0) == pytest.approx(0.5)


def test_contributions_of_a_row_are_within_the_sensitivity(rows):
    stopping = DPEarlyStopping(*rows, good_enough=0.37, min_gain=0.1234567, patience=1)
    stopping._before.append(np.zeros(N))
    for scores in (np.zeros(N), np.full(N, 2.0**20), np.arange(N) * 250.0):
        for contributions in stopping._questions(scores):
            assert np.all(contributions == np.rint(contributions))
            assert np.max(np.abs(contributions)) <= stopping._levels
        stopping._before.append(scores)


def test_noise_is_that_of_the_sparse_vector_technique(rows):
    """Laplace of scale 2 levels / epsilon_2 on questions, levels / epsilon_1 before."""
    stopping = DPEarlyStopping(*rows, good_enough=0.5, epsilon=1.0)
    first, second = stopping._mechanism.split()
    assert first + second == pytest.approx(1.0)
    draws = np.array([stopping._noisy(0, second / 2, b"") for _ in range(4000)])
    scale = np.mean(np.abs(draws)) / stopping._levels
    assert scale == pytest.approx(2 / second, rel=0.1)
    thresholds = set()
    for _ in range(20):
        fresh = DPEarlyStopping(*rows, good_enough=1.0, epsilon=1.0)
        fresh.should_stop(Model(0.1))
        before = fresh._threshold
        fresh.should_stop(Model(0.1))
        assert fresh._threshold == before, "one threshold for all questions"
        thresholds.add(before)
    assert len(thresholds) == 20


def test_attack_on_one_row_stays_within_epsilon(rng):
    """How often the first model is good enough, with and without one row."""
    epsilon, n_trials = 1.0, 800
    counts = []
    for y in ([1] * 6, [1] * 6 + [0]):
        X = np.zeros((len(y), 1))
        y = np.array(y)
        stops = 0
        for _ in range(n_trials):
            stopping = DPEarlyStopping(X, y, good_enough=1.0, epsilon=epsilon)
            stops += stopping.should_stop(Model(1.0))
        counts.append(stops / n_trials)
    slack = 5 * np.sqrt(0.25 / n_trials)
    for one, other in (counts, counts[::-1]):
        assert one - slack <= np.exp(epsilon) * (other + slack)


def test_regressions_need_public_bounds(rng):
    X = rng.uniform(0, 1, (500, 1))
    model = LinearRegression().fit(X, X[:, 0])
    scorer = make_dp_scorer("neg_mean_absolute_error", target_bounds=(0, 1))
    stopping = DPEarlyStopping(X, X[:, 0], scoring=scorer, good_enough=0.9)
    assert stopping.should_stop(model)
    unbounded = make_dp_scorer("neg_mean_absolute_error")
    with pytest.raises(ValueError, match="no mean over rows"):
        DPEarlyStopping(X, X[:, 0], scoring=unbounded, good_enough=0.9)


def test_secrets_stay_where_they_are(rows):
    stopping = DPEarlyStopping(*rows, good_enough=0.5)
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="private rows"):
            take(stopping)
    assert repr(stopping) == "DPEarlyStopping(going on after 0 models, epsilon=1)"


def test_strict_ledger_refuses_seeds(rows):
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        DPEarlyStopping(*rows, random_state=0)


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"good_enough": 1.5}, ValueError),
        ({"good_enough": "high"}, TypeError),
        ({"min_gain": -0.1}, ValueError),
        ({"min_gain": np.nan}, ValueError),
        ({"patience": 0}, ValueError),
        ({"patience": 2.5}, TypeError),
        ({"epsilon": 0.0}, ValueError),
        ({"scoring": "acc"}, ValueError),
    ],
)
def test_nonsense_is_refused_before_it_costs_anything(params, error, rows):
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            DPEarlyStopping(*rows, **params)
        assert len(ledger.records) == 0
