"""Shares of classes in a table without labels: right, priced, refused where unknown."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skprivate import PrivacyLedger, check_private, privacy_cost
from skprivate.accounting import BudgetExceededError
from skprivate.composition import NotPrivateError
from skprivate.linear_model import DPRidge
from skprivate.metrics._measurement import Measurement
from skprivate.naive_bayes import DPGaussianNB
from skprivate.shift import DPLabelShift
from skprivate.shift._label_tables import JointCounts, PredictedCounts
from skprivate.shift._priors import priors_of
from skprivate.testing import record, replay

GIVEN = np.array([[0.9, 0.1], [0.4, 0.6]])


def rows(n, share, rng):
    y = (rng.random(n) < share).astype(int)
    return np.clip(rng.normal(y[:, None], 0.7, (n, 2)), -2, 3), y


@pytest.fixture(scope="module")
def model():
    X, y = rows(4000, 0.2, np.random.default_rng(0))
    return DPGaussianNB(bounds=(-2, 3), classes=[0, 1]).fit(X, y)


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(1)
    return rows(4000, 0.2, rng), rows(4000, 0.6, rng)


@pytest.fixture(scope="module")
def shift(model, tables):
    (X, y), (X_now, _) = tables
    return DPLabelShift(model, random_state=0).fit(X, y, X_now)


def test_shares_are_found(shift):
    assert abs(shift.prior_[1] - 0.6) < 0.05
    assert abs(shift.source_prior_[1] - 0.2) < 0.03
    half = (shift.high_[1] - shift.low_[1]) / 2  # about two deviations
    assert abs(shift.prior_[1] - 0.6) < 2.5 * half
    assert shift.prior_.sum() == pytest.approx(1.0)
    assert "epsilon=1" in shift.report()


def test_probabilities_are_put_right(shift, model, tables):
    X, y = tables[1]
    before = log_loss(y, model.predict_proba(X))
    assert log_loss(y, shift.predict_proba(X)) < before - 0.05
    assert (shift.predict(X) == y).mean() > (model.predict(X) == y).mean() + 0.02
    found = shift.correct([[1.0, 0.0], [0.5, 0.5]])
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    assert found[0, 0] == 1.0
    with pytest.raises(ValueError, match="proba must have 2 columns"):
        shift.correct([[1.0, 0.0, 0.0]])


def test_intervals_hold_the_prior():
    """Of 200, fewer than 168 hold it with less than 1e-6 in chance, if 95 % do."""
    rng, held = np.random.default_rng(2), 0
    for _ in range(200):
        joint = rng.multinomial(3000, (np.array([0.7, 0.3])[:, None] * GIVEN).ravel())
        now = rng.multinomial(2000, np.array([0.4, 0.6]) @ GIVEN)
        noisy = [c + rng.normal(0, 4.2, c.shape) for c in (joint, now)]
        found = priors_of(noisy[0].reshape(2, 2), noisy[1], (4.2, 4.2))
        held += abs(found.target[1] - 0.6) <= 1.96 * found.deviation[1]
    assert held >= 168


def test_without_noise_it_solves_exactly():
    joint = 1e6 * np.array([0.7, 0.3])[:, None] * GIVEN
    now = 1e6 * np.array([0.4, 0.6]) @ GIVEN
    found = priors_of(joint, now, (0.0, 0.0))
    np.testing.assert_allclose(found.target, [0.4, 0.6], atol=1e-6)
    np.testing.assert_allclose(found.source, [0.7, 0.3], atol=1e-6)


SINGULAR = {
    "one column": np.array([[500.0, 1.0], [500.0, -2.0]]),
    "no matter what": np.array([[250.0, 250.0], [250.0, 250.0]]),
    "no row of a class": np.array([[900.0, 80.0], [3.0, -2.0]]),
    "nothing": np.array([[1.0, -3.0], [2.0, 0.5]]),
    "less than nothing": -np.ones((2, 2)),
}


@pytest.mark.parametrize("name", SINGULAR)
def test_singular_matrices_are_refused(name):
    with pytest.raises(ValueError, match="singular, as far as noise"):
        priors_of(SINGULAR[name], np.array([300.0, 200.0]), (4.2, 4.2))


def test_a_model_that_guesses_is_refused(model, tables, rng):
    (X, y), (X_now, _) = tables
    with pytest.raises(ValueError, match="singular"):
        DPLabelShift(model).fit(X, rng.permutation(y), X_now)


@pytest.mark.parametrize(
    ("question", "y"),
    [(JointCounts([0, 1, 2]), True), (PredictedCounts([0, 1, 2]), False)],
)
def test_one_more_row_moves_one_count(question, y, rng):
    X = rng.integers(0, 3, (200, 1)).astype(float)
    labels = {"y": rng.integers(0, 3, 200)} if y else {}
    recording = record(Measurement(question, "counts"), X=X, **labels)
    for value in (0.0, 2.0, 7.0, -1.0, 0.5, 1e300):
        more = {"y": np.append(labels["y"], 1)} if y else {}
        found = replay(recording, X=np.vstack([X, [[value]]]), **more)
        assert found.findings == []
        assert found.largest_move <= 1


def test_ledgers_are_charged_for_both_tables(model, tables):
    (X, y), (X_now, _) = tables
    with PrivacyLedger(epsilon=2.0, delta=1e-5, strict=True) as ledger:
        DPLabelShift(model, epsilon=0.5).fit(X, y, X_now)
    (record_,) = ledger.records
    assert [release["query"] for release in record_.releases] == [
        "Confusion",
        "Predicted",
    ]
    ledger = PrivacyLedger(epsilon=0.6, delta=1e-5)
    with pytest.raises(BudgetExceededError), ledger:
        DPLabelShift(model, epsilon=0.5).fit(X, y, X_now)
    assert ledger.records == ()


def test_what_it_costs(model, shift):
    cost = privacy_cost(DPLabelShift(model, epsilon=0.5))
    assert 0.5 < cost.epsilon(1e-6) < 1.0
    with pytest.raises(NotPrivateError, match="seeded"):
        check_private(shift)


def test_bad_input(model, tables):
    (X, y), (X_now, _) = tables
    fits = X, y, X_now
    raw = LogisticRegression().fit(X, y)
    for wrong, words in [
        (DPLabelShift(raw), "not private"),
        (DPLabelShift(clone(model)), "not fitted"),
        (DPLabelShift(DPRidge()), "must be a classifier"),
        (DPLabelShift(model, classes=[0]), "two classes"),
        (DPLabelShift(model, classes=[0, 7]), "lacks a class"),
        (DPLabelShift(model, confidence=2.0), "confidence"),
        (DPLabelShift(model, epsilon=-1.0), "epsilon"),
    ]:
        with pytest.raises((ValueError, TypeError), match=words):
            wrong.fit(*fits)
    with pytest.raises(ValueError, match="features"):
        DPLabelShift(model, random_state=0).fit(X, y, X_now[:, :1])
    with pytest.raises(ValueError):
        DPLabelShift(model, random_state=0).fit(X, y, X_now[:0])
    words = np.array(["SECRET", "no"])[y]
    with pytest.raises((ValueError, TypeError)) as told:
        DPLabelShift(model, random_state=0).fit(X, words, X_now)
    assert "SECRET" not in str(told.value)
