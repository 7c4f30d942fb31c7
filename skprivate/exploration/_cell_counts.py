"""Numbers of rows, by group and by bin."""

from dataclasses import dataclass, replace
from math import prod
from numbers import Integral

import numpy as np

from skprivate.base import check_bounds
from skprivate.exploration._histogram import DPHistogram
from skprivate.exploration._ratios import quotient
from skprivate.exploration._show import short
from skprivate.exploration._table_question import TableQuestion
from skprivate.queries._cells_of import OfCells
from skprivate.queries._table_counts import CategoryCounts

_MOST_BINS = 2**16


@dataclass(frozen=True, eq=False)
class Counts(TableQuestion):
    """Numbers of rows; where columns are named, of those that have a value there."""

    def checked(self):
        """There may be no columns of numbers."""
        found = super().checked()
        named = found.columns is not None
        return found if named else replace(found, columns=(), single=True)

    def ask(self, curator, z):
        """One count of each cell, and column if any is named."""
        opened = self.opened(curator, bounds=False)
        places = opened.values or (None,)
        counts, noise = cell_counts(curator, opened.cells, places)
        reach = z * noise
        parts = (np.maximum(counts + by, 0.0) for by in (0.0, -reach, reach))
        return (self.axes_of(opened), *self.shaped(opened, *parts), None)

    def read_as(self, columns):
        """What is counted need not be numbers: text is read as categories."""
        layout = self.layout_for(columns)
        return tuple(
            replace(c, kind="category") if j in layout.keys else c
            for j, c in enumerate(columns)
        )


def cell_counts(curator, cells, places):
    """Release the number of rows of each cell, for all that is left of the budget.

    Parameters
    ----------
    curator : Curator
    cells : Cells
    places : sequence of int or None
        Columns where a row must have a value to count; None: it counts in any case.

    Returns
    -------
    counts : ndarray of shape (n_places, n_cells)
    noise : float
        Standard deviation of the noise of each.
    """
    if not cells.size:
        return np.zeros((len(places), 0)), 0.0
    queries = [OfCells(CategoryCounts((cells.size,)), cells, j) for j in places]
    counts = curator.release(*queries, share=curator.remaining)
    counts = np.reshape(counts, (len(places), cells.size + 1))
    return counts[:, :-1], curator.noise_of(queries[0])


