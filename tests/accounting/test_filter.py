"""Filters: what is admitted and refused, and that the union of theories is sound."""

import math
from itertools import accumulate

import numpy as np
import pytest
from dp_accounting import dp_event as dp
from dp_accounting.rdp import rdp_privacy_accountant as rdp

from skprivate.accounting import (
    Budget,
    Filter,
    Price,
    delta_of_events,
    epsilon_of,
    epsilon_of_events,
    noise_multiplier,
    price_of,
)
from skprivate.accounting._filter import GAUSSIAN, SPARE
from skprivate.accounting._price import ORDERS, renyi_overhead

CAP = Filter(1.0, 1e-6)
GAUSSIAN_FIT = price_of(Budget(1.0, 1e-6).event)


def selection(noise):
    return dp.RepeatAndSelectDpEvent(dp.GaussianDpEvent(noise), 20.0, 1.0)


EVENTS = [
    dp.GaussianDpEvent(3.0),
    dp.LaplaceDpEvent(4.0),
    dp.DiscreteLaplaceDpEvent(0.3, 1),
    dp.ZCDpEvent(0.02, 0.01),
    dp.PoissonSampledDpEvent(0.01, dp.GaussianDpEvent(1.5)),
    selection(8.0),
    dp.ComposedDpEvent([dp.GaussianDpEvent(5.0), dp.LaplaceDpEvent(9.0)]),
    dp.SelfComposedDpEvent(dp.GaussianDpEvent(9.0), 7),
]
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)


def test_orders_are_those_of_the_accountant():
    assert set(rdp.DEFAULT_RDP_ORDERS) <= set(ORDERS)
    assert np.all(np.diff(ORDERS) > 0)


@every_event
def test_a_price_is_an_upper_bound(event):
    price = price_of(event)
    for delta in (1e-4, 1e-8):
        exact = epsilon_of_events(event, delta)
        assert price.epsilon(delta) >= exact * (1 - 1e-9)
        if not isinstance(event, dp.PoissonSampledDpEvent):  # far better by PLD
            assert price.epsilon(delta) <= 1.35 * exact + 0.05


@every_event
def test_renyi_prices_agree_with_the_accountant(event):
    accountant = rdp.RdpAccountant(list(rdp.DEFAULT_RDP_ORDERS))
    if not accountant.supports(event):
        return
    accountant.compose(event)
    ours = price_of(event).renyi[np.isin(ORDERS, rdp.DEFAULT_RDP_ORDERS)]
    assert np.all(ours >= np.asarray(accountant.rdp) * (1 - 1e-9) - 1e-12)


def test_prices_add_and_take_the_larger():
    one, two = (price_of(dp.GaussianDpEvent(noise)) for noise in (2.0, 1.0))
    assert (one + two).mu2 == pytest.approx(1.25)
    assert (one | two).mu2 == 1.0
    np.testing.assert_array_equal((one | two).renyi, two.renyi)


def test_what_is_not_private_has_no_price():
    price = price_of([dp.GaussianDpEvent(1.0), dp.NonPrivateDpEvent()])
    assert not price.private
    assert price.epsilon(1e-6) == math.inf
    assert not CAP.admits(price, GAUSSIAN)
    assert price_of(dp.UnsupportedDpEvent()).private is np.False_ or not price.private


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 10, 33, 1000])
@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_a_budget_that_is_just_used_up_is_admitted(parts, delta):
    cap, budget = Filter(1.0, delta), Budget(1.0, delta)
    prices = [price_of(part.event) for part in budget.split(*[1] * parts)]
    leader = cap.leader(prices[0])
    totals = list(accumulate(prices))
    assert all(cap.admits(total, leader) for total in totals)
    assert not cap.admits(totals[-1] + prices[0], leader)
    assert cap.remaining(totals[-1], leader) < 1e-3


def test_a_private_selection_that_is_just_the_cap_is_admitted():
    noise = noise_multiplier(selection, 1.0, 1e-6)
    price = price_of(selection(noise))
    assert price.mu2 == price.pure == math.inf
    assert CAP.admits(price, CAP.leader(price))
    assert not CAP.admits(price + price, CAP.leader(price))


