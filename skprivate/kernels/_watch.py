"""Whether the rows that kernels read were finite, told on the side.

Kernels skip rows that are not finite: that keeps the guarantee of a sum. Who owes the
user an error instead listens here, and need not read the rows a second time.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_LISTENER = threading.local()


@contextmanager
def finite_watch(n_features: int) -> Iterator[Callable[..., Any]]:
    """Listen, in this thread, to what kernels find in rows of ``n_features`` values.

    Yields
    ------
    callable
        Without arguments; True if kernels read rows of that width since, and all of
        them were finite; False if some was not, or if nobody looked.
    """
    flags = []
    before = getattr(_LISTENER, "heard", None)
    _LISTENER.heard = n_features, flags
    try:
        yield lambda: bool(flags) and not any(flag[0] for flag in flags)
    finally:
        _LISTENER.heard = before


def tell(n_features, flag):
    """Let the listener see an array that becomes non-zero at a row not finite."""
    heard = getattr(_LISTENER, "heard", None)
    if heard is not None and heard[0] == n_features:
        heard[1].append(flag)
