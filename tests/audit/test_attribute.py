"""What a model tells of somebody, beyond what the world tells; and a bound."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skprivate.accounting import Budget
from skprivate.audit import attribute_inference_report, reconstruction_report
from skprivate.audit._attribute import _interval
from skprivate.linear_model import DPRidge


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 2, (1200, 9)), columns=[*"abcdefghi"])
    return X, rng.integers(0, 2, 1200), rng.normal(size=1200)


def report_of(model, X, y, n=300):
    return attribute_inference_report(
        model.fit(X[:n], y[:n]), X[:n], y[:n], feature="a", X_other=X[n:], y_other=y[n:]
    )


def test_a_model_that_knows_rows_by_heart(people):
    X, y, numbers = people
    for model, target in (
        (DecisionTreeClassifier(random_state=0), y),
        (DecisionTreeRegressor(random_state=0), numbers),
    ):
        report = report_of(model, X, target)
        assert report.interval[0] > 0.02
        assert "the model helps" in repr(report)


def test_what_the_world_tells_is_no_leak(people):
    """The attribute follows from another column: no model is needed to guess it."""
    X, y, _ = people
    X = X.assign(a=X["b"])
    report = report_of(LogisticRegression(), X, y)
    assert report.without > 0.98
    assert report.interval[0] <= 0 <= report.interval[1]


def test_a_model_that_knows_nothing(people):
    X, _, numbers = people
    report = report_of(LinearRegression(), X, 0 * numbers)
    assert report.gain == pytest.approx(0, abs=0.1)
    assert report.interval[0] <= 0


def test_parameters(people):
    X, y, _ = people
    model = LogisticRegression().fit(X, y)
    asked = {"feature": "a", "X_other": X, "y_other": y}
    for change, match in (
        ({"feature": "lost"}, "no column 'lost'"),
        ({"X_other": X.to_numpy()}, "pandas data frame"),
        ({"X_other": X[[*"abc"]]}, "other columns"),
        ({"confidence": 0}, "confidence must"),
    ):
        with pytest.raises((TypeError, ValueError), match=match):
            attribute_inference_report(model, X, y, **asked | change)
    wide = X.assign(a=np.arange(len(X)))
    with pytest.raises(ValueError, match="more than 50"):
        attribute_inference_report(model, wide, y, **asked | {"X_other": wide})


def test_reconstruction_is_bounded():
    plan, mu = DPRidge(epsilon=1.0).plan(3), Budget(1.0, 1e-6).mu
    report = reconstruction_report(plan, prior=(0.001, 1 / 30))
    for prior, chance in report.chances.items():
        assert chance == pytest.approx(norm.cdf(norm.ppf(prior) + mu), rel=0.05)
    assert "DPRidge" in repr(report)
    with pytest.raises(ValueError, match="not private"):
        reconstruction_report(LinearRegression().fit([[1.0]], [1.0]))
    with pytest.raises(ValueError, match="prior must"):
        reconstruction_report(plan, prior=(0,))


def test_columns_of_texts_and_categories():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.choice(["x", "y"], 300), "b": rng.choice([*"uv"], 300)})
    y = rng.integers(0, 2, 300)
    for table in (X, X.astype("category")):
        model = make_pipeline(OneHotEncoder(), LogisticRegression())
        assert report_of(model, table, y, 150).n_rows == 150
    X.loc[3, "a"] = None
    with pytest.raises(ValueError, match="'a' of X has gaps"):
        report_of(make_pipeline(OneHotEncoder(), LogisticRegression()), X, y, 150)


def test_the_interval_holds_the_gain():
    """Of people who gain with a chance and never lose: 2,000 tables, alpha 1e-6."""
    n, chance, miss = 100, 0.4, 0.05
    rng = np.random.default_rng(0)
    ends = {g: _interval(g, 0, n, miss) for g in range(n + 1)}
    hits = [ends[g][0] <= chance <= ends[g][1] for g in rng.binomial(n, chance, 2000)]
    assert np.mean(hits) > 1 - miss - 5 * np.sqrt(miss * (1 - miss) / 2000)
    assert _interval(60, 20, 200, 0.05)[0] > 0
    assert _interval(0, 0, 200, 0.05)[0] < 0 < _interval(0, 0, 200, 0.05)[1]
    assert _interval(0, 50, 200, 0.05)[1] < 0


def test_one_chance_in_place_of_a_list():
    with pytest.raises(TypeError, match="prior must be a list"):
        reconstruction_report(DPRidge(epsilon=1.0).plan(4), prior=0.01)
