"""Where the numbers of a table lie: one joint look at all columns that need it."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtri

from skprivate.base._range import search_ranges
from skprivate.queries._present import PresentCells, PresentIntervals
from skprivate.queries._quantiles import last_look, values_at
from skprivate.queries._views import Columns, OfView

_TAIL = 0.005  # of the rows, on either side, may be clipped
_N_QUANTILES = 100
_SEARCH_SHARE = 0.25  # of what is spent on numbers, if the bounds of some are unknown
_HIDDEN = 0.2  # of the rows: where noise hides more, at either end, all is guessed
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
    last, low, high = _look(curator, columns, bounds, wanted, share=share)
    hidden = np.clip(2 * last.noise / np.maximum(last.totals, 1.0), _TAIL, _HIDDEN)
    found = zip(values_at(last, wanted), low, high, hidden, strict=True)
    return [_range(*of_one) for of_one in found]


def table_quantiles(curator, columns, bounds, wanted, *, share):
    """Quantiles of columns in which values may be missing, and the ends they are in.

    Parameters are those of :func:`look_at_numbers`, and ``wanted``, public numbers from
    0 to 1; so is the guarantee.

    Returns
    -------
    quantiles : ndarray of shape (n_columns, n_wanted)
    low, high : ndarray of shape (n_columns,)
    noise : ndarray of shape (n_columns,)
        Deviation of the noise of a count, as a part of the rows.
    """
    last, low, high = _look(curator, columns, bounds, wanted, share=share)
    noise = last.noise / np.maximum(last.totals, 1.0)
    return values_at(last, wanted), low, high, noise


def _look(curator, columns, bounds, wanted, *, share):
    """Ranks near the quantiles, and the ends that are known or found."""
    ask = partial(OfView, view=Columns(tuple(columns)))
    known = np.array([ends is not None for ends in bounds])
    low, high = np.array([ends or (0.0, 0.0) for ends in bounds]).T
    if not known.all():
        before = curator.remaining
        found = search_ranges(
            curator,
            lambda blocks: ask(PresentCells(len(columns), blocks=blocks)),
            share=_SEARCH_SHARE * share,
            names=columns,
        )
        low, high = np.where(known, (low, high), (found.low, found.high))
        share -= before - curator.remaining
    last = last_look(
        curator, wanted, low, high, share=share, rounds=1,
        tree=lambda *ends: ask(PresentIntervals(*ends)),
    )  # fmt: skip
    return last, low, high


def _range(quantiles, low, high, hidden):
    """What the quantiles of a column tell.

    Quantiles in the outermost part that noise hides are those at its edge. So the range
    goes on from there as far as in a normal distribution.
    """
    first, last = quantiles[0], quantiles[-1]
    if first == last:  # nearly all values are equal: what matters are the others
        half = max(high - first, first - low)
        return Range(low, high, first, half)
    middle = quantiles[_N_QUANTILES // 2]
    farther = ndtri(_TAIL) / ndtri(hidden)
    first = max(low, middle - farther * (middle - first))
    last = min(high, middle + farther * (last - middle))
    deviation = max(quantiles.std(), (last - first) / _LONGEST)
    return Range(first, last, quantiles.mean(), deviation)
