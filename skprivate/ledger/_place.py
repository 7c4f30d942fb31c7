"""Where the file of a ledger is, and whether its cap is the one that was given."""

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from skprivate.ledger._errors import LedgerUnavailableError


def checked_path(path):
    """An absolute path, the same for all who share the file."""
    try:
        text = os.fsdecode(path)
    except TypeError:
        raise TypeError(
            f"path is of type {type(path).__name__}; give the name of a file."
        ) from None
    if not text or "\0" in text or text.startswith((":memory:", "file:")):
        raise ValueError("path is not the name of a file; give one, or None.")
    resolved = os.path.realpath(text)
    if os.path.isdir(resolved):
        raise IsADirectoryError(
            f"{resolved} is a folder; give the name of a file in it."
        )
    return resolved


def temporary_path(owner):
    """A file that is deleted together with an object, in the process that made it."""
    try:
        folder = tempfile.mkdtemp(prefix="skprivate-ledger-")
    except OSError as error:
        raise LedgerUnavailableError(
            f"A temporary ledger cannot be created: {error}. Give a path to a disk "
            "that can be written."
        ) from error
    path = str(Path(folder).resolve() / "ledger.sqlite")
    weakref.finalize(owner, _delete, path, os.getpid())
    return path


def words_of(cap):
    if cap is None:
        return "none"
    words = f"epsilon={cap.epsilon:g}, delta={cap.delta:g}"
    return words if cap.reserve is None else f"{words}, reserve={cap.reserve:g}"


def is_same(given, there):
    """Whether a cap is the one of a file; a reserve that was left out may be any."""
    if there is None or (given.epsilon, given.delta) != (there.epsilon, there.delta):
        return False
    return given.reserve in (None, there.reserve)


def _delete(path, pid):
    """Delete a temporary ledger, in the process that made it."""
    from skprivate.ledger import _file

    if os.getpid() == pid:
        _file.close(path)
        shutil.rmtree(os.path.dirname(path), ignore_errors=True)
