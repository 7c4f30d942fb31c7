"""Sums of the rows nearest to each of a few centres: one step of k-means."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.kernels._blocks import (
    clean_weights,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import kernel
from skprivate.kernels._sizes import check_number, check_shape, check_sizes

# Rows of a block, and their distances, share the second-level cache.
PRODUCT_VALUES = 2**15


def nearest_center_sums(
    X: TableLike,
    box: np.ndarray,
    centers: np.ndarray,
    one: float,
    weight: np.ndarray,
    count_weight: float = 1.0,
) -> np.ndarray:
    """Sum of ``(q, rint(count_weight * one))`` over the rows nearest to each centre.

    Distances are exact integers, so ties are ties: they go to the lowest index.

    Guarantee: a row adds integers to one centre, ``|q_j| <= one``, hence a vector of L2
    norm at most ``sqrt(d * one**2 + rint(count_weight * one)**2)``. A weight w replaces
    every entry v by ``rint(w * v)``, no longer than the integer v. A row that is not
    finite, or whose weight is not positive and finite, adds zero.

    Parameters
    ----------
    X : chunk
    box : ndarray of shape (4, d)
        With integers in ``[-one, one]``.
    centers : ndarray of shape (k, d)
        Integers in ``[-one, one]``.
    one : float
        ``2.0**bits``, `center_bits` at most.
    weight : ndarray of shape (n,) or (0,)
    count_weight : float
        From 0 to 2**12.

    Returns
    -------
    ndarray of shape (k, d + 1)
        Integers in float64.
    """
    count = np.rint(count_weight * one)
    centers = grid_centers(centers, one)
    total = np.zeros((centers.shape[0], centers.shape[1] + 1))
    for q, m, w, nearest in nearest_blocks(X, box, centers, one, weight):
        _add_rows(q, m, w, nearest, count, total)
    return total


def grid_centers(centers, one):
    """Centres as integers in ``[-one, one]``."""
    return np.clip(np.rint(np.asarray(centers, dtype=np.float64)), -one, one)


def nearest_blocks(X, box, centers, one, weight):
    """Blocks of rows on the grid, with the index of the nearest centre of each row.

    Minimises ``|c|**2 - 2 q.c``: integers below 2**53, so that BLAS finds the same
    products in any order. Of equal distances the first counts.

    Yields
    ------
    q : ndarray of shape (rows, d)
        The caller may write to it.
    m : int
        Number of rows that count.
    w : ndarray of shape (rows + 1,)
        Weights.
    nearest : ndarray of int64 of shape (rows,)
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box)
    check_number("the number of centers", len(centers), 1)
    check_shape("centers", centers, (len(centers), n_features))
    n_block = max(PRODUCT_VALUES // (n_features + len(centers)), 1)
    q, w = open_block(n_features, min(n_block, max(n_rows, 1)))
    tile, weight = tile_box(box, one), clean_weights(weight)
    twice = np.ascontiguousarray(2.0 * centers.T)
    sizes = np.sum(centers * centers, axis=1)
    products = np.empty((len(q), len(centers)))
    nearest = np.empty(len(q), dtype=np.int64)
    for start in range(0, n_rows, len(q)):
        m = min(len(q), n_rows - start)
        load_block(source, start, m, tile, weight, q, w)
        np.dot(q[:m], twice, out=products[:m])
        _first_smallest(sizes, products, m, nearest)
        yield q, m, w, nearest


@kernel
def _first_smallest(sizes, products, m, nearest):
    """Index of the smallest ``sizes - products`` of each of the first ``m`` rows."""
    for i in range(m):
        best, index = np.inf, 0
        for c in range(sizes.size):
            score = sizes[c] - products[i, c]
            index = c if score < best else index
            best = min(score, best)
        nearest[i] = index


@kernel
def _add_rows(q, m, w, nearest, count, total):
    """Add rows to the totals of their centres; indices, as slices count references."""
    n_features = q.shape[1]
    for i in range(m):
        k = nearest[i]
        total[k, n_features] += np.rint(w[i] * count)
        for j in range(n_features):
            total[k, j] += np.rint(w[i] * q[i, j])
