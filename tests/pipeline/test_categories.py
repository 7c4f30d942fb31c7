"""Pipelines, searches and ledgers around what finds categories."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.accounting import Budget, epsilon_of_events
from skprivate.base import entropy_of
from skprivate.compose import DPTableVectorizer
from skprivate.composition import privacy_cost
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import (
    DPGridSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.model_selection._candidates import funded
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline._shares import parts_of
from skprivate.preprocessing import CategoryHasher, DPOneHotEncoder, DPOrdinalEncoder

pd = pytest.importorskip("pandas")

rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.choice(["u", "v"], 3000), "b": rng.choice(["x", "y"], 3000)})
y = (X["a"] == "u").to_numpy().astype(int)
TABLE = DPTableVectorizer()
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


def test_a_search_among_those_that_find_and_those_that_are_told():
    pipe = make_dp_pipeline(DPOneHotEncoder(), MODEL)
    mixed = {"dponehotencoder__categories": ["private", [["u", "v"], ["x", "y"]]]}
    search = DPGridSearchCV(pipe, mixed, epsilon=2.0)
    whole = Budget(2.0, 1e-6).reserving()
    with PrivacyLedger(epsilon=2.0, delta=1e-6) as ledger:
        search.fit(X, y)
    assert [record.event for record in ledger.records] == [whole.event]
    assert noise_and_failures(search.privacy_, "fit")[0] <= whole.mu**2
    for params in mixed["dponehotencoder__categories"]:
        each = search._plan(entropy_of(None))[0].each
        model = funded(pipe, {"dponehotencoder__categories": params}, each)
        assert model._budget().mu <= each.mu


def noise_and_failures(report, kind):
    """Square of mu, and part of delta, of all fits or of all scores."""
    parts = [r for r in report.releases if r.query.startswith(f"{kind}:")]
    square = sum(getattr(r.mechanism, "mu", 0.0) ** 2 for r in parts)
    return square, len(parts)


FINDING = [make_dp_pipeline(DPOneHotEncoder(), MODEL), make_dp_pipeline(TABLE, MODEL)]


@pytest.mark.parametrize("pipe", FINDING)
def test_folds_keep_a_part_of_delta_for_what_their_fits_find(pipe):
    whole = Budget(4.0, 1e-6).reserving()
    with PrivacyLedger(epsilon=4.0, delta=1e-6, reserve=1e-7) as ledger:
        scores = dp_cross_val_score(pipe, X, y, cv=2, epsilon=4.0)
    assert np.mean(scores) > 0.9
    assert [record.event for record in ledger.records] == [whole.event]
    assert scores.privacy.epsilon() <= 4.0
    for kind in ("fit", "score"):  # a unit is in one of two fits, and in one score
        square, n_releases = noise_and_failures(scores.privacy, kind)
        assert n_releases
        assert square <= whole.mu**2


@pytest.mark.parametrize("pipe", FINDING)
def test_a_learning_curve_keeps_one_too(pipe):
    whole = Budget(4.0, 1e-6).reserving()
    _, scores = dp_learning_curve(pipe, X, y, train_sizes=[0.5, 1.0], epsilon=4.0)
    assert scores[-1] > 0.9
    assert scores.privacy.events == [whole.event]
    assert noise_and_failures(scores.privacy, "score")[0] <= whole.mu**2


@pytest.mark.parametrize("pipe", FINDING)
def test_a_threshold_costs_no_more_than_its_model(pipe):
    whole = Budget(4.0, 1e-6).reserving()
    tuned = DPTunedThresholdClassifier(pipe, epsilon=4.0)
    assert privacy_cost(tuned).events == (whole.event,)
    with PrivacyLedger(epsilon=4.0, delta=1e-6) as ledger:
        tuned.fit(X, y)
    assert tuned.score(X, y) > 0.9
    assert [record.event for record in ledger.records] == [whole.event]
    for kind in ("fit", "threshold"):
        assert noise_and_failures(tuned.privacy_, kind)[0] <= whole.mu**2


def test_the_scores_of_a_search_cost_no_more_than_its_fits():
    whole = Budget(4.0, 1e-6).reserving()
    search = DPGridSearchCV(
        make_dp_pipeline(TABLE, MODEL),
        {"dplogisticregression__C": [1.0]},
        scoring="f1",
        epsilon=4.0,
    ).fit(X, y)
    assert noise_and_failures(search.privacy_, "score")[0] <= whole.mu**2


def test_pure_folds_of_listed_categories():
    told = DPOneHotEncoder(categories=[["u", "v"], ["x", "y"]], min_frequency=None)
    pipe = make_dp_pipeline(told, DPGaussianNB(classes=[0, 1]))
    pipe = pipe.set_params(dponehotencoder__sparse_output=False)
    scores = dp_cross_val_score(pipe, X, y, cv=2, epsilon=9.0, delta=0.0)
    assert scores.privacy.epsilon(0.0) <= 9.0


def test_hashing_costs_nothing_in_a_pipeline():
    pipe = make_dp_pipeline(CategoryHasher(16), MODEL).fit(X, y)
    assert pipe.score(X, y) > 0.9
    assert all("hasher" not in release.query for release in pipe.privacy_.releases)
    assert not any("ValueCells" in release.query for release in pipe.privacy_.releases)


def test_bounds_reach_the_next_step():
    pipe = make_dp_pipeline(DPOrdinalEncoder(), MODEL).fit(X, y)
    assert not any("ValueCells" in release.query for release in pipe.privacy_.releases)
