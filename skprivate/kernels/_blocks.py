"""Read a block of rows, whatever the chunk is made of, and put it on the grid.

A *chunk* is a C-contiguous float64 or float32 matrix, or a sparse one as the tuple
``(data, indices, indptr, n_features)`` of its canonical CSR form. A *box* is a float64
array of shape ``(4, d)`` whose rows are ``low``, ``high``, ``center`` and ``scale``.

Guarantee of `load_block`: ``q[i, j]`` is the integer, held in float64,

    rint((min(max(x[i, j], low[j]), high[j]) - center[j]) * scale[j])

of the row as it reads in float64, computed element by element in IEEE arithmetic, so
the kind of chunk, its dtype and the place of a row in it change no bit. A row that is
not finite is read as zeros with weight zero, so that every kernel, since it multiplies
by the weight, adds exactly zero for it.

Blocks are small enough to stay in the first cache while several loops pass over them;
splitting the work into such loops is what lets the compiler use vector instructions.
"""

from functools import lru_cache

import numpy as np
from numba.extending import overload
from numba.types import Array

from skprivate.kernels._jit import EXACT, INNER, inner, kernel
from skprivate.kernels._prefetch import prefetch
from skprivate.kernels._sizes import check_chunk
from skprivate.kernels._watch import tell

CHUNK_ROWS = 2**16
BLOCK_VALUES = 960
AHEAD = 2 * BLOCK_VALUES  # how far from the values being read others are asked for
STRETCH = 255  # at most as many are asked for at a time, unless one row has more
MIN_ROWS = 8
_ALL_ONES = np.empty(0)  # weights; writable, as other weights are, for one compilation


def open_chunk(X):
    """Split a chunk into what compiled code reads and its shape.

    Returns
    -------
    source : ndarray of shape (n * d,) or tuple (data, indices, indptr)
    n_rows, n_features : int
    """
    check_chunk(X)
    if isinstance(X, np.ndarray):
        return lent(X.reshape(-1)), *X.shape
    *source, n_features = X
    return tuple(map(lent, source)), source[2].size - 1, int(n_features)


def lent(array):
    """The same array, read-only: else kernels are compiled for both kinds."""
    array = array.view()
    array.flags.writeable = False
    return array


def open_block(n_features, rows=None):
    """Memory for the integers and the weights of a block of rows.

    The last weight is that of no row: it becomes one when a row is not finite.

    About eight kilobytes, at least eight rows: they share the first cache with what
    puts them on the grid and with the lines that arrive. Aligned to the 64 bytes of a
    cache line: loads that straddle two lines made the quantiser 1.5 times slower.
    ``rows`` asks for another number of rows, for what BLAS does.
    """
    rows = rows or BLOCK_VALUES // max(n_features, MIN_ROWS)
    unit = max(_tile_rows(n_features), MIN_ROWS)
    rows = max(rows - rows % unit, unit)
    weights = aligned(rows + 1)
    weights[rows] = 0.0
    tell(n_features, weights[rows:])
    return aligned(rows * n_features).reshape(rows, n_features), weights


