"""Private scorers, alone and in scikit-learn's searches."""

import pickle

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.svm import LinearSVC

from skprivate.accounting import Budget
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import (
    DPScore,
    DPScorer,
    dp_accuracy_score,
    dp_confusion_matrix,
    get_dp_scorer,
    get_dp_scorer_names,
    make_dp_scorer,
)

OF_NUMBERS = ("r2", "neg_mean_squared_error", "neg_mean_absolute_error")
OF_NO_TARGET = ("log_likelihood", "silhouette")  # scikit-learn has no such scorers
every_name = pytest.mark.parametrize(
    "name", [name for name in get_dp_scorer_names() if name not in OF_NO_TARGET]
)


@pytest.fixture
def rows(rng):
    X = rng.uniform(-1, 1, (2000, 3))
    noisy = X[:, 0] + 0.5 * rng.normal(size=2000)
    return X, np.where(noisy > 0, "yes", "no"), np.clip(noisy, -2, 2)


def setting_of(name, rows):
    """A model, its rows, and options of the scorer."""
    X, labels, numbers = rows
    if name in OF_NUMBERS:
        return LinearRegression().fit(X, numbers), numbers, {"target_bounds": (-2, 2)}
    labels = (labels == "yes").astype(int)  # scikit-learn's scorers need pos_label=1
    return LogisticRegression().fit(X, labels), labels, {}


@every_name
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_same_as_scikit_learn_without_noise(name, rows):
    model, y, options = setting_of(name, rows)
    scorer = make_dp_scorer(name, epsilon=np.inf, **options)
    found = scorer(model, rows[0], y)
    expected = sk.get_scorer(name)(model, rows[0], y)
    assert isinstance(found, DPScore)
    tolerance = 0.02 if name == "neg_log_loss" else 3e-3  # small probabilities are cut
    assert float(found) == pytest.approx(expected, abs=tolerance)
    assert found.interval[0] <= found <= found.interval[1]


@every_name
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_row_scores_are_as_good_as_the_score(name, rows):
    model, y, options = setting_of(name, rows)
    scorer = make_dp_scorer(name, epsilon=np.inf, **options)
    scores = scorer.row_score(model, rows[0], y)
    if scores is None:
        assert name not in ("accuracy", "neg_log_loss", "neg_brier_score")
        return
    assert scores.shape == (2000,)
    assert scores.min() >= 0
    assert scores.max() <= 1
    flipped = np.roll(y, 1)  # a worse truth for the same model
    others = scorer.row_score(model, rows[0], flipped)
    assert others.mean() < scores.mean()
    assert scorer(model, rows[0], flipped) < scorer(model, rows[0], y)
    some = scorer.row_score(model, rows[0][:7], y[:7])
    np.testing.assert_array_equal(some, scores[:7])


def test_row_scores_need_public_bounds(rows):
    model, y, _ = setting_of("r2", rows)
    scorer = make_dp_scorer("neg_mean_squared_error")
    assert scorer.row_score(model, rows[0], y) is None


def test_budgets(rows):
    model, y, _ = setting_of("accuracy", rows)
    half, _ = Budget(1.0, 1e-6).split(1, 1)
    scorer = get_dp_scorer("accuracy").with_budget(half)
    score = scorer(model, rows[0], y)
    spent = score.privacy.releases[0].mechanism.mu
    assert spent**2 == pytest.approx(Budget(1.0, 1e-6).mu ** 2 / 2, rel=1e-6)
    assert get_dp_scorer(scorer) is scorer
    seeded = scorer.with_budget(half, random_state=3)
    assert seeded(model, rows[0], y) == seeded(model, rows[0], y)


def test_margins_and_the_other_positive_class(rows):
    X, y, _ = rows
    svm = LinearSVC().fit(X, y)
    ranked = make_dp_scorer("roc_auc", epsilon=8.0)(svm, X, y)
    other = make_dp_scorer("roc_auc", epsilon=8.0, pos_label="no")(svm, X, y)
    assert 0.8 < ranked < 1
    assert other == pytest.approx(ranked, abs=0.05)
    logistic = LogisticRegression().fit(X, y)
    brier = make_dp_scorer("neg_brier_score", epsilon=8.0, pos_label="no")
    assert brier(logistic, X, y) > -0.25


def test_cross_validation_charges_every_fold(rows):
    X, y, _ = rows
    model = DPLogisticRegression(bounds=(-1, 1), classes=["no", "yes"])
    with PrivacyLedger() as ledger:
        scores = cross_val_score(model, X, y, scoring=get_dp_scorer("accuracy"), cv=3)
        several = {"a": get_dp_scorer("accuracy"), "b": get_dp_scorer("roc_auc")}
        cross_validate(model, X, y, scoring=several, cv=2)
    assert scores.shape == (3,)
    assert np.all(scores > 0.6)
    assert len(ledger.records) == 3 * 2 + 2 * 3


@pytest.mark.parametrize("n_jobs", [None, pytest.param(2, marks=pytest.mark.slow)])
def test_grid_search_charges_every_score(n_jobs, rows):
    X, y, _ = rows
    model = DPLogisticRegression(bounds=(-1, 1), classes=["no", "yes"])
    scorer = make_dp_scorer("f1", epsilon=2.0, pos_label="yes")
    grid = {"C": [1.0, 100.0]}
    search = GridSearchCV(model, grid, scoring=scorer, cv=2, n_jobs=n_jobs)
    with PrivacyLedger() as ledger:
        search.fit(X, y)
    assert len(ledger.records) == 4 + 1 + 4
    assert clone(search).scoring is not None


def test_scorers_are_values():
    scorer = make_dp_scorer(dp_accuracy_score, epsilon=0.5)
    again = pickle.loads(pickle.dumps(scorer))
    assert repr(again) == repr(scorer)
    assert isinstance(clone(scorer), DPScorer)
    assert eval(repr(scorer)).options == scorer.options


def test_what_is_no_scorer_is_refused():
    with pytest.raises(ValueError, match="Give one of"):
        get_dp_scorer("accurcy")
    with pytest.raises(ValueError, match="No scorer"):
        make_dp_scorer(dp_confusion_matrix)
    with pytest.raises(ValueError, match="No scorer"):
        make_dp_scorer(sk.accuracy_score)
    with pytest.raises(TypeError, match="parameters"):
        make_dp_scorer("accuracy", treshold=3)
    with pytest.raises(TypeError, match="average=None"):
        make_dp_scorer("dp_precision_recall_f1", average=None)
    with pytest.raises(ValueError, match="part"):
        make_dp_scorer("accuracy", part="f1")


def test_a_score_is_a_float():
    score = DPScore(0.5, (0.4, 0.6))
    assert type(score + 1) is float
    assert f"{score:.2f}" == "0.50"
    assert np.mean([score, score]) == 0.5
    assert hash(score) == hash(0.5)
