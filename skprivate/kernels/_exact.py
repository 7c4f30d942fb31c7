"""How fine the grid of a box may be so that every sum is exact in float64.

A box with ``bits`` has integers ``|q| <= 2**bits`` (half-width in steps). Every kernel
is exact, hence independent of the order of rows and of additions, when the sums it
forms stay below 2**53. The functions here return the largest such ``bits``, capped at
`MOST_BITS`, below which double precision data have nothing more to give. They depend
on public shapes only.
"""

from math import ceil, log2
from typing import Any

import numpy as np

from skprivate.kernels._blocks import CHUNK_ROWS

MOST_BITS = 24
_CHUNK_BITS = 16
assert 1 << _CHUNK_BITS == CHUNK_ROWS


def clipped_sum_bits(n_features: int, norm: float = 2) -> Any:
    """Bits for `clipped_sum`: squares of a row, then a chunk of rows, below 2**53.

    L2: ``d * 2**(2 * bits) <= 2**52``. L1 and largest value: ``d * 2**bits <= 2**52``.
    A chunk adds at most ``2**(16 + bits)`` per feature, which the cap keeps exact.
    """
    if norm == 2:
        return _squares(n_features)
    return min(MOST_BITS, 52 - _log2_ceil(n_features))


def moments_bits(n_features: int = 1) -> Any:
    """Bits for `moments`: ``2 * q**2`` and a chunk of integers below 2**53."""
    return MOST_BITS


def second_moments_bits(n_features: int, n_extra: int = 2) -> int:
    """Bits for `second_moments` whose ``levels`` do not clip a row of the box.

    Products of a chunk: ``2**16 * levels**2 <= 2**52`` needs ``levels <= 2**18``; a
    row of ``d + n_extra`` coordinates, each at most ``2**bits``, has norm at most
    ``levels`` when ``bits <= 18 - log2(d + n_extra) / 2``. With finer bits longer rows
    are clipped, which is exact too, up to `clipped_sum_bits` of ``d + n_extra``.
    """
    return int(18 - _log2_ceil(n_features + n_extra) / 2)


def gradient_bits(n_features: int, reach: float | np.ndarray = 1.0) -> Any:
    """Bits for the gradient kernels: squares of ``(q, one)`` below 2**53.

    ``reach``, one number or one of each feature, is the largest ``|q| / one``. If it is
    one, coefficients keep ``52 - bits`` bits below their L1 norm: at least 28.
    """
    reach = np.asarray(reach, dtype=np.float64)
    if reach.strides in ((), (0,)):  # one number, however many features
        return _squares(1.0 + n_features * float(np.square(reach.flat[0])))
    squares = np.broadcast_to(np.square(reach), n_features)
    return _squares(1.0 + float(np.sum(squares)))


def center_bits(n_features: int) -> Any:
    """Bits for `nearest_center_sums`: ``|c|**2 - 2 q.c``, so ``3 d 2**(2 bits)``."""
    return _squares(3 * n_features)


def _squares(n_terms):
    """Largest bits with ``n_terms * 2**(2 * bits) <= 2**52``."""
    return min(MOST_BITS, (52 - _log2_ceil(n_terms)) // 2)


def _log2_ceil(value):
    return ceil(log2(max(value, 1)))
