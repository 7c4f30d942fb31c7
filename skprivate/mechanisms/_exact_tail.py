"""The slow path of rounded noise: integers only, and every bound rigorous.

A draw is a uniform variable p known to lie in a dyadic interval that shrinks as
bits are appended; its noise is z = tail^-1(p). It rounds to the number of
boundaries (k - 1/2) / scale that z reaches, and z reaches x exactly if
p <= tail(x). So only the tail has to be computed, as an interval of integers.
"""

import math
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist

from skprivate.kernels._rounded_noise import GAUSSIAN, MAGNITUDE

FAR = 2.0**55  # scales whose noise may leave int64
# Noise that alone takes every int64 total to the same end of int64, or beyond: cutting
# it here, and the sum afterwards, gives what cutting the uncut sum would give.
FARTHEST = 1 << 64
GUARD_BITS = 32  # bits of the tail beyond those of the draw
HALF = Fraction(1, 2)


class Draw:
    """A uniform variable in [numerator, numerator + 1] / 2**bits, made longer.

    Its first bits are the low 63 of a word the fast path could not decide:
    the draw continues, it does not restart, since a redrawn value would be
    conditioned on not lying near a boundary.
    """

    def __init__(self, kind, word, stream):
        self.kind = kind
        self.numerator = int(word) & int(MAGNITUDE)
        self.bits = 64 if kind == GAUSSIAN else 63  # a Gaussian tail is below 1/2
        self._stream = stream

    def extend(self):
        """Append 64 fresh bits."""
        self.numerator = self.numerator << 64 | int(self._stream.words(1)[0])
        self.bits += 64

    def reaches(self, x):
        """Return whether the draw's z is at least the rational x > 0."""
        exponent = x * x / 2 if self.kind == GAUSSIAN else x
        while True:
            # Both tails are below exp(-exponent), which here is below 2**-bits.
            if exponent >= self.bits and self.numerator > 0:
                return False
            if exponent < self.bits:
                low, high = tail_interval(self.kind, x, self.bits + GUARD_BITS)
                if (self.numerator + 1) << GUARD_BITS <= low:
                    return True
                if self.numerator << GUARD_BITS >= high:
                    return False
            self.extend()

    def guess(self):
        """Return about z, to start the search; nothing rests on its error."""
        p = math.ldexp(float(self.numerator + 1), -self.bits)
        if self.kind == GAUSSIAN:
            return -NormalDist().inv_cdf(min(p, 0.5))
        return -math.log(p)


def round_exactly(kind, scale, word, stream):
    """Return round(scale * Z) for the draw that starts with the bits of a word.

    Parameters
    ----------
    kind : int
        GAUSSIAN or LAPLACE of the kernel.
    scale : float
        Positive, finite; taken as the exact rational it is.
    word : int
        The 64 bits the fast path saw.
    stream : object
        Its ``words(1)`` gives the bits to append.

    Returns
    -------
    int
        Of any size up to `FARTHEST`, where it is cut. **Not** cut to int64: noise that
        stops there, before a total is added, would give that total away.
    """
    draw, exact_scale = Draw(kind, word, stream), Fraction(scale)

    def reaches(k):
        return k <= 0 or draw.reaches((k - HALF) / exact_scale)

    if scale > FAR and reaches(FARTHEST):
        k = FARTHEST
    else:
        guess = round(exact_scale * Fraction(max(0.0, draw.guess())))
        k = _last(reaches, guess, 1 + int(exact_scale * Fraction(2.0**-49)))
    return -min(k, FARTHEST) if int(word) >> 63 else min(k, FARTHEST)


def _last(reaches, guess, step):
    """Return the largest k with reaches(k), which is true up to it, from a guess."""
    low = high = guess
    width = step
    while not reaches(low):
        low, high, width = max(0, low - width), low, 2 * width
    high = high if high > low else low + 1
    while reaches(high):
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reaches(middle) else (low, middle)
    return low


def tail_interval(kind, x, precision):
    """Return integers with low <= 2**precision * tail(x) <= high, for rational x > 0.

    The tail is exp(-x), or the upper tail of the standard Gaussian:
    1/2 - x * sum_n x^2n / (2n+1)!! / (sqrt(2 pi) exp(x^2/2)). Both series have
    positive terms only, so flooring gives lower and ceiling gives upper bounds.
    """
    one = 1 << precision
    if kind != GAUSSIAN:
        low, high = _series(x, 1, precision)
        return one * one // high, -(-one * one // low)
    top = _series(x * x, 2, precision)
    exp = _series(x * x / 2, 1, precision)
    root = _sqrt_2pi(precision)
    n, d = x.numerator * one * one, x.denominator
    below = n * top[0] // (d * root[1] * exp[1])
    above = -(-n * top[1] // (d * root[0] * exp[0]))
    return max(0, one // 2 - above), one // 2 - below


def _series(y, stride, precision):
    """Bound sum_n y^n / prod_{i<=n} (stride*i + stride - 1), in units 2**-precision.

    Stride 1 is exp(y); stride 2 has the odd numbers 3, 5, 7, ... as factors.
    """
    n, d = y.numerator, y.denominator
    low = high = low_sum = high_sum = 1 << precision
    factor = stride - 1
    while True:
        factor += stride
        low = low * n // (d * factor)
        high = -(-high * n // (d * factor))
        low_sum += low
        high_sum += high
        # From here on terms at least halve: the rest is below the last one.
        if high <= 1 and 2 * n <= d * factor:
            return low_sum, high_sum + high


@lru_cache(maxsize=16)
def _sqrt_2pi(precision):
    """Bound sqrt(2 pi), in units 2**-precision."""
    # Machin 1706. Floors of its < 2 * precision terms are off by < 1 each, x 16.
    wide = precision + 16 + precision.bit_length()
    pi = 16 * _arctan_inverse(5, wide) - 4 * _arctan_inverse(239, wide)
    error = 64 * wide
    low = math.isqrt(2 * (pi - error) << wide) >> (wide - precision)
    high = (math.isqrt(2 * (pi + error) << wide) >> (wide - precision)) + 2
    return low, high


def _arctan_inverse(n, precision):
    """Return arctan(1/n) in units 2**-precision, error below 2 * precision units."""
    power = (1 << precision) // n
    total, k = power, 1
    while power:
        power //= n * n
        k += 2
        total += -(power // k) if k % 4 == 3 else power // k
    return total
