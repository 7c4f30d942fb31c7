"""Scores of several classes."""

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.svm import LinearSVC

from skprivate import PrivacyLedger
from skprivate import metrics as dp
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV, dp_cross_val_score

N = 3000
rng = np.random.default_rng(0)
y = rng.choice([0, 1, 2], N, p=[0.5, 0.3, 0.2])
margin = rng.normal(size=(N, 3)) + 1.5 * np.eye(3)[y]
proba = np.exp(margin) / np.exp(margin).sum(axis=1, keepdims=True)
EXACT = {"epsilon": np.inf, "classes": [0, 1, 2]}


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_without_noise_they_are_those_of_scikit_learn(average):
    area = dp.dp_roc_auc_score(y, proba, average=average, multi_class="ovr", **EXACT)
    expected = sk.roc_auc_score(y, proba, average=average, multi_class="ovr")
    assert float(area) == pytest.approx(expected, abs=3e-3)
    precision = dp.dp_average_precision_score(y, margin, average=average, **EXACT)
    expected = sk.average_precision_score(y, margin, average=average)
    assert float(precision) == pytest.approx(expected, abs=3e-3)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_brier_is_the_sum_over_classes():
    found = dp.dp_brier_score(y, proba, **EXACT)
    expected = np.mean(((proba - np.eye(3)[y]) ** 2).sum(axis=1))
    assert float(found) == pytest.approx(expected, abs=1e-4)
    worst = dp.dp_brier_score(y, np.eye(3)[(y + 1) % 3], **EXACT)
    assert float(worst) == pytest.approx(2.0, abs=1e-4)


@pytest.mark.parametrize(
    "metric",
    [dp.dp_roc_auc_score, dp.dp_average_precision_score, dp.dp_brier_score],
)
def test_noise_stays_in_the_interval_and_in_the_budget(metric):
    exact = {
        "dp_roc_auc_score": sk.roc_auc_score(y, proba, multi_class="ovr"),
        "dp_average_precision_score": sk.average_precision_score(y, proba),
        "dp_brier_score": np.mean(((proba - np.eye(3)[y]) ** 2).sum(axis=1)),
    }[metric.__name__]
    found = metric(y, proba, classes=[0, 1, 2], epsilon=2.0, random_state=0)
    low, high = found.interval
    assert low <= exact <= high
    assert high - low < 0.3
    assert found.privacy.epsilon() == pytest.approx(2.0, rel=1e-6)
    assert found.privacy.epsilon() <= 2.0


@pytest.mark.parametrize(
    "metric",
    [dp.dp_roc_auc_score, dp.dp_average_precision_score, dp.dp_brier_score],
)
@pytest.mark.parametrize(
    ("scores", "options", "match"),
    [
        (proba[:, :2], {}, "one score of each class"),
        (proba[:, 0], {}, "one score of each class"),
        (proba, {"pos_label": 1}, "pos_label is for two classes"),
        (proba, {"classes": [0, 1]}, "Give one number"),
        (proba, {"classes": [1]}, "exactly two classes"),
    ],
)
def test_mistakes_are_free(metric, scores, options, match):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=match):
        metric(y, scores, **{"classes": [0, 1, 2], **options})
    assert len(ledger.records) == 0


def test_other_averages_are_refused():
    for metric in dp.dp_roc_auc_score, dp.dp_average_precision_score:
        with pytest.raises(ValueError, match="average must be"):
            metric(y, proba, average="samples")
    with pytest.raises(ValueError, match="multi_class"):
        dp.dp_roc_auc_score(y, proba, multi_class="ovo")


def test_classes_may_be_read_from_the_labels():
    found = dp.dp_roc_auc_score(y, proba, epsilon=9.0)
    assert found > 0.75
    assert "class labels" in found.privacy.assumed[0]
    with pytest.raises(ValueError, match="one score of each class"):
        dp.dp_roc_auc_score(y, proba[:, 1])


X = np.clip(margin, -5, 5)


def test_scorers_ask_for_all_classes():
    model = DPLogisticRegression(bounds=(-5, 5), classes=[0, 1, 2], epsilon=9.0)
    model.fit(X, y)
    names = "roc_auc", "roc_auc_ovr", "roc_auc_ovr_weighted", "average_precision"
    for name in names:
        assert dp.make_dp_scorer(name, epsilon=9.0)(model, X, y) > 0.5
    assert dp.make_dp_scorer("neg_brier_score", epsilon=9.0)(model, X, y) > -0.6
    svm = LinearSVC().fit(X, y)  # has margins only
    assert dp.make_dp_scorer("roc_auc", epsilon=9.0)(svm, X, y) > 0.75


def test_searches_and_folds_use_them():
    model = DPLogisticRegression(bounds=(-5, 5), classes=[0, 1, 2])
    for scoring in "roc_auc_ovr", "neg_brier_score":
        search = DPGridSearchCV(model, {"C": [0.1, 1.0]}, scoring=scoring, epsilon=9.0)
        assert search.fit(X, y).score(X, y) > 0.5
    scores = dp_cross_val_score(model, X, y, cv=2, scoring="roc_auc", epsilon=9.0)
    assert min(scores) > 0.5
