"""The target by category: counts, and sums of a number, in one table of cells."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from skprivate.base import Query
from skprivate.mechanisms import root_above


@dataclass(frozen=True)
class TargetCells(Query):
    """How the target is spread over a few parts, for each category of each column.

    A class is a part. A number is first moved into ``[low, high]`` and then to ``t`` in
    [0, 1], and spread over two parts as ``1 - t`` and ``t``, or over three as
    ``(1 - t)**2``, ``2 t (1 - t)`` and ``t**2``. The parts of a row are at least zero
    and add up to one, or to its weight; so their sum over the rows of a category is the
    number of rows, ``t`` is the last part and half of a middle one, and ``t**2`` is the
    last of three.

    In each column a row adds its parts to one category, in one fold, if it has a value
    there. On the grid the parts are whole numbers, at least zero, which add up to
    ``rint(weight / step)``: each of the last ones is rounded, or cut to what is left,
    and the first is the rest. So in one column the 1-norm is at most one, and the
    2-norm is at most the 1-norm; of all columns the 2-norm is at most
    ``sqrt(n_columns)``, the 1-norm ``n_columns``. How many categories, parts and folds
    there are makes no difference.

    Category ``c`` of a column is the code ``c``; whatever is not a whole number below
    its size counts as the last one. A missing value is NaN, and adds nothing; nor does
    a row with infinity, or of no known class.

    Parameters
    ----------
    sizes : tuple of int
        Number of categories of each column, the one for all others included.
    n_parts : int
        Number of classes; for a number two, or three if its square is needed.
    bounds : tuple (low, high) or None
        Public range of a number; None: classes.
    n_folds : int, default=1
        With more than one, the fold of a row is in one more column, the last.
    """

    sizes: tuple
    n_parts: int
    bounds: tuple | None
    n_folds: int = 1

    @property
    def width(self):
        """A column for each size, and one for the fold if there are several."""
        return len(self.sizes) + (self.n_folds > 1)

    def problems(self):
        """Sizes are numbers of categories, and bounds are in order."""
        if not all(isinstance(n, Integral) and n > 0 for n in self.sizes):
            yield "sizes are no positive whole numbers"
        if self.bounds is not None:
            low, high = self.bounds
            if not low <= high or self.n_parts not in (2, 3):
                yield "bounds are in the wrong order, or parts are not two or three"

    @property
    def bound(self):
        """Parts of a single category of each column."""
        return root_above(len(self.sizes))

    @property
    def l1_bound(self):
        """Parts of a single category of each column."""
        return float(len(self.sizes))

    @property
    def size(self):
        """Number of cells."""
        return sum(self.sizes) * self.n_parts * self.n_folds

    def tables(self, answer):
        """The answer as an array of shape (n_folds, size, n_parts) for each column."""
        widths = [size * self.n_parts * self.n_folds for size in self.sizes]
        parts = np.split(answer, np.cumsum(widths)[:-1])
        shapes = [(self.n_folds, size, self.n_parts) for size in self.sizes]
        return [p.reshape(shape) for p, shape in zip(parts, shapes, strict=True)]

    def __call__(self, X, y, weight):
        ones = np.full(len(X), 1 / self.step)
        if len(weight):
            ones = np.rint(ones * weight)
        fold, counts = self._fold(X), ~np.isinf(X).any(axis=1)
        parts = target_parts(y, ones, self.n_parts, self.bounds)
        counts &= (fold >= 0) & (parts.sum(axis=1) > 0)
        totals = []
        for codes, size in zip(X.T, self.sizes, strict=False):
            there = counts & ~np.isnan(codes)
            code = codes[there]
            known = (code >= 0) & (code < size) & (code == np.floor(code))
            cell = fold[there] * size + np.where(known, code, size - 1)
            cell, n_cells = cell.astype(np.intp), self.n_folds * size
            totals += [
                np.bincount(cell, part, minlength=n_cells) for part in parts[there].T
            ]
        return self._in_order(totals)

    def _fold(self, X):
        """Fold of each row; -1 where that is no fold."""
        if self.n_folds == 1:
            return np.zeros(len(X))
        fold = X[:, -1]
        with np.errstate(invalid="ignore"):
            known = (fold >= 0) & (fold < self.n_folds) & (fold == np.floor(fold))
        return np.where(known, fold, -1)

    def _in_order(self, totals):
        """Totals part by part, as those cell by cell."""
        start, cells = 0, []
        while start < len(totals):
            cells.append(np.stack(totals[start : start + self.n_parts], axis=1).ravel())
            start += self.n_parts
        return np.concatenate(cells)


def target_parts(y, ones, n_parts, bounds):
    """How a target is spread: whole numbers, at least zero, which add up to ``ones``.

    Parameters
    ----------
    y : ndarray of shape (n,)
    ones : ndarray of shape (n,)
        Whole numbers.
    n_parts : int
    bounds : tuple (low, high) or None
        None: classes, of which each is a part; what is no class has none.

    Returns
    -------
    ndarray of shape (n, n_parts)
        NaN where a number is.
    """
    if bounds is None:
        return ones[:, None] * (y[:, None] == np.arange(n_parts))
    low, high = bounds
    t = np.zeros(len(y))
    if high > low:
        t = np.clip((np.clip(y, low, high) - low) / (high - low), 0.0, 1.0)
    if n_parts == 2:
        last = np.rint(ones * t)
        return np.stack([ones - last, last], axis=1)
    last = np.rint(ones * t**2)
    middle = np.minimum(np.rint(ones * (2 * t * (1 - t))), ones - last)
    return np.stack([ones - last - middle, middle, last], axis=1)
