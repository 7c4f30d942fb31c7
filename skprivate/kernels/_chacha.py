"""ChaCha20 blocks, 64 at a time, so that every loop runs across SIMD lanes."""

import numpy as np
from numba import uint32

from skprivate.kernels._jit import kernel, part
from skprivate.kernels._plain import spared

LANES = 64  # blocks made together
BLOCK_WORDS = LANES * 8  # 64-bit words made together
SIGMA = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)  # "expand 32-byte k"
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


@part
def _rotate_add(a, b, d, left):
    """Return ``a + b`` and ``(d ^ (a + b)) <<< left``."""
    # uint32 around every operation: numba would widen to 64 bits otherwise.
    a = uint32(a + b)
    d = uint32(d ^ a)
    return a, uint32(uint32(d << uint32(left)) | uint32(d >> uint32(32 - left)))


@part
def _quarter_round(a, b, c, d):
    a, d = _rotate_add(a, b, d, 16)
    c, b = _rotate_add(c, d, b, 12)
    a, d = _rotate_add(a, b, d, 8)
    c, b = _rotate_add(c, d, b, 7)
    return a, b, c, d


@part
def _mix_lanes(v, l, i, j, k, m):  # noqa: E741
    """One quarter round on the state words i, j, k, m of lane l."""
    i, j, k, m = i * LANES + l, j * LANES + l, k * LANES + l, m * LANES + l
    v[i], v[j], v[k], v[m] = _quarter_round(v[i], v[j], v[k], v[m])


@part
def _double_round(v):
    # Literal offsets into a flat array: run-time strides would stop the SIMD.
    for l in range(LANES):  # noqa: E741
        _mix_lanes(v, l, 0, 4, 8, 12)
        _mix_lanes(v, l, 1, 5, 9, 13)
        _mix_lanes(v, l, 2, 6, 10, 14)
        _mix_lanes(v, l, 3, 7, 11, 15)
    for l in range(LANES):  # noqa: E741
        _mix_lanes(v, l, 0, 5, 10, 15)
        _mix_lanes(v, l, 1, 6, 11, 12)
        _mix_lanes(v, l, 2, 7, 8, 13)
        _mix_lanes(v, l, 3, 4, 9, 14)


@part
def _initial_lanes(key, nonce, counter, v):
    for l in range(LANES):  # noqa: E741
        block = counter + np.uint64(l)
        for j in range(4):
            v[j * LANES + l] = uint32(SIGMA[j])
        for j in range(8):
            v[(4 + j) * LANES + l] = key[j]
        v[12 * LANES + l] = uint32(block & LOW)
        v[13 * LANES + l] = uint32(block >> HALF)
        v[14 * LANES + l] = uint32(nonce & LOW)
        v[15 * LANES + l] = uint32(nonce >> HALF)


@kernel
def chacha20_lanes(key, nonce, counter, first, mixed):
    """Write the 64 ChaCha20 blocks ``counter .. counter + 63``.

    Block ``l``'s state word ``j`` (32 bits) goes to ``mixed[64 * j + l]``.

    Parameters
    ----------
    key : uint32 array of 8
    nonce, counter : uint64
        State words 14-15 and 12-13. With ``counter``'s high half as the first
        nonce word this is the layout of RFC 8439; the 64-bit counter itself is
        Bernstein's (2008) and never repeats.
    first, mixed : uint32 arrays of 1024
        Scratch, and the result.
    """
    _initial_lanes(key, nonce, counter, first)
    for i in range(16 * LANES):  # a slice assignment takes seconds to compile
        mixed[i] = first[i]
    for _ in range(10):
        _double_round(mixed)
    for i in range(16 * LANES):
        mixed[i] = uint32(mixed[i] + first[i])


@kernel
def chacha20_words(key, counter, out):
    """Fill ``out`` with the ChaCha20 stream that starts at block ``counter``.

    ``out`` is uint64 of a length divisible by 512 (64 blocks). The order of the
    words is that of `chacha20_lanes`: a fixed permutation of the RFC's stream.
    """
    first = np.empty(16 * LANES, np.uint32)
    for i in range(out.size // BLOCK_WORDS):
        block = out[i * BLOCK_WORDS : (i + 1) * BLOCK_WORDS].view(np.uint32)
        at = counter + np.uint64(i * LANES)
        chacha20_lanes(key, np.uint64(0), at, first, block)


def chacha20_stream(key, counter, out):
    """As `chacha20_words`, which is not compiled for few words."""
    few = spared(chacha20_words, out.size)
    fill = _plain_words if few else chacha20_words
    fill(key, counter, out)


def _plain_words(key, counter, out):
    """The twin of `chacha20_words`: all blocks side by side."""
    n_blocks = out.size // BLOCK_WORDS * LANES
    first = np.empty((16, n_blocks), np.uint32)
    block = counter + np.arange(n_blocks, dtype=np.uint64)
    first[:4] = np.array(SIGMA, np.uint32)[:, None]
    first[4:12] = key[:, None]
    first[12], first[13] = block & LOW, block >> HALF
    first[14:] = 0
    # Four rows at a time: a quarter round of all columns, then of all diagonals.
    a, b, c, d = first.copy().reshape(4, 4, n_blocks)
    diagonals = [np.roll(np.arange(4), -j) for j in range(4)]
    back = [np.roll(np.arange(4), j) for j in range(4)]
    for _ in range(10):
        a, b, c, d = _plain_quarter_round(a, b, c, d)
        rows = zip((a, b, c, d), diagonals, strict=True)
        rows = _plain_quarter_round(*(row[order] for row, order in rows))
        a, b, c, d = (row[order] for row, order in zip(rows, back, strict=True))
    mixed = np.concatenate([a, b, c, d]) + first
    words = mixed.reshape(16, -1, LANES).transpose(1, 0, 2)
    out.view(np.uint32).reshape(words.shape)[...] = words


def _plain_quarter_round(a, b, c, d):
    a, d = _plain_rotate_add(a, b, d, 16)
    c, b = _plain_rotate_add(c, d, b, 12)
    a, d = _plain_rotate_add(a, b, d, 8)
    c, b = _plain_rotate_add(c, d, b, 7)
    return a, b, c, d


def _plain_rotate_add(a, b, d, left):
    a = a + b
    d = d ^ a
    return a, d << np.uint32(left) | d >> np.uint32(32 - left)
