"""Pipelines, searches and ledgers around what finds categories."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.accounting import Budget, epsilon_of_events
from skprivate.composition import privacy_cost
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV, dp_cross_val_score
from skprivate.pipeline._shares import parts_of
from skprivate.preprocessing import CategoryHasher, DPOneHotEncoder, DPOrdinalEncoder

pd = pytest.importorskip("pandas")

rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.choice(["u", "v"], 3000), "b": rng.choice(["x", "y"], 3000)})
y = (X["a"] == "u").to_numpy().astype(int)
MODEL = DPLogisticRegression(classes=[0, 1])


def test_a_pipeline_stays_within_its_budget():
    pipe = make_dp_pipeline(DPOneHotEncoder(), MODEL, epsilon=2.0, delta=1e-6)
    with PrivacyLedger(epsilon=2.0, delta=1e-6, strict=True) as ledger:
        pipe.fit(X, y)
    event = Budget(2.0, 1e-6).reserving().event
    assert ledger.records[0].event == event
    assert privacy_cost(pipe).events == (event,)
    assert pipe.privacy_.epsilon() <= 2.0 * (1 + 1e-9)
    assert epsilon_of_events(pipe.privacy_.events, 1e-6) > 1.9
    assert pipe.score(X, y) > 0.9


def test_two_that_find_share_the_reserve():
    whole = Budget(1.0, 1e-6).reserving()
    parts = parts_of(whole, [1, 2, 1], [True, False, True])
    assert sum(part.mu**2 for part in parts) <= whole.mu**2
    assert sum(part.reserve for part in parts) <= whole.reserve * (1 + 1e-15)
    again = [Budget(p.epsilon, p.delta) for p in parts]  # as children are told
    again = [
        b.reserving() if p.reserve else b for b, p in zip(again, parts, strict=True)
    ]
    assert again == parts
    events = [part.event for part in parts]
    assert epsilon_of_events(events, 1e-6) == pytest.approx(1.0, rel=1e-6)


def test_who_knows_the_categories_keeps_all_of_delta():
    told = DPOneHotEncoder(categories=[["u", "v"], ["x", "y"]])
    pipe = make_dp_pipeline(told, MODEL)
    assert pipe._budget() == Budget(1.0, 1e-6)
    assert make_dp_pipeline(DPOneHotEncoder(), MODEL)._budget().reserve > 0


def test_a_part_of_a_pipeline_has_its_part_of_the_reserve():
    pipe = make_dp_pipeline(DPOneHotEncoder(), MODEL).fit(X, y)
    head = pipe[:1]
    assert head.privacy_.epsilon() <= head.epsilon * (1 + 1e-9)
    assert head.fit(X, y).privacy_.epsilon() <= head.epsilon * (1 + 1e-9)


def test_a_search_pays_for_what_its_candidates_find():
    pipe = make_dp_pipeline(DPOneHotEncoder(), MODEL)
    search = DPGridSearchCV(pipe, {"dplogisticregression__C": [0.1, 1.0]})
    search.fit(X, y)
    assert search.privacy_.epsilon() <= 1.0 * (1 + 1e-6)
    mixed = {"dponehotencoder__categories": ["private", [["u", "v"], ["x", "y"]]]}
    with pytest.raises(ValueError, match="either kind"):
        DPGridSearchCV(pipe, mixed).fit(X, y)


def test_what_keeps_no_part_of_delta_refuses():
    with pytest.raises(ValueError, match="List them"):
        dp_cross_val_score(make_dp_pipeline(DPOneHotEncoder(), MODEL), X, y)


def test_hashing_costs_nothing_in_a_pipeline():
    pipe = make_dp_pipeline(CategoryHasher(16), MODEL).fit(X, y)
    assert pipe.score(X, y) > 0.9
    assert all("hasher" not in release.query for release in pipe.privacy_.releases)
    assert not any("ValueCells" in release.query for release in pipe.privacy_.releases)


def test_bounds_reach_the_next_step():
    pipe = make_dp_pipeline(DPOrdinalEncoder(), MODEL).fit(X, y)
    assert not any("ValueCells" in release.query for release in pipe.privacy_.releases)
