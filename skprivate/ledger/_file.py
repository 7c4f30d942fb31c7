"""The file of a ledger: its tables, and transactions that no crash can tear apart."""

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from skprivate.ledger._begun import begin_file, chain_old_file, readable
from skprivate.ledger._errors import LedgerUnavailableError
from skprivate.ledger._naming import give_name
from skprivate.ledger._tables import CHAINED

APPLICATION = 0x536B5072  # "SkPr", in the header of the file
FORMATS = 1, 2, CHAINED  # the second has a reserve; the first two, no chain
PATIENCE = 30.0  # seconds to wait for a lock of another process

# One connection for the process: threads take turns. A child that is forked must not
# use, nor close, those of its parent; it keeps them unused, and opens its own.
_LOCK = threading.RLock()
_OPEN = {}
_ABANDONED = []


def create(path, meta, *, durable, facts=(), secret=None):
    """Write a new ledger; False if somebody else was quicker.

    It gets its name only when it is complete: so an empty file is never a ledger, and
    two processes cannot create the same one.
    """
    draft = f"{path}.{uuid4().hex}.new"
    try:
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            _set_up(connection, durable)
            connection.execute("BEGIN")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            begin_file(connection, meta, facts, secret)
            connection.execute("COMMIT")
        finally:
            connection.close()
        give_name(draft, path)
    except FileExistsError:
        return False
    except (OSError, sqlite3.Error) as error:
        raise _unavailable(path, f"it cannot be created: {error}") from error
    finally:
        for leftover in (draft, f"{draft}-journal"):
            with suppress(OSError):  # what went wrong before is what matters
                Path(leftover).unlink(missing_ok=True)
    return True


@contextmanager
def transaction(path, uid=None, secret=None):
    """A connection that holds the only write lock; commits at the end of the block.

    A file of an older version gets its chain first, which starts at `secret`.

    Raises
    ------
    LedgerUnavailableError
        If the file is gone, is another ledger than `uid`, or cannot be written.
    """
    with _LOCK:
        try:
            connection = _connection(path)
            connection.execute("BEGIN IMMEDIATE")
            try:
                _check_uid(connection, path, uid)
                if _OPEN[path][2] < CHAINED and _version_of(connection) < CHAINED:
                    chain_old_file(connection, secret)
                yield connection
                connection.execute("COMMIT")
                _OPEN[path] = (*_OPEN[path][:2], CHAINED)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            _check_same_file(path)
        except sqlite3.Error as error:
            _forget(path)
            raise _unavailable(path, _cause(error)) from error


@contextmanager
def reading(path, uid=None):
    """A connection to read from; the file need not be writable.

    Of a file of an older version it is a copy in memory, with the tables that it lacks.
    """
    with _LOCK:
        try:
            connection = _connection(path)
            connection.execute("BEGIN")
            try:
                _check_uid(connection, path, uid)
                if _version_of(connection) < CHAINED:
                    with _copied(connection) as copy:
                        yield copy
                else:
                    yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            _forget(path)
            raise _unavailable(path, _cause(error)) from error


def close(path):
    """Close the connection of this process, if there is one."""
    with _LOCK:
        _forget(path)


def _connection(path):
    """The connection of this process to the file that is at `path` now."""
    identity = _identity(path)
    if path in _OPEN and _OPEN[path][1] != identity:
        _forget(path)
    if path not in _OPEN:
        connection = sqlite3.connect(
            f"{Path(path).as_uri()}?mode=rw",  # never creates a file
            uri=True,
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        _OPEN[path] = connection, identity, CHAINED
        _check_kind(connection, path)
        _OPEN[path] = connection, identity, _version_of(connection)
        durable = _meta_of(connection, "durable")
        _set_up(connection, durable)
    return _OPEN[path][0]


@contextmanager
def _copied(connection):
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.backup(copy)
        readable(copy)
        yield copy
    finally:
        copy.close()


def _set_up(connection, durable):
    """A rollback journal works on read-only media, too; a debit takes about 1 ms.

    A durable ledger survives a loss of power. A temporary one need not; a kill of any
    process does no harm to either. What is overwritten stays neither in the file nor in
    the journal: secrets of the chain, and texts of complaints.
    """
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")


def _identity(path):
    try:
        status = os.stat(path)
    except OSError as error:
        raise _unavailable(path, "no file is there") from error
    return status.st_dev, status.st_ino


def _check_same_file(path):
    if _identity(path) != _OPEN[path][1]:
        raise _unavailable(path, "another file took its place")


def _check_kind(connection, path):
    """Refuse what is no ledger, or one that this version cannot read."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version = _version_of(connection)
    if application != APPLICATION:
        _forget(path)
        raise _unavailable(path, "the file is not a ledger")
    if version not in FORMATS:
        _forget(path)
        raise LedgerUnavailableError(
            f"The ledger {path} has format {version}, and this version of skprivate "
            f"reads up to {FORMATS[-1]}. No fit runs without it. Install the version "
            "that wrote it."
        )


def _version_of(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _check_uid(connection, path, uid):
    if uid is not None and _meta_of(connection, "uid") != uid:
        raise _unavailable(path, "another ledger took its place")


def _meta_of(connection, key):
    row = connection.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
    return None if row is None else row[0]


def _forget(path):
    connection, *_ = _OPEN.pop(path, (None,))
    if connection is not None:
        connection.close()


def _cause(error):
    """What SQLite complains about; its messages hold no value of a row."""
    if "locked" in str(error):
        return f"another process has locked it for {PATIENCE:g} s"
    return str(error).rstrip(".")


def _unavailable(path, cause):
    return LedgerUnavailableError(
        f"The ledger {path} cannot be used: {cause}. No fit runs without it. Restore "
        "the file, or make a new estimator and a new ledger, which starts from nothing."
    )


def _abandon():
    """In a child after a fork: leave the connections of the parent alone."""
    global _LOCK
    _ABANDONED.append(dict(_OPEN))  # not even garbage collection may close them
    _OPEN.clear()
    _LOCK = threading.RLock()


if hasattr(os, "register_at_fork"):
    # No fork in the middle of a transaction: the child would inherit its locks.
    os.register_at_fork(
        before=lambda: _LOCK.acquire(),
        after_in_parent=lambda: _LOCK.release(),
        after_in_child=_abandon,
    )
