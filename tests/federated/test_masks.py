"""Masks cancel, are those of the standards, and planted faults are caught."""

import copy
import hashlib
import hmac
import pickle
import time
from itertools import combinations

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from scipy import stats

from skprivate.federated import PartyKey, _masks
from skprivate.federated._masks import Masks, roster_digest
from skprivate.federated._residues import integers, minus, plus, residues

NAMES = ("ann", "bea", "cem", "dee")
CONTEXT = b"fit 1, release 1, attempt 1"


def make_parties(names=NAMES):
    """Masks of each party, from fixed keys."""
    keys = {name: PartyKey(hashlib.sha256(name.encode()).digest()) for name in names}
    roster = {name: key.public for name, key in keys.items()}
    return {name: Masks(key, roster) for name, key in keys.items()}


def summed(answers):
    total = list(answers[0])
    for answer in answers[1:]:
        total = [plus(a, b) for a, b in zip(total, answer, strict=True)]
    return [integers(words) for words in total]


@pytest.mark.parametrize("asked", [NAMES, NAMES[1:], NAMES[::-2]])
def test_masks_cancel_in_the_sum_of_all_that_were_asked(asked):
    parties = make_parties()
    numbers = np.array([2**62, -(2**63), 0, 7])
    wide = np.array([[2**99, -(2**100)], [1, -1]], object)
    answers = [
        parties[name].masked(
            [residues(numbers // len(asked)), residues(wide, True)], asked, CONTEXT
        )
        for name in asked
    ]
    first, second = summed(answers)
    np.testing.assert_array_equal(first, numbers // len(asked) * len(asked))
    np.testing.assert_array_equal(second, wide * len(asked))
    # With one of them missing, or one more that was not asked, it is noise.
    first, _ = summed(answers[:-1])
    assert not np.any(first == numbers // len(asked) * (len(asked) - 1))


# Checks of a generator (secret, context, size) -> words. Each must pass for ours, and
# each planted one must fail some.


def ours(secret, context, size):
    return _masks._stream(_masks._derived(secret, context), size)


def check_it_is_that_of_the_standards(generator):
    """HKDF by hmac, counter mode by single blocks: written down a second time."""
    for number in range(20):
        secret = hashlib.sha256(b"secret %d" % number).digest()
        context = b"context %d" % number
        extracted = hmac.digest(bytes(32), secret, "sha256")
        info = b"skprivate masks 1" + context
        key = hmac.digest(extracted, info + b"\x01", "sha256")
        block = Cipher(AES(key), ECB()).encryptor()  # one block: no mode at all
        blocks = b"".join(i.to_bytes(16, "big") for i in range(4))
        expected = np.frombuffer(block.update(blocks), "<u8")
        np.testing.assert_array_equal(generator(secret, context, 8), expected)


def check_every_bit_of_the_secret_counts(generator):
    """No two secrets that differ in one or two bits have the same stream.

    A secret that is folded into fewer bits (Flower's, into 32) has many that do.
    """
    base = int.from_bytes(hashlib.sha256(b"base").digest(), "big")
    bits = [0, *(1 << i for i in range(256))]
    seen = {
        generator((base ^ a ^ b).to_bytes(32, "big"), b"", 1).item()
        for a, b in combinations(bits[::2], 2)
    }
    assert len(seen) == len(bits[::2]) * (len(bits[::2]) - 1) // 2


def check_words_are_uniform(generator):
    words = generator(bytes(range(32)), b"", 200_000)
    assert words.dtype == np.uint64
    octets = np.bincount(words.view(np.uint8), minlength=256)
    assert stats.chisquare(octets).pvalue > 1e-6
    bits = np.unpackbits(words.view(np.uint8))
    for lag in (1, 8, 64, 128):
        pairs = np.bincount(2 * bits[:-lag] + bits[lag:], minlength=4)
        assert stats.chisquare(pairs).pvalue > 1e-6
    assert np.unique(words).size > 199_990  # two alike once in 10^9 times


def check_contexts_have_nothing_to_do_with_each_other(generator):
    streams = [generator(bytes(range(32)), b"%d" % i, 1000) for i in range(8)]
    for a, b in combinations(streams, 2):
        ones = int(np.bitwise_count(a ^ b).sum())
        assert abs(ones - 32_000) < 5.5 * np.sqrt(16_000)
        assert np.unique(a ^ b).size > 990  # of one key and another that is known


CHECKS = [
    check_it_is_that_of_the_standards,
    check_every_bit_of_the_secret_counts,
    check_words_are_uniform,
    check_contexts_have_nothing_to_do_with_each_other,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_generator(check):
    check(ours)


def folded(secret, context, size):
    """As Flower 1.42: 32 bits of the secret seed a Mersenne Twister."""
    seed = 0
    for start in range(0, 32, 4):
        seed ^= int.from_bytes(secret[start : start + 4], "little")
    return np.random.RandomState(seed).randint(0, 2**64 - 1, size, np.uint64)


def short_key(secret, context, size):
    """The right functions, of a secret of which 28 bits are used."""
    return ours(secret[:3] + bytes(29), context, size)


def without_context(secret, context, size):
    return ours(secret, b"", size)


def one_known_difference(secret, context, size):
    """As fedbiomed 6.4: the key stream XOR the number of the round."""
    return ours(secret, b"", size) ^ np.uint64(int(context or 0))


def never_the_largest(secret, context, size):
    return ours(secret, context, size) % np.uint64(2**63)


PLANTED = [folded, short_key, without_context, one_known_difference, never_the_largest]


@pytest.mark.parametrize("generator", PLANTED, ids=lambda g: g.__name__)
def test_a_planted_weak_generator_is_caught(generator):
    caught = []
    for check in CHECKS[1:]:  # even without the standards at hand
        try:
            check(generator)
        except AssertionError:
            caught.append(check.__name__)
    assert caught


def pair_contexts(parties, questions):
    """Contexts under which masks are made, one for each question and pair."""
    seen = []

    def derived(secret, context, make=_masks._derived):
        seen.append((secret, context))
        return make(secret, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_masks, "_derived", derived)
        for asked, context in questions:
            parties["ann"].masked([residues([0])], asked, context)
    return seen


def test_no_mask_is_used_for_another_question_or_roster():
    """Same words in, other words out, for each attempt and for each set of parties."""
    parties = make_parties()
    questions = [(NAMES, b"1"), (NAMES, b"2"), (NAMES[:2], b"1"), (NAMES[:3], b"2")]
    seen = pair_contexts(parties, questions)
    assert len(set(seen)) == len(seen) == 3 + 3 + 1 + 2
    words = [residues(np.zeros(100, int))]
    answers = [
        parties["ann"].masked(words, asked, context)[0] for asked, context in questions
    ]
    for a, b in combinations(answers, 2):
        assert not np.any(a == b)
    for answer in answers:
        nibbles = np.bincount(answer.view(np.uint8).ravel() >> 4)
        assert stats.chisquare(nibbles).pvalue > 1e-6

    # Planted: masks that do not look at the context are used again.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_masks, "_derived", lambda secret, context: secret)
        again = [parties["ann"].masked(words, NAMES, c)[0] for c in (b"1", b"2")]
    np.testing.assert_array_equal(*again)


def test_who_relays_keys_cannot_sit_in_the_middle():
    """Masks are those of the party's own roster, whatever the analyst says."""
    parties = make_parties()
    thief = PartyKey.new()
    secret = residues([123_456_789])
    answer = parties["ann"].masked([secret], ("ann", "bea"), CONTEXT)[0]
    told = {**parties["ann"].roster, "bea": thief.public}

    def opened(roster, answer):
        """What somebody finds who holds the key that `roster` gives to bea."""
        mask = thief.agreed(roster["ann"])
        names = {name: roster[name] for name in ("ann", "bea")}
        stream = ours(mask, roster_digest(names) + CONTEXT, 1).reshape(1, 1)
        return integers(minus(answer, stream)).tolist()

    assert opened(told, answer) != [123_456_789]

    # Planted: a party that takes the roster that it is told is read.
    keys = PartyKey(hashlib.sha256(b"ann").digest())
    gullible = Masks(keys, told)
    answer = gullible.masked([secret], ("ann", "bea"), CONTEXT)[0]
    assert opened(told, answer) == [123_456_789]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("ann", "mallory"), "of this party's roster"),
        (("ann", "bea", "bea"), "each named once"),
        (("bea", "cem"), "itself included"),
        (("ann",), "one party alone"),
        (("ann", 3), "of this party's roster"),
        (("ann", ["bea"]), "of this party's roster"),
    ],
)
def test_a_party_answers_its_own_roster_only(asked, message):
    with pytest.raises(ValueError, match=message):
        make_parties()["ann"].masked([residues([1])], asked, CONTEXT)


def test_rosters_are_checked():
    key, other = PartyKey.new(), PartyKey.new()
    good = {"a": key.public, "b": other.public}
    assert Masks(key, good).name == "a"
    for bad in (None, [], {"a": key}, {"a": "x" * 32, "b": other.public}, {1: b""}):
        with pytest.raises(TypeError, match=r"roster must be a dict.*PartyKey"):
            Masks(key, bad)
    with pytest.raises(ValueError, match="masks need two"):
        Masks(key, {"a": key.public})
    with pytest.raises(ValueError, match="same key"):
        Masks(key, {"a": key.public, "b": key.public})
    with pytest.raises(ValueError, match="does not hold the public key of this party"):
        Masks(PartyKey.new(), good)
    with pytest.raises(ValueError, match="A public key of the roster is none"):
        Masks(key, {"a": key.public, "b": bytes(32)})  # a point of low order


def test_the_digest_names_everybody():
    roster = make_parties()["ann"].roster
    digests = {roster_digest(roster)}
    digests.add(
        roster_digest({"annb" if n == "ann" else n: k for n, k in roster.items()})
    )
    digests.add(roster_digest({n: k for n, k in roster.items() if n != "dee"}))
    swapped = dict(zip(roster, [*roster.values()][::-1], strict=True))
    digests.add(roster_digest(swapped))
    assert len(digests) == 4
    turned = dict(reversed(roster.items()))
    assert roster_digest(turned) == roster_digest(roster)


def test_agreement_is_that_of_rfc_7748():
    """Section 5.2: one iteration, from the base point."""
    nine = b"\x09" + bytes(31)
    expected = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    assert PartyKey(nine).public.hex() == PartyKey(nine).agreed(nine).hex() == expected
    a, b = PartyKey.new(), PartyKey.new()
    assert a.agreed(b.public) == b.agreed(a.public)


def test_a_key_is_kept_to_its_owner(tmp_path):
    key, path = PartyKey.new(), tmp_path / "key.pem"
    key.save(path, password="a long sentence")
    assert path.stat().st_mode & 0o777 == 0o600
    assert PartyKey.load(path, password="a long sentence").public == key.public
    with pytest.raises(FileExistsError):
        key.save(path, password="a long sentence")
    for wrong in ("another sentence", ""):
        with pytest.raises(ValueError, match="password is wrong"):
            PartyKey.load(path, password=wrong)
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no file of PartyKey"):
        PartyKey.load(path, password="a long sentence")
    with pytest.raises(ValueError, match="12 characters"):
        key.save(tmp_path / "other", password="short")
    raw = key._private.private_bytes_raw()
    assert raw.hex() not in repr(key) + repr(vars(key))
    assert copy.deepcopy(key) is key
    masks = Masks(key, {"a": key.public, "b": PartyKey.new().public})
    for secret in (key, masks):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(secret)
    assert masks._secrets["b"].hex() not in repr(masks)
    for bad in ("x" * 32, b"x", X25519PrivateKey.generate()):
        with pytest.raises(TypeError, match="32 bytes"):
            PartyKey(bad)


def test_masks_of_many_values_are_quick():
    """The aim is 20 ms; on a machine that does other things, a looser limit."""
    names = tuple("abcdefghij")
    parties = make_parties(names)
    words = [residues(np.arange(100_000))]
    spent = []
    for i in range(5):
        start = time.process_time()
        parties["e"].masked(words, names, b"%d" % i)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.1
