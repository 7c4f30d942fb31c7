"""Selection follows its closed form, at any scores, and costs what it states."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from skprivate.mechanisms import Entropy, Exponential, NoisyMax, PermuteAndFlip
from skprivate.mechanisms._selection import rate_below

ALPHA, DRAWS = 1e-6, 8_000
KINDS = (Exponential, PermuteAndFlip, NoisyMax)
every = pytest.mark.parametrize("kind", KINDS)
ENDS = np.iinfo(np.int64)


def exponential_law(scores, rate):
    weights = np.exp((scores - scores.max()) * rate)
    return weights / weights.sum()


def permute_and_flip_law(scores, rate):
    coins, law = np.exp((scores - scores.max()) * rate), np.zeros(scores.size)
    for order in itertools.permutations(range(scores.size)):
        reached = 1.0
        for i in order:
            law[i] += reached * coins[i]
            reached *= 1 - coins[i]
    return law / math.factorial(scores.size)


LAW = {
    Exponential: exponential_law,
    PermuteAndFlip: permute_and_flip_law,
    NoisyMax: permute_and_flip_law,
}


def counts_of(mechanism, scores, levels, draws=DRAWS):
    index = [mechanism(scores, levels, Entropy(0), i.to_bytes(4)) for i in range(draws)]
    return np.bincount(index, minlength=scores.size)


@every
@pytest.mark.parametrize("monotone", [False, True])
def test_frequencies_against_the_closed_form(kind, monotone):
    scores, levels, epsilon = np.array([0, 300, 500, 100, -900]), 100, 0.7
    rate = epsilon / levels / (1 if monotone else 2)
    counts = counts_of(kind(epsilon, monotone=monotone), scores, levels)
    law = LAW[kind](scores, rate)
    assert stats.chisquare(counts, law * DRAWS).pvalue > ALPHA
    wrong = LAW[kind](scores, rate * 1.25)
    assert stats.chisquare(counts, wrong * DRAWS).pvalue < ALPHA


@every
def test_extreme_scores(kind):
    low_high = np.array([ENDS.min, ENDS.max, ENDS.min + 1, 0])
    for epsilon, levels in ((1.0, 1), (1e-3, 1e9), (1e9, 1), (1e6, 1e-3)):
        assert kind(epsilon)(low_high, levels, Entropy()) == 1
    same = np.full(3, ENDS.min)
    assert {kind(1.0)(same, 1, Entropy()) for _ in range(60)} == {0, 1, 2}
    assert kind(1.0)(np.array([5]), 1, Entropy()) == 0


@every
def test_no_privacy_means_the_largest(kind):
    scores = np.array([1, 5, 4])
    assert kind(np.inf)(scores, 1000.0, Entropy()) == 1
    assert kind(1e-6)(scores, 0, Entropy()) == 1


@every
@pytest.mark.parametrize("scores", [[], [[1, 2]], [1.0, 2.0], 3])
def test_bad_scores_are_refused(kind, scores):
    with pytest.raises((TypeError, ValueError), match=r"scores must be"):
        kind(1.0)(scores, 1.0, Entropy())


@every
@pytest.mark.parametrize("epsilon", [0, -1, np.nan, True, "1", None])
def test_bad_parameters_are_refused(kind, epsilon):
    with pytest.raises((TypeError, ValueError), match=r"epsilon must be .*pass"):
        kind(epsilon)
    with pytest.raises(TypeError, match="monotone must be"):
        kind(1.0, monotone=1)


def test_the_rate_is_rounded_down_and_fits():
    rng = np.random.default_rng(0)
    for epsilon, levels in np.exp(rng.uniform(-20, 20, (500, 2))):
        for monotone in (False, True):
            exact = Fraction(epsilon) / Fraction(levels) / (1 if monotone else 2)
            n, d = rate_below(epsilon, levels, monotone)
            assert 0 <= n <= 2**20
            assert 1 <= d <= 2**56
            assert Fraction(n, d) <= exact
            if 2.0**-30 < exact < 2**20:
                assert Fraction(n, d) >= exact * (1 - Fraction(1, 2**18))


@every
def test_seeds(kind):
    scores = np.zeros(1000, np.int64)
    assert kind(1.0)(scores, 1, Entropy(1)) == kind(1.0)(scores, 1, Entropy(1))
    assert len({kind(1.0)(scores, 1, Entropy(1), bytes([i])) for i in range(9)}) > 1


def largest_renyi(p, q):
    """Largest, over alpha, of D_alpha(p || q) / alpha, both ways: the zCDP cost."""
    alphas = np.linspace(1.001, 80, 4000)[:, None]

    def one_way(a, b):
        moment = (np.exp(alphas * np.log(a) + (1 - alphas) * np.log(b))).sum(1)
        return (np.log(moment) / (alphas[:, 0] - 1) / alphas[:, 0]).max()

    return max(one_way(p, q), one_way(q, p))


@pytest.mark.parametrize("epsilon", [0.25, 0.5, 1.0, 2.0])
def test_permute_and_flip_costs_more_zcdp_than_the_exponential(epsilon):
    """OpenDP once billed it as the exponential mechanism: four times too little."""
    pairs = [
        (np.array(a), np.array(b))
        for a, b in [([0, 0], [1, -1]), ([0, 0, 0], [1, -1, -1]), ([3, 2], [2, 3])]
    ]

    def cost(law):
        laws = [(law(a, epsilon / 2), law(b, epsilon / 2)) for a, b in pairs]
        return max(largest_renyi(p, q) for p, q in laws)

    exponential, flip = Exponential(epsilon), PermuteAndFlip(epsilon)
    assert cost(exponential_law) <= exponential.rho
    assert exponential.rho == epsilon**2 / 8
    assert exponential.rho < cost(permute_and_flip_law) <= flip.rho
    assert flip.rho == epsilon**2 / 2


def test_privacy_of_the_closed_forms():
    """Log ratios under a change of at most `levels` stay within epsilon."""
    epsilon = 1.3
    for law in (exponential_law, permute_and_flip_law):
        for change in itertools.product((-1, 0, 1), repeat=3):
            scores = np.array([0, 2, 1])
            ratio = np.log(law(scores, epsilon / 2) / law(scores + change, epsilon / 2))
            assert np.abs(ratio).max() <= epsilon + 1e-12
