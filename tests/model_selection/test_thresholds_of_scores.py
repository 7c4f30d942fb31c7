"""Thresholds for every score of a table of outcomes."""

import pickle
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as sk

from skprivate import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPEarlyStopping, DPTunedThresholdClassifier
from skprivate.model_selection._threshold_table import (
    SCORINGS,
    BestThreshold,
    _at_top,
    _gain,
)
from skprivate.naive_bayes import DPGaussianNB

THEIRS = {
    "f1": partial(sk.f1_score, zero_division=0),
    "f2": partial(sk.fbeta_score, beta=2, zero_division=0),
    "geometric_mean": geometric_mean_score,
    "jaccard": partial(sk.jaccard_score, zero_division=0),
    "matthews_corrcoef": sk.matthews_corrcoef,
    "precision": partial(sk.precision_score, zero_division=0),
    "specificity": partial(sk.recall_score, pos_label=0),
}
N = 3000
rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (N, 2))
y = (X[:, 0] + 0.5 * rng.normal(size=N) > 0.6).astype(int)
MODEL = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])


@pytest.mark.parametrize("scoring", SCORINGS)
def test_gains_are_the_scores_of_scikit_learn(scoring):
    score = X[:, 0].round(1)
    thresholds = np.unique(score)[::-1]
    table = SimpleNamespace(
        true_positives=np.array([y[score >= t].sum() for t in thresholds], float),
        false_positives=np.array(
            [(1 - y)[score >= t].sum() for t in thresholds], float
        ),
    )
    true = np.append(table.true_positives, 0.0)
    false = np.append(table.false_positives, 0.0)
    found = _gain(scoring, true, false, table)
    expected = [
        THEIRS.get(scoring, getattr(sk, f"{scoring}_score", None))(y, score >= t)
        for t in np.append(thresholds, np.inf)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("scoring", SCORINGS)
def test_every_score_can_be_tuned(scoring):
    tuned = DPTunedThresholdClassifier(MODEL, scoring=scoring, epsilon=5.0).fit(X, y)
    assert tuned.predict(X).shape == y.shape
    assert tuned.privacy_.epsilon() <= 5.0


def carrying(ledger):
    """A fitted model that carries a ledger."""
    with ledger:
        model = DPGaussianNB(bounds=(-1, 1), classes=[0, 1])
        sent = pickle.dumps(model)
    return pickle.loads(sent).fit(X, y)


def test_early_stopping_charges_ledgers_that_models_carry():
    first, second = PrivacyLedger(), PrivacyLedger()
    models = [carrying(first), carrying(first), carrying(second)]
    stopping = DPEarlyStopping(X, y, patience=50, epsilon=0.5)
    for model in models:
        stopping.should_stop(model)
    for ledger, fits in (first, 2), (second, 1):
        names = [record.name for record in ledger.records]
        assert names.count("DPEarlyStopping") == 1
        assert len(names) == fits + 1
    with PrivacyLedger() as open_one:
        stopping = DPEarlyStopping(X, y, patience=50, epsilon=0.5)
        stopping.should_stop(carrying(open_one))
    names = [record.name for record in open_one.records]
    assert names.count("DPEarlyStopping") == 1


def test_a_strict_ledger_that_comes_in_later_refuses_seeds():
    from skprivate.ledger import StrictLedgerError

    model = carrying(PrivacyLedger(strict=True))
    stopping = DPEarlyStopping(X, y, random_state=0)
    with pytest.raises(StrictLedgerError):
        stopping.should_stop(model)


@pytest.mark.parametrize("scoring", ["f1", "jaccard", "accuracy"])
def test_a_rare_class_is_told_apart_at_the_highest_scores(scoring):
    # One row in fifty is positive: of a dozen equal cells the first would hold three
    # others for each of them, and the best F1 would be below 0.4.
    rng = np.random.default_rng(0)
    Z = rng.uniform(-1, 1, (8000, 1))
    rare = (Z[:, 0] > 0.96).astype(int)
    tuned = DPTunedThresholdClassifier(
        MODEL, scoring=scoring, epsilon=3.0, random_state=0
    )
    assert sk.f1_score(rare, tuned.fit(Z, rare).predict(Z)) > 0.6


def test_where_few_positives_are_best_said():
    assert _at_top({"fp": 2, "fn": 1})
    assert not _at_top({"fp": 1, "fn": 8})
    assert not _at_top("balanced_accuracy")
    assert _at_top("f1")


@pytest.mark.parametrize(
    ("noise", "at", "found"), [(0.0, 0.0, 1.0), (4e4, 0.0, 0.0), (4e4, None, 1.0)]
)
def test_a_threshold_stays_where_noise_explains_what_another_gains(noise, at, found):
    table = SimpleNamespace(
        thresholds=np.array([1.0, 0.0, -np.inf]),
        true_positives=np.array([60.0, 70.0, 100.0]),
        false_positives=np.array([10.0, 40.0, 900.0]),
        noise=noise,
        at=at,
    )
    question = BestThreshold(np.array([0, 1]), scoring="f1")
    assert question.read_off(table, 2.0)[0] == found


def test_a_rare_class_that_noise_half_hides_is_found_as_by_the_model():
    # 200 positive rows of 10,000 and a table of 2 % of the budget of a fit at epsilon
    # one: read off as it is, the threshold would be far off in most of these fits.
    rng = np.random.default_rng(0)
    rare = (rng.random(10_000) < 0.02).astype(int)
    Z = np.clip(0.3 * rng.normal(size=(10_000, 1)) + 0.7 * rare[:, None], -1, 1)
    scores = []
    for seed in range(6):
        tuned = DPTunedThresholdClassifier(
            MODEL, scoring="f1", epsilon=0.5, random_state=seed
        ).fit(Z, rare)
        said = tuned.predict(Z), tuned.estimator_.predict(Z)
        scores.append([sk.f1_score(rare, of, zero_division=0) for of in said])
    tuned, untouched = np.mean(scores, axis=0)
    assert tuned > untouched - 0.02
