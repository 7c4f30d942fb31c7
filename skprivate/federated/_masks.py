"""Masks that cancel: the analyst adds up what no answer shows by itself.

Each pair of parties shares a secret, and out of it, for each question, a stream of
words that one of the two adds to its answer and the other subtracts. In the sum over
all parties that were asked, masks cancel; with one answer missing nothing does.

Key agreement, key derivation and cipher are those of `cryptography`: X25519 (RFC 7748),
HKDF with SHA-256 (RFC 5869), AES-256 in counter mode (NIST SP 800-38A).
"""

import hashlib
from collections.abc import Mapping

import numpy as np

from skprivate.federated._residues import minus, plus
from skprivate.federated._shares import MOST_PARTIES
from skprivate.rows import refused

_LABEL = b"skprivate masks 1"
_KEY_BYTES = 32


class Masks:
    """The masks of one party towards all others of its roster.

    **Guarantee.** Who does not hold the key of this party, nor of one other honest
    party among those asked, cannot tell a masked answer from uniform words, as long as
    no two answers are masked under one context, by the assumptions that X25519, HKDF
    and AES rest on: with the mask of that one pair alone, each word is a one-time pad
    modulo 2**64 (2**128 where numbers have two words). So of all answers the analyst
    learns their sum. The keys are those of the party's *own* roster: who relays
    messages has no say in them, so nobody can sit in the middle.

    Parameters
    ----------
    key : PartyKey
        That of this party.
    roster : dict of str to bytes
        Public keys of all parties, this one included, by name.
    """

    def __init__(self, key, roster):
        self.roster = checked_roster(roster)
        names = [name for name, public in self.roster.items() if public == key.public]
        if not names:
            raise ValueError(
                "The roster does not hold the public key of this party. Add it, under "
                "this party's name."
            )
        self.name = names[0]
        self._secrets = {
            name: key.agreed(public)
            for name, public in self.roster.items()
            if name != self.name
        }

    def digest(self, asked):
        """Digest of those who are asked: names and keys; see `roster_digest`.

        Who is not in the party's own roster, fewer than two, and a list without the
        party itself are refused.
        """
        asked = tuple(asked)
        strangers = not all(
            isinstance(name, str) and name in self.roster for name in asked
        )
        if strangers or len(set(asked)) != len(asked) or self.name not in asked:
            raise refused(
                ValueError,
                "A question is not for parties of this party's roster, each named "
                "once, itself included. Give all parties the same roster.",
            )
        if len(asked) < 2:
            raise refused(
                ValueError,
                "A question is for one party alone, which no mask can hide. Ask two or "
                "more.",
            )
        return roster_digest({name: self.roster[name] for name in asked})

    def masked(self, answers, asked, context):
        """Answers plus the masks of this party.

        Parameters
        ----------
        answers : list of ndarray of uint64
            Residues of noisy totals.
        asked : sequence of str
            Names of all parties that are asked this question.
        context : bytes
            Never used before: of this fit, release and attempt.

        Returns
        -------
        list of ndarray of uint64
        """
        context = self.digest(asked) + context
        size = sum(words.size for words in answers)
        for name in asked:
            if name == self.name:
                continue
            mask = _stream(_derived(self._secrets[name], context), size)
            change, at, done = plus if self.name < name else minus, 0, []
            for words in answers:
                part = mask[at : at + words.size].reshape(words.shape)
                done.append(change(words, part))
                at += words.size
            answers = done
        return answers

    def __repr__(self):
        return f"Masks(name={self.name!r}, n_parties={len(self.roster)})"

    def __reduce_ex__(self, protocol):
        raise TypeError(
            "Masks cannot be pickled: their secrets would be readable. Make them where "
            "the key is."
        )


def roster_digest(roster):
    """Digest of names and public keys, in an order of its own."""
    digest = hashlib.sha256(b"skprivate roster 1")
    for name, public in sorted(roster.items()):
        for part in (name.encode(), public):
            digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


def checked_roster(roster):
    """The roster as a dict, refused unless it has one key of 32 bytes for each name."""
    good = isinstance(roster, Mapping) and all(
        isinstance(name, str)
        and name
        and isinstance(public, bytes)
        and len(public) == _KEY_BYTES
        for name, public in roster.items()
    )
    if not good:
        raise TypeError(
            "roster must be a dict from names to public keys of 32 bytes. Collect "
            "PartyKey.public of every party."
        )
    if not 2 <= len(roster) <= MOST_PARTIES:
        raise ValueError(
            f"roster has {len(roster)} parties; masks need two, and at most "
            f"{MOST_PARTIES}. Use noise='party' for other numbers."
        )
    if len(set(roster.values())) != len(roster):
        raise ValueError(
            "Two names of the roster have the same key. Have every party make its own: "
            "PartyKey.new()."
        )
    return dict(roster)


def _derived(secret, context):
    """Key of one stream: no two contexts have keys that tell of each other."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _KEY_BYTES, None, _LABEL + context).derive(secret)


def _stream(key, size):
    """``size`` words of the key stream of AES-256, whose counter starts at zero."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    encryptor = Cipher(AES(key), CTR(bytes(16))).encryptor()
    return np.frombuffer(encryptor.update(bytes(8 * size)), "<u8")
