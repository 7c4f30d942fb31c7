"""Several owners of rows, asked side by side."""

from threading import TIMEOUT_MAX, Thread
from time import monotonic

import numpy as np

from skprivate.rows._refusal import refused

_LONGEST = TIMEOUT_MAX / 2  # that a thread can be waited for
_FAILED = (
    "failed. Its owner can see the error by asking its rows alone; it is not shown "
    "here because it could hold a value from the data."
)


def ask_all(parties, question, timeout=None):
    """``question(party)`` of each party, in order, each in a thread of its own.

    Guarantee: an error that leaves it holds no data, as with `sealed`. Where several
    parties fail, it is that of the first of them, however fast each was. An answer that
    comes too late is dropped.

    Parameters
    ----------
    parties : sequence of Rows
    question : callable
    timeout : float or None, default=None
        Seconds until all must have answered; None waits.

    Returns
    -------
    list
    """
    from joblib import effective_n_jobs  # not needed before parties are asked

    n, answers = len(parties), [None] * len(parties)
    n_jobs = max(1, effective_n_jobs(None) // n)

    def ask(i):
        answers[i] = _outcome(lambda: question(parties[i]), n_jobs)

    # Daemons, since nothing can stop a thread: one that hangs must not outlive us.
    threads = [Thread(target=ask, args=(i,), daemon=True) for i in range(n)]
    for thread in threads:
        thread.start()
    end = None if timeout is None else monotonic() + float(min(timeout, _LONGEST))
    for i, thread in enumerate(threads):
        thread.join(end if end is None else max(0.0, end - monotonic()))
        if thread.is_alive():
            raise refused(
                TimeoutError,
                f"Party {i + 1} of {n} did not answer within {timeout} seconds. Raise "
                "timeout, or leave that party out. What was charged stays charged.",
            )
        failure, text = answers[i][1:]
        if failure is not None:
            raise refused(failure, f"Party {i + 1} of {n}{text}")
    return [answer for answer, _, _ in answers]


def _outcome(call, n_jobs):
    """Result of a call, and kind and text of its error, which hold no data."""
    from joblib import parallel_config

    try:
        # What joblib was told is known to the thread of the user only.
        with parallel_config("threading", n_jobs=n_jobs), np.errstate(all="ignore"):
            return call(), None, None
    except BaseException as error:  # in this thread nobody else would seal it
        kinds = (TypeError, ValueError, MemoryError, TimeoutError)
        kind = next((k for k in kinds if isinstance(error, k)), ValueError)
        told = getattr(error, "holds_no_data", False) is True
        return None, kind, f": {error}" if told else f" {_FAILED}"
