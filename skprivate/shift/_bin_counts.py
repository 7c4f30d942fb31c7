"""How many rows are in each bin of each column."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query
from skprivate.binning import Bins
from skprivate.mechanisms import root_above

_BLOCK_ROWS = 2**14  # what is made of them stays in the cache


@dataclass(frozen=True, eq=False)
class BinCounts(Query):
    """Number of rows of each code of each column, that of missing values included.

    **Guarantee.** A row has one code in each column, a function of its value there and
    of released or public bins (:class:`Bins`), and adds one, or its weight, which is at
    most one, to the count of that code and to nothing else; a row with infinity adds
    nothing. So of ``m`` columns the
    2-norm of what it adds is at most ``sqrt(m)``, and the 1-norm at most ``m``, however
    many bins there are.

    Parameters
    ----------
    bins : Bins
        Of all columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import Bins
    >>> from skprivate.shift._bin_counts import BinCounts
    >>> query = BinCounts(Bins.of_edges([[0.0], [1.0]]))
    >>> counts = query(np.array([[-1.0, np.nan], [2.0, 0.0]]), None, np.empty(0))
    >>> (counts * query.step).tolist()
    [1.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    """

    bins: object
    counts_missing = True  # that is what is asked: a row without a value counts, too

    def problems(self):
        """Bins are `Bins`, which check their own columns."""
        if type(self.bins) is not Bins:
            yield "bins are none"
        else:
            yield from self.bins.problems()

    @property
    def width(self):
        """Number of columns."""
        return self.bins.n_features

    @property
    def bound(self):
        """One count of each column."""
        return root_above(self.bins.n_features)

    @property
    def l1_bound(self):
        """One count of each column."""
        return float(self.bins.n_features)

    @property
    def size(self):
        """A count for each code."""
        return self.bins.size

    def __call__(self, X, y, weight):
        from skprivate.kernels import class_counts

        total, one = np.zeros(self.size), 1.0 / self.step
        sizes, starts = self.bins.n_codes, self.bins.offsets
        for start in range(0, len(X), _BLOCK_ROWS):
            rows = slice(start, start + _BLOCK_ROWS)
            block = np.asarray(X[rows], dtype=np.float64)
            codes = self.bins.codes(block).astype(np.int32)
            codes[np.isinf(block).any(axis=1)] = -1  # nowhere
            for column, size, place in zip(codes.T, sizes, starts, strict=True):
                found = class_counts(column.copy(), int(size), weight[rows], one)
                total[place : place + size] += found
        return total
