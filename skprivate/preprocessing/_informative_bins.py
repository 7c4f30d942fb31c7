"""Bins that keep as much information on the classes as so many bins can."""

import numpy as np
from scipy.special import xlogy


def informative_bins(counts, n_bins, noise):
    """Where to cut a row of cells, so that the bins tell most about the classes.

    Of all ways to join neighbouring cells, the one with the largest mutual information
    between bin and class; found exactly, by dynamic programming (Fulton, Kasif and
    Salzberg 1995, "Efficient algorithms for finding multi-way splits").

    Parameters
    ----------
    counts : ndarray of shape (n_classes, n_cells)
        Noisy numbers of rows.
    n_bins : int
        At most ``n_cells``.
    noise : float
        Deviation of a count. So many rows of average classes are added to every bin,
        so that small bins do not seem to tell what is noise.

    Returns
    -------
    ndarray of shape (n_bins - 1,)
        The first cells of all bins but the first, ascending.
    """
    gain = _information(counts, noise)
    n_cells = counts.shape[1]
    best, starts = gain[0], []
    for _ in range(n_bins - 1):
        total = best[:, None] + gain
        start = np.argmax(total, axis=0)
        starts.append(start)
        best = total[start, np.arange(n_cells + 1)]
    cuts, end = [], n_cells
    for start in reversed(starts):
        end = int(start[end])
        cuts.append(end)
    return np.array(cuts[::-1], dtype=np.intp)


def _information(counts, noise):
    """Information of a bin from cell i up to cell j; -inf where j <= i."""
    sums = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    rows = np.maximum(sums[:, None, :] - sums[:, :, None], 0.0)
    classes = np.maximum(counts.sum(axis=1), 0.0) + 1.0
    rows = rows + noise * (classes / classes.sum())[:, None, None]
    whole = rows.sum(axis=0)
    information = xlogy(rows, rows).sum(axis=0) - xlogy(whole, whole)
    return np.where(np.tri(len(whole), dtype=bool), -np.inf, information)
