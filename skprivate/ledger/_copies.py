"""Copies of a ledger: a backup that is whole, and what is put back in its place."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

from skprivate.ledger._errors import LedgerUnavailableError
from skprivate.ledger._naming import give_name


def copy_to(connection, path, finish=None):
    """Copy a ledger as it is at one moment, also while others debit it.

    The copy gets its name when it is complete and on the disk; nothing is overwritten.
    Only its owner can read it. `finish` is called with the file before it has its name.

    Raises
    ------
    FileExistsError
        If something is at `path`.
    LedgerUnavailableError
        If the copy cannot be written.
    """
    draft = f"{path}.{uuid4().hex}.new"
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(draft)) as copy:
            connection.backup(copy)
        if finish is not None:
            finish(draft)
        with open(draft, "r+b") as file:
            os.fsync(file.fileno())
        give_name(draft, path)
    except FileExistsError:
        raise FileExistsError(
            f"Something is at {path} already. Give a name that is free, or move away "
            "what is there: a backup overwrites nothing."
        ) from None
    except (OSError, sqlite3.Error) as error:
        raise LedgerUnavailableError(
            f"The copy {path} cannot be written: {error}. Give a path to a disk that "
            "has room and can be written."
        ) from error
    finally:
        for leftover in (draft, f"{draft}-journal"):
            with suppress(OSError):  # what went wrong before is what matters
                Path(leftover).unlink(missing_ok=True)
