"""From noisy counts of magnitudes to ranges, rather too wide than too narrow."""

from dataclasses import dataclass, fields

import numpy as np

_WIDTHS = (1, 2, 3, 4, 6, 8)  # of windows, in cells
_PER_OCTAVE = 0.12  # how much less likely a range is that is twice, or half, as large
_LIKELIEST = 2.0  # exponent of two of large values: ones, tens, percentages
_BELIEVED = 6.0  # logarithm of how much likelier than noise a window must be
_NEAR, _PER_STEP, _FAR = 2.5, 0.4, 7.0  # deviations of a single cell, by octaves
_ZERO = 3.0  # and of the cell of zero
_DOUBT = 2.0  # deviations by which an empty-looking cell may be fuller
_MISSED = 0.01  # of the rows, which may be beyond an end
_AT_ONCE = 2**8  # columns
_NO_NOISE = 1e-9


@dataclass(frozen=True, eq=False)
class Ranges:
    """What noisy counts say about the values of each column.

    Attributes
    ----------
    low, high : ndarray of shape (n_columns,)
        Ends of the range; ``(-1, 1)`` where nothing stands out of the noise.
    found : ndarray of bool of shape (n_columns,)
        Whether something does.
    rows : ndarray of shape (n_columns,)
        About how many rows it was found from.
    top : ndarray of int of shape (n_columns,)
        Number of the cell, by size, of the largest values of a range; -1 if there is
        none.
    """

    low: np.ndarray
    high: np.ndarray
    found: np.ndarray
    rows: np.ndarray
    top: np.ndarray

    def where(self, chosen, others):
        """The ranges of ``others`` for the chosen columns."""
        pairs = [(getattr(others, f.name), getattr(self, f.name)) for f in fields(self)]
        return Ranges(*(np.where(chosen, new, old) for new, old in pairs))


def ranges_of_cells(counts, deviation, exponents):
    """Ranges that noisy counts support, wide where they leave a doubt.

    Rows of a column lie in neighbouring cells, on one side of zero or alike on both. So
    first the window of cells is found, on one side or folded, that stands out most.
    From there on a range grows by every cell that noise hardly explains, the less
    readily the wider it would become; and by cells up to one octave more that cannot be
    said to hold less than a hundredth of the rows. Towards zero that costs little, so
    a range that does not surely begin elsewhere begins there.

    Parameters
    ----------
    counts : ndarray of shape (n_columns, n_cells), or of one column
        By value: cells below zero, zero, and those above.
    deviation : float
        Standard deviation of their noise.
    exponents : sequence of int
        At which the cells above zero begin, and at which the last ends.

    Returns
    -------
    Ranges
    """
    exponents = np.array(exponents, dtype=float)
    counts = counts.reshape(-1, 2 * len(exponents) - 1)
    deviation = max(deviation, _NO_NOISE)
    parts = [
        _ranges(counts[start : start + _AT_ONCE], deviation, exponents)
        for start in range(0, len(counts), _AT_ONCE)
    ]
    columns = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Ranges(*columns)


def _ranges(counts, deviation, exponents):
    """The fields of `Ranges` for some columns."""
    n = len(exponents) - 1
    above, below, zero = counts[:, n + 1 :], counts[:, n - 1 :: -1], counts[:, n]
    score, side, top, rows = _windows(above, below, deviation, exponents)
    found = score >= _BELIEVED
    rows = np.maximum(rows, 0.0) + np.maximum(zero, 0.0)
    octaves = exponents[1:] - exponents[top + 1][:, None]
    sides = [
        _side(part, side != other, octaves, rows, deviation)
        for part, other in ((above, 1), (below, 0))
    ]
    low, high = _ends(sides, side, top, zero, rows, deviation, exponents)
    empty = _all_zero(above, below, zero, deviation)
    unit = np.where(empty, 0.0, 1.0)
    low, high = np.where(found, low, -unit), np.where(found, high, unit)
    last = np.maximum(np.abs(low), np.abs(high))
    cell = np.searchsorted(2.0**exponents, last, side="left") - 1
    return low, high, found | empty, rows, np.where(found, cell, -1)


def _windows(above, below, deviation, exponents):
    """The window that stands out most: score, side, last cell and sum."""
    columns = np.arange(len(above))
    best = np.full((4, len(above)), -np.inf)
    for side, (part, noise) in enumerate(
        [(above, deviation), (below, deviation), (above + below, deviation * 2**0.5)]
    ):
        sums = np.concatenate([np.zeros((len(part), 1)), part.cumsum(axis=1)], axis=1)
        for width in _WIDTHS:
            last = np.arange(width - 1, part.shape[1])
            within = sums[:, width:] - sums[:, :-width]
            strength = np.maximum(within / (noise * width**0.5), 0.0)
            octaves = abs(exponents[last] - _LIKELIEST)
            score = strength**2 / 2 - _PER_OCTAVE * octaves
            k = score.argmax(axis=1)
            at = columns, k
            of_all = score[at], np.full(len(k), side), last[k], within[at]
            best = np.where(score[at] > best[0], of_all, best)
    score, side, last, rows = best
    return score, side.astype(int), last.astype(int), rows


def _side(part, taken, octaves, rows, deviation):
    """Which cells of one side of zero hold rows surely, and which may."""
    threshold = np.minimum(_NEAR + _PER_STEP * abs(octaves), _FAR) * deviation
    sure = part > threshold
    fuller = part + _DOUBT * deviation > _MISSED * rows[:, None]
    near = (octaves <= 1) & (taken | sure.any(axis=1))[:, None]
    return sure, fuller, sure | (fuller & near)


def _ends(sides, side, top, zero, rows, deviation, exponents):
    """Ends of the range that these cells make."""
    last = [
        np.where(held.any(axis=1), held.shape[1] - 1 - held[:, ::-1].argmax(axis=1), -1)
        for _, _, held in sides
    ]
    lost = (last[0] < 0) & (last[1] < 0)
    up = np.where(lost & (side != 1), top, last[0])
    down = np.where(lost & (side != 0), top, last[1])
    at_zero = zero + _DOUBT * deviation > _MISSED * rows
    at_zero |= zero > _ZERO * deviation
    starts = []
    for sure, fuller, _ in sides:
        first = (sure | fuller).argmax(axis=1)
        starts.append(np.where(at_zero | (first == 0), 0.0, 2.0 ** exponents[first]))
    powers = 2.0**exponents
    low = np.where(down >= 0, -powers[down + 1], starts[0])
    high = np.where(up >= 0, powers[up + 1], -starts[1])
    return low, high


def _all_zero(above, below, zero, deviation):
    """Whether nearly all values of a column are surely zero."""
    empty = zero > _FAR * deviation
    for part in (above, below):
        fullest = part.max(axis=1) + _DOUBT * deviation
        empty = empty & (fullest <= _MISSED * zero)
    return empty
