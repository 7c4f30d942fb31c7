"""Whether a ledger is as it was written: what does not fit, if anything."""

import math
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from hmac import compare_digest

from skprivate.ledger._chain import (
    START,
    head_of,
    link_after,
    mark_of,
    seal_after,
    secret_after,
)
from skprivate.ledger._tables import CHAINED, FIRST, KEYS, LATER, OF_PARTIES, digest
from skprivate.ledger._texts import wrong_texts

_NOT_CHAINED = (
    "it has no chain, as an older version wrote it or somebody removed the chain; "
    "without a key and a head it is read as it is"
)
_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_EQUAL = 1e-6  # relative: sums in another order, prices of another version


@dataclass(frozen=True)
class Verification:
    """How much of a ledger was verified, and by what.

    Parameters
    ----------
    head : str
        The head of the ledger now; empty if an older version has written it.
    by_key, by_head : bool
        What was given.

    Examples
    --------
    >>> from skprivate import PrivacyLedger
    >>> ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    >>> kept = ledger.head
    >>> ledger.verify(head=kept)
    6 entries, as they were written: by a head that was kept elsewhere
    """

    head: str
    by_key: bool
    by_head: bool

    @property
    def entries(self) -> int:
        """Number of entries in the chain."""
        return int(self.head.partition("-")[0] or 0)

    @property
    def proved(self) -> bool:
        """Whether a key or a head was given, without which all may be made up."""
        return self.by_key or self.by_head

    def __repr__(self):
        if not self.head:
            return "No chain yet: an older version has written this ledger"
        count = f"{self.entries} entr{'y' if self.entries == 1 else 'ies'}"
        if not self.proved:
            return (
                f"{count}, which fit each other; without a key or a head nobody knows "
                "whether they are those that were written"
            )
        means = {"the key": self.by_key, "a head that was kept elsewhere": self.by_head}
        how = " and ".join(name for name, used in means.items() if used)
        return f"{count}, as they were written: by {how}"


def findings_in(connection, secrets=(), head=None):
    """All that does not fit, as texts without any value.

    Parameters
    ----------
    connection : sqlite3.Connection
    secrets : sequence of bytes
        First ones, of which one must be that of the file; empty if there is no key.
    head : str or None
    """
    try:
        return [*_findings(connection, secrets, head)]
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return ["a table or a text in it cannot be read"]


def _findings(connection, secrets, head):
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < CHAINED:
        if secrets or head is not None:
            yield _NOT_CHAINED
        return
    wrong = [*_wrong_schema(connection)]
    yield from wrong
    if wrong:
        return
    last, links = {}, [START]
    yield from _wrong_links(connection, last, links)
    yield from _wrong_top(connection, links)
    if secrets:
        yield from _wrong_seal(connection, links, secrets)
    if head is not None:
        yield from _wrong_head(connection, links, head)
    yield from _wrong_rows(connection, last)
    yield from _wrong_numbers(connection)
    yield from wrong_texts(connection)
    yield from _wrong_totals(connection)


@cache
def _schema():
    """What a file has that this version has made, and what one of a party may have."""
    with closing(sqlite3.connect(":memory:")) as own:
        own.executescript(FIRST + LATER)
        right = frozenset(own.execute(_SCHEMA))
        own.executescript(";".join(OF_PARTIES))
        return right, frozenset(own.execute(_SCHEMA))


def _wrong_schema(connection):
    (right, most), there = _schema(), {*connection.execute(_SCHEMA)}
    for names in ({row[1] for row in right - there}, {row[1] for row in there - most}):
        yield from (f"table, index or trigger {name!r} is not as it was made"
                    for name in sorted(names))  # fmt: skip
        if names:
            return


def _wrong_links(connection, last, links):
    """Fill in the last digest of each row, and all links; stop at what is wrong."""
    query = "SELECT seq, part, ref, digest, link FROM chain ORDER BY seq"
    entries = connection.execute(query)
    for seq, (number, part, ref, row, link) in enumerate(entries, start=1):
        right = None
        if isinstance(row, bytes) and isinstance(part, str):
            right = link_after(links[-1], seq, part, ref, row)
        if number != seq or link != right or part not in KEYS:
            yield f"entry {seq} of the chain was edited, or the one before it is gone"
            return
        last[part, ref] = row
        links.append(link)


def _wrong_top(connection, links):
    rows = connection.execute("SELECT one, seq, link FROM top").fetchall()
    if rows != [(1, len(links) - 1, links[-1])]:
        yield "the top of the chain is not that of its last entry: it was cut or edited"


