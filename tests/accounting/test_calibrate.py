"""One noise multiplier for a mixed plan."""

import math

import pytest
from dp_accounting import dp_event as dp

from skprivate.accounting import epsilon_of_events, mu_of, noise_multiplier


def gaussians(noise):
    return [dp.GaussianDpEvent(noise), dp.GaussianDpEvent(2 * noise)]


def mixed(noise):
    return [dp.GaussianDpEvent(noise), dp.LaplaceDpEvent(2 * noise)]


def pure(noise):
    return [dp.LaplaceDpEvent(noise), dp.LaplaceDpEvent(2 * noise)]


def with_zcdp(noise):
    return [dp.GaussianDpEvent(noise), dp.ZCDpEvent(1 / (8 * noise**2))]


def sampled(noise):
    event = dp.PoissonSampledDpEvent(0.01, dp.GaussianDpEvent(noise))
    return dp.SelfComposedDpEvent(event, 100)


@pytest.mark.parametrize("plan", [gaussians, mixed, with_zcdp, sampled])
@pytest.mark.parametrize("epsilon", [0.2, 1.0, 4.0])
def test_plan_meets_its_budget_and_hardly_less(plan, epsilon):
    multiplier = noise_multiplier(plan, epsilon, 1e-6)
    reached = epsilon_of_events(plan(multiplier), 1e-6)
    assert 0.99 * epsilon <= reached <= epsilon


def test_pure_plan():
    multiplier = noise_multiplier(pure, 1.0, 0.0)
    assert 1.5 <= multiplier <= 1.503


def test_gaussian_plan_agrees_with_the_closed_form():
    exact = math.sqrt(1.25) / mu_of(1.0, 1e-6)
    assert exact <= noise_multiplier(gaussians, 1.0, 1e-6) <= exact * 1.002


def test_sampled_plan_agrees_with_dp_accounting():
    """Known: rate 0.01, 1000 steps, epsilon 1, delta 1e-6 need a noise of 1.5627."""

    def plan(noise):
        event = dp.PoissonSampledDpEvent(0.01, dp.GaussianDpEvent(noise))
        return dp.SelfComposedDpEvent(event, 1000)

    assert noise_multiplier(plan, 1.0, 1e-6) == pytest.approx(1.5627, rel=2e-3)


def test_replace_one_needs_twice_the_noise():
    once = noise_multiplier(gaussians, 1.0, 1e-6)
    assert noise_multiplier(gaussians, 1.0, 1e-6, "replace_one") == pytest.approx(
        2 * once, rel=2e-3
    )


def test_infinite_epsilon_needs_no_noise():
    assert noise_multiplier(gaussians, math.inf, 1e-6) == 0


def test_impossible_plans_are_refused():
    with pytest.raises(ValueError, match="raise delta above 0"):
        noise_multiplier(gaussians, 1.0, 0.0)
    with pytest.raises(ValueError, match="fixed releases"):
        noise_multiplier(lambda noise: dp.GaussianDpEvent(1.0), 0.1, 1e-6)
