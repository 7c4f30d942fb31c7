"""Gaussian and Laplace: the grid, precision attacks, limits, seeds, costs."""

import numpy as np
import pytest
from scipy import stats

from skprivate.mechanisms import (
    DiscreteGaussian,
    DiscreteLaplace,
    Entropy,
    Gaussian,
    Laplace,
)
from skprivate.mechanisms._additive import add_rounded_noise
from skprivate.mechanisms._exact_tail import round_exactly

ENDS = np.iinfo(np.int64)
rounded = pytest.mark.parametrize("mechanism", [Gaussian(0.5), Laplace(0.5)], ids=repr)
every = pytest.mark.parametrize(
    "mechanism",
    [Gaussian(0.5), Laplace(0.5), DiscreteGaussian(0.5), DiscreteLaplace(0.5)],
    ids=repr,
)


@every
@pytest.mark.parametrize("step", [2.0**-40, 2.0**-17, 1.0, 2.0**9])
def test_releases_lie_on_the_grid_whatever_the_total(mechanism, step):
    """Lattice test: porous float noise (Mironov 2012) would leave the grid."""
    totals = np.array([0, 1, -1, 3, 2**30 + 1, -(2**45)])
    noisy = mechanism(np.repeat(totals, 2000), 1000.0, Entropy(0))
    assert noisy.dtype == np.int64
    values = noisy * step
    np.testing.assert_array_equal(values / step, np.rint(values / step))


@rounded
def test_trailing_zeros_tell_nothing_about_the_total(mechanism):
    """Precision attack (Haney et al. 2022): low bits of total + noise."""
    classes = []
    for total in (0, 1):
        noisy = mechanism(np.full(200_000, total), 2.0**20, Entropy(0))
        lowest_bit = np.where(noisy == 0, 2**12, np.minimum(noisy & -noisy, 2**12))
        classes.append(np.unique(lowest_bit, return_counts=True)[1])
    assert stats.chi2_contingency(classes).pvalue > 1e-6


@every
def test_no_noise_is_an_exact_copy(mechanism):
    total = np.arange(6).reshape(2, 3)
    for noisy in (
        mechanism(total, 0, Entropy()),
        type(mechanism)(np.inf)(total, 1000.0, Entropy()),
    ):
        np.testing.assert_array_equal(noisy, total)
        assert noisy is not total
        assert not np.shares_memory(noisy, total)
    assert mechanism(np.zeros((0, 3), np.int64), 1, Entropy()).shape == (0, 3)


@rounded
def test_it_saturates_and_never_wraps(mechanism):
    top, bottom = np.full(200, ENDS.max), np.full(200, ENDS.min)
    # Stopped at the end, or below it by some noise, but never on the other side.
    assert mechanism(top, 2.0**40, Entropy(0)).min() > 0
    assert mechanism(bottom, 2.0**40, Entropy(0)).max() < 0
    huge = mechanism(np.zeros(50, np.int64), 1e300, Entropy(0))
    assert np.all(np.abs(huge.astype(float)) >= 2.0**63 - 1)


@rounded
def test_shapes_and_integer_types(mechanism):
    for total in (7, [1, 2], np.ones((2, 3, 4), np.int8), np.ones((3, 2), "u4").T):
        noisy = mechanism(total, 100.0, Entropy())
        assert noisy.shape == np.shape(total)
        assert noisy.dtype == np.int64
    read_only = np.ones(5, np.int64)
    read_only.flags.writeable = False
    mechanism(read_only, 100.0, Entropy())
    np.testing.assert_array_equal(read_only, 1)


@every
@pytest.mark.parametrize(
    "total", [[1.0], [True], ["a"], np.array([2**63], np.uint64), [None], [1j]]
)
def test_totals_that_are_not_int64_are_refused(mechanism, total):
    with pytest.raises(TypeError, match=r"total must be integers.*astype"):
        mechanism(total, 1.0, Entropy())


@every
@pytest.mark.parametrize("levels", [np.nan, -1.0, np.inf, True, "1", None])
def test_bad_levels_are_refused(mechanism, levels):
    with pytest.raises((TypeError, ValueError), match=r"levels must be .*pass"):
        mechanism([1], levels, Entropy())


@pytest.mark.parametrize("kind", [Gaussian, Laplace, DiscreteGaussian, DiscreteLaplace])
@pytest.mark.parametrize("value", [np.nan, -1.0, 0.0, -np.inf, True, "1", None, [1]])
def test_bad_parameters_are_refused(kind, value):
    with pytest.raises((TypeError, ValueError), match=r"must be .*pass a float > 0"):
        kind(value)


@rounded
@pytest.mark.parametrize("weights", [[1, -1], [0, 1], [np.nan, 1], [np.inf, 1]])
def test_bad_weights_are_refused(mechanism, weights):
    with pytest.raises(ValueError, match="weights must be positive"):
        mechanism([1, 2], 1.0, Entropy(), weights=weights)


