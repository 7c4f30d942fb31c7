"""Rounded Gaussian and Laplace noise: the fast path, with its proved error bound.

The proof is docs/proofs/rounded_noise.md; the constants below are its terms.
"""

import math
import struct

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from skprivate.kernels._jit import kernel, part

GAUSSIAN, LAPLACE = 0, 1
BLOCK = 512  # values worked on together: the scratch arrays stay in the L1 cache
MAGNITUDE_MAX = (1 << 63) - 1
MAGNITUDE = np.uint64(MAGNITUDE_MAX)  # the low 63 bits; the top bit is the sign
# |computed z - z| <= Z_ERROR * (1 + z): theorem 2 of the proof.
Z_ERROR = 2.0**-47
LAPLACE_ERROR = 2.0**-49
# Fewer leading random bits than this, or a larger value, and the slow path decides.
FEWEST = np.uint64(1 << 28)
LARGEST = 2.0**51
ROUNDER = 2.0**52  # adding it to 0 <= t < 2**51 rounds t to an integer
ROUNDER_BITS = 0x4330000000000000
HALF_SQRT_BITS = 0x3FE6A09E667F3BCD  # sqrt(1/2)
LOG_2 = 0.6931471805599453
CENTRAL = 0.075  # AS241's first rational holds where the tail is at least this


def _reinterpret(source, target, width):
    """Return an intrinsic that reads the bits of a number as another type."""

    @intrinsic
    def bits(typingctx, value):
        def codegen(context, builder, signature, args):
            return builder.bitcast(args[0], width)

        return target(source), codegen

    return bits


if config.DISABLE_JIT:

    def _float_bits(value):
        return struct.unpack("q", struct.pack("d", value))[0]

    def _bits_float(value):
        return struct.unpack("d", struct.pack("q", value))[0]

else:
    _float_bits = _reinterpret(types.float64, types.int64, ir.IntType(64))
    _bits_float = _reinterpret(types.int64, types.float64, ir.DoubleType())


@kernel
def minus_log(p):
    """Return -log(p) for a normal 0 < p <= 1; error <= 5 * 2**-53 * (1 + result).

    p = 2**e * m with sqrt(1/2) <= m < sqrt(2), and log(m) = 2 atanh(s) with
    s = (m - 1) / (m + 1), |s| < 0.172, as a series up to s**19. Plain double
    arithmetic, no library call: the same bits on every machine.
    """
    bits = _float_bits(p)
    e = (bits - HALF_SQRT_BITS) >> 52
    return _minus_log_series(e, _bits_float(bits - (e << 52)))


@part
def _minus_log_series(e, m):
    """Return -log(2**e * m); also of arrays."""
    s = (m - 1.0) / (m + 1.0)
    w = s * s
    series = 1 / 13 + w * (1 / 15 + w * (1 / 17 + w * (1 / 19)))
    series = 1 / 5 + w * (1 / 7 + w * (1 / 9 + w * (1 / 11 + w * series)))
    series = w * (1 / 3 + w * series)
    return -(e * LOG_2 + 2.0 * (s + s * series))


@kernel
def central_quantile(q):
    """Return the normal quantile of 1/2 + q, 0 <= q <= 0.425 (AS241, Wichura 1988).

    Also of arrays.
    """
    r = 0.180625 - q * q
    top = 4.5921953931549871457e4 + r * (
        6.7265770927008700853e4
        + r * (3.3430575583588128105e4 + r * 2.5090809287301226727e3)
    )
    top = 1.3314166789178437745e2 + r * (
        1.9715909503065514427e3 + r * (1.3731693765509461125e4 + r * top)
    )
    bottom = 2.1213794301586595867e4 + r * (
        3.9307895800092710610e4
        + r * (2.8729085735721942674e4 + r * 5.2264952788528545610e3)
    )
    bottom = 4.2313330701600911252e1 + r * (
        6.8718700749205790830e2 + r * (5.3941960214247511077e3 + r * bottom)
    )
    return q * (3.3871328727963666080 + r * top) / (1.0 + r * bottom)


@kernel
def tail_quantile(p):
    """Return the normal quantile of 1 - p, exp(-25) <= p <= 0.075 (AS241)."""
    return _far_quantile(math.sqrt(minus_log(p)) - 1.6)


