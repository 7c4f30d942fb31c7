"""Laws of the number of runs, and what they cost."""

import math

import numpy as np
import pytest
from dp_accounting import dp_event as dp
from dp_accounting.rdp import RdpAccountant
from scipy.stats import chi2, geom, logser, poisson

from skprivate.accounting import Budget, epsilon_of_events
from skprivate.mechanisms import Entropy
from skprivate.model_selection._stopping import Geometric, Logarithmic, Poisson

LAWS = [
    Geometric(20.0),
    Geometric(2.5),
    Logarithmic(20.0),
    Logarithmic(1.5),
    Poisson(7.0),
]
ORDERS = [1 + x / 10 for x in range(1, 1000)] + [2.0**k for k in range(7, 20)]
ALPHA, N_DRAWS = 1e-6, 4000
named = pytest.mark.parametrize("law", LAWS, ids=repr)


def reference(law):
    """The same law, by SciPy."""
    if isinstance(law, Geometric):
        return geom(1 / law.mean)
    if isinstance(law, Poisson):
        return poisson(law.mean)
    return logser(law._p)


@named
def test_draws_follow_the_law(law):
    draws = np.array([law.draw(Entropy(i)) for i in range(N_DRAWS)])
    expected = reference(law)
    edges = np.unique(expected.ppf(np.linspace(0.05, 0.95, 12)))
    cells = np.searchsorted(edges, draws)
    chances = np.diff(np.concatenate([[0.0], expected.cdf(edges), [1.0]]))
    counts = np.bincount(cells, minlength=len(chances))
    statistic = np.sum((counts - N_DRAWS * chances) ** 2 / (N_DRAWS * chances))
    assert statistic < chi2.isf(ALPHA, len(chances) - 1)


@named
def test_the_mean_is_the_mean(law):
    assert math.isclose(reference(law).mean(), law.mean, rel_tol=1e-9)


@named
def test_the_largest_and_the_smallest_word_give_a_number(law):
    for word in (0, 2**64 - 1):
        number = law.draw(_Words(word))
        assert isinstance(number, int)
        assert 0 <= number < 10**6


class _Words:
    def __init__(self, word):
        self._word = word

    def words(self, n, context):
        return np.array([self._word], np.uint64)


def test_only_poisson_may_make_no_run():
    lowest = _Words(0)
    assert Poisson(2.0).draw(lowest) == 0
    assert Geometric(2.0).draw(lowest) == Logarithmic(2.0).draw(lowest) == 1


@named
@pytest.mark.parametrize("epsilon", [0.1, 4.0])
def test_a_search_costs_what_dp_accounting_says(law, epsilon):
    whole = Budget(epsilon, 1e-6)
    run = law.run_of(whole)
    event = law.repeated(run.event)
    assert event == dp.RepeatAndSelectDpEvent(run.event, law.mean, law.shape)
    assert epsilon_of_events(event, 1e-6) <= epsilon * (1 + 1e-9)
    assert epsilon_of_events(event, 1e-6) >= 0.98 * epsilon  # and nothing is wasted
    theirs = RdpAccountant(ORDERS).compose(event).get_epsilon(1e-6)
    assert theirs <= epsilon * (1 + 1e-3)  # with orders of another grid


@pytest.mark.parametrize(
    ("law", "factor"), [(Logarithmic(9.0), 2), (Geometric(9.0), 3)]
)
def test_pure_searches_cost_a_multiple_of_a_run(law, factor):
    run = law.run_of(Budget(1.2, 0.0))
    assert run.delta == 0
    assert 1.2 * (1 - 1e-9) <= factor * run.epsilon <= 1.2


def test_poisson_has_no_pure_price():
    with pytest.raises(ValueError, match="delta=0 cannot be had"):
        Poisson(9.0).run_of(Budget(1.0, 0.0))


def test_more_runs_leave_less_for_each():
    whole = Budget(1.0, 1e-6)
    for law in (Geometric, Logarithmic, Poisson):
        mus = [law(mean).run_of(whole).mu for mean in (2.0, 8.0, 32.0)]
        assert mus == sorted(mus, reverse=True)
        assert mus[0] < whole.mu


def test_repetition_is_never_cheaper_than_a_run():
    """A search that could be attacked by its winner alone: pure and small."""
    for law in LAWS:
        one = epsilon_of_events(dp.GaussianDpEvent(5.0), 1e-6)
        assert epsilon_of_events(law.repeated(dp.GaussianDpEvent(5.0)), 1e-6) > one