def _wrong_seal(connection, links, secrets):
    row = connection.execute("SELECT value FROM meta WHERE key = 'mark'").fetchone()
    if row is None:
        yield (
            "it was made without a key, so no key can verify it (or the mark of its "
            "key was deleted)"
        )
        return
    fitting = [secret for secret in secrets if mark_of(secret) == row[0]]
    if not fitting:
        yield "it was made with another key (or the mark of its key was edited)"
        return
    secret, seal = fitting[0], START
    for link in links[1:]:
        seal, secret = seal_after(seal, link, secret), secret_after(secret)
    top = connection.execute("SELECT seal, secret FROM top").fetchall()
    right = len(top) == 1 and all(isinstance(part, bytes) for part in top[0])
    if not (right and compare_digest(b"".join(top[0]), seal + secret)):
        yield "the seal is not the one of these entries: they were edited, or cut"


def _wrong_head(connection, links, head):
    number, link, guard = parts_of(head)
    if number >= len(links):
        yield (
            f"it lacks the head: it has {len(links) - 1} entries, and had {number}. It "
            "was cut, or an old copy was put back"
        )
    elif links[number].hex() != link:
        yield f"it has another entry {number} than the head, or another before it"
    elif number == len(links) - 1:
        rows = connection.execute("SELECT seal, secret FROM top").fetchall()
        whole = len(rows) == 1 and all(isinstance(part, bytes) for part in rows[0])
        if not whole or head_of(connection).rpartition("-")[2] != guard:
            yield "the seal is not the one that the head was made with"


def parts_of(head):
    """A head in parts; ValueError if it is none."""
    parts = head.strip().split("-") if isinstance(head, str) else ()
    try:
        number, link, guard = parts
        lengths = len(bytes.fromhex(link)), len(bytes.fromhex(guard))
        if lengths == (32, 8) and int(number) > 0:
            return int(number), link.lower(), guard.lower()
    except ValueError:
        pass
    raise ValueError(
        "head is no head of a ledger; give what ledger.head was, all of it."
    )


def is_ahead(known, head):
    """Whether a head is of more entries than another one of the same ledger."""
    return parts_of(head)[0] > int(known.partition("-")[0] or 0)


def _wrong_rows(connection, last):
    """Every row is the one that was entered last, and none is missing or added."""
    seen = set()
    for table, key in KEYS.items():
        for ref, *row in connection.execute(f"SELECT {key}, * FROM {table}"):
            name = f"row {ref} of" if isinstance(ref, int) else "a row of"
            seen.add((table, ref))
            if (table, ref) not in last:
                yield f"{name} {table} is not in the chain"
            elif last[table, ref] != digest(table, row):
                yield f"{name} {table} was edited"
    for table, ref in last:
        if (table, ref) not in seen:
            name = f"row {ref} of" if isinstance(ref, int) else "a row of"
            yield f"{name} {table} was deleted"


def _wrong_numbers(connection):
    """The counters of SQLite, from which the next numbers come."""
    there = sorted(connection.execute("SELECT name, seq FROM sqlite_sequence"), key=str)
    right = []
    for table in ("debits", "refusals"):
        (most,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()
        right += [] if most is None else [(table, most)]
    if [row for row in there if row[1] != 0] != right:
        yield "a counter of SQLite is not the number of the last row"


def _wrong_totals(connection):
    """What the cap counts is the sum of what was debited."""
    from skprivate.accounting import Price, price_of
    from skprivate.ledger._codec import event_of
    from skprivate.ledger._errors import LedgerUnavailableError
    from skprivate.ledger._totals import read_totals, scope_of

    sums, prices = {}, {}
    try:
        for text, scope in connection.execute("SELECT event, scope FROM debits"):
            if text not in prices:
                prices[text] = price_of(event_of(text))
            sums[scope] = sums.get(scope, Price.nothing()) + prices[text]
        right = {scope_of(scope): price for scope, price in sums.items()}
        totals = read_totals(connection)
        same = totals.keys() == right.keys() and all(
            _is_close(price, right[scope]) for scope, price in totals.items()
        )
    except (LedgerUnavailableError, TypeError, ValueError, KeyError, AttributeError):
        yield "the totals, or what was debited, cannot be read"
        return
    if not same:
        yield "the totals are not the sums of what was debited"


def _is_close(one, other):
    pairs = [(one.mu2, other.mu2), (one.pure, other.pure), (one.lost, other.lost)]
    pairs += zip(one.renyi.tolist(), other.renyi.tolist(), strict=True)
    return all(math.isclose(a, b, rel_tol=_EQUAL, abs_tol=1e-300) for a, b in pairs)
