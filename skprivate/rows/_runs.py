"""Totals of parts of a source, in threads."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from skprivate.rows._array import _n_threads
from skprivate.rows._rows import add_totals


def totals_of_runs(read, runs, counted, files=None):
    """Yield the totals of parts of a source, and write down what is read.

    As many threads as joblib is configured to use decode and add up, each part in one.

    Parameters
    ----------
    read : callable
        ``read(open)`` yields rows in memory.
    runs : list of (int, callable or None)
        Number of the first row of each part, and what opens it.
    counted : sequence of Query
        The last one is the number of rows.
    files : RawFiles or None, default=None
        Where to write.
    """
    n_threads = min(_n_threads(), len(runs))
    if n_threads == 1:
        for start, open in runs:
            yield from _totals(read, start, open, counted, files)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        work = [
            pool.submit(_total, read, start, open, counted, files)
            for start, open in runs
        ]
        try:
            totals = (part.result() for part in work)
            yield from (total for total in totals if total is not None)
        finally:  # of a pass that failed, or that nobody waits for
            for part in work:
                part.cancel()


def _totals(read, start, open, counted, files):
    """Totals of each chunk of one part."""
    with closing(read(open)) as parts:
        for rows in parts:
            yield rows.total(counted)
            if files is not None:
                files.write(start, rows)
            start += rows.X.shape[0]


def _total(*of):
    """Totals of a part; None if it has no chunk."""
    total = None
    for part in _totals(*of):
        total = part if total is None else add_totals((total, part))
    return total
