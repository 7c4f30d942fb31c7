"""Plain NumPy where so few values are read that compiling a kernel is not worth it.

Compilation takes seconds, once on a machine, and loading compiled code a quarter of a
second, once in a process: longer than NumPy takes for a small table. So the kernels
that first fits wait for have a *twin* in NumPy.

Guarantee of every twin: the same bits. It adds the same integers, below 2**53, whose
sums depend on no order, and finds each of them by the same IEEE operations in the same
order, of which NumPy's and the compiler's are correctly rounded alike: additions,
products, quotients, square roots, rint. Nothing that is released tells which one ran.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from skprivate.kernels._jit import is_in_cache, is_interpreted

# So many values of a kernel's rows its twin may read in a process: less work than to
# load compiled code from the cache, or to compile.
FREE_IF_CACHED = 2**22
FREE = 2**25
FEWEST_VALUES = 2**13  # that count for a call: what NumPy's own overhead is worth
BLOCK_VALUES = 2**15  # worked on together: they fit the second-level cache
FEWEST_ROWS = 64  # together, however wide they are
_read = Counter()
_unused = False


def spared(kernel, n_values, source=None):
    """Whether the twin of a kernel should read so many values, instead of it.

    A call for more than a quarter of what is free announces a large table, for which,
    as for the same process from then on, compiled code is worth its price.
    """
    if is_interpreted() or _unused:
        return False
    free = FREE_IF_CACHED if is_in_cache(kernel) else FREE
    values = source[0] if isinstance(source, tuple) else source
    kind = kernel, isinstance(source, tuple), getattr(values, "dtype", None)
    total = _read[kind] + max(n_values, FEWEST_VALUES)
    enough = total > free or 4 * n_values > free
    _read[kind] = np.inf if enough else total
    return not enough


@contextmanager
def without_twins() -> Iterator[Any]:
    """Have all kernels compiled: for those who do it ahead, tests and benchmarks."""
    global _unused
    before, _unused = _unused, True
    try:
        yield
    finally:
        _unused = before


def plain_blocks(source, n_rows, tile, weight, q, w):
    """What `load_block` reads, in blocks of some more rows.

    Parameters are those of a kernel; of ``q``, only the number of features counts, and
    of ``w`` the last weight, which is told if a row is not finite.

    Yields
    ------
    rows : slice
    q : ndarray of shape (m, d)
        The caller may write to it.
    w : ndarray of shape (m,)
        Zero for a row that is not finite, of which ``q`` says nothing.
    """
    n_features = q.shape[1]
    step = max(BLOCK_VALUES // max(n_features, 1), FEWEST_ROWS)
    for start in range(0, n_rows, step):
        rows = slice(start, min(start + step, n_rows))
        x = _dense(source, n_features, rows)
        finite = np.isfinite(x).all(axis=1)
        if not finite.all():
            w[-1] = 1.0
            x[~finite] = 0.0
        clean = weight[rows] if weight.size else 1.0
        yield rows, _on_grid(x, tile), np.where(finite, clean, 0.0)


def _dense(source, n_features, rows):
    """Some rows as a float64 matrix of its own; see `load_block` for odd entries."""
    shape = rows.stop - rows.start, n_features
    if isinstance(source, np.ndarray):
        values = source[rows.start * n_features : rows.stop * n_features]
        return values.astype(np.float64).reshape(shape)
    data, indices, indptr = source
    bounds = indptr[rows.start : rows.stop + 1]
    entries = slice(bounds[0], bounds[-1])
    i, j = np.repeat(np.arange(shape[0]), np.diff(bounds)), indices[entries]
    known = (j >= 0) & (j < n_features)
    x = np.zeros(shape)
    x[i[known], j[known]] = data[entries][known]
    return x


def _on_grid(x, tile):
    """Integers of values, or values if there is no grid."""
    if not tile.size:
        return x
    center, scale, lowest, highest = tile[:4, : x.shape[1]]
    return np.minimum(np.maximum(np.rint((x - center) * scale), lowest), highest)


def add_to_cells(cells, count, total):
    """Add ``count[i]`` to ``total[j, cells[i, j]]``, for all i and j."""
    n_features, n_cells = total.shape
    places = cells + np.arange(n_features) * n_cells
    counts = np.broadcast_to(count[:, None], places.shape)
    np.add.at(total.reshape(-1), places.reshape(-1), counts.reshape(-1))
