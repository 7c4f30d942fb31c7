"""Files that are whole or absent, and readable by their owner only."""

import os
import secrets
import stat
from pathlib import Path

from skprivate.security._errors import UnreadableFileError


def write_private(path, *parts):
    """Write ``parts`` one after the other; what was there before is there until then.

    The file is written beside ``path`` with mode 0600, reaches the disk, and takes its
    name in one step, so that neither a crash nor a full disk leaves half of it.
    """
    path = Path(path)
    beside = path.with_name(f".{secrets.token_hex(16)}")  # however long the name is
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_plain(path, most):
    """All bytes of a file; None if there are more than ``most``; no device, no pipe.

    The file that was opened is looked at, not its name, which may be another's by then;
    and opening does not wait, as that of a pipe would.
    """
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(number, "rb") as file:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("This is no plain file. Pass one.")
        data = file.read(most + 1) if status.st_size <= most else None
    return None if data is None or len(data) > most else data
