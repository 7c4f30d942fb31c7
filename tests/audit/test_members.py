"""Attacks find what is there, and do not accuse whom they should not."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skprivate.accounting import Budget
from skprivate.audit import membership_inference_report
from skprivate.audit._detection import area, detection, proportion
from skprivate.audit._scores import row_scores
from skprivate.linear_model import DPLogisticRegression

RATES = (0.05, 0.2)


@pytest.fixture(scope="module")
def rows():
    """Noise: what a model knows of it, it has learned by heart."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(800, 8)), rng.integers(0, 2, 800)
    return X[:400], y[:400], X[400:], y[400:]


def report_of(model, rows, **options):
    asked = {"false_alarms": RATES, "n_references": 4, "random_state": 0} | options
    return membership_inference_report(model, *rows, **asked)


def test_a_model_that_knows_rows_by_heart(rows):
    model = RandomForestClassifier(30, random_state=0).fit(*rows[:2])
    report = report_of(model, rows)
    assert report.auc > 0.95
    assert report.verdict == "no bound"
    assert all(one.rate > 0.7 and one.bound is None for one in report.detections)


def test_a_model_that_knows_nothing(rows):
    model = LogisticRegression(C=1e-9).fit(*rows[:2])
    report = report_of(model, rows, attack="loss")
    low, high = report.areas["loss"][1]
    assert low <= 0.5 <= high


class HalfWay(RegressorMixin, BaseEstimator):
    """Goes half of the way to the targets of rows that it has seen."""

    def fit(self, X, y):
        self.known_ = dict(zip(X[:, 0], y, strict=True))
        return self

    def predict(self, X):
        return np.array([self.known_.get(x, 0.0) / 2 for x in X[:, 0]])


