"""Where the numbers of a table lie: one joint look at all columns that need it."""

from dataclasses import dataclass
from functools import partial
from math import log, sqrt

import numpy as np

from skprivate.base._range import _edges
from skprivate.queries import private_quantiles
from skprivate.queries._present import PresentCells, PresentIntervals
from skprivate.queries._views import Columns, OfView

_TAIL = 0.005  # of the rows, on either side, may be clipped
_N_QUANTILES = 100
_SEARCH_SHARE = 0.25  # of what is spent on numbers, if the bounds of some are unknown
_FALSE_ALARMS = 0.05  # chance that noise alone widens the range of any column
_WINDOWS = (1, 2, 4, 8, 16)  # cells that may stand out together
_LONGEST = 20.0  # no value is further from the center, in units of the scale


@dataclass(frozen=True)
class Range:
    """Where the values of a column lie; public, or private already.

    Parameters
    ----------
    low, high : float
        Ends between which nearly all values lie, or those that were declared.
    center, scale : float
        Mean and standard deviation of the values, moved to these ends.
    """

    low: float
    high: float
    center: float
    scale: float

    @classmethod
    def between(cls, low, high):
        """All that is known are the ends."""
        half = (high - low) / 2
        return cls(low, high, low + half, half)


def look_at_numbers(curator, columns, bounds, *, share):
    """Ranges of columns in which values may be missing.

    Counts in cells of all magnitudes say where values lie at all, unless all bounds are
    declared. Counts in intervals between these ends then give quantiles of all columns
    at once; and these the ends, mean and deviation of all but the outermost values.

    **Guarantee.** A row adds one to at most one cell of each of these columns, and then
    to at most one interval of each column and level, and to none where its value is
    missing: see :class:`PresentCells` and :class:`PresentIntervals`. Nothing else is
    asked, and what is returned is a function of the answers and of public numbers.

    Parameters
    ----------
    curator : Curator
    columns : list of int
        Numbers of the columns.
    bounds : list of tuple (low, high) or None
        Declared ends of each; None is to be found.
    share : float
        Fraction of the budget for both releases.

    Returns
    -------
    list of Range
    """
    if not columns:
        return []
    wanted = np.linspace(_TAIL, 1 - _TAIL, _N_QUANTILES)
    found = table_quantiles(curator, columns, bounds, wanted, share=share)
    return [_range(*of_one) for of_one in zip(*found, strict=True)]


def table_quantiles(curator, columns, bounds, wanted, *, share):
    """Quantiles of columns in which values may be missing, and the ends they are in.

    Parameters are those of :func:`look_at_numbers`, and ``wanted``, public numbers from
    0 to 1; so is the guarantee.

    Returns
    -------
    quantiles : ndarray of shape (n_columns, n_wanted)
    low, high : ndarray of shape (n_columns,)
    """
    ask = partial(OfView, view=Columns(tuple(columns)))
    known = np.array([ends is not None for ends in bounds])
    low, high = np.array([ends or (0.0, 0.0) for ends in bounds]).T
    if not known.all():
        cells = ask(PresentCells(len(columns)))
        part = _SEARCH_SHARE * share
        found = curator.release(cells, share=part)
        ends = ends_of_cells(found, curator.noise_of(cells))
        low, high = (
            np.where(known, *pair) for pair in zip((low, high), ends, strict=True)
        )
        share -= part
    quantiles = private_quantiles(
        curator, wanted, low, high, share=share, rounds=1,
        tree=lambda *ends: ask(PresentIntervals(*ends)),
    )  # fmt: skip
    return quantiles, low, high


def ends_of_cells(counts, deviation):
    """Ends between which nearly all rows seem to be, of each column.

    As :func:`range_of_cells`, but more eager: cells that hold too few rows to stand out
    may do so together with their neighbours, and a wrong alarm costs no more than
    resolution.

    Parameters
    ----------
    counts : ndarray of shape (n_columns, n_cells)
        Noisy numbers of rows in cells of all magnitudes.
    deviation : float
        Standard deviation of their noise.

    Returns
    -------
    low, high : ndarray of shape (n_columns,)
    """
    lower, upper = _edges()
    counts = counts.reshape(-1, len(lower))
    stands_out = deviation * sqrt(2 * log(2 * counts.size / _FALSE_ALARMS))
    sums = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    low, high = np.full(len(counts), np.inf), np.full(len(counts), -np.inf)
    for length in _WINDOWS:
        full = sums[:, length:] - sums[:, :-length] > stands_out * sqrt(length)
        new = full.any(axis=1) & ~(low < high)
        first = full.argmax(axis=1)
        last = full.shape[1] - 1 - full[:, ::-1].argmax(axis=1) + length - 1
        low, high = np.where(new, lower[first], low), np.where(new, upper[last], high)
    found = low < high
    return np.where(found, low, -1.0), np.where(found, high, 1.0)


def _range(quantiles, low, high):
    """What the quantiles of a column tell."""
    first, last = quantiles[0], quantiles[-1]
    if first == last:  # nearly all values are equal: what matters are the others
        half = max(high - first, first - low)
        return Range(low, high, first, half)
    deviation = max(quantiles.std(), (last - first) / _LONGEST)
    return Range(first, last, quantiles.mean(), deviation)
