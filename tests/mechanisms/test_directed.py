"""Bounds are never below, and budgets never above, what exact arithmetic says."""

from fractions import Fraction

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.mechanisms import above, below, root_above, root_below


@pytest.mark.parametrize("number", [*range(1, 400), 0.5, 1.5, 2.0**-40, 2**60 + 1])
def test_roots_are_on_the_safe_side(number):
    square = Fraction(number)
    assert (
        Fraction(root_below(number)) ** 2 <= square <= Fraction(root_above(number)) ** 2
    )
    assert root_above(number) - root_below(number) <= np.spacing(root_above(number))


def test_whole_roots_and_floats_stay_what_they_are():
    assert [root_above(n * n) for n in range(99)] == list(range(99))
    assert [root_below(n * n) for n in range(99)] == list(range(99))
    assert above(Fraction(0.1)) == 0.1 == below(Fraction(0.1))


def test_a_fraction_that_is_no_float_lies_between():
    third = Fraction(1, 3)
    assert Fraction(below(third)) < third < Fraction(above(third))


@pytest.mark.parametrize("n", [3, 7, 10, 49])
def test_shares_of_a_budget_never_add_up_to_more(n):
    """Squares of mu, or epsilon: in exact arithmetic, however they are rounded."""
    rng = np.random.default_rng(n)
    for _ in range(40):
        epsilon = float(rng.lognormal())
        whole, pure = Budget(epsilon, 1e-6), Budget(epsilon, 0.0)
        share = below(Fraction(1, n))
        mu, epsilons = whole.mechanism(share).mu, pure.mechanism(share, 1).epsilon
        assert n * Fraction(mu) ** 2 <= Fraction(whole.mu) ** 2
        assert n * Fraction(epsilons) <= Fraction(epsilon)
        assert whole.mechanism(1.0).mu == whole.mu
        assert pure.mechanism(1.0, 1).epsilon == epsilon
