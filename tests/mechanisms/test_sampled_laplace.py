"""Laplace noise on samples: what a round costs, by densities and by its inverse."""

import math

import numpy as np
import pytest
from scipy import stats

from skprivate.mechanisms import Entropy, Laplace, SampledLaplace


@pytest.mark.parametrize("rate", [1e-6, 0.01, 0.5, 0.999])
@pytest.mark.parametrize("epsilon", [1e-9, 0.1, 1.0, 5.0, 40.0])
def test_the_cost_is_the_largest_loss_of_a_mixture(rate, epsilon):
    """In both directions, of a unit that adds one; the far end attains it."""
    noise = SampledLaplace(epsilon, rate, 1)
    ends = np.array([-1.0, 0.0, 0.3, 0.5, 1.0, 2.0])  # the loss is flat beyond [0, 1]
    without = stats.laplace.logpdf(ends, 0, 1 / epsilon)
    there = stats.laplace.logpdf(ends, 1, 1 / epsilon)
    mixed = np.logaddexp(np.log1p(-rate) + without, np.log(rate) + there)
    loss = np.abs(mixed - without).max()
    assert loss == pytest.approx(noise.cost, rel=1e-5, abs=1e-13)


@pytest.mark.parametrize("rate", [1e-6, 0.01, 0.5, 0.999, 1.0])
@pytest.mark.parametrize("cost", [1e-9, 0.1, 1.0, 5.0, 40.0, 1000.0])
def test_a_cost_is_never_exceeded_and_nearly_used(rate, cost):
    noise = SampledLaplace.of_cost(cost, rate, 3)
    assert cost * (1 - 1e-10) < noise.cost <= cost
    assert noise.epsilon >= cost * (1 - 1e-12)


def test_no_noise_is_not_private():
    assert SampledLaplace.of_cost(math.inf, 0.5, 3).cost == math.inf
    assert SampledLaplace(math.inf, 0.5, 3)([5], 1, Entropy(0)).tolist() == [5]


def test_the_noise_is_that_of_laplace():
    sampled, plain = SampledLaplace(0.5, 0.1, 3), Laplace(0.5)
    assert sampled.deviation(3.0) == plain.deviation(3.0)
    noise = sampled(np.zeros(4000, int), 1000, Entropy(7))
    assert stats.kstest(noise / 2000, "laplace").pvalue > 1e-6


@pytest.mark.parametrize(
    "fields", [(0.0, 0.5, 3), (1.0, 0.0, 3), (1.0, 1.5, 3), (1.0, 0.5, 0), ("1", 1, 1)]
)
def test_odd_fields_are_refused(fields):
    with pytest.raises((ValueError, TypeError)):
        SampledLaplace(*fields)
