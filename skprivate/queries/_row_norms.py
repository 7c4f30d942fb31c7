"""How long rows are, so that they can be scaled into a ball."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from skprivate.base import Query

_SMALLEST, _LARGEST = -40, 80  # exponents of the square root of two
_FALSE_ALARMS = 1e-6


@dataclass(frozen=True)
class RowNorms(Query):
    """Number of rows in each cell of the norms of rows; a row adds one to one cell.

    Cells reach from one power of the square root of two to the next, and the outermost
    hold what lies beyond. The norm is that of the row alone, in the order of columns.
    """

    bound = 1.0
    l1_bound = 1.0
    size = _LARGEST - _SMALLEST

    def __call__(self, X, y, weight):
        from skprivate.kernels import row_norms

        norms = row_norms(X, 2)
        there = np.isfinite(norms)
        cells = np.searchsorted(_edges(), norms[there], side="left").clip(1, self.size)
        steps = np.full(len(cells), self.levels)
        if len(weight):
            usable = np.where(np.isfinite(weight[there]), weight[there], 0.0)
            steps = np.trunc(usable.clip(0.0, 1.0) * self.levels)
        return np.bincount(cells - 1, steps, self.size)


def norm_that_most_have(counts, deviation, share=0.9):
    """A norm that about this share of the rows does not exceed.

    Parameters
    ----------
    counts : ndarray
        A release of :class:`RowNorms`.
    deviation : float
        Standard deviation of its noise.
    share : float, default=0.9

    Returns
    -------
    float
        One where no cell stands out of the noise.
    """
    threshold = deviation * sqrt(2 * log(len(counts) / _FALSE_ALARMS))
    seen = np.where(counts > threshold, counts, 0.0).cumsum()
    if seen[-1] <= 0:
        return 1.0
    return float(_edges()[1 + np.argmax(seen >= share * seen[-1])])


def _edges():
    return 2.0 ** (np.arange(_SMALLEST, _LARGEST + 1) / 2)
