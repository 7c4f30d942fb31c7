"""What is open in a process, posted where the processes that it starts can read it.

A worker cannot see the ``with`` blocks of the process that started it, and what it fits
need not have come from there. So each process has a folder, its board, with one small
file for each block that is open now. An environment variable names the boards of a
process and of all those it descends from. They are also found by the numbers of these
processes, for workers that were started before this package was imported, or with an
empty environment: maybe with another folder for temporary files, too.

A process that is killed leaves its notices behind. Those that descend from it go on to
charge what they name, or are refused: nobody has closed the block.
"""

import json
import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from functools import lru_cache
from itertools import count
from pathlib import Path

from skprivate.ledger._errors import LedgerUnavailableError
from skprivate.ledger._handle import Handle

VARIABLE = "SKPRIVATE_LEDGERS"
# As it was first: workers look there, whatever is made of tempfile.tempdir later.
_TEMPORARY = tempfile.gettempdir()
_OFTEN = "/tmp", "/var/tmp"  # where other processes have theirs
_NUMBERS = count()  # blocks in the order in which they were opened
_TRIES = 100  # another thread may close the last block, and remove the board


def post(handle):
    """Tell the workers of this process of a block that is open; returns the notice.

    Raises
    ------
    LedgerUnavailableError
        If there is no place for it: workers would not know, and charge nothing.
    """
    board = board_of(os.getpid())
    notice = os.path.join(board, f"{next(_NUMBERS):09d}-{handle.token}")
    text = json.dumps(vars(handle)).encode()
    for _ in range(_TRIES):
        try:
            for folder in (os.path.dirname(board), board):
                with suppress(FileExistsError):
                    os.mkdir(folder, 0o700)
                _check_own(folder)
            _write(notice, text)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _no_place(board, error) from error
        return notice
    raise _no_place(board, "it disappears")


def take_down(notice):
    """The block is closed; a board that is empty is removed."""
    with suppress(OSError):
        os.unlink(notice)
        os.rmdir(os.path.dirname(notice))
        os.rmdir(os.path.dirname(os.path.dirname(notice)))


def posted():
    """Handles of the blocks that are open in the processes this one descends from.

    Those of the nearest come last, and so do those that were opened last.
    """
    return [handle for board in _boards_above() for handle in _handles_on(board)]


def board_of(pid, temporary=None):
    """The folder of a process; the time of its start tells it from a later one."""
    folder = os.path.join(temporary or _TEMPORARY, f"skprivate-{_user()}")
    return os.path.join(folder, f"{pid}-{_start_of(pid)}")


def _boards_of(pid):
    """Where the board of another process may be, which may not share our settings."""
    yield board_of(pid)
    for temporary in _folders_of(pid) - {_TEMPORARY}:
        board = board_of(pid, temporary)
        with suppress(OSError):
            if os.lstat(board).st_uid == _user():  # of others is none of our business
                yield board


@lru_cache(maxsize=64)
def _folders_of(pid):
    """Where a process may have its temporary files; Linux tells how it was started."""
    told = []
    with suppress(OSError):
        settings = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        pairs = [os.fsdecode(setting).partition("=") for setting in settings]
        told = [value for name, _, value in pairs if name in ("TMPDIR", "TEMP", "TMP")]
    return frozenset([*told, *_OFTEN])


def _user():
    """Whose rights hold; on Windows folders for temporary files have one user."""
    return os.geteuid() if hasattr(os, "geteuid") else None


@lru_cache(maxsize=64)
def _start_of(pid):
    told = _told_of(pid)
    return told[19] if told else "0"


def _told_of(pid):
    """What Linux says of a process, from its state on; other systems have no files."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _boards_above():
    own, parents = os.getpid(), [os.getppid()]
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        # Not the process that forked it, if that is a server of forks.
        parents.append(process.parent_process().pid)
    above = dict.fromkeys(pid for parent in parents for pid in _line_of(parent))
    found = [board for pid in [*above][::-1] for board in _boards_of(pid)]
    named = json.loads(os.environ.get(VARIABLE, "[]"))
    boards = dict.fromkeys([*named, *found])
    boards.pop(board_of(own), None)
    return boards


def _line_of(pid):
    """A process, and those that it descends from, where the system tells them."""
    while pid > 1:
        yield pid
        pid = int((_told_of(pid) or [0, 0])[1])


def _handles_on(board):
    try:
        names = sorted(os.listdir(board))
        if names:
            _check_own(board)
    except (FileNotFoundError, NotADirectoryError):
        return  # nothing is open there
    except OSError as error:
        raise _no_place(board, error) from error
    for name in names:
        if not name.endswith(".new"):
            with suppress(FileNotFoundError):  # closed a moment ago
                yield _read(os.path.join(board, name))


@lru_cache(maxsize=256)  # a notice never changes
def _read(notice):
    try:
        told = json.loads(Path(notice).read_bytes())
        for pairs in ("scope", "facts"):
            told[pairs] = tuple((name, value) for name, value in told[pairs])
        return Handle(**told)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _no_place(os.path.dirname(notice), "a notice is damaged") from error


def _write(notice, text):
    """Write a file that is there as a whole, or not at all."""
    file = os.open(f"{notice}.new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, text)
    finally:
        os.close(file)
    os.rename(f"{notice}.new", notice)


def _check_own(folder):
    """Nobody else may post here, or read what is posted."""
    status = os.lstat(folder)
    own = _user() in (None, status.st_uid)
    closed = os.name == "nt" or not status.st_mode & 0o077
    if not (own and closed and stat.S_ISDIR(status.st_mode)):
        raise PermissionError("others may write there, or it is no folder")


def _no_place(board, cause):
    return LedgerUnavailableError(
        f"Workers cannot be told which ledgers are open, in {board}: {cause}. No fit "
        "runs without that. Let the environment variable TMPDIR name a folder that you "
        "alone can write to, and start again."
    )


def _join():
    """Tell processes that will be started where to look."""
    boards = json.loads(os.environ.get(VARIABLE, "[]"))
    own = board_of(os.getpid())
    shutil.rmtree(own, ignore_errors=True)  # of one with this number that was killed
    if own not in boards:
        os.environ[VARIABLE] = json.dumps([*boards, own])


_join()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_join)
