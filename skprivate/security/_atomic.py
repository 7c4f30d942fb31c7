"""Files that are whole or absent, and readable by their owner only."""

import os
import secrets
from pathlib import Path


def write_private(path, *parts):
    """Write ``parts`` one after the other; what was there before is there until then.

    The file is written beside ``path`` with mode 0600, reaches the disk, and takes its
    name in one step, so that neither a crash nor a full disk leaves half of it.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
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
