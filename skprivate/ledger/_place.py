"""Where the file of a ledger is, whose it is, and whether its cap is the one given."""

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from skprivate.accounting import Filter
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


def meta_of(path, there):
    """Identity, cap, and strictness of a ledger, as its file states them.

    Parameters
    ----------
    path : str
    there : dict of str to object

    Returns
    -------
    uid : str
    cap : Filter or None
    strict : bool
    """
    try:
        cap, uid, strict = None, there["uid"], bool(there["strict"])
        if there.get("epsilon") is not None or there.get("delta") is not None:
            cap = Filter(there["epsilon"], there["delta"], there.get("reserve"))
        if isinstance(uid, str):
            return uid, cap, strict
    except (KeyError, TypeError, ValueError):
        pass  # the message of a filter is about parameters
    raise LedgerUnavailableError(
        f"The ledger {path} cannot be used: its identity or its cap is damaged. No fit "
        "runs without it. Restore the file from a backup."
    )


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
