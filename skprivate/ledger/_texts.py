"""Texts of complaints: beside the chain, which holds a keyed digest of each."""

import hmac
import secrets


def sealed_text(text):
    """A random salt, and the digest of a text under it, for the chain.

    **Guarantee.** When text and salt are erased, the digest tells nothing of the text,
    not even whether it was a certain one (HMAC is a pseudorandom function of a key that
    nobody has any more).
    """
    salt = secrets.token_bytes(32)
    return salt, hmac.digest(salt, text.encode(), "sha256")


def wrong_texts(connection):
    """Texts that are not those of the chain, or are gone without a word."""
    rows = connection.execute(
        "SELECT id, digest, salt, text, EXISTS (SELECT 1 FROM steps WHERE "
        "complaint = complaints.id AND what = 'text'), texts.complaint "
        "FROM complaints LEFT JOIN texts ON texts.complaint = id"
    )
    for number, digest, salt, text, erased, there in rows.fetchall():
        if (digest is not None and not erased) != (there is not None):
            yield f"the text of complaint {number} is gone, or is back or new"
        elif there is not None and not _fits(digest, salt, text):
            yield f"the text of complaint {number} was edited"
    (strays,) = connection.execute(
        "SELECT count(*) FROM texts WHERE complaint NOT IN (SELECT id FROM complaints)"
    ).fetchone()
    if strays:
        yield "a text belongs to no complaint"


def _fits(digest, salt, text):
    if not (isinstance(salt, bytes) and isinstance(text, str)):
        return False
    return hmac.compare_digest(hmac.digest(salt, text.encode(), "sha256"), digest)
