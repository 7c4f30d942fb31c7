"""Thresholds of groups: alike in what was asked for, and from one release."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone

from skprivate import check_private, privacy_cost, privacy_report
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics._measurement import Measurement
from skprivate.model_selection import (
    DPGridSearchCV,
    DPGroupThresholdClassifier,
    DPTunedThresholdClassifier,
)
from skprivate.model_selection._group_table import GroupScoreCells, GroupThresholds
from skprivate.rows import ArrayRows
from skprivate.testing import dp_checks


def rows(n=6000, seed=0, few=0):
    """Groups 0 and 1, one of which has higher scores; and a few of group 2."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    group[:few] = 2
    x = np.clip(rng.normal(size=n) + 0.8 * (group == 1) - 0.4, -3, 3)
    y = (x + rng.normal(size=n) > 0).astype(int)
    return np.column_stack([x, group]), y


def fair(**options):
    model = DPLogisticRegression(bounds=([-3, 0], [3, 2]), classes=[0, 1])
    options = {"by": 1, "categories": [0, 1, 2], "epsilon": 2.0, **options}
    return DPGroupThresholdClassifier(model, **options)


def rate_of(model, X, y, group, rate):
    kept = X[:, 1] == group
    kept &= {"tpr": y == 1, "fpr": y == 0}.get(rate, True)
    return model.predict(X[kept]).mean()


@pytest.mark.parametrize("rate", ["selection_rate", "tpr", "fpr"])
def test_groups_have_the_rate_of_all(rate):
    X, y = rows(20_000)
    model = fair(rate=rate, categories=[0, 1], epsilon=5.0, random_state=0).fit(X, y)
    found = [rate_of(model, X, y, group, rate) for group in (0, 1)]
    assert abs(found[0] - found[1]) < 0.06
    alone = DPTunedThresholdClassifier(model.estimator, epsilon=5.0, random_state=0)
    alone.fit(X, y)
    before = [rate_of(alone, X, y, group, rate) for group in (0, 1)]
    assert abs(before[0] - before[1]) > 0.15
    assert model.thresholds_[0] < model.best_threshold_ < model.thresholds_[1]
    assert model.too_few_ == ()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_exact_to_a_cell():
    X, y = rows(20_000)
    model = fair(categories=[0, 1], epsilon=np.inf).fit(X, y)
    found = [rate_of(model, X, y, group, "selection_rate") for group in (0, 1)]
    scores = model.decision_function(X)
    everybody = (scores >= model.best_threshold_).mean()
    assert np.abs(np.array(found) - everybody).max() < 0.02


def test_a_small_group_and_one_of_nobody_keep_the_threshold_of_all():
    X, y = rows(few=1)
    model = fair(categories=[0, 1, 2, 7], random_state=0).fit(X, y)
    assert model.too_few_ == (2, 7)
    assert model.thresholds_[2] == model.thresholds_[7] == model.best_threshold_
    unlisted = X[:50].copy()
    unlisted[:, 1] = 9
    scores = model.decision_function(unlisted)
    assert np.array_equal(model.predict(unlisted), scores >= model.best_threshold_)


def test_rows_are_answered_one_by_one():
    X, y = rows()
    model = fair(random_state=0).fit(X, y)
    whole = model.predict(X[:60])
    assert [model.predict(X[i : i + 1])[0] for i in range(60)] == whole.tolist()
    assert np.array_equal(model.predict(X[:60][::-1]), whole[::-1])


def frames():
    X, y = rows()
    frame = pd.DataFrame({"x": X[:, 0], "g": X[:, 1]})
    return frame, y


def test_frames_and_sources_agree():
    frame, y = frames()
    found = []
    for X, by in [
        (frame, "g"),
        (frame, 1),
        (pl.from_pandas(frame), "g"),
        (frame.to_numpy(), [1]),
        (frame.to_numpy().tolist(), 1),
    ]:
        categories = [[0, 1, 2]] if isinstance(by, list) else [0, 1, 2]
        model = fair(by=by, categories=categories, random_state=0).fit(X, y)
        found.append((list(model.thresholds_.values()), model.predict(X).tolist()))
    assert all(one == found[0] for one in found)
    source = fair(random_state=0).fit(ArrayRows(frame.to_numpy(), y))
    assert np.allclose(list(source.thresholds_.values()), found[0][0], atol=1e-9)


def test_groups_of_two_columns():
    X, y = rows()
    X = np.column_stack([X, np.random.default_rng(1).integers(0, 2, len(X))])
    model = DPLogisticRegression(bounds=([-3, 0, 0], [3, 2, 2]), classes=[0, 1])
    fitted = DPGroupThresholdClassifier(
        model, by=[1, 2], categories=[[0, 1], [0, 1]], random_state=0
    ).fit(X, y)
    assert list(fitted.thresholds_) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert fitted.predict(X).shape == y.shape


def test_it_is_paid_once_and_reported():
    X, y = rows()
    with PrivacyLedger(epsilon=2.0, delta=1e-5) as ledger:
        model = fair().fit(X, y)
    assert len(ledger.records) == 1
    report = privacy_report(model)
    assert report.private
    assert report.epsilon() == pytest.approx(2.0, rel=1e-6)
    assert "GroupScoreCells" in repr(model.privacy_)
    assert check_private(fair()).fits == 1
    assert not privacy_cost(fair(random_state=0)).private


def test_copies_hold_no_row():
    X, y = rows()
    model = fair(random_state=0).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict(X), model.predict(X))
    assert len(pickle.dumps(model)) < 20_000
    assert clone(model).get_params()["rate"] == "selection_rate"


