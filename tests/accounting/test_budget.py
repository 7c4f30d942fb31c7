"""Budgets: what they refuse, and that shares never add up to more than the whole."""

import math
import subprocess
import sys

import numpy as np
import pytest

from skprivate.accounting import Budget, epsilon_of_events, mu_of, mu_of_bounded_range


@pytest.mark.parametrize("bad", [True, np.True_, "1", None, [1], 1j, np.ones(1)])
def test_epsilon_must_be_a_number(bad):
    with pytest.raises(TypeError, match=r"epsilon .*; pass a plain number"):
        Budget(bad, 1e-6)


@pytest.mark.parametrize("bad", [math.nan, -1, 0, -0.0, 1e-300, 5e-324, -math.inf])
def test_epsilon_must_be_positive_and_not_tiny(bad):
    with pytest.raises(ValueError, match=r"epsilon .*; pass"):
        Budget(bad, 1e-6)


@pytest.mark.parametrize("bad", [math.nan, -1e-9, 1, 1.5, math.inf])
def test_delta_must_be_below_one(bad):
    with pytest.raises(ValueError, match=r"delta .*; pass"):
        Budget(1.0, bad)


@pytest.mark.parametrize("bad", [False, "0", None])
def test_delta_must_be_a_number(bad):
    with pytest.raises(TypeError, match=r"delta .*; pass"):
        Budget(1.0, bad)


@pytest.mark.parametrize("epsilon", [2.0**-40, 1e6, np.float32(1), 2, math.inf])
def test_unusual_epsilons_are_allowed(epsilon):
    budget = Budget(epsilon, 1e-6)
    assert type(budget.epsilon) is float
    assert budget.mu > 0


def test_infinite_budget_is_not_private():
    assert Budget(math.inf, 1e-6).mu == math.inf
    assert not Budget(math.inf, 1e-6).private
    assert Budget(1e6, 1e-6).private


def test_pure_budget():
    assert Budget(1.0, 0).pure
    assert Budget(1.0, 0).mu == 0
    assert not Budget(1.0, 1e-6).pure


def test_a_budget_is_a_value():
    assert Budget(1, 1e-6) == Budget(1.0, 1e-6)
    assert hash(Budget(1, 1e-6)) == hash(Budget(1.0, 1e-6))
    with pytest.raises(AttributeError):
        Budget(1.0, 1e-6).epsilon = 2.0
    assert repr(Budget(1.0, 1e-6)) == "Budget(epsilon=1, delta=1e-06)"
    assert "share=0.25" in repr(Budget(1.0, 1e-6).split(1, 3)[0])


def test_split_divides_mu_squared():
    budget = Budget(1.0, 1e-6)
    parts = budget.split(1, 2, 1)
    total = math.fsum(part.mu**2 for part in parts)
    assert total == pytest.approx(budget.mu**2, rel=1e-13)
    assert total <= budget.mu**2
    assert parts[1].mu == pytest.approx(budget.mu * math.sqrt(0.5), rel=1e-12)
    again = parts[1].split(1, 1)
    assert again[0].mu == pytest.approx(budget.mu / 2, rel=1e-12)
    assert budget.split(7) == (budget,)


def test_split_never_exceeds_the_whole():
    generator = np.random.default_rng(0)
    for _ in range(200):
        weights = generator.exponential(size=generator.integers(1, 12))
        parts = Budget(1.0, 1e-6).split(*weights)
        assert math.fsum(part.share for part in parts) <= 1


def test_split_of_a_pure_budget_divides_epsilon():
    first, second = (part.alone() for part in Budget(1.0, 0).split(1, 3))
    assert first.epsilon == pytest.approx(0.25)
    assert second.epsilon == pytest.approx(0.75)
    assert first.epsilon + second.epsilon <= 1


def test_part_alone_has_the_same_mu():
    part = Budget(1.0, 1e-6).split(1, 3)[0]
    alone = part.alone()
    assert alone.share == 1
    assert alone.epsilon < 0.6
    assert mu_of(alone.epsilon, alone.delta) == pytest.approx(part.mu, rel=1e-9)


@pytest.mark.parametrize("weights", [(), (0, 1), (-1, 2), (math.nan,), (math.inf, 1)])
def test_bad_weights_are_refused(weights):
    with pytest.raises(ValueError, match="pass"):
        Budget(1.0, 1e-6).split(*weights)


@pytest.mark.parametrize("share", [0, -1, 1.01, math.nan])
def test_bad_shares_are_refused(share):
    for method in (Budget(1.0, 1e-6).mechanism, Budget(1.0, 1e-6).selection):
        with pytest.raises(ValueError, match=r"share .*; pass"):
            method(share)


def test_norms_are_checked():
    with pytest.raises(ValueError, match="use selection"):
        Budget(1.0, 1e-6).mechanism(0.5, norm=math.inf)
    with pytest.raises(ValueError, match="pass a delta above 0"):
        Budget(1.0, 0).mechanism(0.5, norm=2)


def test_mechanisms_of_a_gaussian_budget():
    from skprivate.mechanisms import Exponential, Gaussian

    budget = Budget(1.0, 1e-6)
    assert budget.mechanism(1.0) == Gaussian(budget.mu)
    assert budget.mechanism(0.25, norm=1) == Gaussian(budget.mu / 2)
    choice = budget.selection(0.25, monotone=True)
    assert isinstance(choice, Exponential)
    assert choice.monotone
    assert mu_of_bounded_range(choice.epsilon) <= budget.mu / 2 * (1 + 1e-12)
    assert choice.epsilon == pytest.approx(0.19, abs=0.01)
    assert choice.mu <= budget.mu / 2 * (1 + 1e-9)


def test_mechanisms_of_a_pure_budget():
    from skprivate.mechanisms import Laplace, PermuteAndFlip

    budget = Budget(1.0, 0)
    assert budget.mechanism(0.25, norm=1) == Laplace(0.25)
    choice = budget.selection(0.25)
    assert isinstance(choice, PermuteAndFlip)
    assert choice.epsilon == 0.25


def test_no_budget_no_noise():
    assert Budget(math.inf, 1e-6).mechanism(0.5).mu == math.inf
    assert Budget(math.inf, 0).mechanism(0.5, norm=1).epsilon == math.inf
    assert Budget(math.inf, 1e-6).selection(0.5).epsilon == math.inf
    assert Budget(math.inf, 0).selection(0.5).epsilon == math.inf


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_what_a_budget_hands_out_composes_to_no_more_than_itself(delta):
    budget = Budget(1.0, delta)
    first, second = budget.split(1, 2)
    events = [
        first.mechanism(0.5, norm=1).event,
        first.selection(0.5).event,
        second.mechanism(0.3, norm=1).event,
        *[second.selection(0.1).event for _ in range(7)],
    ]
    spent = epsilon_of_events(events, delta)
    assert 0.98 < spent <= 1 + 1e-9


def test_importing_is_cheap():
    code = (
        "import sys, skprivate.accounting; "
        "print({'scipy.stats', 'dp_accounting', 'numba'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


def test_event_is_the_price_of_all_of_the_budget():
    part = Budget(1.0, 1e-6).split(1, 3)[1]
    assert epsilon_of_events(Budget(1.0, 1e-6).event, 1e-6) == pytest.approx(1.0)
    assert part.event.noise_multiplier == pytest.approx(1 / part.mu)
    assert epsilon_of_events(Budget(0.5, 0.0).event, 0.0) == 0.5
    assert epsilon_of_events(Budget(math.inf, 0.0).event, 0.5) == math.inf
