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
    Tally,
    ThresholdedRelease,
    weighted_counts,
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


@pytest.mark.parametrize("mu", [0.3, 2.0])
@pytest.mark.parametrize("delta", [1e-2, 1e-6, 1e-12, 0.3])
@pytest.mark.parametrize("levels", [1, 2**17, 2**20])
@pytest.mark.parametrize("max_keys", [1, 2, 40])
def test_the_weighted_threshold_is_the_least_that_keeps_delta(
    mu, delta, levels, max_keys
):
    noise = Gaussian(mu)
    release = ThresholdedRelease(noise, delta, max_keys, weighted=True)
    threshold, scale = release.threshold(levels), levels / mu
    assert release.sensitivity(levels) == levels

    def worst(t):
        """Probability that a key of one unit alone is released, whatever it holds."""
        deltas = []
        for n in range(1, max_keys + 1):
            least = t - math.isqrt(levels**2 // n) + 1
            p = p_noise_at_least(noise, least, scale)
            with mpmath.workprec(200):
                deltas.append(1 - (1 - p) ** n)
        return max(deltas)

    assert worst(threshold) <= delta
    if threshold > levels:
        slack = 1 if threshold < 1e9 else 3
        assert worst(threshold - slack) > delta


def test_weights_make_a_unit_of_many_keys_no_dearer():
    counted = ThresholdedRelease(Gaussian(1.0), 1e-6, 100)
    weighted = ThresholdedRelease(Gaussian(1.0), 1e-6, 100, weighted=True)
    # 100 units of the same 100 keys add 10 to each, of noise 1; or 100, of noise 10.
    assert weighted.threshold(2**20) / 2**20 < 6.7
    assert counted.threshold(2**20) / 2**20 > 56


def test_weighted_counts_keep_the_2_norm():
    rng = np.random.default_rng(0)
    levels, n_keys, units = 2**20, 50, []
    for k in (0, 1, 2, 3, 7, 50, 50, 12, 0):
        units.append(rng.choice(n_keys, k, replace=False))
    starts = np.cumsum([0, *map(len, units)])
    total = weighted_counts(np.concatenate(units), starts, n_keys, levels)
    alone = np.zeros(n_keys, np.int64)
    for keys in units:
        own = weighted_counts(keys, np.array([0, len(keys)]), n_keys, levels)
        assert sum(int(v) ** 2 for v in own) <= levels**2
        assert set(np.flatnonzero(own)) == set(keys)
        assert sum(int(v + 1) ** 2 for v in own if v) > levels**2 or not len(keys)
        alone += own
    np.testing.assert_array_equal(total, alone)
    twice = weighted_counts(np.array([3, 3, 4]), np.array([0, 3]), 5, levels)
    once = weighted_counts(np.array([4, 3]), np.array([0, 2]), 5, levels)
    np.testing.assert_array_equal(twice, once)


def test_weighted_tallies_are_released():
    keys, starts = np.tile([0, 1], 500), np.arange(0, 1001, 2)
    counts = weighted_counts(np.append(keys, 2), np.append(starts, 1001), 3, 2**20)
    release = ThresholdedRelease(Gaussian(1.0), 1e-6, 2, weighted=True)
    told = release(Tally({0: (["a", "b", "c"], counts)}), 2**20, Entropy(0))
    assert set(told) == {(0, "a"), (0, "b")}
    for value in told.values():
        assert abs(value / 2**20 - 500 / math.sqrt(2)) < 6


def test_a_weighted_key_of_one_unit_appears_with_probability_delta():
    """Units of 4 keys that nobody else has: of each, a key is shown with delta."""
    n_units, levels = 50_000, 64
    release = ThresholdedRelease(Gaussian(1.0), 0.01, 4, weighted=True)
    keys, starts = np.arange(4 * n_units), np.arange(0, 4 * n_units + 1, 4)
    counts = weighted_counts(keys, starts, 4 * n_units, levels)
    told = release(Tally({0: (keys, counts)}), levels, Entropy(0))
    shown = len({key // 4 for _, key in told})
    least = release.threshold(levels) - levels // 2 + 1
    p = 1 - (1 - float(p_noise_at_least(Gaussian(1.0), least, levels))) ** 4
    assert p <= 0.01
    assert stats.binomtest(shown, n_units, p).pvalue > 1e-6


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
    with pytest.raises(TypeError, match="pass Gaussian"):
        ThresholdedRelease(Laplace(1.0), 1e-6, weighted=True)
    with pytest.raises(TypeError, match="weighted must be True or False"):
        ThresholdedRelease(Gaussian(1.0), 1e-6, weighted=1)
    for levels in (0, 2**31 + 1):
        with pytest.raises(ValueError, match="levels must be at"):
            weighted_counts(np.array([0]), np.array([0, 1]), 1, levels)
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
