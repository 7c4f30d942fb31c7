"""Noise in shares: the theorem on small sums, the law of the sum, what is refused."""

import math

import numpy as np
import pytest
from scipy import special, stats

from skprivate.federated._residues import integers, minus, plus, residues
from skprivate.federated._shares import LEAST_SHARE, MOST_PARTIES, GaussianShare
from skprivate.mechanisms import Entropy

ALPHA = 1e-6  # of each test
DRAWS = 200_000


def rounded(scale, reach):
    """Probabilities of a rounded Gaussian at -reach ... reach."""
    edges = (np.arange(reach + 1) - 0.5) / scale
    tail = special.ndtr(-edges)
    half = np.append(tail[:-1] - tail[1:], tail[-1])  # of 0, 1, ..., reach and beyond
    return np.concatenate([half[:0:-1], half])


def convolved(scale, k):
    """Those of the sum of k of them."""
    one = rounded(scale, math.ceil(12 * scale) + 1)
    total = one
    for _ in range(k - 1):
        total = np.convolve(total, one)
    return total


def processed(scale, k, r):
    """Those of round(s Z + V), by the inversion of the density of s Z + k uniforms."""
    t = np.linspace(-80 / scale, 80 / scale, 200_001)
    transform = (np.exp(-((scale * t) ** 2) / 2) * np.sinc(t / (2 * np.pi))) ** k
    return np.array([np.trapezoid(np.cos(t * x) * transform, t) for x in r]) / 2 / np.pi


@pytest.mark.parametrize("k", [2, 3, 5])
def test_a_sum_of_shares_is_post_processing_within_the_bound(k):
    """At one step, where there is a difference to see, and where there is none."""
    for scale, shows in ((1.0, True), (2.0, False)):
        sums = convolved(scale, k)
        r = np.arange(-4, 5)
        differences = np.abs(sums[len(sums) // 2 + r] - processed(scale, k, r))
        beta = (1 + 3 * math.exp(-((math.pi * scale) ** 2))) ** k - 1
        bound = beta / (math.sqrt(2 * math.pi * k) * scale)
        assert differences.max() < bound + 1e-14
        assert (differences.max() > 1e-10) == shows


def test_at_the_limits_of_the_code_nothing_is_left_of_the_difference():
    log_beta = math.log(3 * MOST_PARTIES) + 1 - (math.pi * LEAST_SHARE) ** 2
    variation = log_beta + math.log(2 + math.sqrt(-log_beta / math.pi))
    assert (variation + math.log(1e9) + 101) / math.log(10) < -1000
    k = np.arange(1, MOST_PARTIES + 1)
    assert np.all(LEAST_SHARE * np.sqrt(k) >= (k + 1) / 5)


def sums_of(share, k, levels, n, wide=False):
    """Sums of k shares of n values, by their residues."""
    zeros, total = np.zeros(n, np.int64), None
    for i in range(k):
        part = share(zeros, levels, Entropy(0), b"party %d" % i, wide=wide)
        total = part if total is None else plus(total, part)
    return integers(total)


def p_value(draws, scale):
    """Of a chi-square test over 200 cells, as likely as each other."""
    edges = np.unique(np.rint(stats.norm.ppf(np.arange(1, 200) / 200) * scale)) - 0.5
    below = np.concatenate([[0.0], stats.norm.cdf(edges / scale), [1.0]])
    counts = np.bincount(np.searchsorted(edges, draws), minlength=len(edges) + 1)
    return stats.chisquare(counts, np.diff(below) * len(draws)).pvalue


@pytest.mark.parametrize(
    ("k", "honest", "levels", "mu"),
    [(2, 2, 2.0**20, 0.5), (5, 4, 2.0**20, 1.0), (10, 7, 2.0**30, 0.1), (3, 1, 500, 3)],
)
def test_the_sum_has_the_law_of_the_sampler_at_the_summed_scale(k, honest, levels, mu):
    share = GaussianShare(mu, honest)
    scale = levels / mu * math.sqrt(k / honest)
    assert share.deviation(levels, k) == pytest.approx(scale, rel=1e-12)
    draws = sums_of(share, k, levels, DRAWS)
    assert p_value(draws, scale) > ALPHA
    assert p_value(draws, scale * 1.05) < ALPHA  # which five percent would not


def test_the_smallest_shares_have_the_convolution_of_their_laws():
    share = GaussianShare(1.0, honest=4)
    scale = LEAST_SHARE * (1 + 1e-12)
    draws = sums_of(share, 4, 2 * scale, DRAWS)
    sums = convolved(scale, 4)
    middle, reach = len(sums) // 2, 96
    inner = sums[middle - reach : middle + reach + 1]
    counts = np.bincount(np.clip(draws, -reach, reach) + reach, minlength=inner.size)
    inner[0] += sums[: middle - reach].sum()
    inner[-1] += sums[middle + reach + 1 :].sum()
    assert stats.chisquare(counts, inner / inner.sum() * DRAWS).pvalue > ALPHA


@pytest.mark.parametrize("honest", [1, 2, 3, 7, 10, 4095])
@pytest.mark.parametrize("mu", [0.1, 1 / 3, 1.0, 7.7])
def test_no_rounding_makes_the_sum_less_noisy(honest, mu):
    """In exact arithmetic: honest / own.mu ** 2 >= 1 / mu ** 2."""
    from fractions import Fraction

    own = Fraction(GaussianShare(mu, honest).own.mu)
    assert own**2 <= honest * Fraction(mu) ** 2
    assert float(own) == pytest.approx(mu * math.sqrt(honest), rel=1e-14)


def test_without_noise_a_share_is_the_total():
    total = np.array([[1, -2], [2**62, -(2**63)]])
    for share, levels in (
        (GaussianShare(np.inf, 3), 2.0**20),
        (GaussianShare(1, 3), 0),
    ):
        for wide in (False, True):
            words = share(total, levels, Entropy(), wide=wide)
            assert words.shape == (1 + wide, 2, 2)
            np.testing.assert_array_equal(integers(words), total)


def test_weights_multiply_the_share():
    weights = np.array([1.0, 30.0])
    zeros = np.zeros((20_000, 2), np.int64)
    words = GaussianShare(1.0, 4)(zeros, 1e6, Entropy(0), weights=weights)
    for column, weight in zip(integers(words).T, weights, strict=True):
        assert p_value(column, 5e5 * weight) > ALPHA


def test_shares_below_the_proof_are_refused():
    share = GaussianShare(1.0, honest=100)
    share([0], 161.0, Entropy(0))
    with pytest.raises(ValueError, match=r"16 steps of the grid.*noise='party'"):
        share([0], 159.0, Entropy(0))
    with pytest.raises(ValueError, match="16 steps"):
        share([0, 0], 200.0, Entropy(0), weights=[1.0, 0.5])


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, None])
def test_a_party_believes_in_whole_parties(bad):
    with pytest.raises((TypeError, ValueError), match="honest must be"):
        GaussianShare(1.0, bad)


