"""Bounds on attackers: tight where the best attack is known, and never below it."""

import numpy as np
import pytest
from dp_accounting.dp_event import (
    DiscreteLaplaceDpEvent,
    GaussianDpEvent,
    NonPrivateDpEvent,
    ZCDpEvent,
)
from scipy.optimize import brentq
from scipy.stats import norm

from skprivate.accounting import epsilon_of_events
from skprivate.report._power import best_advantage, best_detection

DELTAS = (1e-3, 0.01, 0.03, 0.1, 0.3)
RATES = [0.001, 0.01, 0.1, 0.5]


def points_of(events):
    return [(d, epsilon_of_events(events, d)) for d in (0.0, 1e-6, *DELTAS)]


@pytest.mark.parametrize("mu", [0.1, 1.0, 3.0])
def test_gaussian_noise(mu):
    events = (GaussianDpEvent(1 / mu),)
    for rate in RATES:
        best = norm.cdf(norm.ppf(rate) + mu)
        assert best_detection([events], rate, points_of(events)) == pytest.approx(best)
    assert best_advantage([events]) == pytest.approx(2 * norm.cdf(mu / 2) - 1)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 4.0])
def test_pure_releases(epsilon):
    """Randomized response is the worst of them."""
    events = (DiscreteLaplaceDpEvent(epsilon, 1),)
    for rate in RATES:
        best = min(np.exp(epsilon) * rate, 1 - np.exp(-epsilon) * (1 - rate))
        assert best_detection([events], rate, points_of(events)) == pytest.approx(best)
    assert best_advantage([events]) == pytest.approx(np.tanh(epsilon / 2), rel=1e-6)


@pytest.mark.parametrize(("mu", "epsilon"), [(0.5, 0.5), (1.0, 2.0), (0.3, 3.0)])
def test_mixtures_are_bounded(mu, epsilon):
    """By the test of Neyman and Pearson on a coin and a normal number."""
    events = (GaussianDpEvent(1 / mu), DiscreteLaplaceDpEvent(epsilon, 1))
    heads = 1 / (1 + np.exp(epsilon))  # without the unit

    def rates(threshold):
        tail_0, tail_1 = (
            [norm.sf((threshold - s - m) / mu) for s in (epsilon, -epsilon)]
            for m in (-mu * mu / 2, mu * mu / 2)
        )
        without = heads * tail_0[0] + (1 - heads) * tail_0[1]
        return without, (1 - heads) * tail_1[0] + heads * tail_1[1]

    for rate in RATES:
        threshold = brentq(lambda t, r=rate: rates(t)[0] - r, -60, 60)
        best = rates(threshold)[1]
        bound = best_detection([events], rate, points_of(events))
        assert best <= bound + 1e-9
        assert bound <= 1.3 * best


def test_nothing_is_promised_without_privacy():
    assert best_detection([(NonPrivateDpEvent(),)], 0.01, []) == 1.0


def test_events_that_are_not_gaussian_have_a_bound():
    events = (ZCDpEvent(0.05),)
    points = [(d, epsilon_of_events(events, d)) for d in (1e-6, 1e-3)]
    assert 0.01 < best_detection([events], 0.01, points) < 0.1


def test_the_dearest_way_counts():
    cheap, dear = (GaussianDpEvent(4.0),), (GaussianDpEvent(1.0),)
    assert best_advantage([cheap, dear]) == best_advantage([dear])
    both = best_detection([cheap, dear], 0.01, [])
    assert both == best_detection([dear], 0.01, [])