def _tile_rows(n_features):
    """Rows of a tile: enough values for vector instructions, few enough to ask for.

    Blocks hold a whole number of tiles.
    """
    rows = (STRETCH // n_features).bit_length() - 1
    return min(1 << max(rows, 0), 4 * MIN_ROWS)


def aligned(size):
    """Uninitialised float64 array that starts at a multiple of 64 bytes."""
    memory = np.empty(size + 7)
    first = (-memory.ctypes.data % 64) // 8
    return memory[first : first + size]


def clean_weights(weight):
    """Weights in [0, 1]; zero for one that is not a positive finite number."""
    weight = np.asarray(weight, dtype=np.float64)
    if not weight.size:
        return _ALL_ONES
    usable = (weight > 0.0) & (weight < np.inf)
    return np.where(usable, np.minimum(weight, 1.0), 0.0)


def clean_target(target, weight):
    """Float64 targets, and clean weights that are zero where a target is not finite.

    Such a target becomes zero, so that zero times it stays zero.
    """
    target = np.ascontiguousarray(target, dtype=np.float64)
    weight = clean_weights(weight)
    if _all_finite(lent(target)):
        return lent(target), weight
    finite = np.isfinite(target)
    weight = np.where(finite, weight if weight.size else 1.0, 0.0)
    return lent(np.where(finite, target, 0.0)), weight


def tile_box(box, limit=np.inf):
    """The box repeated until a row of it is long enough for vector instructions.

    Rows are ``center``, ``scale``, the lowest and the highest integer, both cut to
    ``[-limit, limit]``, and what all features share: 2 for all of these, 1 for the last
    two, 0 for neither.

    Clipping after scaling gives the same integers, because subtraction, multiplication
    by a non-negative number and rint are monotone even as rounded operations, and needs
    no care when a difference overflows. A feature of scale zero is centred at zero, so
    that the overflow of a difference cannot turn into NaN there.

    The last few tiles are remembered: all chunks of a pass, and often all passes of a
    fit, share one. Nobody may write to them.
    """
    limit = np.asarray(limit, dtype=np.float64)
    return _tile_box(np.asarray(box, dtype=np.float64).tobytes(), limit.tobytes())


@lru_cache(maxsize=32)
def _tile_box(box, limit):
    low, high, center, scale = np.frombuffer(box).reshape(4, -1)
    limit = np.frombuffer(limit)
    flat = scale == 0.0
    center = np.where(flat, 0.0, center)
    with np.errstate(over="ignore"):
        lowest = np.clip(np.rint((low - center) * scale), -limit, limit)
        highest = np.clip(np.rint((high - center) * scale), -limit, limit)
    if flat.any() and not flat.all():
        # The integer of a flat feature is zero: limits of the others can serve it too.
        lowest[flat] = min(lowest[~flat].min(), 0.0)
        highest[flat] = max(highest[~flat].max(), 0.0)
    same_ends, same = (
        all((part == part[:1]).all() for part in parts)
        for parts in ((lowest, highest), (lowest, highest, center, scale))
    )
    repeats = _tile_rows(center.size)
    tile = aligned(5 * center.size * repeats).reshape(5, -1)
    tile[:4] = np.tile([center, scale, lowest, highest], repeats)
    tile[4] = same_ends + same
    return tile


@inner
def _scatter(data, indices, indptr, n_features, start, stop, values):
    """Write CSR rows as dense ones.

    An entry outside the matrix is ignored; of repeated entries the last one counts.
    """
    for k in range(values.size):
        values[k] = 0.0
    for i in range(start, stop):
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            if 0 <= j < n_features:
                values[(i - start) * n_features + j] = data[k]


@inner(fastmath=EXACT)
def _plus_nothing(total, value):
    """``total``, or NaN if ``value`` is not finite; any order gives the same."""
    return total + value * 0.0


@kernel(**INNER)
def _all_finite(values):
    odd = 0.0
    for k in range(values.size):
        odd = _plus_nothing(odd, values[k])
    return odd == 0.0


def _entry(part, k):
    """Entry ``k`` of an array; or a number, which is that of all entries."""
    return part[k] if isinstance(part, np.ndarray) else part


@overload(_entry, inline="always", jit_options=INNER)
def _compiled_entry(part, k):
    if isinstance(part, Array):
        return lambda part, k: part[k]
    return lambda part, k: part


@inner
def _quantise_tile(values, center, scale, lowest, highest, out):
    """Integers of some values; zero is returned if all of them are finite, else NaN."""
    odd = 0.0
    for k in range(values.size):
        odd = _plus_nothing(odd, values[k])
        v = np.rint((values[k] - _entry(center, k)) * _entry(scale, k))
        low, high = _entry(lowest, k), _entry(highest, k)
        v = low if v < low else v
        out[k] = high if v > high else v
    return odd


@inner
def _quantise(values, later, tile, out):
    """Integers of the values of whole rows; ``out`` may be the same memory.

    While a tile is read, as many values that come ``later`` are asked for. Loads bound
    the speed: what all features share stays in registers. Returns whether all values
    are finite.
    """
    odd = 0.0
    center, scale, lowest, highest = tile[0], tile[1], tile[2], tile[3]
    shared, low, high = tile[4, 0], lowest[0], highest[0]
    for start in range(0, values.size, center.size):
        stop = min(start + center.size, values.size)
        prefetch(later, start, stop)
        u, v = values[start:stop], out[start:stop]
        if shared == 2.0:
            odd += _quantise_tile(u, center[0], scale[0], low, high, v)
        elif shared == 1.0:
            odd += _quantise_tile(u, center, scale, low, high, v)
        else:
            odd += _quantise_tile(u, center, scale, lowest, highest, v)
    return odd == 0.0


@inner
def _copy(values, later, out):
    """Copy values, as float64. Returns whether all are finite."""
    odd = 0.0
    for start in range(0, values.size, STRETCH):
        stop = min(start + STRETCH, values.size)
        prefetch(later, start, stop)
        u, v = values[start:stop], out[start:stop]
        for k in range(u.size):
            odd = _plus_nothing(odd, u[k])
            v[k] = u[k]
    return odd == 0.0


def read_rows(source, n_features, start, stop, tile, out):
    """Integers of rows, one after the other; their values if ``tile`` is empty.

    Returns whether all values are finite.
    """
    if isinstance(source, np.ndarray):
        return _read_dense(source, n_features, start, stop, tile, out)
    return _read_sparse(source, n_features, start, stop, tile, out)


def _read_dense(source, n_features, start, stop, tile, out):
    values = source[start * n_features : stop * n_features]
    later = source[min(start * n_features + AHEAD, source.size) :]
    if tile.size:
        return _quantise(values, later, tile, out)
    return _copy(values, later, out)


def _read_sparse(source, n_features, start, stop, tile, out):
    values = out[: (stop - start) * n_features]
    _scatter(source[0], source[1], source[2], n_features, start, stop, values)
    nothing = values[:0]
    if tile.size:
        return _quantise(values, nothing, tile, out)
    return _copy(values, nothing, out)


@overload(read_rows, inline="always", jit_options=INNER)
def _compiled_read_rows(source, n_features, start, stop, tile, out):
    return _read_dense if isinstance(source, Array) else _read_sparse


@kernel(**INNER)
def load_block(source, start, m, tile, weight, q, weights):
    """Fill the first ``m`` rows of ``q`` and ``weights`` with the rows from ``start``.

    An empty ``tile`` leaves the values as they are. A value that is not finite sets
    the weight after the last row of ``q`` to one. Returns whether all ``m`` weights are
    certainly one.
    """
    if weight.size:
        for i in range(m):
            weights[i] = weight[start + i]
    else:
        for i in range(m):
            weights[i] = 1.0
    flat = q.reshape(q.size)
    finite = read_rows(source, q.shape[1], start, start + m, tile, flat)
    if not finite:
        weights[q.shape[0]] = 1.0
        _erase_odd_rows(source, start, m, q, weights)
    return finite and weight.size == 0


@inner
def _erase_odd_rows(source, start, m, q, weights):
    """Rows that are not finite, and those of weight zero, become zero."""
    for i in range(m):
        if not is_finite_row(source, start + i, q.shape[1]):
            weights[i] = 0.0
        if weights[i] == 0.0:
            for j in range(q.shape[1]):
                q[i, j] = 0.0


def is_finite_row(source, i, n_features):
    """Whether the values of a row, as `load_block` reads it, are finite."""
    if isinstance(source, np.ndarray):
        return _is_finite_dense_row(source, i, n_features)
    return _is_finite_sparse_row(source, i, n_features)


def _is_finite_dense_row(source, i, n_features):
    for k in range(i * n_features, (i + 1) * n_features):
        if not abs(source[k]) < np.inf:
            return False
    return True


def _is_finite_sparse_row(source, i, n_features):
    data, indices, indptr = source
    for k in range(indptr[i], indptr[i + 1]):
        if not abs(data[k]) < np.inf and 0 <= indices[k] < n_features:
            later = False  # of repeated entries the last one counts
            for n in range(k + 1, indptr[i + 1]):
                later |= indices[n] == indices[k]
            if not later:
                return False
    return True


@overload(is_finite_row, jit_options=INNER)
def _compiled_is_finite_row(source, i, n_features):
    dense = isinstance(source, Array)
    return _is_finite_dense_row if dense else _is_finite_sparse_row
