"""Tell the user what a first fit waits for."""

import logging
import threading

from numba.core import event

MESSAGE = (
    "skprivate: compiling, once on this machine, takes some seconds; "
    "`python -m skprivate warm` does it ahead"
)
PATIENCE = 1.0  # seconds


class CompilationNotice(event.Listener):
    """Log one line, once in a process, while a compilation takes long.

    The standard library writes warnings of ``logging.getLogger("skprivate")`` to
    stderr, unless the user asked for something else.
    """

    def __init__(self):
        self._depth = 0  # numba compiles in one thread at a time
        self._timer = None
        self._told = False

    def on_start(self, event):
        """Start to wait, unless another kernel, which needs this one, did so."""
        self._depth += 1
        if self._depth == 1 and not self._told and _is_ours(event):
            self._timer = threading.Timer(PATIENCE, self._tell)
            self._timer.daemon = True
            self._timer.start()

    def on_end(self, event):
        """Say nothing if that was quick."""
        self._depth -= 1
        if self._depth == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self):
        self._told = True
        logging.getLogger("skprivate").warning(MESSAGE)


def _is_ours(event):
    return event.data["dispatcher"].__module__.startswith("skprivate.")
