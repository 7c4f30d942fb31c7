"""Gaussian differential privacy against exact arithmetic."""

import math
import random
import time

import mpmath
import numpy as np
import pytest
from dp_accounting import GaussianDpEvent

from skprivate.accounting import (
    Budget,
    bounded_range_of_mu,
    delta_of,
    epsilon_of,
    epsilon_of_events,
    mu_of,
    mu_of_bounded_range,
    mu_of_pure,
    pure_of_mu,
)


def exact_delta(mu, epsilon):
    """Delta of a mu-GDP mechanism, in 60 digits: the subtraction costs some 20."""
    with mpmath.workdps(60):
        mu, epsilon = mpmath.mpf(mu), mpmath.mpf(epsilon)
        a, b = epsilon / mu - mu / 2, epsilon / mu + mu / 2
        upper, lower = (mpmath.erfc(x / mpmath.sqrt(2)) / 2 for x in (a, b))
        return upper - mpmath.exp(epsilon) * lower


def random_delta(generator):
    return 10 ** generator.uniform(*generator.choice([(-300, 0), (-12, 0)]))


def test_mu_is_never_too_large_and_hardly_too_small():
    generator = random.Random(0)
    for _ in range(200):
        epsilon, delta = 2 ** generator.uniform(-40, 20), random_delta(generator)
        mu = mu_of(epsilon, delta)
        assert delta_of(mu, epsilon) <= delta
        assert exact_delta(mu, epsilon) <= delta
        assert exact_delta(mu * (1 + 1e-9), epsilon) > delta


def test_epsilon_is_never_too_small_and_hardly_too_large():
    generator = random.Random(1)
    for _ in range(200):
        mu, delta = 10 ** generator.uniform(-8, 3.2), random_delta(generator)
        epsilon = epsilon_of(mu, delta)
        assert exact_delta(mu, epsilon) <= delta
        if epsilon > 0:
            assert exact_delta(mu, epsilon * (1 - 1e-8)) > delta * (1 - 1e-9)


def test_delta_is_never_too_small_and_hardly_too_large():
    generator = random.Random(2)
    for _ in range(200):
        mu = 10 ** generator.uniform(-8, 3)
        epsilon = max(0.0, mu * mu / 2 + mu * generator.uniform(-5, 30))
        exact = exact_delta(mu, epsilon)
        assert exact <= delta_of(mu, epsilon) <= exact * (1 + 1e-8)


# Public values: notes of the analytic Gaussian mechanism, and dp-accounting.
@pytest.mark.parametrize(
    ("delta", "mus"),
    [
        (1e-6, [0.0275, 0.1241, 0.2367, 0.4483, 0.8379, 1.5315]),
        (1e-5, [0.0325, 0.1422, 0.2681, 0.5016, 0.9249, 1.6660]),
    ],
)
def test_known_calibrations(delta, mus):
    found = [mu_of(epsilon, delta) for epsilon in (0.1, 0.5, 1, 2, 4, 8)]
    np.testing.assert_allclose(found, mus, atol=6e-5, rtol=0)


def test_known_sigma():
    assert 1 / mu_of(1.0, 1e-6) == pytest.approx(4.224679, abs=1e-6)


def test_same_sigma_as_dp_accounting():
    from dp_accounting import get_sigma_gaussian

    for epsilon, delta in [(0.3, 1e-5), (1.0, 1e-8), (5.0, 1e-3)]:
        sigma = get_sigma_gaussian(epsilon, delta)
        assert 1 / mu_of(epsilon, delta) == pytest.approx(sigma, rel=1e-5)


def test_calibration_is_a_closed_form():
    mu_of(1.0, 1e-6)
    start = time.process_time()
    for _ in range(100):
        mu_of(1.0, 1e-6)
    assert (time.process_time() - start) / 100 < 2e-3  # 0.04 ms on a free machine


@pytest.mark.parametrize("epsilon", [2.0**-40, 1e-3, 1.0, 1e6, 1e13, 1e300, math.inf])
@pytest.mark.parametrize("delta", [5e-324, 1e-300, 1e-6, 0.5, 1 - 2.0**-53])
def test_extremes_are_safe(epsilon, delta):
    mu = mu_of(epsilon, delta)
    assert mu > 0
    assert epsilon == math.inf or delta_of(mu, epsilon) <= delta
    # where delta is nearly all of the price, epsilon is badly conditioned
    assert epsilon_of(mu, delta) <= epsilon * (1 + 1e-6) or delta > 0.1


