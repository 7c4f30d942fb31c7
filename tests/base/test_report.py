"""A report says what was released, at what price, in words and in HTML."""

import pickle

import numpy as np
import pytest

from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV
from skprivate.preprocessing import DPStandardScaler

X = np.random.default_rng(0).normal(size=(200, 3))


@pytest.fixture(scope="module")
def report():
    return DPStandardScaler(epsilon=0.7, delta=1e-5).fit(X).privacy_


def test_price_is_the_budget(report):
    assert report.epsilon() == pytest.approx(0.7, rel=1e-6)
    assert report.epsilon(1e-9) > 0.7


def test_replacing_costs_more_than_adding(report):
    assert 1.4 < report.epsilon(relation="replace_one") < 2 * 0.7 * 1.2


def test_text_names_every_release(report):
    text = repr(report)
    for word in ("epsilon=0.7", "ValueCells", "Moments", "Gaussian", "row is added"):
        assert word in text


def test_html_is_a_table(report):
    html = report._repr_html_()
    assert html.count("<tr>") == 1 + len(report.rows())
    assert "Moments" in html


def test_seeded_and_infinite_budgets_are_called_by_their_name():
    seeded = DPStandardScaler(random_state=0).fit(X).privacy_
    assert "SEEDED" in repr(seeded)
    assert not seeded.private
    with pytest.warns(UserWarning, match="not private"):
        infinite = DPStandardScaler(epsilon=np.inf).fit(X).privacy_
    assert "NOT PRIVATE" in repr(infinite)
    assert not infinite.private


def test_a_report_survives_pickling(report):
    assert repr(pickle.loads(pickle.dumps(report))) == repr(report)


def test_a_plan_is_the_report_without_data(report):
    plan = DPStandardScaler(epsilon=0.7, delta=1e-5).plan(n_features=3)
    assert plan == report


def test_fits_of_a_search_are_put_together():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (400, 2))
    model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
    grid = {"C": [1.0, 10.0, 100.0]}
    report = DPGridSearchCV(model, grid).fit(X, X[:, 0] > 0).privacy_
    for table in (repr(report), report._repr_html_()):
        assert table.count("ClassesAndMoments") == 1
        assert table.count("SecondMoments") == 1
    told = {row["query"]: 0 for row in report.rows()}
    for row in report.rows():  # where nothing is put together
        told[row["query"]] += row["times"]
    assert told["fit: ClassesAndMoments"] == 3
