"""One fit may find categories and ranges first, and then open rounds on samples."""

import pickle
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from dp_accounting.dp_event import ComposedDpEvent

from skprivate.accounting import Budget, epsilon_of_events
from skprivate.base import BudgetExceededError, Count, Curator
from skprivate.ledger import PrivacyLedger
from skprivate.mechanisms import Entropy, SampledGaussian, ThresholdedRelease
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPOneHotEncoder
from skprivate.rows import Door
from skprivate.testing import parametrize_with_dp_checks
from tests.base.found_and_boosted import FoundAndBoosted
from tests.base.sampled_gradient import SampledGradient

WHOLE = Budget(1.0, 1e-6).reserving()
COLUMNS = FoundAndBoosted()._read_as(Door().admit(np.zeros((1, 3))).columns)


def table(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    towns = rng.choice(["Ulm", "Bonn", "Kiel"], n)
    X = pd.DataFrame({"town": towns, "age": rng.uniform(20, 60, n)})
    return X, np.where(towns == "Ulm", 0.5, -0.5)


def curator_of(budget=WHOLE):
    X = np.column_stack([np.repeat([0.0, 1.0], 500), *np.zeros((2, 1000))])
    return Curator(Door(columns=COLUMNS).admit(X), budget, Entropy())


@parametrize_with_dp_checks([FoundAndBoosted(n_rounds=2)], thrifty=True)
def test_an_estimator_that_does_both_is_like_others(estimator, check):
    check(estimator)


def test_each_phase_takes_its_part_of_the_reserve():
    curator = curator_of()
    curator.categories(share=0.2, reserve=0.25)
    rounds = curator.rounds(3, 0.1, share=0.3, reserve=0.5)
    more = curator.rounds(3, 0.1, share=0.3)
    parts = [0.25, 0.375, 0.375]
    found = curator.releases[0].mechanism
    assert found.delta == pytest.approx(parts[0] * WHOLE.reserve, rel=1e-12)
    for opened, part in zip((rounds, more), parts[1:], strict=True):
        expected = WHOLE.sampled(0.3, 0.1, 3, part * WHOLE.reserve)
        multiplier = opened._mechanism.multiplier
        assert multiplier == pytest.approx(expected.multiplier, rel=1e-9)
    assert curator.reserve == 0
    with pytest.raises(ValueError, match="_discovers"):
        curator.rounds(3, 0.1, share=0.1)


@pytest.mark.parametrize("part", [1 / 3, 0.1, 0.7, 1 - 2**-53, 5e-324, 1.0])
def test_parts_never_exceed_the_reserve(part):
    """In exact arithmetic, whatever the rounding."""
    curator, taken = curator_of(replace(WHOLE, epsilon=50.0)), Fraction(0)
    for _ in range(9):
        before = curator.reserve
        try:
            curator.rounds(1, 0.1, share=0.1, reserve=part)
        except (ValueError, BudgetExceededError):  # too little to be worth anything
            break
        assert curator.reserve <= before
        taken += Fraction(before) - Fraction(curator.reserve)
    assert taken + Fraction(curator.reserve) <= Fraction(WHOLE.reserve)


@pytest.mark.parametrize("part", [0, -0.1, 1.01, float("nan"), "all", None, True])
def test_odd_parts_are_refused(part):
    curator = curator_of()
    with pytest.raises(ValueError, match="reserve"):
        curator.rounds(3, 0.1, share=0.1, reserve=part)
    with pytest.raises(ValueError, match="reserve"):
        curator.categories(share=0.1, reserve=part)
    assert curator.remaining == 1
    assert not curator.releases


def test_what_finds_all_leaves_nothing_for_rounds():
    curator = curator_of()
    curator.categories(share=0.2)
    with pytest.raises(ValueError, match=r"reserve=0\.5"):
        curator.rounds(3, 0.1, share=0.5)
    curator.rounds(3, 1.0, share=0.5)  # these take none


def test_what_is_known_leaves_all_for_rounds():
    curator = curator_of()
    curator.categories([[0, 1]], share=0.2, reserve=0.5)
    assert curator.reserve == WHOLE.reserve
    assert curator.remaining == 1


def test_report_plan_and_ledger_agree():
    X, y = table()
    model = FoundAndBoosted(rate=0.2)
    with PrivacyLedger(epsilon=1.0, delta=1e-6, reserve=1e-7) as ledger:
        model.fit(X, y)
        assert ledger.spent() == pytest.approx(1.0, rel=1e-6)
        assert ledger.remaining_reserve == pytest.approx(0.0, abs=1e-16)
    kinds = [type(r.mechanism) for r in model.privacy_.releases]
    assert kinds[0] is ThresholdedRelease
    assert kinds[-3:] == [SampledGaussian] * 3
    assert 0.8 < model.privacy_.epsilon() <= 1.0
    assert len(model.categories_[0]) == 3
    assert abs(model.predict(X)).max() > 0
    plan = model.plan(2)
    assert plan.rows()[1:] == model.privacy_.rows()[1:]
    assert plan.rows()[0]["mechanism"] == model.privacy_.rows()[0]["mechanism"]
    assert pickle.loads(pickle.dumps(model.privacy_)).rows() == model.privacy_.rows()


def test_what_was_released_is_covered_by_what_was_charged():
    """At every delta that leaves room for the reserve, composed as it is."""
    X, y = table()
    report = FoundAndBoosted(rate=0.2).fit(X, y).privacy_
    for delta in (2e-7, 1e-6, 1e-4):
        charged = epsilon_of_events([report.budget.event], delta)
        assert report.epsilon(delta) <= charged * (1 + 1e-9)
    assert isinstance(report.budget.event, ComposedDpEvent)


def test_a_pipeline_of_a_step_that_finds_and_one_with_rounds():
    X, y = table()
    steps = (
        DPOneHotEncoder(sparse_output=False),
        SampledGradient(bounds=(0, 1), classes=[0, 1]),
    )
    pipeline = make_dp_pipeline(*steps, epsilon=2.0, delta=1e-6)
    with PrivacyLedger(epsilon=2.0, delta=1e-6) as ledger:
        pipeline.fit(X[["town"]], (y > 0).astype(int))
        assert ledger.spent() == pytest.approx(2.0, rel=1e-6)
    assert pipeline.privacy_.epsilon() <= 2.0


def test_the_count_is_asked_between_phases():
    curator = curator_of()
    curator.categories(share=0.2, reserve=0.5)
    rounds = curator.rounds(2, 0.5, share=0.5)
    rounds.release(Count())
    curator.release(Count(), share=curator.remaining)
    rounds.release(Count())
    assert curator.remaining == 0
    assert sum(r.share for r in curator.releases) == pytest.approx(1.0)