def test_scales_out_of_reach_are_refused():
    with pytest.raises(ValueError, match="exceeds every float"):
        Gaussian(5e-324)([1], 1.0, Entropy())
    with pytest.raises(ValueError, match="smaller ones"):
        Gaussian(1.0)([1], 1e300, Entropy(), weights=[1e300])
    with pytest.raises(ValueError, match="coarser grid"):
        DiscreteGaussian(1.0)([1], 2.0**31, Entropy())
    with pytest.raises(ValueError, match="no weights"):
        DiscreteGaussian(1.0)([1], 1.0, Entropy(), weights=[1.0])


class Bits:
    """A stream that continues every draw with the same word."""

    def __init__(self, word):
        self.word, self.taken = word, 0

    def words(self, n):
        self.taken += n
        return np.full(n, self.word, np.uint64)


@pytest.mark.parametrize("kind", [0, 1])
def test_an_undecided_draw_goes_on_with_fresh_bits(kind):
    """The cell of a word straddles a boundary: its next bits choose the side."""
    from skprivate.mechanisms._exact_tail import HALF, Fraction, tail_interval

    bits, scale, k = (64, 63)[kind], 1000.0, 700
    low, high = tail_interval(kind, (k - HALF) / Fraction(scale), bits)
    assert high - low <= 1024
    results = set()
    for word in range(low - 2, high + 3):
        zeros, ones = Bits(0), Bits(2**64 - 1)
        below = round_exactly(kind, scale, word, ones)
        above = round_exactly(kind, scale, word, zeros)
        assert below <= above
        if below < above:
            assert zeros.taken > 0
            assert ones.taken > 0
            results.add((below, above))
    assert results == {(k - 1, k)}


def test_the_first_bits_may_all_be_zero():
    stream = Bits(2**63)
    assert round_exactly(0, 1e-9, 0, stream) == 0
    assert 8000 < round_exactly(0, 1000.0, 0, stream) < 10_000
    assert 40_000 < round_exactly(1, 1000.0, 0, stream) < 50_000
    assert round_exactly(1, 1000.0, 2**63, stream) < -40_000


@pytest.mark.parametrize("weight", [1.0, 2.0**50])
@pytest.mark.parametrize("levels", [2.0**30, 2.0**50, 2.0**900])
@pytest.mark.parametrize("mechanism", [Gaussian(1e-12), Laplace(2.0**-40)], ids=repr)
def test_huge_noise_does_not_give_the_total_away(mechanism, levels, weight):
    """The exact sum stops at the ends of int64; noise that stopped first would not."""
    noisy = mechanism(np.full(400, 123_456), levels, Entropy(), weights=weight)
    # All but 1 % of the noise, at most, is beyond int64, where nothing is left of the
    # total: 8 standard deviations around 198 on either side.
    assert 120 < (noisy == ENDS.min).sum() < 280
    assert 120 < (noisy == ENDS.max).sum() < 280


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("scale", [2.0**58, 2.0**61, 2.0**62, 2.0**63])
def test_the_sum_stops_and_not_the_noise(kind, scale):
    """One stream of words, all totals: sums differ by what totals differ, or stop."""
    totals = [0, 1, -1, 2**62, -(2**62), ENDS.max, ENDS.min]
    for word in (0, 2**20, 2**62 + 5, 2**63 - 1, 2**63 + 2**20, 2**64 - 1, 3 * 2**62):
        noise = round_exactly(kind, scale, word, Bits(12345))
        for total in totals:
            exact = min(max(total + noise, ENDS.min), ENDS.max)
            given = add_rounded_noise(
                kind, np.array([scale]), np.array([total]), FirstBits(word, 12345)
            )
            assert given.tolist() == [exact]


class FirstBits:
    """A stream with one word of its own, and then always the same."""

    def __init__(self, first, then):
        self.next, self.then = first, then

    def words(self, n):
        word, self.next = self.next, self.then
        return np.full(n, word, np.uint64)


@every
def test_seeded_noise_depends_on_everything_it_is_given(mechanism):
    def draw(entropy, *args, total=0, levels=1e6):
        return tuple(mechanism(np.full(8, total), levels, entropy, *args) - total)

    same = draw(Entropy(3))
    assert same == draw(Entropy(3))
    others = [
        draw(Entropy(4)),
        draw(Entropy(3), b"other"),
        draw(Entropy(3), total=1),
        draw(Entropy(3), levels=1e6 + 1),
        tuple(type(mechanism)(0.6)(np.zeros(8, int), 1.2e6, Entropy(3))),
        draw(Entropy()),
        draw(Entropy()),
    ]
    assert len({same, *others}) == 1 + len(others)


@rounded
def test_deviation(mechanism):
    noisy = mechanism(np.zeros(200_000, np.int64), 1000.0, Entropy(0))
    np.testing.assert_allclose(noisy.std(), mechanism.deviation(1000.0), rtol=0.02)
