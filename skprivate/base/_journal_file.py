"""The file of a journal: released answers, each with a digest of what it belongs to."""

import hmac
import json
import os
import sqlite3
import stat
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

APPLICATION = 0x536B4A6E  # "SkJn", in the header of the file
FORMAT = 1

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE answers (part INTEGER, number INTEGER, question TEXT, share TEXT,
                      failing REAL, answer TEXT, digest TEXT,
                      PRIMARY KEY (part, number));
"""


class JournalError(RuntimeError):
    """A journal that cannot be used, so that the fit does not run, or run on."""


class JournalFile:
    """Answers of one fit by part and number, in a file that only its user may read.

    **Guarantee.** An answer is there as a whole or not at all, whenever the process is
    killed (a transaction of SQLite each); it comes back as it was written, or the file
    is refused: each has a digest of the file's own name for itself, the part, the
    number, the question, its price and the answer. Who removes or takes back entries
    has them asked and paid again. One process has a file open at a time.

    Parameters
    ----------
    path : str
        It is made if nothing is there.
    """

    def __init__(self, path):
        self._path = path
        made = _made(path)
        _check_own(path)
        try:
            self._connection = sqlite3.connect(
                f"{Path(path).absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=0.0,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        try:
            self._begin(made)
        except BaseException:
            self._connection.close()
            raise

    def bind(self, facts):
        """Whether answers are kept; refused, if they are about other facts.

        Parameters
        ----------
        facts : dict of str to str
            Digests of what has to be the same, by name.
        """
        ((n_kept,),) = self._ask("SELECT COUNT(*) FROM answers")
        if n_kept:
            ((told,),) = self._ask("SELECT value FROM meta WHERE key = 'facts'")
            before = json.loads(told)
            other = [name for name, fact in facts.items() if fact != before.get(name)]
            if other:
                raise self.refusal(f"does not have the same {other[0]} as the fit")
        else:
            told = json.dumps(facts)
            self._ask("INSERT OR REPLACE INTO meta VALUES ('facts', ?)", [told])
        return bool(n_kept)

    def refusal(self, differs):
        """An error that says in what a fit differs from that which is kept."""
        return JournalError(
            f"This fit {differs} whose answers are in the journal {self._path}. Fit as "
            "before it was interrupted, with the same ledger, which needs a file of "
            "its own to be there in another process; or delete the journal, and all "
            "is paid anew."
        )

    def read(self, part):
        """What is written of a part: question, share, failing and answer by number."""
        rows = self._ask(
            "SELECT number, question, share, failing, answer, digest FROM answers "
            "WHERE part = ? ORDER BY number",
            [part],
        )
        for number, question, share, failing, answer, digest in rows:
            entry = part, number, question, share, failing, answer
            if not hmac.compare_digest(str(digest), self._digest(*entry)):
                raise JournalError(
                    f"An answer in the journal {self._path} was altered or damaged. "
                    "Restore the file from a copy; or delete it, and the fit is paid "
                    "anew."
                )
        return {number: tuple(rest) for number, *rest, _ in rows}

    def write(self, part, number, question, share, failing, answer):
        """Write one answer down."""
        entry = part, number, question, share, failing, answer
        self._ask(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            [*entry, self._digest(*entry)],
        )

    def clear(self):
        """Remove all answers: the fit is done."""
        self._ask("DELETE FROM answers")

    def close(self):
        """Let other processes have it."""
        self._connection.close()

    def _begin(self, made):
        """Lock the file, and see whether it is a journal."""
        for pragma in ("locking_mode = EXCLUSIVE", "synchronous = FULL"):
            self._ask(f"PRAGMA {pragma}")
        self._ask("BEGIN EXCLUSIVE")
        if made or not self._ask("SELECT name FROM sqlite_master"):
            self._set_up()
        self._ask("COMMIT")
        kind = self._ask("PRAGMA application_id")[0][0]
        form = self._ask("PRAGMA user_version")[0][0]
        if (kind, form) != (APPLICATION, FORMAT):
            raise JournalError(
                f"{self._path} is no journal that this version reads. Give another "
                "path; nothing was changed."
            )
        ((self._name,),) = self._ask("SELECT value FROM meta WHERE key = 'uid'")

    def _set_up(self):
        for statement in _TABLES.split(";")[:-1]:
            self._ask(statement)
        self._ask("INSERT INTO meta VALUES ('uid', ?)", [uuid4().hex])
        self._ask(f"PRAGMA application_id = {APPLICATION}")
        self._ask(f"PRAGMA user_version = {FORMAT}")

    def _ask(self, statement, values=()):
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise _unusable(self._path, error) from error

    def _digest(self, *entry):
        digest = blake2b(digest_size=16)
        for part in (self._name, *entry):
            told = repr(part).encode()
            digest.update(len(told).to_bytes(8, "little") + told)
        return digest.hexdigest()


def _made(path):
    """Make an empty file that only this user may read; False if one is there."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise _unusable(path, error.strerror) from error
    return True


def _check_own(path):
    """Answers are for the user alone, until the model is published."""
    try:
        status = os.lstat(path)
    except OSError as error:
        raise _unusable(path, error.strerror) from error
    own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    closed = os.name == "nt" or not status.st_mode & 0o077
    if not (own and closed and stat.S_ISREG(status.st_mode)):
        raise JournalError(
            f"The journal {path} must be a plain file that only you can read. Run "
            "chmod 600 on it, or give another path."
        )


def _unusable(path, cause):
    locked = "locked" in str(cause)
    cause = "another process or block has it open" if locked else str(cause).rstrip(".")
    return JournalError(
        f"The journal {path} cannot be used: {cause}. What was paid stays paid. Mend "
        "that, or give another path, and fit again."
    )
