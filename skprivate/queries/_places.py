"""Views of dense rows as a single number: a distance, or a cell of a grid."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._products import row_products
from skprivate.rows import refused

MOST_BITS = 30  # of the number of a cell


@dataclass(frozen=True, eq=False)
class Distances:
    """Squared distance of each row from a center, in units of a matrix.

    A row that is not finite is NaN; a distance beyond all numbers is the largest.

    Parameters
    ----------
    center : ndarray of shape (n_features,)
        Finite.
    white : ndarray of shape (n_features, n_features)
        Finite: differences are multiplied by it, from the right.
    """

    center: np.ndarray
    white: np.ndarray

    def width_of(self, n_features):
        """One column; refused unless there is a center of as many features."""
        shapes = self.center.shape, self.white.shape
        wanted = (n_features,), (n_features, n_features)
        if shapes != wanted or not _are_finite(self.center, self.white):
            raise refused(
                ValueError, "Distances needs a center and a matrix of the columns of X."
            )
        return 1

    def __call__(self, X):
        X = np.ascontiguousarray(X, dtype=np.float64)
        with np.errstate(all="ignore"):
            own = row_products(X - self.center, self.white)
            squares = np.ascontiguousarray(own * own).sum(axis=1)
        squares = np.where(np.isnan(squares), np.inf, squares)
        squares = np.minimum(squares, np.finfo(np.float64).max)
        return np.where(np.isfinite(X).all(axis=1), squares, np.nan).reshape(-1, 1)


@dataclass(frozen=True, eq=False)
class GridCells:
    """Number of the cell of a grid that each row is in.

    Every feature is cut into ``2 ** bits`` cells of equal width. The number of a cell
    has the bits of all features in turn, the first of each first: so cells whose
    numbers begin alike are a box, and each bit halves it.

    A row that is not finite is NaN; values outside are in the nearest cell.

    Parameters
    ----------
    low, high : ndarray of shape (n_features,)
        Finite and ascending.
    bits : int
        Of each feature.
    """

    low: np.ndarray
    high: np.ndarray
    bits: int

    def width_of(self, n_features):
        """One column; refused unless the grid is one of as many features."""
        ends = _are_finite(self.low, self.high)
        whole = isinstance(self.bits, int) and not isinstance(self.bits, bool)
        if not (
            ends
            and whole
            and self.low.shape == self.high.shape == (n_features,)
            and (self.low <= self.high).all()
            and 0 < self.bits * n_features <= MOST_BITS
        ):
            raise refused(ValueError, "GridCells needs a grid of the columns of X.")
        return 1

    @property
    def widths(self):
        """Width of a cell in each feature; for a constant one, as if it had one."""
        width = np.where(self.high > self.low, self.high / 2 - self.low / 2, 0.5)
        return np.maximum(width / 2.0 ** (self.bits - 1), np.finfo(np.float64).tiny)

    def places(self, X):
        """Cell of each value of finite rows, feature by feature."""
        with np.errstate(all="ignore"):
            inside = (np.clip(X, self.low, self.high) - self.low) / self.widths
        return np.clip(np.floor(inside), 0, 2.0**self.bits - 1).astype(np.int64)

    def cells(self, X):
        """Numbers of the cells of finite rows."""
        places, numbers = self.places(X), np.zeros(len(X), dtype=np.int64)
        for bit in range(self.bits - 1, -1, -1):
            for j in range(places.shape[1]):
                numbers = 2 * numbers + ((places[:, j] >> bit) & 1)
        return numbers

    def corners(self):
        """The place of every cell in each feature, in order of their numbers."""
        d = len(self.low)
        numbers = np.arange(2 ** (self.bits * d))
        places = np.zeros((len(numbers), d), dtype=np.int64)
        for position in range(self.bits * d):
            bit = (numbers >> (self.bits * d - 1 - position)) & 1
            places[:, position % d] = 2 * places[:, position % d] + bit
        return places

    def __call__(self, X):
        X = np.ascontiguousarray(X, dtype=np.float64)
        finite = np.isfinite(X).all(axis=1)
        numbers = self.cells(np.where(finite[:, None], X, self.low))
        return np.where(finite, numbers, np.nan).reshape(-1, 1)


def _are_finite(*arrays):
    return all(
        isinstance(a, np.ndarray) and a.dtype == np.float64 and np.isfinite(a).all()
        for a in arrays
    )
