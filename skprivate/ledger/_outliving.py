"""Threads that were started in a ``with`` block and run on after it."""

import sys
import threading
from weakref import WeakKeyDictionary, WeakSet

_LEFT = WeakKeyDictionary()  # thread -> handles, with what keeps their ledgers
# Threads that wait for work of anybody: by then it is that of another block.
_POOLS = {
    "concurrent.futures.thread",
    "distributed.threadpoolexecutor",
    "multiprocessing.pool",
}


def threads_now():
    """The threads that are there."""
    return WeakSet(threading.enumerate())


def leave_behind(handle, ledger, before):
    """A block is closed: what it has started goes on to be charged."""
    for thread in threading.enumerate():
        if thread not in before:
            _LEFT.setdefault(thread, []).append((handle, ledger))


def left_behind():
    """Handles of closed blocks in which this thread was started; none in a pool."""
    left = _LEFT.get(threading.current_thread(), ())
    return [] if not left or _is_of_a_pool() else [handle for handle, _ in left]


def _is_of_a_pool():
    frame = sys._getframe()
    while frame is not None and frame.f_globals.get("__name__") not in _POOLS:
        frame = frame.f_back
    return frame is not None