def test_both_kinds_share_a_ledger_whichever_comes_first():
    price = price_of(selection(noise_multiplier(selection, 1.0, 1e-6)))
    for first in (price, GAUSSIAN_FIT):
        wide = Filter(4.0, 1e-6)
        assert wide.admits(price + GAUSSIAN_FIT, wide.leader(first))


def test_pure_epsilons_hold_at_any_delta():
    price = price_of(dp.DiscreteLaplaceDpEvent(0.25, 1))
    cap = Filter(1.0, 0.0)
    assert cap.admits(price + price + price + price, cap.leader(price))
    assert not cap.admits(GAUSSIAN_FIT, cap.leader(price))
    assert cap.remaining(price, cap.leader(price)) == pytest.approx(0.75)


def test_remaining_is_just_admitted():
    start = price_of(Budget(0.6, 1e-6).event)
    leader = CAP.leader(start)
    left = CAP.remaining(start, leader)
    more = price_of(Budget(left * (1 - 1e-9), 1e-6).event)
    too_much = price_of(Budget(left * 1.001, 1e-6).event)
    assert CAP.admits(start + more, leader)
    assert not CAP.admits(start + too_much, leader)


@pytest.mark.parametrize("epsilon", [0, -1, math.nan, math.inf, True, "1", None])
def test_nonsense_caps_are_refused(epsilon):
    with pytest.raises((ValueError, TypeError)):
        Filter(epsilon, 1e-6)
    with pytest.raises((ValueError, TypeError)):
        Filter(1.0, epsilon if epsilon != 0 else 1.0)


@pytest.mark.parametrize("leader", [GAUSSIAN, 130, 150])
def test_the_deltas_of_all_theories_add_up_to_that_of_the_cap(leader):
    """The union bound of the docstring, read back from the limits."""
    mu2, renyi = CAP._limits(leader)
    deltas = [delta_of_events(dp.GaussianDpEvent(1 / math.sqrt(mu2)), CAP.epsilon)]
    # renyi + overhead(log delta) = epsilon, which is linear in log delta
    log_deltas = (CAP.epsilon - renyi - renyi_overhead(0.0)) * -(ORDERS - 1)
    usable = renyi > 0
    deltas += list(np.exp(log_deltas[usable]))
    assert math.fsum(deltas) <= CAP.delta * (1 + 2 * SPARE)
    assert max(deltas) == pytest.approx(CAP.delta, rel=1e-6)


def test_who_picks_the_order_after_an_answer_gains_nothing():
    """The attack for which one delta for every order would be too little.

    A first answer is drawn whose loss is ``+l`` or ``-l``; then the attacker takes a
    release that uses up one order or another: its loss is the point at which the
    conversion of that order to (epsilon, delta) is tight, or else about zero. The
    sum of what the two halves reach must stay below the cap's delta.
    """
    cap = Filter(0.5, 1e-3)
    step = 0.01  # log likelihood ratio of the first answer
    up = math.exp(step) / (1 + math.exp(step))
    powers = (ORDERS - 1) * step
    first = np.logaddexp(math.log(up) + powers, math.log1p(-up) - powers) / (ORDERS - 1)

    def reached(limits, order, loss, probability):
        """Delta of one half if the rest of one order is spent in it."""
        a, left = ORDERS[order], limits[order] - first[order]
        if left <= 0:
            return 0.0
        tight = cap.epsilon - math.log1p(-1 / a)  # where (1 - e^(eps - L)) is largest
        # All but this mass has a loss of almost nothing, and a moment of one.
        rest = -math.expm1(-(a - 1) * left)
        mass = rest * math.exp((a - 1) * (left - tight + loss))
        return probability * min(mass, 1.0) * -math.expm1(cap.epsilon - tight)

    def attack(limits):
        orders = range(len(ORDERS))
        high = max(reached(limits, k, step, up) for k in orders)
        low = max(reached(limits, k, -step, 1 - up) for k in orders)
        return high + low

    naive = cap._renyi_limits(math.log(cap.delta))
    _, ours = cap._limits(int(np.argmax(naive / ORDERS)))
    assert attack(naive) > 1.4 * cap.delta
    assert attack(ours) <= cap.delta


def test_nothing_costs_nothing():
    assert Price.nothing().epsilon(0.0) == 0.0
    assert CAP.remaining(Price.nothing(), GAUSSIAN) == pytest.approx(1.0)
    assert epsilon_of(0.0, 1e-6) == 0.0
