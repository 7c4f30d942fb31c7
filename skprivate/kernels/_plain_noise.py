"""Rounded noise of a few values in NumPy: the twin of the fast path, bit for bit.

The bits of a word decide, by additions, products, quotients and roots in the order of
`rounded_noise`; the polynomials are its own. So a seed gives the same noise, and the
error bound is the one that is proved.
"""

import numpy as np

from skprivate.kernels import _rounded_noise as compiled
from skprivate.kernels._jit import python_of
from skprivate.kernels._plain import spared

_central_quantile = python_of(compiled.central_quantile)
_far_quantile = python_of(compiled._far_quantile)
_minus_log_series = python_of(compiled._minus_log_series)


def rounded_noise(kind, words, scale, out, undecided):
    """As the kernel of this name, which is not compiled for few words."""
    few = spared(compiled.rounded_noise, words.size)
    fill = plain_rounded_noise if few else compiled.rounded_noise
    return fill(kind, words, scale, out, undecided)


def add_saturating(noise, total):
    """As the kernel of this name, which is not compiled for few values."""
    few = spared(compiled.add_saturating, noise.size)
    add = plain_add_saturating if few else compiled.add_saturating
    add(noise, total)


@np.errstate(all="ignore")
def plain_rounded_noise(kind, words, scale, out, undecided):
    """The twin of `skprivate.kernels._rounded_noise.rounded_noise`."""
    magnitude = words & compiled.MAGNITUDE
    m = magnitude.astype(np.int64)
    if kind == compiled.GAUSSIAN:
        p, z = _gaussian(m)
        error = compiled.Z_ERROR
    else:
        p = (m.astype(np.float64) + 0.5) * 2.0**-63
        z = _minus_log(p)
        error = compiled.LAPLACE_ERROR
    t = scale * z
    slack = scale * (2.0**-63 / p + error * (1.0 + z))
    shifted = t + compiled.ROUNDER
    distance = 0.5 - np.abs(t - (shifted - compiled.ROUNDER))
    decided = (distance > slack) & (t < compiled.LARGEST)
    decided &= magnitude >= compiled.FEWEST
    k = shifted.view(np.int64) - compiled.ROUNDER_BITS
    negative = -(words >> np.uint64(63)).astype(np.int64)  # 0 or -1
    out[:] = (k ^ negative) - negative
    left = np.flatnonzero(~decided)
    undecided[: left.size] = left
    return left.size


def _gaussian(m):
    """Tail probabilities (m + 1/2) / 2**64 < 1/2, and their quantiles."""
    p = (m.astype(np.float64) + 0.5) * 2.0**-64
    # 1/2 - p from the integer complement: as accurate near 0 as p is.
    q = ((compiled.MAGNITUDE_MAX - m).astype(np.float64) + 0.5) * 2.0**-64
    z = _central_quantile(q)
    tail = np.flatnonzero(p < compiled.CENTRAL)
    z[tail] = _far_quantile(np.sqrt(_minus_log(p[tail])) - 1.6)
    return p, z


def _minus_log(p):
    bits = p.view(np.int64)
    e = (bits - compiled.HALF_SQRT_BITS) >> 52
    return _minus_log_series(e, (bits - (e << 52)).view(np.float64))


def plain_add_saturating(noise, total):
    """The twin of `skprivate.kernels._rounded_noise.add_saturating`."""
    with np.errstate(over="ignore"):
        s = noise + total
    # Both terms differ in sign from the sum only if it wrapped.
    wrapped = ((noise ^ s) & (total ^ s)) < 0
    noise[:] = np.where(wrapped, (noise >> 63) ^ compiled.MAGNITUDE_MAX, s)