@dataclass(frozen=True, eq=False)
class Histogram(TableQuestion):
    """Numbers of rows between edges, of one or two columns together.

    Parameters
    ----------
    bins : int, sequence, or one of these for each column
    range : tuple (low, high), one for each column, or "private"
    density : bool, default=False
    n_columns : {1, 2}, default=1
    """

    bins: object = 10
    range: object = "private"
    density: bool = False
    n_columns: int = 1

    def checked(self):
        """Bins and ranges make sense, too."""
        edges, ends = self._bins(), self._ranges()
        for number, of_one in zip(edges, ends, strict=True):
            used = isinstance(number, Integral) and isinstance(of_one, tuple)
            if used and not of_one[0] < of_one[1]:
                raise ValueError("range must have low < high. Give a wider one.")
        if not isinstance(self.density, (bool, np.bool_)):
            raise ValueError("density must be a bool. Give True or False.")
        return super().checked()

    @property
    def n_bins(self):
        """Number of cells of each group."""
        sizes = (b if isinstance(b, int) else len(b) - 1 for b in self._bins())
        return prod(sizes)

    def ask(self, curator, z):
        """One count of each cell, after a search for ranges that are not known."""
        edges = self._bins()
        searched = [
            isinstance(number, Integral) and ends == "private"
            for number, ends in zip(edges, self._ranges(), strict=True)
        ]
        opened = self.opened(curator, bounds=any(searched))
        if len(opened.values) != self.n_columns:
            raise ValueError(
                f"A histogram of {self.n_columns} column(s) was asked for, and X has "
                f"{len(opened.values)}. Name the columns that are meant in columns=..."
            )
        edges = [
            self._edges(opened, k, *of_one)
            for k, of_one in enumerate(zip(edges, self._ranges(), strict=True))
        ]
        bins = tuple(zip(opened.values, edges, strict=True))
        cells = replace(opened.cells, bins=bins)
        counts, noise = cell_counts(curator, cells, (None,))
        groups = tuple(len(labels) for _, labels in opened.axes)
        shape = (*groups, *(len(e) - 1 for e in edges))
        parts = [part.reshape(shape) for part in self._told(counts[0], noise, z, edges)]
        named = zip(opened.names, edges, strict=True)
        axes = opened.axes + tuple((name, _labels(e)) for name, e in named)
        return axes, *parts, tuple(edges)

    def result(self, answer, name, confidence, privacy):
        """A histogram, with its edges."""
        *parts, edges = answer
        name = "density" if self.density else "rows"
        return DPHistogram(name, *parts, None, confidence, privacy, edges)

    def _told(self, counts, noise, z, edges):
        """Counts, or densities, with their intervals."""
        if not self.density:
            reach = z * noise
            return [np.maximum(counts + by, 0.0) for by in (0.0, -reach, reach)]
        volume = np.diff(edges[0])
        for more in edges[1:]:
            volume = np.multiply.outer(volume, np.diff(more))
        counts = counts.reshape(-1, volume.size)
        n, whole = counts.shape[1], counts.sum(axis=1, keepdims=True)
        variances = noise**2 * np.array([1.0, n, 1.0])
        return [part / volume.ravel() for part in quotient(counts, whole, variances, z)]

    def _bins(self):
        """Number of bins, or edges, of each column."""
        given = self.bins
        of_each = hasattr(given, "__len__") and len(given) == self.n_columns > 1
        if not of_each or isinstance(given, str):  # as NumPy: two numbers are no edges
            given = [given] * self.n_columns
        return [_checked_bins(of_one) for of_one in given]

    def _ranges(self):
        """The public range of each column, or ``"private"``."""
        given = self.range
        if given is None or isinstance(given, str):
            if given not in (None, "private"):
                raise ValueError("range is no known word. Give (low, high).")
            return ["private"] * self.n_columns
        pairs = [given] if self.n_columns == 1 else list(given)
        if len(pairs) != self.n_columns:
            raise ValueError("range must have a pair for each column. Give two pairs.")
        return [_checked_range(pair) for pair in pairs]

    def _edges(self, opened, k, number, ends):
        """Edges of the bins of a column."""
        if not isinstance(number, Integral):
            return number
        low, high = (opened.low[k], opened.high[k]) if ends == "private" else ends
        if not low < high:
            low, high = low - 0.5, high + 0.5  # as NumPy does
        return np.linspace(low, high, number + 1)


def _checked_bins(bins):
    """A number of bins, or ascending edges."""
    if isinstance(bins, Integral) and not isinstance(bins, bool):
        if 1 <= bins <= _MOST_BINS:
            return int(bins)
        raise ValueError(f"bins must be from 1 to {_MOST_BINS}. Give 10, for example.")
    if isinstance(bins, str) or not hasattr(bins, "__len__"):
        raise TypeError("bins must be a number or edges. Give 10, or [0, 1, 2], say.")
    edges = np.array(bins, dtype=np.float64)
    known = edges.ndim == 1 and 2 <= len(edges) <= _MOST_BINS + 1
    if not (known and np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        raise ValueError(
            "bins must be two or more finite edges in ascending order. Sort them, and "
            "leave out doubles."
        )
    return edges


def _checked_range(pair):
    """Both ends of a public range, or ``"private"``."""
    if pair is None or (isinstance(pair, str) and pair == "private"):
        return "private"
    low, high = check_bounds(pair, 1, "range")
    return float(low[0]), float(high[0])


def _labels(edges):
    """What bins are called: the last one has both of its ends."""
    ends = [short(float(edge)) for edge in edges]
    closed = [")"] * (len(ends) - 2) + ["]"]
    return tuple(
        f"[{low}, {high}{end}"
        for low, high, end in zip(ends[:-1], ends[1:], closed, strict=True)
    )
