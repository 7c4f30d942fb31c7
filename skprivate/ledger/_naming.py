"""A complete file gets its name, unless somebody else was quicker."""

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

PATIENCE = 30.0  # seconds to wait for another process that is giving the name
_PAUSE = 0.02


def give_name(draft, path):
    """Let the file `draft` be found at `path`, too, or there alone.

    **Guarantee.** What is at `path` already stays as it is; and of several processes
    that give the name by the same means, one succeeds.

    Raises
    ------
    FileExistsError
        If the name is taken.
    OSError
        If the file cannot be there.
    """
    try:
        os.link(draft, path)  # at once, or not at all
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # exFAT, many network and FUSE file systems
        _rename_by_claim(draft, path)


def _rename_by_claim(draft, path):
    """The same without hard links: renaming would replace what is there.

    So only who has made a second file, the claim, looks and renames.
    """
    claim, end = f"{path}.claim", monotonic() + PATIENCE
    while not _is_made(claim):
        if monotonic() >= end:
            raise OSError(
                f"another process began to, and did not end. If none is running, "
                f"delete {claim}"
            )
        sleep(_PAUSE)
    try:
        if os.path.lexists(path):
            raise FileExistsError(path)
        os.rename(draft, path)
    finally:
        with suppress(OSError):
            Path(claim).unlink()


def _is_made(claim):
    """Whether this process has made a file that was not there."""
    try:
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True
