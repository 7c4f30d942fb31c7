"""Noise of rounds on Poisson samples, against closed forms and dp_accounting."""

import math

import numpy as np
import pytest
from dp_accounting import (
    GaussianDpEvent,
    NeighboringRelation,
    PoissonSampledDpEvent,
    SelfComposedDpEvent,
)
from dp_accounting.pld import PLDAccountant
from scipy.stats import norm

from skprivate.accounting import (
    Budget,
    Filter,
    delta_of,
    epsilon_of_events,
    price_of,
    sampled_multiplier,
)
from skprivate.mechanisms import SampledGaussian

WHOLE = Budget(1.0, 1e-6).reserving()


def rounds(rate, n_rounds, multiplier):
    one = PoissonSampledDpEvent(rate, GaussianDpEvent(multiplier))
    return SelfComposedDpEvent(one, n_rounds)


def exact_deltas(rate, s, epsilons):
    """Both directions of one round, by the point where the loss equals epsilon."""
    removed, added = [], []
    for e in epsilons:
        # (1 - rate) + rate exp((2 x - 1) / (2 s^2)) = exp(e)
        x = 0.5 + s * s * math.log1p(math.expm1(e) / rate)
        removed.append(rate * norm.sf(x - 1, scale=s) + (1 - rate) * norm.sf(x, scale=s)
                       - math.exp(e) * norm.sf(x, scale=s))  # fmt: skip
        inner = (math.exp(-e) - (1 - rate)) / rate
        if inner <= 0:
            added.append(0.0)
            continue
        x = 0.5 + s * s * math.log(inner)
        mixed = rate * norm.cdf(x - 1, scale=s) + (1 - rate) * norm.cdf(x, scale=s)
        added.append(norm.cdf(x, scale=s) - math.exp(e) * mixed)
    return np.array(removed), np.array(added)


@pytest.mark.parametrize(("epsilon", "rate"), [(1.0, 0.3), (0.2, 0.05), (5.0, 0.5)])
def test_one_round_is_dominated_in_both_directions_and_hardly_more(epsilon, rate):
    budget = Budget(epsilon, 1e-6).reserving()
    mu, failing = budget.mu, budget.reserve
    s = sampled_multiplier(mu, failing, rate, 1)
    epsilons = np.linspace(0, 0.5 * mu * mu + 15 * mu, 5000)
    allowed = [failing + (1 - failing) * delta_of(mu, e) for e in epsilons]
    for curve in exact_deltas(rate, s, epsilons):
        assert np.all(curve <= np.array(allowed) * (1 + 1e-9) + 1e-15)
    removed, added = exact_deltas(rate, s * 0.98, epsilons)
    assert np.any(np.maximum(removed, added) > allowed)


@pytest.mark.parametrize(("rate", "n_rounds"), [(0.01, 1000), (0.1, 100)])
def test_rounds_cost_the_whole_budget_by_another_accountant(rate, n_rounds):
    multiplier = sampled_multiplier(WHOLE.mu, WHOLE.reserve, rate, n_rounds)
    accountant = PLDAccountant(NeighboringRelation.ADD_OR_REMOVE_ONE)
    accountant.compose(rounds(rate, n_rounds, multiplier))
    assert 0.985 <= accountant.get_epsilon(1e-6) <= 1.0
    assert 0.99 <= epsilon_of_events(rounds(rate, n_rounds, multiplier), 1e-6) <= 1.0
    assert multiplier < 0.2 * math.sqrt(n_rounds) / WHOLE.mu


@pytest.mark.parametrize(("rate", "n_rounds"), [(0.05, 40), (0.9, 4), (0.01, 400)])
def test_rounds_beside_other_releases_stay_within_the_budget(rate, n_rounds):
    some, rest = WHOLE.split(1, 3)
    multiplier = sampled_multiplier(some.mu, WHOLE.reserve, rate, n_rounds)
    events = [rounds(rate, n_rounds, multiplier), GaussianDpEvent(1 / rest.mu)]
    assert 0.95 <= epsilon_of_events(events, 1e-6) <= 1.0
    assert epsilon_of_events(events, 1e-6, "replace_one") < math.inf


def test_without_sampling_the_noise_is_that_of_gaussian_releases():
    assert sampled_multiplier(0.5, 0.0, 1.0, 16) == 8.0


def test_rarer_samples_need_less_noise_but_some():
    rates = 1.0, 0.3, 1e-9
    needed = [sampled_multiplier(WHOLE.mu, 1e-7, rate, 2) for rate in rates]
    assert needed == sorted(needed, reverse=True)
    assert needed[-1] == 0.25


@pytest.mark.parametrize(
    ("rate", "n_rounds"),
    [(0, 3), (1.5, 3), (-0.1, 3), (math.nan, 3), (math.inf, 3), ("0.1", 3), (True, 3),
     (0.1, 0), (0.1, -1), (0.1, 2.0), (0.1, True), (0.1, "3"), (0.1, None)],
)  # fmt: skip
def test_odd_rates_and_rounds_are_refused(rate, n_rounds):
    with pytest.raises((TypeError, ValueError), match="pass"):
        sampled_multiplier(0.5, 1e-7, rate, n_rounds)


@pytest.mark.parametrize("failing", [0.0, 1e-11])
def test_a_part_of_delta_is_needed(failing):
    with pytest.raises(ValueError, match="Raise delta"):
        sampled_multiplier(0.5, failing, 0.1, 3)


def test_a_mechanism_of_a_budget_states_its_price():
    mechanism = WHOLE.sampled(1.0, 0.1, 100, WHOLE.reserve)
    assert mechanism.event == PoissonSampledDpEvent(
        0.1, GaussianDpEvent(mechanism.multiplier)
    )
    assert epsilon_of_events(100 * [mechanism.event], 1e-6) <= 1.0
    assert WHOLE.sampled(1.0, 1.0, 4, 0.0).event == GaussianDpEvent(2 / WHOLE.mu)
    assert Budget(math.inf, 1e-6).sampled(1.0, 0.1, 4, 0.0).multiplier == 0
    pure = Budget(1.0, 0.0).sampled(0.5, 0.1, 4, 0.0)
    assert 0.999 < epsilon_of_events(8 * [pure.event], 0.0) <= 1.0
    with pytest.raises(ValueError, match="rate"):
        Budget(1.0, 0.0).sampled(1.0, 1.5, 4, 0.0)


@pytest.mark.parametrize(
    "fields", [(-1.0, 0.1, 3), (math.nan, 0.1, 3), (1.0, 0.0, 3), (1.0, 0.1, 0)]
)
def test_odd_mechanisms_are_refused(fields):
    with pytest.raises(ValueError, match="pass"):
        SampledGaussian(*fields)


def test_a_filter_admits_what_rounds_cost():
    """As it does any budget of which a part may fail, in the same theory."""
    price = price_of(WHOLE.event)
    cap = Filter(2.5, 1e-6, 3e-7)
    leader = cap.leader(price)
    assert cap.admits(price + price, leader)
    assert not cap.admits(price + price + price + price, leader)
