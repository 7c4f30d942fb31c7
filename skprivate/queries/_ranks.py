"""From values to ranks, by quantiles that may repeat."""

import numpy as np


def rank_steps(quantiles, references, *, to_ends=True):
    """Points of the map from values to ranks, which jumps where quantiles repeat.

    A repeated quantile has the middle of its ranks; values just below and above it have
    the ends.

    Parameters
    ----------
    quantiles : ndarray of shape (n_quantiles,)
        Ascending.
    references : ndarray of shape (n_quantiles,)
        Their ranks.
    to_ends : bool, default=True
        Whether the first and the last quantile have the first and the last rank, even
        if they repeat: at the ends of all, there is no more to reach.

    Returns
    -------
    points, ranks : ndarray
        For :func:`numpy.interp`.
    """
    value, first, count = np.unique(quantiles, return_index=True, return_counts=True)
    lowest, highest = references[first], references[first + count - 1]
    middle = (lowest + highest) / 2
    if to_ends:
        middle[-1], middle[0] = references[-1], references[0]
    with np.errstate(under="ignore"):  # beside zero
        before, after = np.nextafter(value, -np.inf), np.nextafter(value, np.inf)
    points = np.stack([before, value, after], axis=1).ravel()
    ranks = np.stack([lowest, middle, highest], axis=1).ravel()
    return np.maximum.accumulate(points), np.maximum.accumulate(ranks)
