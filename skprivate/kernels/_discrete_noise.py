"""Exact Bernoulli, discrete Laplace and discrete Gaussian draws, by integers only.

After Canonne, Kamath and Steinke (2020), "The discrete Gaussian for differential
privacy", Algorithms 1-3. Nothing is rounded: every probability is exact.

A *source* of bits is a tuple ``(words, state, key)``: a uint64 buffer; the int64
array ``[next bit, next ChaCha20 block, exhausted]``; and a uint32 key of 8 from
which the buffer is refilled, so that no draw is ever cut short. With an empty key
(tests that enumerate every bit string) a source that runs dry says so in its state
and gives ones, which ends every loop below.
"""

import numpy as np

from skprivate.kernels._chacha import BLOCK_WORDS, LANES, chacha20_words
from skprivate.kernels._jit import kernel, part

LAPLACE, GAUSSIAN = 0, 1
BIT, BLOCK, EXHAUSTED = 0, 1, 2
# Typed, for a literal in a call would have the function compiled for that number alone.
ONE, TWO = np.int64(1), np.int64(2)
LARGEST_SCALE = 2**30  # numerator t of a scale t / s: then products fit in int64


def bit_source(key):
    """Return a source keyed by a uint32 array of 8 fresh random words."""
    state = np.array([64 * BLOCK_WORDS, 0, 0])  # empty: filled at the first bit
    return np.empty(BLOCK_WORDS, np.uint64), state, key


@kernel
def random_bit(source):
    """Return a fair bit of a source, as int64."""
    words, state, key = source
    at = state[BIT]
    if at == 64 * words.size:
        if key.size == 0:
            state[EXHAUSTED] = 1
            return 1
        chacha20_words(key, np.uint64(state[BLOCK]), words)
        state[BLOCK] += words.size // BLOCK_WORDS * LANES
        at = 0
    state[BIT] = at + 1
    return np.int64((words[at >> 6] >> np.uint64(at & 63)) & np.uint64(1))


@kernel
def random_below(n, source):
    """Return a uniform integer in [0, n), n >= 1, by rejection."""
    width = 0
    while (n - 1) >> width:
        width += 1
    while True:
        value = 0
        for _ in range(width):
            value = 2 * value + random_bit(source)
        if value < n:
            return value
        if source[1][EXHAUSTED]:
            return 0


@kernel
def bernoulli(n, d, source):
    """Return True with probability n / d exactly, 0 <= n <= d < 2**62.

    A uniform real is compared with n / d bit by bit, by long division: two bits
    are drawn on average, and no more than decide.
    """
    if n >= d:
        return True
    rest = n
    while rest:
        rest *= 2
        digit = 0
        if rest >= d:
            rest -= d
            digit = 1
        bit = random_bit(source)
        if bit != digit:
            return bit < digit
    return False  # n / d has only zeros left: the real is not below it


@part
def _bernoulli_exp_unit(n, d, source):
    # P(k trials succeed) = (n/d)^k / k!, so an odd first failure has exp(-n/d).
    k = 1
    while bernoulli(n, d, source) and bernoulli(ONE, k, source):
        k += 1
    return k % 2 == 1


@kernel
def bernoulli_exp(n, d, source):
    """Return True with probability exp(-n / d) exactly, 0 <= n < 2**62, 0 < d < 2**62.

    CKS20, Algorithm 1, with Bernoulli(n / (d k)) drawn as two independent factors
    so that d k cannot overflow.
    """
    while n > d:
        if not _bernoulli_exp_unit(ONE, ONE, source):
            return False
        n -= d
    return _bernoulli_exp_unit(n, d, source)


@kernel
def discrete_laplace(t, s, source):
    """Return k with probability proportional to exp(-abs(k) s / t) (CKS20, Alg. 2)."""
    while True:
        u = random_below(t, source)
        if not bernoulli_exp(u, t, source):
            if source[1][EXHAUSTED]:
                return 0
            continue
        v = 0
        while _bernoulli_exp_unit(ONE, ONE, source):
            v += 1
        magnitude = (u + t * v) // s
        negative = random_bit(source)
        if not (negative and magnitude == 0):
            return -magnitude if negative else magnitude
        if source[1][EXHAUSTED]:
            return 0


@kernel
def discrete_gaussian(t, s, source):
    """Return k with probability proportional to exp(-k**2 / (2 sigma**2)), sigma = t/s.

    CKS20, Algorithm 3, with a proposal of scale sigma: a proposed k is accepted
    with probability exp(-m**2 / (2 t**2)), m = abs(k) s - t. With m = a t + b this
    is exp(-a**2/2) exp(-a b/t) exp(-b**2/(2 t**2)), whose terms fit in int64.
    """
    while True:
        k = discrete_laplace(t, s, source)
        m = abs(abs(k) * s - t)
        a, b = m // t, m % t
        if (
            bernoulli_exp(a * a, TWO, source)
            and bernoulli_exp(a * b, t, source)
            and bernoulli_exp(b * b, 2 * t * t, source)
        ):
            return k
        if source[1][EXHAUSTED]:
            return 0


@kernel
def discrete_noise(kind, t, s, out, source):
    """Fill the int64 vector ``out`` with discrete noise of scale t / s, t <= 2**30."""
    for i in range(out.size):
        if kind == LAPLACE:
            out[i] = discrete_laplace(t, s, source)
        else:
            out[i] = discrete_gaussian(t, s, source)
