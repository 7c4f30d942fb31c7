"""Bins of one column: of numbers between edges, or of codes of categories."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate.rows import Frozen

MOST_CODES = 2**16
MOST_CATEGORIES = MOST_CODES - 2  # others and missing values have codes of their own


@dataclass(frozen=True, eq=False)
class NumberBins(Frozen):
    """Bins of numbers between ascending edges; the last code is that of missing values.

    **Guarantee.** A code is a function of the value alone: the number of edges at or
    below it. So a value equal to an edge is in the bin above, minus infinity and what
    is below all edges in the first bin, infinity and what is above in the last but one
    code, and NaN has the last code.

    Parameters
    ----------
    edges : ndarray of shape (n_edges,)
        Inner edges: finite, strictly ascending. There are ``n_edges + 1`` bins.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import NumberBins
    >>> bins = NumberBins(np.array([0.0, 1.0]))
    >>> bins.codes(np.array([-np.inf, -1, 0, 0.5, 1, np.inf, np.nan])).tolist()
    [0, 0, 1, 1, 2, 2, 3]
    """

    edges: np.ndarray

    @property
    def n_codes(self) -> int:
        """Number of bins, that of missing values included."""
        return len(self.edges) + 2

    def codes(self, values: Any) -> Any:
        """Codes of some values: an integer array of the same shape."""
        from skprivate.kernels import bins_of  # numba is loaded at first use

        values = np.asarray(values)
        if values.dtype not in (np.float32, np.float64):
            values = values.astype(np.float64)
        return bins_of(values.ravel(), self.edges).reshape(values.shape)

    def merged(self, groups: ArrayLike) -> "NumberBins":
        """Bins of which neighbours are one.

        Parameters
        ----------
        groups : array-like of int of shape (n_codes - 1,)
            For each bin but that of missing values the new one: ascending from zero,
            without gaps.

        Returns
        -------
        NumberBins
        """
        steps = np.diff(_checked_groups(groups, self.n_codes))
        if not ((steps == 0) | (steps == 1)).all():
            raise ValueError(
                "Only neighbouring bins of numbers can be merged. Give groups that "
                "ascend by zero or one."
            )
        return NumberBins(self.edges[steps == 1])

    def centers(self, low: ArrayLike, high: ArrayLike) -> Any:
        """Middle of each bin where values lie between two ends; NaN for missing."""
        inner = np.clip(self.edges, low, high)
        ends = np.concatenate([[low], inner, [high]])
        return np.append((ends[1:] + ends[:-1]) / 2, np.nan)

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with edges that came from elsewhere."""
        edges = self.edges
        if not isinstance(edges, np.ndarray) or edges.dtype != np.float64:
            yield "edges are no array of float64"
        elif edges.ndim != 1 or not np.isfinite(edges).all():
            yield "edges are not finite, or not one row"
        elif not (np.diff(edges) > 0).all() or self.n_codes > MOST_CODES:
            yield "edges do not ascend, or are too many"


@dataclass(frozen=True, eq=False)
class CategoryBins(Frozen):
    """Bins of codes of categories; the last code is that of missing values.

    **Guarantee.** A code is a function of the value alone: ``groups[value]`` for whole
    numbers below the number of categories, ``groups[-1]`` for any other number, and NaN
    has the last code.

    Parameters
    ----------
    groups : ndarray of int of shape (n_categories + 1,)
        Bin of each category, and of what is in no list: numbers from zero without gaps.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import CategoryBins
    >>> CategoryBins.of(3).codes(np.array([0, 2, 3, -1, 0.5, np.nan])).tolist()
    [0, 2, 3, 3, 3, 4]
    """

    groups: np.ndarray

    @classmethod
    def of(cls, n_categories: int) -> Self:
        """Bins of their own for so many categories, and one for all others."""
        return cls(np.arange(n_categories + 1))

    @property
    def n_codes(self) -> int:
        """Number of bins, that of missing values included."""
        return int(self.groups.max()) + 2

    def codes(self, values: Any) -> Any:
        """Codes of some values: an integer array of the same shape."""
        values = np.asarray(values, dtype=np.float64)
        n, gaps = len(self.groups) - 1, np.isnan(values)
        known = (values >= 0) & (values < n) & (values == np.floor(values))
        places = np.where(known, values, n).astype(np.intp)
        return np.where(gaps, self.n_codes - 1, self.groups[places])

    def merged(self, groups: Any) -> "CategoryBins":
        """Bins of which some are one; see :meth:`NumberBins.merged`, in any order."""
        return CategoryBins(_checked_groups(groups, self.n_codes)[self.groups])

    def centers(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        """NaN: categories have no middle."""
        return np.full(self.n_codes, np.nan)

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with groups that came from elsewhere."""
        groups = self.groups
        if not isinstance(groups, np.ndarray) or groups.dtype.kind != "i":
            yield "groups are no array of integers"
        elif groups.ndim != 1 or not 0 < len(groups) < MOST_CODES:
            yield "groups are none, too many, or not one row"
        elif not np.array_equal(np.unique(groups), np.arange(groups.max() + 1)):
            yield "groups have gaps, or are negative"


def _checked_groups(groups, n_codes):
    """New bins as an array, one for each old one but that of missing values."""
    groups = np.asarray(groups, dtype=np.int64)
    if groups.shape != (n_codes - 1,) or groups[0] < 0:
        raise ValueError(
            "groups must be one number for each bin but that of missing values. Count "
            "n_codes - 1 of them, from zero."
        )
    return groups - groups.min()
