"""The threshold is private, is worth its price, and the price is paid once."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score

from skprivate import make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.base import UtilityWarning
from skprivate.compose import DPTableVectorizer
from skprivate.composition import check_private, privacy_cost
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import (
    DPRandomizedSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
)
from skprivate.model_selection._threshold_split import split_of
from skprivate.preprocessing import DPStandardScaler


@pytest.fixture
def rows(rng):
    X = rng.uniform(-1, 1, (6000, 3))
    y = (X[:, 0] + 0.4 * rng.normal(size=6000) > 0.9).astype(int)  # about one in eight
    return X, y


def model(**params):
    return DPLogisticRegression(bounds=(-1, 1), classes=[0, 1], **params)


def tuned(**params):
    return DPTunedThresholdClassifier(model(), **params)


@pytest.mark.parametrize("scoring", ["balanced_accuracy", "f1", {"fp": 1, "fn": 8}])
def test_better_than_the_usual_threshold(scoring, rows):
    found = tuned(scoring=scoring, random_state=0).fit(*rows)
    usual = found.estimator_.predict(rows[0])
    score = f1_score if scoring == "f1" else balanced_accuracy_score
    assert score(rows[1], found.predict(rows[0])) > score(rows[1], usual) + 0.03


def test_accuracy_is_not_made_worse(rows):
    found = tuned(scoring="accuracy", random_state=0).fit(*rows)
    usual = np.mean(found.estimator_.predict(rows[0]) == rows[1])
    assert found.score(*rows) > usual - 0.02


def test_extreme_costs(rows):
    X, y = rows
    alarms = tuned(scoring={"fp": 1, "fn": 0}, random_state=0)
    assert np.mean(alarms.fit(X, y).predict(X)[y == 0]) < 0.01
    misses = tuned(scoring={"fp": 0, "fn": 1}, random_state=0)
    assert np.mean(misses.fit(X, y).predict(X)[y == 1]) > 0.9


@pytest.mark.parametrize(
    ("fraction", "note"), [(None, "same rows"), (0.2, "disjoint parts")]
)
def test_price_is_paid_once(fraction, note, rows):
    classifier = tuned(epsilon=0.8, validation_fraction=fraction)
    with PrivacyLedger(epsilon=0.8, delta=1e-6) as ledger:
        classifier.fit(*rows)
    assert [record.name for record in ledger.records] == ["DPTunedThresholdClassifier"]
    assert classifier.privacy_.epsilon() == pytest.approx(0.8)
    names = [release.query for release in classifier.privacy_.releases]
    assert any(name.startswith("fit: ") for name in names)
    assert any(name.startswith("threshold: ") for name in names)
    assert note in repr(classifier.privacy_)
    assert note in str(privacy_cost(classifier))
    cost = privacy_cost(classifier)
    assert cost.epsilon() == pytest.approx(0.8)
    assert check_private(classifier).private


def test_each_part_has_the_whole_budget(rows):
    classifier = tuned(epsilon=0.8).fit(*rows)
    for part in ("fit", "threshold"):
        shares = [
            release.share
            for release in classifier.privacy_.releases
            if release.query.startswith(part)
        ]
        assert sum(shares) == pytest.approx(1.0)


def test_no_row_moves_another(rows):
    """With the same seed, the coins of the other rows stay where they were."""
    X, y = rows
    classifier = tuned(random_state=5)
    seen = []

    class Spy(DPLogisticRegression):
        def fit(self, X, y=None, **params):
            seen.append({row.tobytes() for row in X})
            return super().fit(X, y, **params)

    spy = classifier.set_params(estimator=Spy(bounds=(-1, 1), classes=[0, 1]))
    clone(spy).fit(X, y)
    clone(spy).fit(X[:-1], y[:-1])
    assert len(seen[0] ^ seen[1]) <= 1


def test_groups_and_weights(rows):
    X, y = rows
    groups = np.arange(len(y)) // 3
    classifier = DPTunedThresholdClassifier(
        model(max_rows_per_group=3, max_weight=2.0), epsilon=4.0
    )
    classifier.fit(X, y, sample_weight=np.full(len(y), 2.0), groups=groups)
    assert "group" in classifier.privacy_.unit
    largest = max(release.sensitivity for release in classifier.privacy_.releases)
    assert largest >= 6.0


def test_pipelines_and_strings(rows):
    X, y = rows
    names = np.array(["no", "yes"])[y]
    pipe = make_dp_pipeline(
        DPStandardScaler(bounds=(-1, 1)), DPLogisticRegression(classes=["no", "yes"])
    )
    classifier = DPTunedThresholdClassifier(pipe, pos_label="no", epsilon=2.0)
    classifier.fit(X, names)
    assert set(classifier.predict(X)) <= {"no", "yes"}
    assert classifier.predict_proba(X).shape == (len(X), 2)
    assert classifier.privacy_.epsilon() == pytest.approx(2.0)


def test_a_pipeline_hands_bounds_to_the_model_inside(rows):
    inner = DPTunedThresholdClassifier(DPLogisticRegression(classes=[0, 1]))
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), inner).fit(*rows)
    assert not any("Dyadic" in release.query for release in pipe.privacy_.releases)
    assert pipe[-1].estimator.bounds == "private"  # as the user gave it


def test_a_seeded_whole_around_it_seeds_it(rows):
    seeded = {"cv": 2, "epsilon": 2.0, "random_state": 3}
    first, second = (dp_cross_val_score(tuned(), *rows, **seeded) for _ in range(2))
    assert list(first) == list(second)


def test_strict_ledger(rows):
    with PrivacyLedger(strict=True):
        tuned().fit(*rows)
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        DPTunedThresholdClassifier(DPLogisticRegression(bounds=(-1, 1))).fit(*rows)
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        tuned(random_state=0).fit(*rows)


@pytest.mark.parametrize("estimator", [model(), make_dp_pipeline(model())])
def test_parts_that_all_rows_are_in_are_the_whole_at_most(estimator, rows):
    found = DPTunedThresholdClassifier(estimator, epsilon=1.5).fit(*rows)
    whole = Budget(1.5, 1e-6).mu ** 2
    of_table = [
        release.mechanism.mu**2
        for release in found.privacy_.releases
        if release.query.startswith("threshold: ")
    ]
    squares = sum(release.mechanism.mu**2 for release in found.privacy_.releases)
    assert 0.99 < squares / whole <= 1 + 1e-12
    assert sum(of_table) == pytest.approx(0.05 * whole, rel=1e-6)


def test_what_finds_categories_keeps_its_reserve():
    vectorized = make_dp_pipeline(DPTableVectorizer(), DPLogisticRegression())
    split = split_of(vectorized, 1.0, 1e-6, None)
    assert split.fraction is None
    whole, part = Budget(1.0, 1e-6).reserving(), privacy_cost(split.model)
    assert part.epsilon() < 1.0
    assert split.left.mu**2 == pytest.approx(0.05 * whole.mu**2, rel=1e-6)


@pytest.mark.parametrize(
    ("estimator", "epsilon", "delta"),
    [
        (model(), np.inf, 1e-6),
        (model(), 40.0, 1e-6),
        (model(), 1.0, 0.0),
        (model(), 1e-9, 1e-6),
        (
            DPRandomizedSearchCV(model(), {"C": [0.1, 1.0]}, n_iter=2, mean_runs=3.0),
            1.0,
            1e-6,
        ),
    ],
)
def test_rows_are_held_back_where_parts_of_a_budget_would_not_do(
    estimator, epsilon, delta
):
    split = split_of(estimator, epsilon, delta, None)
    assert split.fraction == 0.2
    assert split.left.epsilon == pytest.approx(epsilon)
    assert split.model.epsilon == epsilon


def test_a_part_of_the_budget_leaves_more_than_a_part_of_the_rows():
    # Signal of the model, of 1: sqrt(1 - s) against 1 - f; of the table: sqrt(s), f.
    split = split_of(model(), 1.0, 1e-6, None)
    whole = Budget(1.0, 1e-6).mu
    own = Budget(split.model.epsilon, split.model.delta).mu
    assert own / whole > 0.97 > 1 - 0.2
    assert split.left.mu / whole > 0.2


def test_seed_and_pickle(rows):
    first, second = (tuned(random_state=3).fit(*rows) for _ in range(2))
    assert first.best_threshold_ == second.best_threshold_
    again = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(again.predict(rows[0]), first.predict(rows[0]))


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"scoring": "roc_auc"}, ValueError),
        ({"scoring": {"fp": 1}}, ValueError),
        ({"scoring": {"fp": -1, "fn": 1}}, ValueError),
        ({"validation_fraction": 1.0}, ValueError),
        ({"epsilon": 0}, ValueError),
        ({"estimator": LogisticRegression()}, TypeError),
        ({"estimator": model(epsilon=3.0)}, ValueError),
        ({"estimator": DPStandardScaler()}, TypeError),
    ],
)
def test_nonsense_is_refused_before_it_costs_anything(params, error, rows):
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            tuned().set_params(**params).fit(*rows)
        assert len(ledger.records) == 0


def test_three_classes_are_refused(rows):
    three = model().set_params(classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"two classes.*DPOneVsRestClassifier"):
        DPTunedThresholdClassifier(three).fit(*rows)


def test_logarithms_of_probabilities(rows):
    found = tuned(random_state=0).fit(*rows)
    naive = np.log(found.predict_proba(rows[0]))
    assert np.array_equal(found.predict_log_proba(rows[0]), naive)


@pytest.mark.parametrize("scoring", ["f1", "precision", {"fp": 1, "fn": 5}])
def test_a_positive_class_that_is_frequent_is_told_if_nobody_named_it(scoring):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (4000, 2))
    y = np.where(X[:, 0] > 0.8, "fraud", "ok")
    model = DPLogisticRegression(bounds=(-1, 1), classes=["fraud", "ok"])
    with pytest.warns(UtilityWarning, match="^scoring is about .* pos_label.$"):
        DPTunedThresholdClassifier(model, scoring=scoring, epsilon=5.0).fit(X, y)
    for pos_label in ("fraud", "ok"):
        named = {"scoring": scoring, "pos_label": pos_label, "epsilon": 5.0}
        DPTunedThresholdClassifier(model, **named).fit(X, y)
    DPTunedThresholdClassifier(model, epsilon=5.0).fit(X, y)
    rare = np.where(y == "fraud", "z", "ok")
    model = clone(model).set_params(classes=["ok", "z"])
    DPTunedThresholdClassifier(model, scoring=scoring, epsilon=5.0).fit(X, rare)
