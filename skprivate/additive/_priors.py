"""What is assumed of a shape before anything is seen of it: it is small, and smooth.

A prior is a precision matrix: its inverse is how far values of a shape may be from
zero, and from each other. It costs no privacy, since it knows no row.
"""

import numpy as np

_LEVEL = 2.0  # deviation of a value, in units of a margin
_CENTRED = 1e4  # precision of the mean of a shape
_RISE = 2.0  # deviation of the difference between both ends of a smooth shape


def of_numbers(n_bins):
    """Values of neighbouring bins are near each other: a random walk.

    Parameters
    ----------
    n_bins : int
        Without that of missing values, which comes last and is on its own.

    Returns
    -------
    ndarray of shape (n_bins + 1, n_bins + 1)
    """
    precision = of_categories(n_bins + 1)
    precision[:n_bins, :n_bins] += _walk(n_bins)
    return precision


def of_categories(n_codes):
    """Values that have nothing to do with each other."""
    return np.eye(n_codes) / _LEVEL**2


def centred(precision, masses):
    """The same, of values whose mean over the rows is zero: levels are the intercept's.

    Without that, what a term and the intercept have in common would be told apart by
    errors of the curvature alone.
    """
    share = masses / masses.sum()
    return precision + _CENTRED * np.outer(share, share)


def of_pair(first, second):
    """Values of a grid: each is near its neighbours along either of both columns.

    Parameters
    ----------
    first, second : ndarray
        Priors of both columns: what they say of neighbours holds in each line.
    """
    n, m = len(first), len(second)
    level = np.eye(n * m) / _LEVEL**2
    first, second = (p - np.eye(len(p)) / _LEVEL**2 for p in (first, second))
    return level + np.kron(first, np.eye(m)) + np.kron(np.eye(n), second)


def _walk(n):
    """Precision of the differences between neighbours."""
    steps = np.diff(np.eye(n), axis=0)
    return (n - 1) / _RISE**2 * (steps.T @ steps)
