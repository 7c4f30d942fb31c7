import numpy as np
import pytest

from skprivate.kernels._chacha import (
    BLOCK_WORDS,
    LANES,
    chacha20_lanes,
    chacha20_words,
)

# RFC 8439: key, counter, 96-bit nonce as little-endian words, first words of output.
RFC_8439 = {
    "2.3.2": (
        bytes(range(32)),
        1,
        (0x09000000, 0x4A000000, 0x00000000),
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
    ),
    "A.1 #1": (
        bytes(32),
        0,
        (0, 0, 0),
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
    ),
    "A.1 #2": (
        bytes(32),
        1,
        (0, 0, 0),
        "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
        "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    ),
}


def words_of(key):
    return np.frombuffer(bytearray(key), "<u4")


@pytest.mark.parametrize("name", RFC_8439)
def test_known_answers_of_the_rfc(name):
    key, counter, nonce, expected = RFC_8439[name]
    first, mixed = np.empty(16 * LANES, np.uint32), np.empty(16 * LANES, np.uint32)
    # The RFC's first nonce word is the high half of our 64-bit counter.
    low_high = np.uint64(counter | nonce[0] << 32)
    chacha20_lanes(
        words_of(key), np.uint64(nonce[1] | nonce[2] << 32), low_high, first, mixed
    )
    block = mixed.reshape(16, LANES)[:, 0].astype("<u4").tobytes()
    assert block.hex() == expected


def test_lane_l_is_block_counter_plus_l():
    key = words_of(bytes(range(32)))
    a, b = np.empty(BLOCK_WORDS, np.uint64), np.empty(BLOCK_WORDS, np.uint64)
    chacha20_words(key, np.uint64(0), a)
    chacha20_words(key, np.uint64(5), b)
    a, b = (v.view(np.uint32).reshape(16, LANES) for v in (a, b))
    np.testing.assert_array_equal(a[:, 5:], b[:, :-5])


def test_the_counter_has_64_bits():
    key = words_of(bytes(range(32)))
    a, b = np.empty(2 * BLOCK_WORDS, np.uint64), np.empty(BLOCK_WORDS, np.uint64)
    chacha20_words(key, np.uint64(2**32 - LANES), a)
    chacha20_words(key, np.uint64(2**32), b)
    np.testing.assert_array_equal(a[BLOCK_WORDS:], b)
    assert np.unique(a).size == a.size
