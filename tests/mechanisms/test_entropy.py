"""Words are never repeated, and never fall back to something weaker."""

import copy
import os
import pickle
import threading
import warnings

import numpy as np
import pytest

from skprivate.mechanisms import Entropy, Gaussian
from skprivate.mechanisms import _entropy as module

SIZES = (3, 700)  # straight from the system, and by ChaCha20


@pytest.fixture
def _same_noise_on_every_run():
    """Tests of the system's generator have it."""


def take(entropy):
    return np.concatenate([entropy.words(n) for n in SIZES])


def take_in_child(entropy):
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads
        child = os.fork()
    if child == 0:
        try:
            os.write(writer, take(entropy).tobytes())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        words = np.frombuffer(pipe.read(), np.uint64)
    os.waitpid(child, 0)
    assert words.size == sum(SIZES)
    return words


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_forks_threads_and_copies_share_no_word():
    entropy, taken = Entropy(), []
    taken.append(take(entropy))
    taken += [take_in_child(entropy) for _ in range(20)]

    def repeatedly():
        for _ in range(20):
            taken.append(take(entropy))

    threads = [threading.Thread(target=repeatedly) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    copies = (pickle.loads(pickle.dumps(entropy)), copy.deepcopy(entropy))
    taken += [take(other) for other in (*copies, copy.copy(entropy), Entropy())]
    words = np.concatenate(taken)
    assert words.size == (1 + 20 + 80 + 4) * sum(SIZES)
    assert np.unique(words).size == words.size


def test_missing_entropy_is_an_error(monkeypatch):
    def broken(n):
        raise OSError("no entropy")

    monkeypatch.setattr(module, "urandom", broken)
    for n in SIZES:
        with pytest.raises(OSError, match="no entropy"):
            Entropy().words(n)
    with pytest.raises(OSError, match="no entropy"):
        Gaussian(1.0)([1, 2], 100.0, Entropy())


def test_seeded_words_depend_on_seed_and_context_only():
    a = Entropy(7)
    for n in SIZES:
        np.testing.assert_array_equal(a.words(n), Entropy(7).words(n))
        np.testing.assert_array_equal(a.words(n), copy.deepcopy(a).words(n))
        np.testing.assert_array_equal(a.words(n), Entropy(np.int64(7)).words(n))
    seeds = [Entropy(s) for s in (0, 1, 7, 263, 2**70, b"", b"7", b"int:\x07")]
    contexts = (b"", b"x", b"y", b"xy")
    words = np.concatenate([e.words(600, c) for e in seeds for c in contexts])
    assert np.unique(words).size == words.size


def test_a_stream_goes_on():
    stream = Entropy(1).stream(b"context")
    words = np.concatenate([stream.words(n) for n in (1, 600, 512, 1, 5000)])
    assert np.unique(words).size == words.size
    np.testing.assert_array_equal(words[:1], Entropy(1).words(1, b"context"))


def test_seeded_streams_do_not_change_between_versions():
    assert Entropy(0).words(2, b"skprivate").tolist() == KNOWN


KNOWN = [14848214425099265270, 1755146108794556721]


def test_repr_hides_the_seed():
    assert repr(Entropy(123456)) == "Entropy(seeded=True)"
    assert repr(Entropy()) == "Entropy(seeded=False)"
    assert Entropy(0).seeded
    assert not Entropy().seeded


@pytest.mark.parametrize("seed", [-1, True, 1.0, "1", np.random.PCG64(0)])
def test_bad_seeds_are_refused(seed):
    with pytest.raises((TypeError, ValueError), match="pass "):
        Entropy(seed)


def test_words_are_uniform():
    for n in SIZES:
        words = np.concatenate([Entropy().words(n) for _ in range(10_000 // n)])
        bits = np.unpackbits(words.view(np.uint8)).reshape(words.size, 64)
        assert np.all(np.abs(bits.mean(0) - 0.5) < 3.5 / np.sqrt(words.size))
