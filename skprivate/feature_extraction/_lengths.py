"""Rows of length one, of few numbers."""

import numpy as np

LIMIT = 0.5  # of a number: of rows of length one, hardly any is larger


def of_length_one(row):
    """A row scaled to length one, and its few larger numbers cut to a half.

    Of so few columns a model learns more by a look at each than from the length of
    rows, so the bounds are what maps announce of such rows.

    Parameters
    ----------
    row : ndarray of shape (n_features,)

    Returns
    -------
    ndarray of the same shape
    """
    row = row / max(np.abs(row).max(), 1e-300)
    row = row / max(np.sqrt((row * row).sum()), 1e-12)
    return np.clip(row, -LIMIT, LIMIT)
