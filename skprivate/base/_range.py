"""A private search for the range of each column, over all magnitudes of a float."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import log, sqrt

import numpy as np

from skprivate.base._bounds import check_bounds
from skprivate.base._octaves import ranges_of_cells
from skprivate.base._query import Query
from skprivate.base._query_check import are_columns
from skprivate.base._utility import doubts_of_ranges
from skprivate.mechanisms import root_above
from skprivate.rows._target_columns import target_table

_FINE = -40, 64  # exponents of two that are told apart: 1e-12 to nanoseconds since 1970
_ALL = -500, 499  # of which all are looked at: beyond, squares overflow
_BLOCK = 32  # exponents of a cell elsewhere
_LATER = 0.1  # of a share, kept to look closer where such a cell holds rows
_FALSE_ALARMS = 1e-6  # chance that noise alone makes any row seem longer


@dataclass(frozen=True)
class ValueCells(Query):
    """Number of rows in each power-of-two cell of the values of each column.

    Very small and very large values share cells of 32 powers each, but for ``blocks``
    of them that are cut up. A row adds one to a single cell of each column, so the
    2-norm of its contribution is ``sqrt(n_columns)`` and the 1-norm ``n_columns``.

    Parameters
    ----------
    n_columns : int
    target : bool, default=False
        Whether the values are those of the target.
    blocks : tuple of int, default=()
        Numbers of wide cells, by size, that are cut into powers of two.
    """

    n_columns: int
    target: bool = False
    blocks: tuple = ()

    @property
    def width(self):
        """Number of columns of the features; of the target, whatever they are."""
        return None if self.target else self.n_columns

    def problems(self):
        """Blocks are cells."""
        if not are_columns(self.blocks, len(cell_exponents()) - 1):
            yield "blocks are no numbers of cells"

    @property
    def bound(self):
        """Square root of the number of columns: one cell of each is touched."""
        return root_above(self.n_columns)

    @property
    def l1_bound(self):
        """One cell of each column is touched."""
        return float(self.n_columns)

    @property
    def size(self):
        """Number of cells of all columns."""
        return self.n_columns * (2 * len(cell_exponents(self.blocks)) - 1)

    @property
    def name(self):
        """Values of the features, or of the target."""
        return "TargetValueCells" if self.target else "ValueCells"

    def __call__(self, X, y, weight):
        from skprivate.kernels import magnitude_histogram

        if self.target:
            X = target_table(y, self.n_columns)
        exponents = cell_exponents(self.blocks)[:-1]  # the last cell has no end
        return magnitude_histogram(X, weight, 1 / self.step, exponents)


@lru_cache(maxsize=64)
def cell_exponents(blocks=()):
    """Exponents of two at which cells begin, ascending, and at which the last ends."""
    (first, last), (fine, coarse) = _ALL, _FINE
    wide = [*range(fine, first, -_BLOCK)[:0:-1], *range(fine, coarse)]
    wide = [first, *wide, *range(coarse, last, _BLOCK), last]
    fine = [range(wide[k], wide[k + 1]) for k in sorted(set(blocks))]
    return tuple(sorted({*wide, *(e for block in fine for e in block)}))


def search_ranges(curator, ask: Callable, *, share, names=None):
    """Ranges of columns of which nothing is known, for a share of the budget.

    Nine tenths of it pay for counts of the rows in cells of one power of two, and of 32
    powers where values are tiny or huge. The rest pays for a closer look at those of
    the latter that hold rows; if none does, it is left.

    Parameters
    ----------
    curator : Curator
    ask : callable
        From ``blocks`` to a :class:`ValueCells`, or a view of one.
    share : float
    names : sequence of int or str, default=None
        Numbers of the columns, for a warning, or words for what is none; all if None.

    Returns
    -------
    Ranges
    """
    query, now = ask(()), (1 - _LATER) * share
    counts = curator.release(query, share=now)
    deviation = curator.noise_of(query)
    ranges = ranges_of_cells(counts, deviation, cell_exponents())
    named = partial(_named, curator, names)
    for doubt in doubts_of_ranges(ranges, deviation, named):
        curator.doubt(doubt)
    wide = (np.diff(cell_exponents())[ranges.top] > 1) & (ranges.top >= 0)
    if not wide.any():
        return ranges
    blocks = tuple(sorted({int(k) for k in ranges.top[wide]}))
    query = ask(blocks)
    counts = curator.release(query, share=share - now)
    closer = ranges_of_cells(counts, curator.noise_of(query), cell_exponents(blocks))
    return ranges.where(wide & closer.found, closer)


def bounds_of(curator, bounds, share, norm):
    """Ranges of the features: given, told by a norm, or found for a share."""
    if is_private(bounds) and norm is not None:
        bounds = (-norm, norm)
    if not is_private(bounds):
        return check_bounds(bounds, curator.n_features)
    ask = partial(ValueCells, curator.n_features, False)
    ranges = search_ranges(curator, ask, share=share)
    return ranges.low, ranges.high


def target_bounds_of(curator, bounds, share):
    """The range of the target: given, or found for a share."""
    number = curator.n_targets
    if not is_private(bounds):
        low, high = check_bounds(bounds, number or 1, "target_bounds")
    else:
        ask = partial(ValueCells, number or 1, True)
        names = ["the target"]
        if number is not None:
            names = [f"target {j}" for j in range(number)]
        ranges = search_ranges(curator, ask, share=share, names=names)
        low, high = ranges.low, ranges.high
    return (low, high) if number else (float(low[0]), float(high[0]))


def is_private(bounds):
    """Whether the bounds are to be searched for."""
    return isinstance(bounds, str) and bounds == "private"


def _named(curator, names, number):
    """What a person calls a range."""
    name = number if names is None else names[number]
    return name if isinstance(name, str) else curator.name_of(name)


def norm_that_most_have(counts, deviation, share=0.9):
    """A length that about this share of the rows does not exceed.

    Parameters
    ----------
    counts : ndarray
        Noisy numbers of rows by the cell of their norm.
    deviation : float
        Standard deviation of their noise.
    share : float, default=0.9

    Returns
    -------
    float
        One where no cell stands out.
    """
    exponents = 2.0 ** np.array(cell_exponents())
    upper = np.concatenate([np.zeros(len(exponents) - 1), [0.0], exponents[1:]])
    threshold = deviation * sqrt(2 * log(counts.size / _FALSE_ALARMS))
    seen = np.where((counts.ravel() > threshold) & (upper > 0), counts.ravel(), 0.0)
    seen = seen.cumsum()
    if seen[-1] <= 0:
        return 1.0
    return float(upper[np.argmax(seen >= share * seen[-1])])
