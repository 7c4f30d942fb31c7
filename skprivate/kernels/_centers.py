"""Sums of the rows nearest to each of a few centres: one step of k-means."""

import numpy as np

from skprivate.kernels._blocks import (
    aligned,
    clean_weights,
    load_block,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._jit import EXACT, kernel


def nearest_center_sums(X, box, centers, one, weight, count_weight=1.0):
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
    source, n_rows, n_features = open_chunk(X)
    centers = np.clip(np.rint(np.asarray(centers, dtype=np.float64)), -one, one)
    total = np.zeros((centers.shape[0], n_features + 1))
    tile, weight = tile_box(box, one), clean_weights(weight)
    q, w = open_block(n_features)
    across = aligned(q.size).reshape(q.shape[::-1])
    count = np.rint(count_weight * one)
    _nearest_sums(source, n_rows, tile, weight, centers, count, q, w, across, total)
    return total


@kernel
def _nearest_sums(source, n_rows, tile, weight, centers, count, q, w, across, total):
    rows, n_features = q.shape
    nearest = np.empty(rows, dtype=np.int64)
    for start in range(0, n_rows, rows):
        m = min(rows, n_rows - start)
        plain = load_block(source, start, m, tile, weight, q, w)
        turn(q, m, across)
        nearest_centers(across, m, centers, nearest)
        # Indices, not slices: those count references in every row.
        for i in range(m):
            k = nearest[i]
            total[k, n_features] += np.rint(w[i] * count)
            if plain:
                for j in range(n_features):
                    total[k, j] += q[i, j]
            else:
                for j in range(n_features):
                    total[k, j] += np.rint(w[i] * q[i, j])


@kernel
def turn(q, m, across):
    """Copy the first ``m`` rows to the columns of ``across``."""
    for i in range(m):
        for j in range(q.shape[1]):
            across[j, i] = q[i, j]


@kernel(fastmath=EXACT)
def nearest_centers(across, m, centers, nearest):
    """Index of the nearest centre of the first ``m`` columns, features by rows.

    Minimises ``|c|**2 - 2 q.c``. Rows are the fast index: a vector instruction serves
    eight of them and no sum runs across a vector, whatever the number of features. Four
    features at a time spare most loads and stores of the scores.
    """
    n_features, rows = across.shape
    best, score = np.empty(rows), np.empty(rows)
    for i in range(m):
        best[i] = np.inf
    for c in range(centers.shape[0]):
        size = 0.0
        for j in range(n_features):
            size += centers[c, j] * centers[c, j]
        for i in range(m):
            score[i] = size
        whole = n_features - n_features % 4
        for j in range(0, whole, 4):
            w0, w1 = 2.0 * centers[c, j], 2.0 * centers[c, j + 1]
            w2, w3 = 2.0 * centers[c, j + 2], 2.0 * centers[c, j + 3]
            for i in range(m):
                score[i] -= (w0 * across[j, i] + w1 * across[j + 1, i]) + (
                    w2 * across[j + 2, i] + w3 * across[j + 3, i]
                )
        for j in range(whole, n_features):
            twice = 2.0 * centers[c, j]
            for i in range(m):
                score[i] -= twice * across[j, i]
        for i in range(m):
            closer = score[i] < best[i]
            nearest[i] = c if closer else nearest[i]
            best[i] = score[i] if closer else best[i]
