"""The chain: every row that is written is entered, and no entry can be taken back.

An entry holds the digest of a row, and a link: a digest of the link before it and of
all that the entry says. So whoever knows the last link, the head, knows all entries.

The seal makes the same of a key, though no process that debits has it. The file holds a
secret that changes with each entry by a function that nobody can turn back, and the
seal is a keyed digest of the seal before it, and of the link, under the secret of that
moment. Whoever has the first secret can follow all of them; whoever has the file knows
the present one only (forward integrity: Bellare and Yee 1997, Schneier and Kelsey 1998;
one seal for all entries: Ma and Tsudik 2008).

**Guarantee.** Let somebody read and write the file as it is after entry n, and know
nothing of what it was before. If SHA-256 is one-way and collision-free and HMAC a
pseudorandom function, the first secret finds every file of theirs whose first n entries
are other ones, or fewer: the seal after entry n needs the secret of entry n, and a file
that ends earlier needs an earlier secret. What they add behind entry n looks as genuine
as any debit; and who has an earlier copy can go on from there. A head kept elsewhere
finds both, up to its entry.
"""

import hmac
import secrets
from hashlib import sha256

from skprivate.ledger._errors import LedgerUnavailableError
from skprivate.ledger._tables import digest_of, encoded

START = bytes(32)  # link and seal before the first entry
_TOP = "SELECT seq, link, seal, secret FROM top"
_ENTER = "INSERT INTO chain VALUES (?, ?, ?, ?, ?)"
_MOVE = "UPDATE top SET seq = ?, link = ?, seal = ?, secret = ?"


def begin(connection, secret):
    """Start the chain of a file that has none."""
    secret = secrets.token_bytes(32) if secret is None else secret
    row = [1, 0, START, START, secret]
    connection.execute("INSERT INTO top VALUES (?, ?, ?, ?, ?)", row)


def enter(connection, *rows):
    """Enter rows in the chain, as they are now; the caller commits.

    Parameters
    ----------
    connection : sqlite3.Connection
        In a transaction.
    *rows : tuple of (table, key)
    """
    seq, link, seal, secret = _top(connection)
    entries = []
    for table, ref in rows:
        seq, digest = seq + 1, digest_of(connection, table, ref)
        link = link_after(link, seq, table, ref, digest)
        seal, secret = seal_after(seal, link, secret), secret_after(secret)
        entries.append((seq, table, ref, digest, link))
    connection.executemany(_ENTER, entries)
    connection.execute(_MOVE, [seq, link, seal, secret])


def link_after(link, seq, table, ref, digest):
    """The link of an entry."""
    return sha256(link + encoded((seq, table, ref, digest))).digest()


def seal_after(seal, link, secret):
    """The seal after an entry."""
    return hmac.digest(secret, seal + link, "sha256")


def secret_after(secret):
    """The secret of the next entry."""
    return sha256(b"skprivate next secret" + secret).digest()


def first_secret(key, uid):
    """Where the secrets of a ledger start, for whoever has its key."""
    return hmac.digest(key, b"skprivate ledger " + uid.encode(), "sha256")


def mark_of(secret):
    """What tells a wrong key from a file that was edited; tells nothing of the key."""
    return hmac.digest(secret, b"skprivate mark", "sha256").hex()[:16]


def head_of(connection):
    """The number of entries, the last link, and a digest of the seal and secret."""
    seq, link, seal, secret = _top(connection)
    guard = sha256(seal + secret).hexdigest()[:16]
    return f"{seq}-{link.hex()}-{guard}" if seq else ""


def _top(connection):
    rows = connection.execute(_TOP).fetchall()
    if len(rows) != 1 or [*map(type, rows[0])] != [int, bytes, bytes, bytes]:
        raise LedgerUnavailableError(
            "The chain of the ledger is damaged: its top is lost. Nothing was written. "
            "Restore the file from a backup."
        )
    return rows[0]
