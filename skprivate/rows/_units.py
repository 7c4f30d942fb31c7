"""Privacy units of many rows: what the rows of a unit add together is clipped."""

from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from numbers import Integral, Real

import numpy as np

from skprivate.mechanisms import above, root_below
from skprivate.rows._kinds import is_sparse
from skprivate.rows._refusal import refused
from skprivate.rows._rows import add_totals, all_whole, check_size, read_only

MOST_ROWS = 2**16  # of a unit: it is one chunk for the kernels
_FEW_UNITS = 2**9  # sums of one are at most 2**53
_FEW_VALUES = 2**21  # of sums that are clipped together
_SMALLEST = 2.0**-900  # of norms of which squares and quotients lose nothing


@dataclass(frozen=True)
class UnitClip:
    """How much the rows of one group may add to a release, all together.

    To be given as ``max_rows_per_group``. Of each group at most ``rows`` rows count,
    chosen at random. For every query that is released, what they add is summed up, and
    the sum is clipped: it is multiplied by the factor that makes it no longer than
    ``norm`` times what a single row may add. The noise is for ``norm`` rows then,
    instead of ``rows``: a user-level clip, as in DP-FedAvg (McMahan, Ramage, Talwar and
    Zhang 2018, "Learning differentially private recurrent language models"). Groups of
    ``norm`` rows or less are not clipped. Counts are clipped like other sums: a large
    group counts as ``norm`` rows.

    Queries that are released together are clipped one by one, each to its own bound.
    One clip of all of them, in units of their noise, would cost as much, and would let
    one query use what others leave of their bounds. But then no release would have a
    sensitivity of its own, and that is what reports state, what tapes compare and what
    replay measures. What belongs together is one query, whose whole vector is summed
    over the group, clipped at once and rounded once: as a gradient of all coefficients.

    Categories that are found, and selections, have no sum to clip: the former are for
    ``rows`` rows, and the latter are refused.

    Parameters
    ----------
    rows : int
        Number of rows of one group that count, at most 65,536.
    norm : float, default=None
        From 1 to ``rows``. None: the square root of ``rows``, which is how long a sum
        of rows gets that point in unrelated directions.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.rows import UnitClip
    >>> X, users = [[v % 7] for v in range(400)], [v % 20 for v in range(400)]
    >>> scaler = DPStandardScaler(bounds=(0, 6), max_rows_per_group=UnitClip(16))
    >>> scaler.fit(X, groups=users).privacy_.unit
    'group (16 rows of it count, clipped to the norm of 4)'
    """

    rows: int
    norm: float = None

    def __post_init__(self):
        if not _is(self.rows, Integral) or not 1 <= self.rows <= MOST_ROWS:
            raise refused(
                ValueError, f"UnitClip takes a number of rows from 1 to {MOST_ROWS}."
            )
        norm = root_below(int(self.rows)) if self.norm is None else self.norm
        if not _is(norm, Real) or not isfinite(norm) or not 1 <= norm <= self.rows:
            raise refused(
                ValueError,
                "UnitClip takes a norm from 1 to its number of rows, in multiples of "
                "what one row may add.",
            )
        object.__setattr__(self, "rows", int(self.rows))
        object.__setattr__(self, "norm", float(norm))


def _is(value, kind):
    return isinstance(value, kind) and not isinstance(value, bool)


def rows_of_unit(max_rows):
    """How many rows of a unit count, and how many they weigh: the same if no clip."""
    if isinstance(max_rows, UnitClip):
        return max_rows.rows, max_rows.norm
    return max_rows, max_rows


def name_of_unit(max_rows):
    """How reports call a unit, of which so many rows count; None: it is one row."""
    if max_rows is None:
        return "row"
    if not isinstance(max_rows, UnitClip):
        return f"group ({max_rows} rows of it count)"
    clip = f"clipped to the norm of {max_rows.norm:.4g}"
    return f"group ({max_rows.rows} rows of it count, {clip})"


@dataclass(frozen=True, eq=False)
class LongUnits:
    """The units whose rows may add too much together.

    Attributes
    ----------
    index : ndarray of int of shape (n_rows_of_them,)
        Their rows, unit by unit.
    starts : ndarray of int of shape (n_long_units + 1,)
        Where each of them begins in ``index``, and where the last one ends.
    """

    index: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, units, weight, norm):
        """Those with more than ``norm`` rows of positive weight."""
        present = np.flatnonzero(weight > 0)
        _, unit, sizes = np.unique(
            units[present], return_inverse=True, return_counts=True
        )
        long = sizes > norm
        present, unit = present[long[unit]], unit[long[unit]]
        order = np.argsort(unit, kind="stable")
        return cls(present[order], np.append(0, np.cumsum(sizes[long])))

    def blocks(self, most_rows, most_units):
        """Yield pairs: rows of some units, and where each of these begins and ends."""
        first, n_units = 0, len(self.starts) - 1
        while first < n_units:
            end = self.starts[first] + most_rows
            last = int(np.searchsorted(self.starts, end, side="right")) - 1
            last = min(max(last, first + 1), first + most_units)
            starts = self.starts[first : last + 1]
            yield self.index[starts[0] : starts[-1]], starts - starts[0]
            first = last


