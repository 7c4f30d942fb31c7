"""Distances of rows to their nearest centres, as vectors: a step of clipped k-means."""

import numpy as np

from skprivate.kernels._centers import grid_centers, nearest_blocks
from skprivate.kernels._clip import shrink_long_rows
from skprivate.kernels._jit import kernel
from skprivate.kernels._rows import square_limit, squared_norms


def nearest_center_residuals(X, box, centers, one, weight, radius, count):
    """Sum of ``(q - c, count)`` over the rows nearest to each centre ``c``.

    A difference longer than ``radius`` is scaled down to it. What a row adds is then
    bounded by how far it may pull its centre, not by the width of the box.

    Guarantee: a row adds a vector of integers to one centre, of which the part without
    the count has an L2 norm of at most ``radius`` and the count is at most ``count``:
    ``sqrt(radius**2 + count**2)`` together. The proof is that of `clipped_sum`: squared
    norms are integers below ``2**53``, and scaling rounds toward zero. A weight w in
    [0, 1] is one more factor. A row that is not finite, or whose weight is not positive
    and finite, adds zero.

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
    radius : float
        In grid steps.
    count : float
        An integer, what a row of weight one adds to the count of its centre.

    Returns
    -------
    ndarray of shape (k, d + 1)
        Integers in float64.
    """
    centers, limit = grid_centers(centers, one), square_limit(radius)
    total = np.zeros((centers.shape[0], centers.shape[1] + 1))
    for q, m, w, nearest in nearest_blocks(X, box, centers, one, weight):
        _add_residuals(q, m, w, nearest, centers, radius, limit, count, total)
    return total


@kernel
def _add_residuals(q, m, w, nearest, centers, radius, limit, count, total):
    """Add what rows differ from their centres; indices, as slices count references."""
    n_features = q.shape[1]
    length = np.empty(m)
    for i in range(m):
        k = nearest[i]
        total[k, n_features] += np.trunc(w[i] * count)
        for j in range(n_features):
            q[i, j] -= centers[k, j]
    squared_norms(q, m, length)
    shrink_long_rows(length, m, limit, radius, 2, w)
    for i in range(m):
        k = nearest[i]
        for j in range(n_features):
            total[k, j] += np.trunc(w[i] * q[i, j])
