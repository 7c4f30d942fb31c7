"""How a chain begins: in a new file, or in one that an older version has written."""

import time

from skprivate.ledger._chain import begin, enter, mark_of
from skprivate.ledger._tables import CHAINED, FIRST, KEYS, LATER


def begin_file(connection, meta, facts, secret):
    """Write all tables of a new ledger; the caller commits."""
    _create(connection, FIRST)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    _begin(connection, secret)
    connection.execute(f"PRAGMA user_version = {CHAINED}")
    declare(connection, facts)


def chain_old_file(connection, secret=None):
    """Enter all that an older version has written; the caller commits.

    From here on that version refuses the file: it would write past the chain.
    """
    _begin(connection, secret)
    connection.execute(f"PRAGMA user_version = {CHAINED}")


def readable(connection):
    """Add to the copy of an old file what it lacks, so that it can be read."""
    _create(connection, LATER)


def declare(connection, facts):
    """Write facts about the table; they hold for the debits that follow."""
    (after,) = connection.execute("SELECT ifnull(max(id), 0) FROM debits").fetchone()
    for name, value in facts:
        row = [time.time(), after, name, value]
        cursor = connection.execute(
            "INSERT INTO facts (time, after, name, value) VALUES (?, ?, ?, ?)", row
        )
        enter(connection, ("facts", cursor.lastrowid))


def _begin(connection, secret):
    _create(connection, LATER)
    if secret is not None:
        connection.execute("INSERT INTO meta VALUES ('mark', ?)", [mark_of(secret)])
    begin(connection, secret)
    there = [
        (table, ref)
        for table, key in KEYS.items()
        for (ref,) in connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}")
    ]
    enter(connection, *there)


def _create(connection, statements):
    for statement in statements.split(";"):  # a script would commit what is open
        connection.execute(statement)