EDGES = [0, 1, -1, 2**62, -(2**62), 2**63 - 1, -(2**63)]
WIDE = [2**63, -(2**64), 2**64, 2**100, -(2**100), 2**127 - 1, -(2**127)]


def test_residues_are_a_homomorphism_and_turn_back():
    np.testing.assert_array_equal(integers(residues(EDGES)), EDGES)
    both = np.array(EDGES + WIDE, object)
    assert integers(residues(both, wide=True)).tolist() == EDGES + WIDE
    half = [n // 2 for n in EDGES + WIDE]
    for sign, change in ((1, plus), (-1, minus)):
        for a in half:
            b = np.array(half, object)
            words = change(
                residues(np.full(len(b), a, object), True), residues(b, True)
            )
            assert integers(words).tolist() == [a + sign * other for other in half]
    out = integers(plus(residues([2**63 - 1]), residues([5])))
    assert integers(minus(residues(out), residues([5]))).tolist() == [2**63 - 1]


def test_sums_wrap_and_do_not_stop():
    """Noise at one end of the range must not give the total away."""
    top = np.full(200, 2**63 - 1)
    words = GaussianShare(1.0, 1)(top, 2.0**20, Entropy(0))
    noise = integers(minus(words, residues(top)))
    assert 0.3 < np.mean(noise > 0) < 0.7
    assert np.std(noise) > 2**19


def test_noise_beyond_int64_is_kept():
    words = GaussianShare(1.0, 1)(np.zeros(50, int), 2.0**80, Entropy(0), wide=True)
    draws = integers(words).astype(float)
    assert stats.kstest(draws / 2.0**80, stats.norm.cdf).pvalue > ALPHA
