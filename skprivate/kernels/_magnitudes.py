"""Histogram of signs and powers of two: where the values of a feature live.

Its cells cover every double without any bound given, so it can pay for a private
search of bounds.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import clean_weights, load_block, open_block, open_chunk
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import add_to_cells, plain_blocks, spared
from skprivate.kernels._sizes import check_number, check_sizes

EXPONENT_SHIFT = np.uint64(52)
EXPONENT_BIAS = 1023


def magnitude_edges(exponents: Any) -> np.ndarray:
    """Edges between the cells of `magnitude_histogram`, two of each exponent.

    ``-2**last, ..., -2**first, 2**first, ..., 2**last``.
    """
    powers = np.ldexp(1.0, np.asarray(exponents))
    return np.concatenate([-powers[::-1], powers])


def magnitude_histogram(
    X: TableLike, weight: np.ndarray, one: float, exponents: Sequence[int]
) -> np.ndarray:
    """Counts of signed power-of-two cells, per feature, times ``one``.

    With ``m`` exponents there are ``2 m + 1`` cells, ordered by value. The middle one,
    m, holds ``|x| < 2**exponents[0]``; cell ``m + 1 + k`` holds
    ``2**exponents[k] <= x < 2**exponents[k + 1]``, the last one everything above, and
    cell ``m - 1 - k`` the same for ``-x``.

    Guarantee: a row adds ``rint(w * one)``, at most ``one``, to exactly one cell of
    every feature: norms ``one``, ``sqrt(d) * one`` and ``d * one``. A row that is not
    finite, or whose weight is not positive and finite, adds zero.

    Parameters
    ----------
    X : chunk
    weight : ndarray of shape (n,) or (0,)
    one : float
        Integer, at most 2**36.
    exponents : sequence of int
        Ascending, from -1022 to 1023.

    Returns
    -------
    ndarray of shape (d, 2 m + 1)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight)
    check_number("the number of exponents", len(exponents), 1)
    cells = _cells_of_exponents(tuple(exponents))
    total = np.zeros((n_features, 2 * len(exponents) + 1))
    x, w = open_block(n_features)
    weight = clean_weights(weight)
    few = spared(_magnitudes, n_rows * n_features, source)
    count = _plain_magnitudes if few else _magnitudes
    count(source, n_rows, weight, float(one), cells, x, w, total)
    return total


@lru_cache(maxsize=8)
def _cells_of_exponents(exponents):
    """Cell of the values with given first twelve bits: the sign and the exponent."""
    exponent = np.arange(2048) - EXPONENT_BIAS
    middle, steps = len(exponents), np.searchsorted(exponents, exponent, side="right")
    cells = np.concatenate([middle + steps, middle - steps]).astype(np.uint16)
    cells.flags.writeable = False  # they are remembered
    return cells


@kernel
def _magnitudes(source, n_rows, weight, one, cells, x, w, total):
    rows, n_features = x.shape
    bits = x.view(np.uint64)
    no_tile = np.empty((0, 0))
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        load_block(source, start, m, no_tile, weight, x, w)
        for i in range(m):
            count = np.rint(w[i] * one)
            for j in range(n_features):
                total[j, cells[bits[i, j] >> EXPONENT_SHIFT]] += count


@np.errstate(all="ignore")
def _plain_magnitudes(source, n_rows, weight, one, cells, x, w, total):
    """The twin of `_magnitudes`."""
    no_tile = np.empty((0, 0))
    for _, values, weights in plain_blocks(source, n_rows, no_tile, weight, x, w):
        cell = cells[values.view(np.uint64) >> EXPONENT_SHIFT]
        add_to_cells(cell, np.rint(weights * one), total)