def test_references_find_what_the_loss_misses():
    """Rows of very different difficulty: only beside others a row stands out."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(800, 1)), np.exp(2 * rng.normal(size=800))
    rows = X[:400], y[:400], X[400:], y[400:]
    report = report_of(HalfWay().fit(*rows[:2]), rows, n_references=8)
    assert report.areas["loss"][0] < 0.75
    assert report.areas["calibrated"][0] > 0.95
    assert report.areas["likelihood"][0] > 0.95


def private_model(**options):
    return DPLogisticRegression(
        bounds=(-3, 3), classes=[0, 1], random_state=0, **options
    )


def test_private_models_are_within_their_bound(rows):
    model = private_model().fit(*rows[:2])
    report = report_of(model, rows)
    mu = Budget(1.0, 1e-6).mu
    assert report.verdict == "within the bound"
    for one in report.detections:
        assert one.bound == pytest.approx(
            norm.cdf(norm.ppf(one.false_alarms) + mu), abs=0.02
        )


def test_a_claim_that_is_false_is_found_to_be(rows, monkeypatch):
    """A model that keeps all rows, and says that it is private."""
    model = private_model().fit(*rows[:2])
    keeper = RandomForestClassifier(30, random_state=0).fit(*rows[:2])
    monkeypatch.setattr(
        DPLogisticRegression, "predict_proba", lambda self, X: keeper.predict_proba(X)
    )
    report = report_of(model, rows, attack="loss")
    assert report.verdict == "above the bound: the claim is broken"
    assert all(one.broken for one in report.detections)


@pytest.mark.parametrize("kind", ["labels", "margins", "numbers", "frames"])
def test_kinds(rows, kind):
    X, y, X_test, y_test = rows
    if kind == "labels":

        class Labels(DecisionTreeClassifier):
            predict_proba = None

            def __getattribute__(self, name):
                if name == "predict_proba":
                    raise AttributeError(name)
                return super().__getattribute__(name)

        model = Labels(random_state=0)
    elif kind == "margins":
        model = Perceptron(random_state=0)
    elif kind == "numbers":
        model = DecisionTreeRegressor(random_state=0)
    else:
        model = DecisionTreeClassifier(random_state=0)
        X, X_test = (pd.DataFrame(part, columns=[*"abcdefgh"]) for part in (X, X_test))
    report = report_of(model.fit(X, y), (X, y, X_test, y_test))
    assert report.auc > (0.5 if kind == "margins" else 0.7)


def test_it_shows_itself(rows):
    model = private_model().fit(*rows[:2])
    report = report_of(model, rows, attack="loss")
    assert "NOT PRIVATE" in repr(report)
    assert "<table" in report._repr_html_()
    assert report.to_dict()["verdict"] == report.verdict
    pytest.importorskip("matplotlib")
    assert report.plot().get_title() == report.verdict


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"attack": "odd"}, "attack must"),
        ({"n_references": 1}, "n_references must"),
        ({"false_alarms": (0.001,)}, "not measurable"),
        ({"false_alarms": (1.0,)}, "rates between"),
        ({"confidence": 1}, "confidence must"),
        ({"alpha": 0}, "alpha must"),
    ],
)
def test_parameters(rows, change, match):
    model = LogisticRegression().fit(*rows[:2])
    with pytest.raises(ValueError, match=match):
        report_of(model, rows, **change)


def test_what_cannot_be_attacked(rows):
    with pytest.raises(NotFittedError):
        report_of(LogisticRegression(), rows)
    few = [part[:10] for part in rows]
    with pytest.raises(ValueError, match="at least 20"):
        report_of(LogisticRegression().fit(*rows[:2]), few)


def test_areas_hold_as_often_as_they_say(rng):
    """Two normal distributions a half apart: the area is known."""
    true, n, held = norm.cdf(0.5 / np.sqrt(2)), 400, 0
    for _ in range(n):
        low, high = area(rng.normal(0.5, 1, 150), rng.normal(0, 1, 150), 0.05)[1]
        held += low <= true <= high
    assert held >= 352  # P(Binomial(400, .94) < 352) < 1e-5, and it is seeded


def test_rates_of_false_alarms_are_bounded(rng):
    wrong = 0
    for _ in range(400):
        inside, outside = rng.normal(size=(2, 100))
        cut = np.sort(outside)[::-1][20]
        _, _, alarms = detection(inside, outside, 0.2, 0.1)
        wrong += norm.sf(cut) > alarms
    assert wrong <= 45  # at most 5 % are, on average


def test_proportions():
    assert proportion(0, 10, 0.05)[0] == 0.0
    assert proportion(10, 10, 0.05)[1] == 1.0
    low, high = proportion(5, 10, 0.05)
    assert (round(low, 3), round(high, 3)) == (0.187, 0.813)


def test_targets_in_a_column(rows):
    """They would be broadcast: each row against the targets of all."""
    X, y, X_test, y_test = rows
    model = LinearRegression().fit(X, y[:, None])
    found = report_of(model, rows, attack="loss").areas
    column = X, y[:, None], X_test, pd.DataFrame(y_test)
    assert report_of(model, column, attack="loss").areas == found
    flat = LinearRegression().fit(X, y)
    again = report_of(flat, column, attack="loss").areas["loss"][0]
    assert again == pytest.approx(found["loss"][0])


def test_classes_that_the_fit_has_not_seen(rows):
    X, y, X_test, y_test = rows
    y_test = np.where(np.arange(400) < 5, 7, y_test)
    report = report_of(Perceptron().fit(X, y), (X, y, X_test, y_test))
    assert all(np.isfinite(found) for found, _ in report.areas.values())


@pytest.mark.parametrize("rates", [0.2, []])
def test_rates_are_a_list(rows, rates):
    model = LogisticRegression().fit(*rows[:2])
    with pytest.raises(ValueError, match="must be a list of rates"):
        report_of(model, rows, false_alarms=rates)


def test_errors_of_models_quote_no_row():
    rows = np.random.default_rng(0).normal(size=(60, 2))
    model = LogisticRegression().fit(
        pd.DataFrame(rows, columns=["a", "b"]), rows[:, 0] > 0
    )
    texts = pd.DataFrame({"a": ["Ulm"] * 60, "b": 1.0})
    with pytest.raises(ValueError, match="text") as caught:
        row_scores(model, texts, rows[:, 0] > 0)
    assert "Ulm" not in str(caught.value)
