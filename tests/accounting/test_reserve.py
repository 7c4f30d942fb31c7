"""A part of delta for what may fail: budgets, composition, filters, ledgers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from dp_accounting import GaussianDpEvent

from skprivate.accounting import (
    Budget,
    Filter,
    Price,
    delta_of,
    delta_of_events,
    epsilon_of_events,
    mu_of,
    price_of,
)
from skprivate.accounting._events import failure_event
from skprivate.ledger import BudgetExceededError, PrivacyLedger, charge

KEEPS = Budget(1.0, 1e-6).reserving()


def test_a_reserve_is_taken_off_delta():
    assert KEEPS.reserve == pytest.approx(1e-7)
    assert KEEPS.mu == mu_of(1.0, 1e-6 - KEEPS.reserve)
    assert KEEPS.mu > 0.99 * Budget(1.0, 1e-6).mu
    noise, failure = KEEPS.event.events
    assert noise == GaussianDpEvent(1 / KEEPS.mu)
    assert failure == failure_event(KEEPS.reserve)
    assert all(part.reserve == KEEPS.reserve for part in KEEPS.split(1, 2))


@pytest.mark.parametrize("budget", [Budget(1.0, 0.0), Budget(math.inf, 1e-6)])
def test_nothing_is_reserved_of_nothing(budget):
    assert budget.reserving() == budget


@pytest.mark.parametrize("reserve", [1e-6, 2e-6, -1e-9, math.nan])
def test_a_reserve_is_a_part_of_delta(reserve):
    with pytest.raises(ValueError, match=r"reserve|delta"):
        Budget(1.0, 1e-6, reserve=reserve)


def test_noise_and_failure_compose_into_the_budget():
    assert epsilon_of_events(KEEPS.event, 1e-6) == pytest.approx(1.0, rel=1e-6)
    assert delta_of_events(KEEPS.event, 1.0) == pytest.approx(1e-6, rel=1e-6)
    assert price_of(KEEPS.event).epsilon(1e-6) == pytest.approx(1.0, rel=1e-6)


def test_failures_add_up_exactly():
    """In all theories: delta is that of the rest plus all that may fail."""
    events = [GaussianDpEvent(2.0)] + 3 * [failure_event(1e-4)]
    for epsilon in (0.1, 1.0, 3.0):
        whole = delta_of_events(events, epsilon)
        assert whole == pytest.approx(delta_of(0.5, epsilon) + 3e-4, rel=1e-6)
        assert epsilon_of_events(events, whole) == pytest.approx(epsilon, rel=1e-6)
    assert epsilon_of_events(events, 2e-4) == math.inf
    assert epsilon_of_events([failure_event(1e-4)], 1.0001e-4) == 0


def test_replacing_a_unit_may_fail_twice():
    events = [failure_event(1e-4)]
    assert delta_of_events(events, 1.0, "replace_one") == pytest.approx(2e-4)


def test_a_failure_that_is_certain_is_not_private():
    assert epsilon_of_events([failure_event(1.0)], 0.5) == math.inf


def test_a_filter_keeps_a_tenth_of_delta_if_its_first_event_may_fail():
    cap, price = Filter(1.0, 1e-6), price_of(KEEPS.event)
    leader = cap.leader(price)
    assert cap.admits(price, leader)
    assert not cap.admits(price + price, leader)
    assert not cap.admits(price_of(Budget(1.0, 1e-6).event), leader)  # has all of delta
    assert not cap.admits(replace(price, lost=2e-7), leader)


def test_a_filter_that_has_kept_nothing_admits_no_failure():
    cap, whole = Filter(2.0, 1e-6), price_of(Budget(1.0, 1e-6).event)
    leader = cap.leader(whole)
    assert cap.admits(whole, leader)
    assert not cap.admits(whole + price_of(failure_event(1e-12)), leader)
    pure = Filter(1.0, 0.0)
    assert not pure.admits(price_of(failure_event(1e-12)), pure.leader(whole))


@pytest.mark.parametrize("reserve", [1e-7, 4e-7, 9.9e-7])
@pytest.mark.parametrize("seed", range(5))
def test_what_a_filter_admits_stays_within_the_cap(reserve, seed):
    """Fits in any order, as long as they are admitted, by the accountant."""
    rng = np.random.default_rng(seed)
    cap, total, admitted = Filter(1.0, 1e-6, reserve), Price.nothing(), []
    leader = None
    for finds in rng.random(60) < 0.5:
        budget = Budget(rng.uniform(0.05, 0.4), 10.0 ** -rng.uniform(6, 8))
        event = budget.reserving().event if finds else budget.event
        price = price_of(event)
        leader = cap.leader(price) if leader is None else leader
        if cap.admits(total + price, leader):
            total, admitted = total + price, [*admitted, event]
    assert len(admitted) > 3
    assert total.lost <= reserve * (1 + 1e-8)
    assert epsilon_of_events(admitted, 1e-6) <= 1.0 + 1e-7


@pytest.mark.parametrize("first", [KEEPS, Budget(1.0, 1e-6)], ids=["finds", "not"])
def test_a_reserve_does_not_depend_on_the_first_event(first):
    cap, keeps = Filter(3.0, 1e-6, 2e-7), price_of(KEEPS.event)
    leader = cap.leader(price_of(first.event))
    assert cap.kept(leader) == 2e-7
    assert cap.admits(price_of(Budget(1.0, 1e-6).event) + keeps + keeps, leader)
    assert not cap.keeps(keeps + keeps + keeps, leader)
    none = Filter(3.0, 1e-6, 0.0)
    assert not none.admits(keeps, none.leader(keeps))
    assert none.admits(price_of(Budget(3.0, 1e-6).event), none.leader(keeps))


def test_what_remains_beside_a_reserve_is_just_admitted():
    cap, start = Filter(1.0, 1e-6, 3e-7), price_of(Budget(0.5, 1e-6).event)
    leader = cap.leader(start)
    left = cap.remaining(start, leader)
    more, too_much = (price_of(Budget(left * by, 1e-6).event) for by in (1, 1.001))
    assert cap.admits(start + more, leader)
    assert not cap.admits(start + too_much, leader)


@pytest.mark.parametrize("reserve", [1e-6, 2e-6, -1e-9, math.nan, True, "1"])
def test_a_reserve_of_a_filter_is_a_part_of_its_delta(reserve):
    with pytest.raises((ValueError, TypeError), match="reserve"):
        Filter(1.0, 1e-6, reserve)


def test_a_ledger_adds_failures_up(tmp_path):
    path = tmp_path / "spent.db"
    part = Budget(0.5, 5e-7).reserving()
    with PrivacyLedger(epsilon=1.0, delta=1e-6, path=path, reserve=1e-7):
        charge("first", part)
    again = PrivacyLedger(epsilon=1.0, delta=1e-6, path=path)
    with again:
        charge("second", part)
        with pytest.raises(BudgetExceededError, match="too little of it"):
            charge("third", part)
        again.dismiss_refusals()
    lost = 2 * part.reserve
    together = epsilon_of_events([part.event, part.event], 1e-6)
    assert again.spent() == pytest.approx(together)
    assert delta_of_events([r.event for r in again.records], 50.0) == pytest.approx(
        lost
    )


def test_a_ledger_says_how_to_keep_a_part():
    with PrivacyLedger(epsilon=3.0, delta=1e-6) as ledger:
        charge("first", Budget(3.0, 1e-6).split(1, 1)[0])  # so nothing is kept
        with pytest.raises(BudgetExceededError, match=r"not epsilon.*reserve="):
            charge("second", KEEPS)
        ledger.dismiss_refusals()
