"""Where noise comes from: the operating system's generator, or a seed in tests."""

import hashlib
from dataclasses import dataclass, field
from numbers import Integral
from os import urandom
from typing import Any

import numpy as np

# Up to here the operating system fills the words itself: 2 KB take it about as
# long as starting a ChaCha20 stream takes us.
DIRECT_WORDS = 256


class _SystemStream:
    """Words nobody can repeat: no state at all, so nothing to copy or fork."""

    def words(self, n):
        if n <= DIRECT_WORDS:
            return np.frombuffer(bytearray(urandom(8 * n)), np.uint64)
        return _expand(urandom(32), 0, n)  # the key is dropped here


class _SeededStream:
    """Words that depend on a key and on how many were taken before."""

    def __init__(self, key):
        self._key = key
        self._block = 0

    def words(self, n):
        words = _expand(self._key, self._block, n)
        self._block += -(-n // 512) * 64
        return words


def _expand(key, block, n):
    """Return n words of the ChaCha20 stream of a 32-byte key, from a block on."""
    from skprivate.kernels._chacha import BLOCK_WORDS, chacha20_stream

    words = np.empty(-(-n // BLOCK_WORDS) * BLOCK_WORDS, np.uint64)
    chacha20_stream(np.frombuffer(bytearray(key), np.uint32), np.uint64(block), words)
    return words[:n]


@dataclass(frozen=True)
class Entropy:
    """Uniform random 64-bit words for noise.

    Without a seed it holds **no state**: every request takes fresh bytes from
    the operating system (`os.urandom`), directly or as the key of a ChaCha20
    stream (RFC 8439) that is used once and forgotten. Copies, pickles, forked
    children and threads therefore share nothing and can repeat nothing. If the
    system has no entropy, its error propagates: there is no fallback.

    With a seed, words depend on the seed and a context only: the key is
    blake2b(seed, context). Equal contexts get equal words, so the mechanisms
    fold their parameters and their exact input into the context. Seeded noise
    protects nobody who can guess the seed: it is for tests and benchmarks.

    Parameters
    ----------
    seed : int or bytes, default=None
        None, for noise that protects. Never shown by ``repr``.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy
    >>> Entropy().words(3).dtype
    dtype('uint64')
    >>> Entropy(0)
    Entropy(seeded=True)
    """

    seed: object = field(default=None, repr=False)

    def __post_init__(self):
        if self.seed is None or isinstance(self.seed, bytes):
            return
        if isinstance(self.seed, bool) or not isinstance(self.seed, Integral):
            raise TypeError(
                "seed must be None, an integer or bytes; pass None for noise that "
                "protects, or an integer to repeat a test"
            )
        if self.seed < 0:
            raise ValueError("seed is negative; pass an integer >= 0")

    def __repr__(self):
        return f"Entropy(seeded={self.seeded})"

    @property
    def seeded(self) -> bool:
        """Whether the words can be repeated (and the noise is not private)."""
        return self.seed is not None

    def stream(self, context: bytes = b"") -> Any:
        """Return an object whose ``words(n)`` continues from call to call.

        Use one within a single draw and drop it: it is the only thing here that
        has a position, and only if seeded.
        """
        if not self.seeded:
            return _SystemStream()
        return _SeededStream(self._key(context))

    def words(self, n: Any, context: bytes = b"") -> Any:
        """Return n uniform words, uint64.

        Seeded, the same context gives the same words.
        """
        return self.stream(context).words(n)

    def _key(self, context):
        seed = self.seed
        if not isinstance(seed, bytes):
            seed = b"int:" + int(seed).to_bytes(int(seed).bit_length() // 8 + 1)
        else:
            seed = b"raw:" + seed
        # Hashing the seed first fixes its length: no seed||context is ambiguous.
        return hashlib.blake2b(
            hashlib.blake2b(seed).digest() + context,
            digest_size=32,
            person=b"skprivate noise",
        ).digest()


def fingerprint(mechanism, *parts):
    """Return a digest of a mechanism and its exact input, for a seeded stream.

    Without it, two releases of the same fit would share noise when seeded.
    """
    digest = hashlib.blake2b(repr(mechanism).encode(), digest_size=32)
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode())
            wide = part.dtype == object  # whose bytes would be addresses
            part = repr(part.tolist()).encode() if wide else part.tobytes()
        else:
            part = repr(part).encode()
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


def open_stream(entropy, context, mechanism, *parts):
    """Return a stream of words for one draw; hash the input only if seeded."""
    if entropy.seeded:
        context = fingerprint(mechanism, context, *parts)
    return entropy.stream(context)
