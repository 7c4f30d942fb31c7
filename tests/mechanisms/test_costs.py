"""What mechanisms say they cost; and that saying it imports nothing heavy."""

import math
import pickle
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from dp_accounting import NeighboringRelation, dp_event
from dp_accounting.pld import PLDAccountant
from scipy.stats import norm

from skprivate import mechanisms
from skprivate.mechanisms import (
    AboveThreshold,
    DiscreteGaussian,
    DiscreteLaplace,
    Exponential,
    Gaussian,
    Laplace,
    NoisyMax,
    PermuteAndFlip,
)
from skprivate.mechanisms._costs import mu_of_pure

PURE = (Laplace, DiscreteLaplace, PermuteAndFlip, NoisyMax, AboveThreshold)
EPSILONS = [1e-9, 1e-3, 0.5, 1.0, 1.5, 10.0, 40.0, 600.0]


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_gaussian_cost_of_pure_dp_against_mpmath(epsilon):
    """2 Phi(mu / 2) - 1 = tanh(epsilon / 2), from above."""
    mu = mu_of_pure(epsilon)
    with mpmath.workprec(2500):
        tail = mpmath.erfc(mpmath.mpf(mu) / 2 / mpmath.sqrt(2)) / 2
        due = 1 / (1 + mpmath.exp(mpmath.mpf(epsilon)))
        assert tail <= due
    assert mu_of_pure(epsilon * (1 + 1e-9)) > mu


def test_gaussian_curve_lies_below_the_pure_one():
    for epsilon in (0.1, 1.0, 5.0):
        alpha = np.linspace(0, 1, 1001)
        e = math.exp(epsilon)
        pure = np.maximum(np.maximum(0, 1 - e * alpha), (1 - alpha) / e)
        gaussian = norm.cdf(norm.isf(alpha) - mu_of_pure(epsilon))
        assert np.all(gaussian <= pure + 1e-12)


def test_costs_of_pure_mechanisms():
    for kind in PURE:
        mechanism = kind(0.8)
        assert mechanism.epsilon == 0.8
        assert mechanism.mu == mu_of_pure(0.8)
        assert mechanism.rho == pytest.approx(0.32)
        assert kind(math.inf).mu == math.inf
        assert isinstance(kind(math.inf).event, dp_event.NonPrivateDpEvent)
    assert Laplace(0.8).event == dp_event.LaplaceDpEvent(1 / 0.8)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 4.0])
def test_the_event_of_a_pure_mechanism_is_randomised_response(epsilon):
    accountant = PLDAccountant(NeighboringRelation.ADD_OR_REMOVE_ONE)
    accountant.compose(PermuteAndFlip(epsilon).event)
    e, half = math.exp(epsilon), math.exp(epsilon / 2)
    # delta(epsilon / 2) of randomised response
    assert accountant.get_delta(epsilon / 2) == pytest.approx(
        (e - half) / (1 + e), rel=1e-3
    )
    assert accountant.get_epsilon(1e-13) == pytest.approx(epsilon, rel=1e-3)


def test_costs_of_the_others():
    assert Gaussian(0.5).event == dp_event.GaussianDpEvent(2.0)
    assert (Gaussian(0.5).rho, Gaussian(0.5).epsilon) == (0.125, math.inf)
    assert isinstance(Gaussian(math.inf).event, dp_event.NonPrivateDpEvent)
    assert DiscreteGaussian(0.5).event == dp_event.ZCDpEvent(0.125)
    assert Exponential(1.0).mu == mu_of_pure(0.5)
    assert Exponential(1.0).event == dp_event.GaussianDpEvent(1 / mu_of_pure(0.5))


def test_norms():
    assert [m.norm for m in (Gaussian, DiscreteGaussian)] == [2, 2]
    assert [m.norm for m in (Laplace, DiscreteLaplace)] == [1, 1]
    assert {m.norm for m in PURE[2:]} | {Exponential.norm} == {math.inf}


@pytest.mark.parametrize("kind", [*PURE, Gaussian, DiscreteGaussian, Exponential])
def test_mechanisms_are_frozen_values(kind):
    mechanism = kind(1)
    assert repr(mechanism).startswith(f"{kind.__name__}(")
    assert "=1.0" in repr(mechanism)
    assert pickle.loads(pickle.dumps(mechanism)) == mechanism
    assert hash(mechanism) == hash(kind(1.0))
    with pytest.raises(AttributeError):
        mechanism.epsilon = mechanism.mu = 3.0


def test_everything_public_is_listed():
    assert mechanisms.__all__ == sorted(mechanisms.__all__)


def test_the_import_is_light():
    code = (
        "import sys, skprivate.mechanisms as m; m.Gaussian(1.0).rho;"
        "print({'numba', 'mpmath', 'dp_accounting', 'scipy'} & sys.modules.keys())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "set()"


def test_small_draws_need_neither_mpmath_nor_dp_accounting():
    code = (
        "import sys, skprivate.mechanisms as m;"
        "m.Gaussian(1.0)([0] * 50, 2.0**50, m.Entropy());"
        "print({'mpmath', 'dp_accounting'} & sys.modules.keys())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "set()"
