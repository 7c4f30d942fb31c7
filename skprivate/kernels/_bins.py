"""Between which edges numbers lie."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_number, check_shape

_BLOCK_ROWS = 1024  # of which all columns stay in the cache


def bins_of(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Number of edges at or below each value; of NaN, one more than there are edges.

    Guarantee: a function of the value and of the edges, without rounding.

    Parameters
    ----------
    values : ndarray of float32 or float64 of shape (n,)
    edges : ndarray of float64 of shape (n_edges,)
        Finite, ascending; fewer than 2**16 - 1.

    Returns
    -------
    ndarray of int64 of shape (n,)
    """
    found = np.empty((len(values), 1), np.uint8 if len(edges) < 255 else np.uint16)
    write_bins(np.ascontiguousarray(values)[:, None], [edges], found)
    return found[:, 0].astype(np.int64)


def write_bins(X: np.ndarray, edges: Sequence[Any], codes: np.ndarray) -> None:
    """Write what `bins_of` finds in each column, all columns of a few rows at a time.

    Guarantee: that of `bins_of`, of each value. No memory is touched outside of the
    arrays.

    Parameters
    ----------
    X : ndarray of float32 or float64 of shape (n, d)
        Row by row in memory.
    edges : sequence of length d
        Of each column; None for one that is left as it is.
    codes : ndarray of uint8 or uint16 of shape (n, d)
        Column by column in memory; it must hold one more than there are edges.
    """
    columns = np.array([j for j, e in enumerate(edges) if e is not None], np.int64)
    n_edges = np.array([len(edges[j]) for j in columns], np.int64)
    most = int(n_edges.max(initial=0))
    check_shape("X", X, (len(X), len(edges)))
    check_shape("codes", codes, X.shape)
    check_number("room in codes", np.iinfo(codes.dtype).max - 1 - most, 0)
    if not (X.flags.c_contiguous and codes.flags.f_contiguous):
        raise ValueError("X or codes are of another order. Make them as documented.")
    if spared(_write_bins, len(X) * len(columns), X):
        for j in columns:
            codes[:, j] = _plain_bins_of(X[:, j], edges[j])
        return
    # As many as a search that halves its steps asks, whatever the value.
    padded = np.full((len(columns), 2 ** most.bit_length() - 1), np.inf)
    for row, j in zip(padded, columns, strict=True):
        row[: len(edges[j])] = edges[j]
    _write_bins(lent(X), columns, lent(padded), n_edges, codes.T)


@kernel
def _write_bins(X, columns, padded, n_edges, codes):
    values = np.empty(_BLOCK_ROWS)
    below = np.empty(_BLOCK_ROWS, np.int64)
    first = (padded.shape[1] + 1) // 2
    for start in range(0, len(X), _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, len(X) - start)
        for k in range(len(columns)):
            j = columns[k]
            for i in range(m):
                values[i] = X[np.uintp(start + i), np.uintp(j)]
                below[i] = 0
            step = first
            while step:
                for i in range(m):
                    at_or_below = padded[k, np.uintp(below[i] + step - 1)] <= values[i]
                    below[i] += step * np.int64(at_or_below)
                step >>= 1
            for i in range(m):
                here = values[i] == values[i]
                code = min(below[i], n_edges[k]) if here else n_edges[k] + 1
                codes[j, np.uintp(start + i)] = code


def _plain_bins_of(values, edges):
    """The twin of `_write_bins`, of one column."""
    # NaN is sorted behind all numbers: its code is looked for only among the last.
    return np.searchsorted(edges, values, side="right") + np.isnan(values)
