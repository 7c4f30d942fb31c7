"""Edits of a ledger by SQL: of every column of every row, and of rows as a whole."""

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from itertools import pairwise

OTHER_VALUES = {
    int: lambda value: [value + 1, 2**40],
    float: lambda value: [value + 1e-3, -value - 1.0],
    str: lambda value: [f"{value} ", "x"],
    bytes: lambda value: [value[:-1] + bytes([value[-1] ^ 1]), b"x" * len(value)],
    type(None): lambda value: [0, "x"],
}


def tables_of(path):
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
    return sorted(name for (name,) in names)


def edits_of(path):
    """Statements that change something, as (words, SQL, values)."""
    for table in tables_of(path):
        with closing(sqlite3.connect(path)) as connection:
            cursor = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")
            names = [column[0] for column in cursor.description][1:]
            rows = cursor.fetchall()
        numbers = [row[0] for row in rows]
        for number, *values in rows:
            for name, value in zip(names, values, strict=True):
                for other in (*OTHER_VALUES[type(value)](value), None):
                    if other is not None or value is not None:
                        sql = f"UPDATE {table} SET {name} = ? WHERE rowid = ?"
                        yield f"{table} {number} {name}", sql, [other, number]
            yield (
                f"delete {table} {number}",
                f"DELETE FROM {table} WHERE rowid = ?",
                [number],
            )
        yield from _of_several(table, names, numbers)


def _of_several(table, names, numbers):
    """Cuts at the end, all at once, rows twice and rows that change places."""
    listed = ", ".join(names)
    for number in numbers:
        sql = f"DELETE FROM {table} WHERE rowid >= ?"
        yield f"cut {table} at {number}", sql, [number]
    for number in numbers[:1]:
        columns = ", ".join(["900", *names[1:]])
        sql = f"INSERT INTO {table} ({listed}) SELECT {columns} FROM {table} "
        yield f"again {table}", sql + "WHERE rowid = ?", [number]
    for one, other in pairwise(numbers):
        for name in names[1:]:
            sql = (
                f"UPDATE {table} SET {name} = (SELECT {name} FROM {table} AS t "
                f"WHERE t.rowid = ? + ? - {table}.rowid) WHERE rowid IN (?, ?)"
            )
            yield f"swap {table} {one} {name}", sql, [one, other, one, other]


def contents_of(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        return {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()
            for table in tables_of(path)
        }


@cache
def _before(path):
    return contents_of(path)


def edited(path, copy, sql, values):
    """A copy in which a statement was run; False if that changes nothing."""
    shutil.copyfile(path, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        try:
            connection.execute(sql, values)
        except sqlite3.IntegrityError:
            return False
    return contents_of(copy) != _before(path)