def test_it_is_stored_and_loaded(tmp_path):
    skops = pytest.importorskip("skops.io")
    from skprivate.security import TRUSTED_TYPES

    X, y = rows()
    model = fair(random_state=0).fit(X, y)
    stored = skops.dumps(model)
    assert not {*skops.get_untrusted_types(data=stored)} - {*TRUSTED_TYPES}
    loaded = skops.loads(stored, trusted=[*TRUSTED_TYPES])
    assert np.array_equal(loaded.predict(X), model.predict(X))


MISTAKES = [
    ({"rate": "accuracy"}, ValueError),
    ({"by": None}, TypeError),
    ({"by": True}, TypeError),
    ({"by": []}, TypeError),
    ({"by": 2}, ValueError),
    ({"by": -1}, ValueError),
    ({"by": "sex"}, ValueError),
    ({"by": [0, 1]}, ValueError),
    ({"categories": "ab"}, TypeError),
    ({"categories": []}, ValueError),
    ({"categories": [0, 0]}, ValueError),
    ({"scoring": "best"}, ValueError),
    ({"epsilon": 0.0}, ValueError),
]


@pytest.mark.parametrize(("options", "error"), MISTAKES)
def test_what_is_publicly_wrong_is_free(options, error):
    X, y = rows(200)
    with PrivacyLedger() as ledger:
        with pytest.raises(error) as told:
            fair(**options).fit(X, y)
        assert len(ledger.records) == 0
    assert str(told.value).rstrip().endswith(".")


def test_sparse_rows_and_columns_that_a_source_lacks_are_free():
    X, y = rows(200)
    source = ArrayRows(X, y)
    with PrivacyLedger() as ledger:
        with pytest.raises(TypeError, match="sparse"):
            fair().fit(sparse.csr_array(X), y)
        for by in (2, "g"):
            with pytest.raises(ValueError, match="column"):
                fair(by=by).fit(source)
        assert len(ledger.records) == 0


def test_it_is_searched():
    X, y = rows(2000)
    model = DPGroupThresholdClassifier(fair().estimator, by=1, categories=[0, 1])
    search = DPGridSearchCV(model, {"rate": ["tpr", "fpr"]}, epsilon=8.0)
    assert search.fit(X, y).best_params_["rate"] in ("tpr", "fpr")


@pytest.mark.parametrize("n", [1, 2, 30])
def test_very_few_rows(n):
    X, y = rows(n)
    model = fair(random_state=0).fit(X, y)
    assert np.isfinite(list(model.thresholds_.values())).any() or n < 30
    assert set(model.predict(X)) <= {0, 1}


def test_one_class_alone():
    X, y = rows(400)
    model = fair(random_state=0).fit(X, np.zeros_like(y))
    assert set(model.predict(X)) <= {0, 1}


class Probe(Measurement):
    """The question about rows of any width: score first, group last."""

    def _fit(self, curator):
        self.answer_ = self.question.ask(curator, 1.96)


FAST = (
    "check_budget_is_spent_exactly",
    "check_hostile_weights_stay_within_bounds",
    "check_hostile_rows_stay_within_bounds",
    "check_rows_that_are_not_finite_contribute_nothing",
    "check_queries_add_up",
    "check_contributions_do_not_depend_on_company",
    "check_contributions_do_not_depend_on_the_table",
    "check_replay_as_given",
    "check_replay_pure",
    "check_replay_of_unrelated_rows",
    "check_replay_of_groups",
    "check_replay_of_clipped_groups",
    "check_replay_of_very_few_rows",
)


@pytest.mark.parametrize("check", FAST)
def test_privacy(check):
    question = Probe(GroupThresholds([0, 1], n_groups=2, rate="tpr"), "thresholds")
    checks = dp_checks(question)
    if check in checks:
        checks[check](question)


def test_a_row_is_in_one_cell_of_its_group():
    cells = GroupScoreCells(np.linspace(-2, 4, 9), 1, n_groups=2)
    X = np.array([[0.5, 0.0], [0.5, 1.0], [0.5, -1.0], [0.5, 7.0], [0.5, 0.5]])
    found = cells.cells(X, np.array([1, 1, 1, 1, 1]))
    one = cells.size // 3
    assert (found // one).tolist() == [0, 1, 2, 2, 2]
    assert len({*(found % one).tolist()}) == 1
    assert cells.cells(X, np.full(5, -1)).max() == -1


BIG = 2**53


@pytest.mark.parametrize("kind", ["pandas", "arrow types", "polars"])
def test_a_group_follows_from_the_row_whatever_others_lack(kind):
    """A missing key makes floats of whole numbers, and floats of two keys one."""
    model = fair(by="g", categories=[BIG, BIG + 1])
    found = []
    for first in (BIG, None):
        keys = [first, BIG + 1, BIG, BIG + 1]
        if kind == "polars":
            table = pl.DataFrame({"x": [0.0] * 4, "g": keys})
        else:
            dtype = "Int64" if kind == "pandas" else "int64[pyarrow]"
            g = pd.array(keys, dtype=dtype)
            table = pd.DataFrame({"x": [0.0] * 4, "g": g})
        found.append(model._groups(table)[1:].tolist())
    assert found == [[1, 0, 1], [1, 0, 1]]


def test_a_rate_of_another_type_is_refused():
    X, y = rows(100)
    with pytest.raises(ValueError, match="rate must be one of"):
        fair(rate=["tpr"]).fit(X, y)


def test_keys_that_no_row_can_have_are_refused_for_free():
    X, y = rows(100)
    frame = pd.DataFrame(X, columns=["x", "g"])
    with PrivacyLedger() as ledger:
        for by, table in ((1, X), ("g", frame), ("g", pl.from_pandas(frame))):
            with pytest.raises(ValueError, match="none of its categories"):
                fair(by=by, categories=["0", "1"]).fit(table, y)
        assert len(ledger.records) == 0
