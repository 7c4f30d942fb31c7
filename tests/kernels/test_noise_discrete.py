"""Integer samplers, fed every bit string of some length: their law is exact."""

import itertools
import math

import numpy as np
import pytest
from numba import njit

from skprivate.kernels._discrete_noise import (
    EXHAUSTED,
    bernoulli,
    bernoulli_exp,
    bit_source,
    discrete_gaussian,
    discrete_laplace,
    random_below,
    random_bit,
)
from skprivate.kernels._selection import exponential, permute_and_flip

WIDTH = 16  # bits per string
SCORES = np.array([0, 3, 5, 1])


@njit
def draw_many(sampler, arguments, offset, width, counts):
    """Count outcomes over all strings of ``width`` bits; the last is: not enough."""
    words, state = np.zeros(1, np.uint64), np.zeros(3, np.int64)
    source = (words, state, np.empty(0, np.uint32))
    for string in range(1 << width):
        words[0] = np.uint64(string) << np.uint64(64 - width)
        state[0], state[EXHAUSTED] = 64 - width, 0
        value = int(sampler(*arguments, source))
        if state[EXHAUSTED]:
            counts[-1] += 1
        elif 0 <= value + offset < counts.size - 1:
            counts[value + offset] += 1


def enumerate_law(sampler, *arguments, offset=0, size=2, width=WIDTH):
    counts = np.zeros(size + 1, np.int64)
    draw_many(sampler, arguments, offset, width, counts)
    return counts[:-1] / 2**width, counts[-1] / 2**width


def assert_law(found, unfinished, expected):
    """Each probability lies between the finished mass and that plus the unfinished."""
    assert np.all(found <= np.asarray(expected) + 1e-12)
    assert np.all(np.asarray(expected) <= found + unfinished + 1e-12)


@pytest.mark.parametrize(
    ("n", "d"), [(0, 1), (1, 1), (1, 2), (1, 3), (5, 7), (2, 2**61)]
)
def test_bernoulli_on_all_bit_strings(n, d):
    found, unfinished = enumerate_law(bernoulli, n, d)
    assert_law(found, unfinished, [1 - n / d, n / d])
    assert unfinished <= 2.0 ** (1 - WIDTH)


@pytest.mark.parametrize(
    ("n", "d"), [(0, 1), (1, 5), (1, 1), (3, 2), (7, 3), (2**61, 2**60), (2**61, 1)]
)
def test_bernoulli_exp_on_all_bit_strings(n, d):
    found, unfinished = enumerate_law(bernoulli_exp, n, d)
    yes = math.exp(-n / d)
    assert_law(found, unfinished, [1 - yes, yes])
    assert unfinished < 0.06


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_uniform_on_all_bit_strings(n):
    found, unfinished = enumerate_law(random_below, n, size=n)
    assert_law(found, unfinished, np.full(n, 1 / n))
    assert unfinished < 0.01


def laplace_law(k, scale):
    q = math.exp(-1 / scale)
    return (1 - q) / (1 + q) * q ** abs(k)


def gaussian_law(k, sigma):
    weights = [math.exp(-(j**2) / (2 * sigma**2)) for j in range(-60, 61)]
    return math.exp(-(k**2) / (2 * sigma**2)) / math.fsum(weights)


@pytest.mark.parametrize(("t", "s"), [(1, 1), (2, 1), (3, 2), (1, 4)])
def test_discrete_noise_on_all_bit_strings(t, s):
    ks = range(-4, 5)
    for sampler, law in (
        (discrete_laplace, laplace_law),
        (discrete_gaussian, gaussian_law),
    ):
        found, unfinished = enumerate_law(sampler, t, s, offset=4, size=9, width=18)
        assert_law(found, unfinished, [law(k, t / s) for k in ks])


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


@pytest.mark.parametrize(
    ("sampler", "law"),
    [(exponential, exponential_law), (permute_and_flip, permute_and_flip_law)],
)
def test_selection_on_all_bit_strings(sampler, law):
    cap = 2**40
    found, unfinished = enumerate_law(sampler, SCORES, 1, 4, cap, size=4, width=20)
    assert_law(found, unfinished, law(SCORES, 0.25))
    assert unfinished < 0.12


def test_a_source_refills_itself():
    source = bit_source(np.arange(8, dtype=np.uint32))
    bits = [random_bit(source) for _ in range(2 * 64 * 512 + 10)]
    assert 0.49 < np.mean(bits) < 0.51
    assert bits[: 64 * 512] != bits[64 * 512 : 2 * 64 * 512]
    assert source[1][EXHAUSTED] == 0