def test_limits():
    assert mu_of(1.0, 0.0) == 0
    assert mu_of(math.inf, 1e-6) == math.inf
    assert epsilon_of(0.0, 0.0) == 0
    assert epsilon_of(1.0, 0.0) == math.inf
    assert epsilon_of(math.inf, 0.5) == math.inf
    assert epsilon_of(1e-9, 1e-6) == 0
    assert delta_of(0.0, 0.0) == 0
    assert delta_of(math.inf, 5.0) == 1
    assert delta_of(1.0, math.inf) == 0
    assert delta_of(1e-300, 1e6) > 0


@pytest.mark.parametrize("bad", [math.nan, -1.0, "1", None, [1.0], True])
def test_bad_numbers_are_refused(bad):
    for function in (mu_of, epsilon_of, delta_of):
        with pytest.raises((TypeError, ValueError), match="pass"):
            function(bad, 1e-6)
        with pytest.raises((TypeError, ValueError), match="pass"):
            function(1.0, bad)


def exact_mu_of_pure(epsilon):
    """Root of Phi(-mu/2) = 1 / (1 + e^epsilon), in logarithms."""
    start = min(1.2533 * epsilon, 2 * math.sqrt(2 * epsilon) if epsilon > 3 else 9)
    with mpmath.workdps(50):
        target = -epsilon - mpmath.log1p(mpmath.exp(-mpmath.mpf(epsilon)))
        return mpmath.findroot(
            lambda mu: mpmath.log(mpmath.erfc(mu / 2 / mpmath.sqrt(2)) / 2) - target,
            start,
        )


def test_price_of_pure_mechanisms():
    generator = random.Random(3)
    for _ in range(100):
        epsilon = 2 ** generator.uniform(-40, 9)
        mu = mu_of_pure(epsilon)
        exact = exact_mu_of_pure(epsilon)
        assert exact <= mu <= exact * (1 + 1e-11)
        back = pure_of_mu(mu)
        assert mu_of_pure(back) <= mu * (1 + 1e-13)
        assert exact_mu_of_pure(back) <= mu
        assert back == pytest.approx(epsilon, rel=1e-10)


def test_a_pure_mechanism_is_within_its_gaussian_price():
    for epsilon in (0.01, 0.5, 1.0, 3.0, 10.0):
        keep = 1 / (1 + math.exp(-epsilon))
        mu = mu_of_pure(epsilon)
        for at in np.linspace(0, epsilon, 50):
            randomized_response = keep - math.exp(at) * (1 - keep)
            assert randomized_response <= delta_of(mu, at) * (1 + 1e-9)


def test_a_bounded_range_mechanism_is_within_its_gaussian_price():
    """The worst pair for every offset t of the range, both orders, all thresholds."""
    for epsilon in (0.01, 0.5, 1.0, 3.0, 10.0):
        mu = mu_of_bounded_range(epsilon)
        assert bounded_range_of_mu(mu) == pytest.approx(epsilon, rel=1e-9)
        tightest = 0.0
        for t in np.linspace(0, epsilon, 41)[1:-1]:
            p = -math.expm1(t - epsilon) / -math.expm1(-epsilon)
            q = p * math.exp(-t)
            for at in np.linspace(0, epsilon, 41):
                delta = max(p - math.exp(at) * q, (1 - q) - math.exp(at) * (1 - p))
                bound = delta_of(mu, at)
                assert delta <= bound * (1 + 1e-9)
                tightest = max(tightest, delta / bound)
        assert tightest > 0.97


def test_what_was_asked_is_never_named_larger():
    """A report computes epsilon from mu; its last digit must not exceed the request."""
    rng = np.random.default_rng(0)
    for epsilon, log_delta in zip(
        [1.0, 0.5, *np.exp(rng.uniform(-20, 6, 400))],
        [-6.0, -6.0, *rng.uniform(-15, -0.5, 400)],
        strict=True,
    ):
        delta = 10.0**log_delta
        whole = Budget(epsilon, delta)
        parts = whole.split(*rng.uniform(0.1, 1, 7))
        events = [GaussianDpEvent(1 / part.mu) for part in parts]
        assert epsilon_of(mu_of(epsilon, delta), delta) <= epsilon
        assert epsilon_of_events([whole.event], delta) <= epsilon
        assert epsilon_of_events(events, delta) <= epsilon
        if delta > 1e-14:
            assert epsilon_of_events([whole.reserving().event], delta) <= epsilon
        assert epsilon_of_events([whole.event], delta) >= epsilon * (1 - 1e-7) - 1e-12