@part
def _far_quantile(r):
    """Return `tail_quantile` where sqrt(-log p) is r + 1.6; also of arrays."""
    top = 1.27045825245236838258 + r * (
        2.41780725177450611770e-1
        + r * (2.27238449892691845833e-2 + r * 7.74545014278341407640e-4)
    )
    top = 4.63033784615654529590 + r * (
        5.76949722146069140550 + r * (3.64784832476320460504 + r * top)
    )
    bottom = 1.48103976427480074590e-1 + r * (
        1.51986665636164571966e-2
        + r * (5.47593808499534494600e-4 + r * 1.05075007164441684324e-9)
    )
    bottom = 2.05319162663775882187 + r * (
        1.67638483018380384940 + r * (6.89767334985100004550e-1 + r * bottom)
    )
    return (1.42343711074968357734 + r * top) / (1.0 + r * bottom)


@part
def _gaussian_block(words, p, z, where, tail):
    """Set tail probabilities p = (m + 1/2) / 2**64 < 1/2 and their quantiles z."""
    n = words.size
    for i in range(n):
        m = np.int64(words[i] & MAGNITUDE)
        p[i] = (float(m) + 0.5) * 2.0**-64
        # 1/2 - p from the integer complement: as accurate near 0 as p is.
        q = (float(np.int64(MAGNITUDE) - m) + 0.5) * 2.0**-64
        z[i] = central_quantile(q)
    n_tail = 0
    for i in range(n):  # list the values outside the centre, without branching
        where[n_tail] = i
        n_tail += np.int64(p[i] < CENTRAL)
    for j in range(n_tail):
        tail[j] = p[where[j]]
    for j in range(n_tail):
        tail[j] = tail_quantile(tail[j])
    for j in range(n_tail):
        z[where[j]] = tail[j]


@part
def _laplace_block(words, p, z):
    """Set probabilities p = (m + 1/2) / 2**63 < 1 and magnitudes z = -log p."""
    for i in range(words.size):
        p[i] = (float(np.int64(words[i] & MAGNITUDE)) + 0.5) * 2.0**-63
        z[i] = minus_log(p[i])


@part
def _round_block(words, scale, p, z, error, out, undecided):
    """Round scale * z, signed; flag what lies within the error of a boundary."""
    count = 0
    for i in range(words.size):
        t = scale[i] * z[i]
        # Half the cell of the 63 bits, doubled, and the error of z and of t.
        slack = scale[i] * (2.0**-63 / p[i] + error * (1.0 + z[i]))
        shifted = t + ROUNDER
        distance = 0.5 - abs(t - (shifted - ROUNDER))
        decided = (
            (distance > slack) & (t < LARGEST) & ((words[i] & MAGNITUDE) >= FEWEST)
        )
        k = _float_bits(shifted) - ROUNDER_BITS
        negative = -np.int64(words[i] >> np.uint64(63))  # 0 or -1
        out[i] = (k ^ negative) - negative
        undecided[i] = np.int64(not decided)
        count += undecided[i]
    return count


@kernel
def rounded_noise(kind, words, scale, out, undecided):
    """Round ``scale * Z`` to integers, Z standard Gaussian or Laplace.

    Bit 63 of a word is the sign of Z; its other bits are the first 63 bits of a
    uniform variable whose tail quantile is abs(Z). Where these 63 bits, and the
    error of double arithmetic, leave open to which integer scale * Z rounds, the
    entry is *undecided* and ``out`` is meaningless there: the caller continues
    the same draw with more bits. Decided entries are exactly rounded.

    Parameters
    ----------
    kind : int
        GAUSSIAN or LAPLACE.
    words : uint64 array of n
    scale : float64 array of n, or of 1 for all
        Positive and finite.
    out : int64 array of n
    undecided : int64 array of n
        Its first entries are set to the undecided positions, ascending.

    Returns
    -------
    int
        Number of undecided positions.
    """
    p, z, tail = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    where, flags = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    scales = np.empty(BLOCK)
    for i in range(BLOCK):
        scales[i] = scale[0]
    found = 0
    for start in range(0, words.size, BLOCK):
        stop = min(start + BLOCK, words.size)
        chunk = words[start:stop]
        if scale.size > 1:
            for i in range(stop - start):
                scales[i] = scale[start + i]
        if kind == GAUSSIAN:
            _gaussian_block(chunk, p, z, where, tail)
            error = Z_ERROR
        else:
            _laplace_block(chunk, p, z)
            error = LAPLACE_ERROR
        if _round_block(chunk, scales, p, z, error, out[start:stop], flags):
            for i in range(stop - start):
                if flags[i]:
                    undecided[found] = start + i
                    found += 1
    return found


@kernel
def add_saturating(noise, total):
    """Add ``total`` to ``noise`` in place; sums beyond int64 stop at its ends."""
    for i in range(noise.size):
        a, b = noise[i], total[i]
        s = a + b
        end = (a >> 63) ^ MAGNITUDE_MAX
        # Both terms differ in sign from the sum only if it wrapped.
        noise[i] = end if ((a ^ s) & (b ^ s)) < 0 else s
