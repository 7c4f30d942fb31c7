"""The tables in the file of a ledger, and what a row of them says, as bytes."""

import struct
from hashlib import sha256

CHAINED = 3  # the format from which on every row is in the chain

# As the first formats have them, to the letter: the schema is verified, too.
FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value);
CREATE TABLE totals (scope TEXT PRIMARY KEY, mu2 REAL, pure REAL, renyi BLOB);
CREATE TABLE debits (id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL, name TEXT,
                     event TEXT, scope TEXT, seeded INTEGER, pid INTEGER);
CREATE TABLE reports (debit INTEGER PRIMARY KEY, report TEXT);
CREATE TABLE refusals (id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL, token TEXT,
                       kind TEXT, message TEXT);
"""
LATER = """
CREATE TABLE facts (id INTEGER PRIMARY KEY, time REAL, after INTEGER, name TEXT,
                    value TEXT);
CREATE TABLE about (debit INTEGER PRIMARY KEY, facts TEXT);
CREATE TABLE complaints (id INTEGER PRIMARY KEY, time REAL, case_number TEXT UNIQUE,
                         category TEXT, about TEXT, releases TEXT, digest BLOB);
CREATE TABLE steps (id INTEGER PRIMARY KEY, complaint INTEGER, time REAL, what TEXT,
                    value TEXT);
CREATE TABLE texts (complaint INTEGER PRIMARY KEY, salt BLOB, text TEXT);
CREATE TABLE chain (seq INTEGER PRIMARY KEY, part TEXT, ref, digest BLOB, link BLOB);
CREATE TABLE top (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER, link BLOB,
                  seal BLOB, secret BLOB);
"""

# What a party keeps beside the chain, if the ledger is one of a party.
OF_PARTIES = (
    "CREATE TABLE IF NOT EXISTS federated_fits (fit BLOB PRIMARY KEY, asked BLOB, "
    "answer BLOB, debit INTEGER, spent TEXT, closed INTEGER)",
    "CREATE TABLE IF NOT EXISTS federated_answers (fit BLOB, number INTEGER, "
    "attempt INTEGER, asked BLOB, answer BLOB, log TEXT, "
    "PRIMARY KEY (fit, number, attempt))",
    "CREATE TABLE IF NOT EXISTS federated_stops (fit BLOB)",
)

# What the chain covers, and by what a row is found.
KEYS = {
    "meta": "key",
    "totals": "scope",
    "debits": "id",
    "reports": "debit",
    "refusals": "id",
    "facts": "id",
    "about": "debit",
    "complaints": "id",
    "steps": "id",
}
_ONE = {name: f"SELECT * FROM {name} WHERE {key} = ?" for name, key in KEYS.items()}


def digest_of(connection, table, ref):
    """What a row says now, as SQLite gives it back, in 32 bytes."""
    return digest(table, connection.execute(_ONE[table], [ref]).fetchone())


def digest(table, row):
    """What a row says, in 32 bytes; other values, or their types, give others."""
    return sha256(encoded((table, *row))).digest()


def encoded(values):
    """Values of SQLite as bytes from which they can be read back."""
    return b"".join(map(_encoded, values))


def _encoded(value):
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i%d;" % value
    if isinstance(value, float):
        return b"f" + struct.pack(">d", value)
    kind, data = (b"s", value.encode()) if isinstance(value, str) else (b"b", value)
    return b"%s%d:%s" % (kind, len(data), data)
