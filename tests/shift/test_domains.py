"""A classifier between two tables: its area, its weights, and when it refuses them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from skprivate import PrivacyLedger, check_private, make_dp_pipeline, privacy_cost
from skprivate.linear_model import DPLogisticRegression
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.shift import DPDomainClassifier
from skprivate.shift._separation import (
    area_under_curve,
    effective_share,
    relative_weights,
)
from skprivate.shift._stacked import stacked


def tables(n=5000, by=0.5, seed=0):
    rng = np.random.default_rng(seed)
    source = np.clip(rng.normal(0, 0.4, (n, 2)), -1, 1)
    return source, np.clip(rng.normal([by, 0], 0.4, (n, 2)), -1, 1)


def classifier(**params):
    return DPDomainClassifier(DPLogisticRegression(bounds=(-1, 1)), **params)


@pytest.fixture(scope="module")
def model():
    return classifier(random_state=0).fit_tables(*tables())


def test_the_area_is_that_of_the_classifier(model):
    source, target = tables(seed=1)
    y = np.repeat([0, 1], len(source))
    exact = roc_auc_score(y, model.predict_proba(np.vstack([source, target]))[:, 1])
    low, high = model.auc_.interval
    assert low < exact < high
    assert high - low < 0.1


def test_intervals_hold_the_area():
    """Of 200, fewer than 168 hold it with less than 1e-6 in chance, if 95 % do."""
    rng, held = np.random.default_rng(3), 0
    law = np.exp(-0.5 * np.linspace(-3, 3, 12) ** 2)
    laws = [law * np.exp(s * np.arange(12)) for s in (0.0, 0.25)]
    laws = [law / law.sum() for law in laws]
    true = float(laws[1] @ (np.cumsum(laws[0]) - laws[0] / 2))
    for _ in range(200):
        counts = np.array([rng.multinomial(1000, law) for law in laws])
        area, deviation = area_under_curve(counts + rng.normal(0, 4.2, (2, 12)), 4.2)
        held += abs(area - true) <= 1.96 * deviation
    assert held >= 168


def test_weights_make_the_source_stand_for_the_target(model):
    source, target = tables()
    weights = model.weights(source)
    assert weights.min() >= 0
    assert weights.max() <= 1
    mean = np.average(source[:, 0], weights=weights)
    assert abs(mean - target[:, 0].mean()) < 0.15 < target[:, 0].mean() - 0.2
    assert 0.1 < model.effective_share_ < 0.9
    alone = np.concatenate([model.weights(source[i : i + 1]) for i in range(20)])
    np.testing.assert_array_equal(alone, weights[:20])


def test_weights_refuse_where_nothing_differs():
    model = classifier(random_state=0).fit_tables(*tables(by=0.0))
    with pytest.raises(ValueError, match="cannot be told apart"):
        model.weights(tables()[0])


def test_weights_refuse_where_few_rows_would_be_left():
    model = classifier(random_state=0, mix=0.01, epsilon=3.0)
    model.fit_tables(*tables(by=1.6))
    with pytest.raises(ValueError, match="too few rows"):
        model.weights(tables()[0])


def test_weights_are_bounded():
    odds = np.array([0.0, 0.3, 1.0, 10.0, 1e300])
    weights = relative_weights(odds, 0.1)
    assert weights[0] == 0
    assert weights[-1] == pytest.approx(1)
    assert (np.diff(weights) > 0).all()
    assert effective_share(np.array([10.0, 10.0]), np.ones(2)) == pytest.approx(1)
    assert effective_share(np.array([99.0, 1.0]), np.array([0.0, 1.0])) == 0.01


def test_next_to_no_rows_say_nothing():
    area, deviation = area_under_curve(np.array([[3.0, -2.0], [1.0, 1.0]]), 4.2)
    assert (area, deviation) == (0.5, 0.5)


MAKE = {
    "array": np.asarray,
    "list": lambda X: X.tolist(),
    "frame": lambda X: pd.DataFrame(X, columns=["a", "b"]),
    "polars": lambda X: pl.DataFrame(X, schema=["a", "b"]),
}


@pytest.mark.parametrize("kind", MAKE)
def test_kinds_of_tables(kind):
    make, (source, target) = MAKE[kind], tables(300)
    model = DPDomainClassifier(DPGaussianNB(bounds=(-1, 1)), random_state=0)
    model.fit_tables(make(source), make(target))
    expected = clone(model).fit_tables(source, target)
    np.testing.assert_array_equal(model.counts_, expected.counts_)
    assert model.estimator.classes is None


def test_sparse_rows():
    source, target = (sparse.csr_matrix(X) for X in tables(300))
    model = classifier(random_state=0).fit_tables(source, target)
    assert model.counts_.shape == (2, 32)


def test_a_table_that_says_where_its_rows_are_from():
    source, target = tables(2000)
    X, y = np.vstack([source, target]), np.repeat(["before", "now"], 2000)
    inner = DPLogisticRegression(bounds=(-1, 1), classes=["before", "now"])
    model = DPDomainClassifier(inner, random_state=0).fit(X, y)
    assert model.classes_.tolist() == ["before", "now"]
    assert model.auc_ > 0.6
    with pytest.raises(ValueError, match="two labels"):
        classifier(random_state=0).fit(X, np.arange(4000) % 3)


def test_a_pipeline():
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), DPLogisticRegression())
    model = DPDomainClassifier(pipe, random_state=0).fit_tables(*tables(3000))
    assert model.auc_ > 0.6


def test_one_price_for_both_tables():
    source, target = tables(300)
    with PrivacyLedger(epsilon=1.0, delta=1e-6, strict=True) as ledger:
        model = classifier(epsilon=0.5).fit_tables(source, target)
    assert len(ledger.records) == 1
    assert privacy_cost(classifier(epsilon=0.5)).epsilon(1e-6) == pytest.approx(0.5)
    assert model.privacy_.budget.epsilon == 0.5
    check_private(classifier())


def test_bad_input():
    source, target = tables(60)
    frame = MAKE["frame"]
    for tables_, words in [
        ((frame(source), target), "different kinds"),
        ((source, target[:, :1]), "same columns|columns"),
        ((frame(source), frame(target).rename(columns={"a": "c"})), "lacks 'a'"),
        ((source[0], target), "2D"),
    ]:
        with pytest.raises((ValueError, TypeError), match=words):
            classifier().fit_tables(*tables_)
    for params in (
        {"mix": 0.0},
        {"least_effective": 2},
        {"confidence": 1.0},
        {"cv": 1},
    ):
        with pytest.raises(ValueError, match=min(params)):
            classifier(**params).fit_tables(source, target)
    with pytest.raises(TypeError, match="no epsilon and delta"):
        DPDomainClassifier(LogisticRegression()).fit_tables(source, target)


def test_the_type_of_a_column_depends_on_no_value():
    """Pandas 2 leaves out a column of gaps, whose type is an object, from the type."""
    first = pd.DataFrame({"a": [1.0, 2.0]})
    for values in ([None, None], [None, "x"]):
        second = pd.DataFrame({"a": pd.Series(values, dtype=object)})
        for pair in ((first, second), (second, first), (first, second[:0])):
            assert stacked(*pair)[0]["a"].dtype == object
