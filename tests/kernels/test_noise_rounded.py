"""The fast path of rounded noise never disagrees with exact arithmetic."""

import mpmath
import numpy as np
import pytest

from skprivate.kernels._rounded_noise import (
    CENTRAL,
    GAUSSIAN,
    LAPLACE,
    LAPLACE_ERROR,
    Z_ERROR,
    add_saturating,
    central_quantile,
    minus_log,
    rounded_noise,
    tail_quantile,
)
from skprivate.mechanisms._exact_tail import round_exactly, tail_interval

KINDS = (GAUSSIAN, LAPLACE)
# Observed errors are below 1e-15 * (1 + z); the kernel allows for 7 times as much.
OBSERVED = 1e-15


@pytest.fixture(autouse=True)
def _precise():
    with mpmath.workprec(160):
        yield


def fill(kind, words, scale):
    out, undecided = np.empty(words.size, np.int64), np.empty(words.size, np.int64)
    scale = np.atleast_1d(np.asarray(scale, float))
    count = rounded_noise(kind, words, scale, out, undecided)
    decided = np.ones(words.size, bool)
    decided[undecided[:count]] = False
    return out, decided


def quantile_error(p, z):
    """Error of z as the quantile of tail p, by one Newton step at 160 bits."""
    z = mpmath.mpf(z)
    tail = mpmath.erfc(z / mpmath.sqrt(2)) / 2
    return abs(tail - p) * mpmath.sqrt(2 * mpmath.pi) * mpmath.exp(z * z / 2)


def gaussian_tails(n):
    rng = np.random.default_rng(0)
    far = np.exp(rng.uniform(-25, np.log(CENTRAL), n // 2))
    edges = [CENTRAL, np.nextafter(CENTRAL, 0), np.exp(-24.999), 2.0**-36]
    return rng.uniform(0, 0.425, n // 2), np.concatenate([far, edges])


def check_as241(n):
    centre, far = gaussian_tails(n)
    centre = np.concatenate([centre, [0.0, 2.0**-64, 0.425]])
    for q in centre:
        z = central_quantile(q)
        error = quantile_error(mpmath.mpf("0.5") - mpmath.mpf(q), z)
        assert error <= OBSERVED * (1 + z) <= Z_ERROR * (1 + z)
    for p in far:
        z = tail_quantile(p)
        assert quantile_error(mpmath.mpf(p), z) <= OBSERVED * (1 + z)


def test_as241_against_mpmath():
    check_as241(24_000)


@pytest.mark.slow
def test_as241_against_mpmath_on_more_points():
    check_as241(200_000)


def test_logarithm_against_mpmath():
    rng = np.random.default_rng(0)
    near_one = 1 - np.exp(rng.uniform(-36, 0, 4000))
    points = np.concatenate([np.exp(rng.uniform(-24, 0, 8000)), near_one, [1.0]])
    for p in points[points > 0]:
        z = minus_log(p)
        assert abs(mpmath.log(mpmath.mpf(p)) + z) <= 5 * 2.0**-53 * (1 + z)
        assert LAPLACE_ERROR > 10 * 2.0**-53


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [0.01, 0.7, 40.5, 2.0**20, 3.3e9, 2.0**40])
def test_fast_path_equals_exact_path(kind, scale):
    words = np.random.default_rng(1).integers(0, 2**64, 400, np.uint64)
    out, decided = fill(kind, words, scale)
    exact = [round_exactly(kind, scale, w, None) for w in words[decided]]
    np.testing.assert_array_equal(out[decided], exact)
    assert decided.mean() > 0.9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [0.7, 40.5, 1000.0, 2.0**20])
def test_fast_path_next_to_rounding_boundaries(kind, scale):
    """Words around every kind of boundary: undecided, or exactly right."""
    bits = 64 if kind == GAUSSIAN else 63
    words = []
    for k in {1, 2, 1 + int(scale), 1 + int(3 * scale)}:
        x = (mpmath.mpf(k) - 0.5) / mpmath.mpf(scale)
        tail = mpmath.erfc(x / mpmath.sqrt(2)) / 2
        tail = tail if kind == GAUSSIAN else mpmath.exp(-x)
        at = int(mpmath.floor(tail * 2**bits))
        words += [at + d for d in (-1, 0, 1)]
        words += [at + s * 2**j for j in range(2, 40) for s in (-1, 1)]
    words = np.array([w for w in words if 0 <= w < 2**63], np.uint64)
    words = np.concatenate([words, words | np.uint64(1 << 63)])
    out, decided = fill(kind, words, scale)
    exact = [round_exactly(kind, scale, w, None) for w in words[decided]]
    np.testing.assert_array_equal(out[decided], exact)
    assert 0 < decided.sum() < decided.size


@pytest.mark.parametrize("kind", KINDS)
def test_extreme_words_are_left_to_the_slow_path(kind):
    words = np.array([0, 1, 2**28 - 1, 2**63, 2**63 + 5, 2**63 - 1], np.uint64)
    _, decided = fill(kind, words, 1000.0)
    np.testing.assert_array_equal(decided, [False] * 5 + [True])
    assert not fill(kind, words, 2.0**55)[1][:5].any()
    assert not fill(kind, words, 1e308)[1].any()


@pytest.mark.parametrize("kind", KINDS)
def test_one_scale_per_value(kind):
    rng = np.random.default_rng(2)
    words = rng.integers(0, 2**64, 1300, np.uint64)
    scales = np.exp(rng.uniform(-3, 20, words.size))
    together, _ = fill(kind, words, scales)
    single = [fill(kind, words[i : i + 1], s)[0][0] for i, s in enumerate(scales)]
    np.testing.assert_array_equal(together, single)


def test_the_top_bit_is_the_sign():
    words = np.random.default_rng(3).integers(0, 2**63, 1000, np.uint64)
    for kind in KINDS:
        plus, _ = fill(kind, words, 50.0)
        minus, _ = fill(kind, words | np.uint64(1 << 63), 50.0)
        np.testing.assert_array_equal(plus, -minus)
        assert plus.min() >= 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("x", ["1/1000000", "1/3", "1", "17/5", "9", "30"])
def test_tail_interval_encloses_the_tail(kind, x):
    from fractions import Fraction

    x = Fraction(x)
    for precision in (96, 160, 600):
        low, high = tail_interval(kind, x, precision)
        with mpmath.workprec(2 * precision + 2000):
            z = mpmath.mpf(x.numerator) / x.denominator
            tail = mpmath.erfc(z / mpmath.sqrt(2)) / 2
            tail = tail if kind == GAUSSIAN else mpmath.exp(-z)
            assert low <= tail * 2**precision <= high
        assert high - low < 2**20


def test_sums_stop_at_the_ends_of_int64():
    ends = np.iinfo(np.int64)
    total = np.array([ends.max, ends.max, ends.min, ends.min, 5, -5])
    noise = np.array([1, -1, -1, 1, ends.max, ends.min])
    add_saturating(noise, total)
    expected = [ends.max, ends.max - 1, ends.min, ends.min + 1, ends.max, ends.min]
    np.testing.assert_array_equal(noise, expected)
