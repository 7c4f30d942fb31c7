"""Between which edges numbers lie."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import spared


def bins_of(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Number of edges at or below each value; of NaN, one more than there are edges.

    Guarantee: a function of the value and of the edges, without rounding.

    Parameters
    ----------
    values : ndarray of float32 or float64 of shape (n,)
    edges : ndarray of float64 of shape (n_edges,)
        Finite, ascending.

    Returns
    -------
    ndarray of int64 of shape (n,)
    """
    if spared(_bins_of, values.size, values):
        return _plain_bins_of(values, edges)
    # As many as a search that halves its steps asks, whatever the value.
    n_asked = 2 ** len(edges).bit_length() - 1
    padded = np.concatenate([edges, np.full(n_asked - len(edges), np.inf)])
    found = np.empty(values.shape, dtype=np.int64)
    _bins_of(lent(values), lent(padded), len(edges), found)
    return found


@kernel
def _bins_of(values, padded, n_edges, found):
    first = (len(padded) + 1) // 2
    for i in range(len(values)):
        value = np.float64(values[i])
        below, step = 0, first
        while step:
            below += step * np.int64(padded[np.uintp(below + step - 1)] <= value)
            step >>= 1
        found[i] = min(below, n_edges) if value == value else n_edges + 1


def _plain_bins_of(values, edges):
    """The twin of `_bins_of`."""
    # NaN is sorted behind all numbers: its code is looked for only among the last.
    return np.searchsorted(edges, values, side="right") + np.isnan(values)