def clipped_totals(rows, queries, bounds, norm):
    """Sums over units, each of them clipped; see :class:`UnitClip`.

    **Guarantee.** A unit adds a vector ``c`` of integers to the total of each query
    with ``norm(c / weights) <= bound`` in exact arithmetic, whatever its rows; and
    ``c`` depends on the rows of that unit alone. The total is exact.

    Proof. For a long unit that is :func:`clipped`. Others have at most as many rows as
    ``norm`` of the :class:`UnitClip` says, each of which adds at most ``levels``; and
    ``bound`` is that product, rounded up.

    Parameters
    ----------
    rows : ArrayRows
        With ``long_units``.
    queries : sequence of Query
    bounds : sequence of float
        For each query, in grid steps.
    norm : {1, 2}

    Returns
    -------
    list of ndarray of int64 or Python integers
    """
    units = getattr(rows, "long_units", None)
    if units is None:
        raise refused(
            TypeError,
            "UnitClip needs to know the unit of each row. Give groups to fit, with X "
            "in memory.",
        )
    weight = rows.weight.copy()
    weight[units.index] = 0.0
    # First, since rows that are not finite are refused there, whatever their weight.
    parts = [rows.weighted(weight).total(queries)]
    most = max(query.n_totals for query in queries)
    most = min(_FEW_UNITS, max(1, _FEW_VALUES // most))
    for index, starts in units.blocks(rows._chunk_rows(), most):
        block = _rows_at(rows, index)
        pairs = zip(queries, bounds, strict=True)
        parts.append([_sum_of_units(block, starts, *pair, norm) for pair in pairs])
    return add_totals(parts)


def _rows_at(rows, index):
    """Some of the rows, in this order."""
    block = copy(rows)
    block.X, block.weight = rows.X[index], rows.weight[index]
    block.y = None if rows.y is None else rows.y[index]
    block.X = block.X if is_sparse(block.X) else read_only(block.X)
    return block


def _sum_of_units(block, starts, query, bound, norm):
    """Sum over the units that begin at ``starts``, each of them clipped."""
    weights = getattr(query, "weights", None)
    sums = _of_each_unit(block, starts, query)
    flat = clipped(sums.reshape(len(sums), -1), bound, norm, weights)
    return flat.sum(axis=0).reshape(sums.shape[1:])


def _of_each_unit(block, starts, query):
    """What the rows of each unit add: together if the query can, else one by one."""
    if hasattr(query, "by_unit") and not is_sparse(block.X):
        unit = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        sums = query.by_unit(*block._chunk(0, len(unit)), unit)
    else:
        chunks = (block._chunk(start, stop) for start, stop in pairwise(starts))
        sums = [query(*chunk) for chunk in chunks]
    for part in sums:
        check_size(part, query)
    return all_whole(np.asarray(sums))


def clipped(sums, bound, norm, weights=None):
    """Vectors of integers, each shortened to a norm of at most ``bound``.

    **Guarantee.** ``norm(c / weights) <= bound`` for every row ``c`` of the result, in
    exact arithmetic, and it depends on that row of ``sums`` alone.

    Proof. With ``u = 2**-53`` and n values: ``size`` is computed from positive numbers,
    by a quotient, another one, a square, n - 1 additions, a root and a product, each
    rounded; so it is off by a factor within ``1 +- (n + 6) u``, if nothing underflows.
    That it cannot, matters only below the largest quotient, which is at least
    ``2**-900``, or else the vector counts as zero; so it does where something
    overflows. ``room`` is below ``bound (1 - (2 n + 31) u)``, rounding included.
    Vectors of a ``size`` up to ``room`` stay; others are multiplied by ``room / size``,
    which is two more rounded operations, and truncated, which shortens.

    Parameters
    ----------
    sums : ndarray of int64 of shape (n_vectors, n_values)
        At most ``2**53``.
    bound : float
    norm : {1, 2}
    weights : ndarray of shape (n_values,) or None, default=None

    Returns
    -------
    ndarray of int64 of shape (n_vectors, n_values)
    """
    room = bound * (1.0 - (sums.shape[1] + 16) * 2.0**-52)
    with np.errstate(all="ignore"):
        parts = np.abs(sums) / (1.0 if weights is None else np.ravel(weights))
        largest = parts.max(axis=1, initial=0.0)
        parts /= np.where(largest > 0.0, largest, 1.0)[:, None]
        if norm == 2:
            size = largest * np.sqrt(np.sum(parts * parts, axis=1))
        else:
            size = largest * np.sum(parts, axis=1)
        known = (largest >= _SMALLEST) & (size < np.inf)
        factor = np.where(known, np.minimum(room / size, 1.0), 0.0)
    return np.trunc(factor[:, None] * sums).astype(np.int64)


def levels_of_unit(levels, max_rows):
    """How far a unit moves a total, of which one row moves it so far; rounded up."""
    weigh = rows_of_unit(max_rows)[1]
    return above(Fraction(levels) * Fraction(weigh))
