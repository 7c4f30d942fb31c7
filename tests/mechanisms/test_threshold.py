"""Thresholds: no off-by-one, the stated delta, the stated split of epsilon."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from scipy import stats

from skprivate.mechanisms import (
    AboveThreshold,
    Entropy,
    Gaussian,
    Laplace,
    ThresholdedRelease,
)

NOISES = [Gaussian(0.3), Gaussian(2.0), Laplace(0.1), Laplace(3.0)]
each_noise = pytest.mark.parametrize("noise", NOISES, ids=repr)


def p_noise_at_least(noise, r, scale):
    """P(rounded noise >= r) for an integer r >= 1, at 200 bits."""
    with mpmath.workprec(200):
        x = (mpmath.mpf(r) - 0.5) / mpmath.mpf(scale)
        if isinstance(noise, Laplace):
            return mpmath.exp(-x) / 2
        return mpmath.erfc(x / mpmath.sqrt(2)) / 2


@each_noise
@pytest.mark.parametrize("delta", [1e-2, 1e-6, 1e-12, 1e-200, 0.7])
@pytest.mark.parametrize("levels", [1, 3, 2.5, 2**17])
@pytest.mark.parametrize("max_keys", [1, 4])
def test_the_threshold_is_the_least_that_keeps_delta(noise, delta, levels, max_keys):
    release = ThresholdedRelease(noise, delta, max_keys)
    threshold = release.threshold(levels)
    if isinstance(noise, Laplace):
        scale = levels * max_keys / noise.epsilon
    else:
        scale = levels * math.sqrt(max_keys) / noise.mu

    def delta_of(t):  # a key of one unit has at most floor(levels)
        least = t - math.floor(levels) + 1
        return max_keys * p_noise_at_least(noise, least, scale)

    assert delta_of(threshold) <= delta
    if threshold > math.floor(levels):
        slack = 1 if threshold < 1e9 else 3
        assert delta_of(threshold - slack) > delta


@pytest.mark.parametrize("noise", [Gaussian(1.0), Laplace(1.0)], ids=repr)
def test_release_is_strictly_above_the_threshold(noise, monkeypatch):
    release = ThresholdedRelease(noise, 1e-6)
    t = release.threshold(1)
    monkeypatch.setattr(type(noise), "__call__", lambda self, total, *_: total)
    counts = {"below": t - 1, "at": t, "above": t + 1}
    assert release(counts, 1, Entropy()) == {"above": t + 1}


def test_keys_of_one_unit_appear_with_probability_delta():
    release = ThresholdedRelease(Laplace(1.0), 0.01, max_keys=1)
    counts = dict.fromkeys(range(200_000), 1)
    released = len(release(counts, 1, Entropy(0)))
    scale, r = 1.0, release.threshold(1)
    p = float(p_noise_at_least(Laplace(1.0), r, scale))
    assert p <= 0.01
    assert stats.binomtest(released, len(counts), p).pvalue > 1e-6


def test_the_order_of_rows_does_not_show():
    counts = {k: 1000 + i for i, k in enumerate(["b", "c", "a", 3, (1, 2)])}
    release = ThresholdedRelease(Gaussian(1.0), 1e-6)
    backwards = dict(reversed(counts.items()))
    a, b = release(counts, 1, Entropy(0)), release(backwards, 1, Entropy(0))
    assert list(a.items()) == list(b.items())
    assert set(a) == set(counts)
    assert release({}, 1, Entropy()) == {}


def test_thresholded_release_states_its_cost():
    release = ThresholdedRelease(Gaussian(0.5), 1e-6, 3)
    assert (release.mu, release.rho, release.norm) == (0.5, 0.125, 2)
    noise, failure = release.event.events
    assert noise == Gaussian(0.5).event
    assert failure.sampling_probability == 1e-6
    assert release.epsilon == math.inf
    assert ThresholdedRelease(Laplace(0.5), 1e-6).epsilon == 0.5
    assert ThresholdedRelease(Gaussian(math.inf), 1e-6).threshold(5) == 0


@pytest.mark.parametrize("delta", [0, 1, -1, np.nan, 2, True, "1"])
def test_bad_delta_is_refused(delta):
    with pytest.raises((TypeError, ValueError), match=r"delta must be .*pass"):
        ThresholdedRelease(Gaussian(1.0), delta)


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="pass Gaussian"):
        ThresholdedRelease(1.0, 1e-6)
    with pytest.raises(TypeError, match="max_keys must be an integer"):
        ThresholdedRelease(Gaussian(1.0), 1e-6, 1.5)
    with pytest.raises(ValueError, match="count must be at least 1"):
        AboveThreshold(1.0, count=0)
    with pytest.raises(ValueError, match="epsilon must be positive"):
        AboveThreshold(np.nan)
    with pytest.raises(TypeError, match="threshold must be integers"):
        AboveThreshold(1.0)([1], 1, 0.5, Entropy())
    with pytest.raises(ValueError, match="coarser grid"):
        AboveThreshold(1e-9)([1], 2.0**40, 0, Entropy())


@pytest.mark.parametrize("count", [1, 2, 10])
@pytest.mark.parametrize("monotone", [False, True])
def test_the_split_of_epsilon(count, monotone):
    first, second = AboveThreshold(1.5, count, monotone).split()
    assert 1.5 * (1 - 2**-52) < Fraction(first) + Fraction(second) <= 1.5
    factor = count if monotone else 2 * count
    assert second / first == pytest.approx(factor ** (2 / 3))
    # The best split: the variance of score minus threshold is least.
    variance = lambda e: 1 / e**2 + (factor / (1.5 - e)) ** 2  # noqa: E731
    assert variance(first) <= min(variance(first * 1.01), variance(first * 0.99))


def test_above_threshold_finds_the_first():
    scores = np.array([0, 10, 10_000, -5, 20_000, 30_000])
    find = AboveThreshold(1.0, count=2)
    np.testing.assert_array_equal(find(scores, 1, 5000, Entropy()), [2, 4])
    assert find(scores, 1, 10**6, Entropy()).size == 0
    exact = AboveThreshold(np.inf)
    np.testing.assert_array_equal(exact(scores, 1, 10, Entropy()), [1])


def test_above_threshold_ratio_on_neighbours():
    """P(first index = i) against quadrature, and its ratio within epsilon."""
    epsilon, levels, draws = 1.0, 50, 8_000
    mechanism = AboveThreshold(epsilon)
    one, two = np.array([0, 50, 100]), np.array([50, 0, 150])

    def frequencies(scores):
        found = np.zeros(4)
        for i in range(draws):
            index = mechanism(scores, levels, 60, Entropy(0), i.to_bytes(4))
            found[index[0] if index.size else 3] += 1
        return found

    def law(scores):
        first, second = mechanism.split()
        t = np.linspace(-6000, 6000, 60_001)
        density = stats.laplace.pdf(t, 60, levels / first)
        above = stats.laplace.sf(t - scores[:, None], 0, 2 * levels / second)
        reached = np.cumprod(np.vstack([np.ones_like(t), 1 - above]), axis=0)
        each = reached * np.vstack([above, np.ones_like(t)]) * density
        return np.trapezoid(each, t, axis=1)

    laws = [law(one), law(two)]
    assert np.abs(np.log(laws[0] / laws[1])).max() <= epsilon
    for scores, expected in zip((one, two), laws, strict=True):
        expected = expected / expected.sum() * draws
        # Rounding to integers moves these probabilities by less than 1e-4.
        assert stats.chisquare(frequencies(scores), expected).pvalue > 1e-6
