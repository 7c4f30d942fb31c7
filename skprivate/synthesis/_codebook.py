"""How a table is compared with public rows: bins and categories of these."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from skprivate.binning import Bins, CategoryBins, NumberBins
from skprivate.rows import refused
from skprivate.rows._arrow import framed
from skprivate.rows._columns import names_of, schema_of
from skprivate.rows._values import codes_of, numbers_of, seconds_of

_MOST_CATEGORIES = 254
_MOST_PAIRS = 2000
_MOST_CELLS = 2**24


@dataclass(frozen=True, eq=False)
class Codebook:
    """Codes of the columns of a table, and what part of public rows has them.

    **Guarantee.** It is a function of public rows and parameters. The code of a row is
    a function of its value there.

    Parameters
    ----------
    columns : tuple of Column
        How columns are read.
    bins : Bins
    lists : tuple of list
        Of each column of categories.
    terms : tuple of tuple of int
        Columns of each table: all columns, then pairs of them.
    shares : ndarray
        Part of the public rows in each cell, table by table.
    """

    columns: tuple
    bins: Bins
    lists: tuple
    terms: tuple
    shares: np.ndarray

    @classmethod
    def of(cls, rows, n_bins):
        """The codebook of a table; numbers are cut so that bins hold as many each.

        Parameters
        ----------
        rows : data frame or array
            Public.
        n_bins : int
        """
        listed = isinstance(rows, (list, tuple))
        rows = np.asarray(rows) if listed else framed(rows)
        if 0 in np.shape(rows) or len(np.shape(rows)) != 2:
            raise ValueError(
                "synthetic has no rows, or no columns. Give the rows that were drawn."
            )
        columns = schema_of(rows)
        made = [_codes(rows, j, c.kind, n_bins) for j, c in enumerate(columns)]
        bins = Bins(tuple(of for of, _, _ in made))
        terms = _terms(len(made))
        shares = [
            _shares([made[j][1] for j in t], bins.n_codes[list(t)]) for t in terms
        ]
        if sum(map(len, shares)) > _MOST_CELLS:
            raise ValueError(
                "There are too many columns and bins to compare. Use a smaller n_bins."
            )
        lists = tuple(listed for _, _, listed in made if listed is not None)
        return cls(columns, bins, lists, terms, np.concatenate(shares))

    @property
    def names(self):
        """Names of the columns."""
        return names_of(self.columns)

    def read_as(self, columns):
        """How to read a table with the same columns; refused if it has others."""
        if names_of(columns) != self.names:
            raise refused(
                ValueError,
                "real and synthetic have columns of other names, or in another order. "
                "Put those of one into the order of the other.",
            )
        pairs = zip(columns, self.columns, strict=True)
        return tuple(
            real
            if real.kind == mine.kind
            else replace(real, kind=mine.kind, declared=None)
            for real, mine in pairs
        )


def _told(column, kind):
    """A column, to be read as one of a kind."""
    if column.kind == kind:
        return column
    return replace(column, kind=kind, declared=None)


def _codes(rows, j, kind, n_bins):
    """Bins of a column, codes of its rows, and its categories if it has some."""
    if kind == "category":
        codes, values = codes_of(rows, j)
        there = codes[~np.isnan(codes)].astype(np.intp)
        order = np.argsort(-np.bincount(there, minlength=len(values)), kind="stable")
        kept = order[:_MOST_CATEGORIES]
        place = np.full(len(values) + 1, len(kept), dtype=np.float64)
        place[kept] = np.arange(len(kept))
        gaps = np.isnan(codes)
        found = place[np.where(gaps, len(values), codes).astype(np.intp)]
        bins = CategoryBins.of(len(kept))
        return (
            bins,
            bins.codes(np.where(gaps, np.nan, found)),
            [values[k] for k in kept],
        )
    values = (seconds_of if kind == "date" else numbers_of)(rows, j)
    there = values[np.isfinite(values)]
    edges = np.array([0.5]) if kind == "boolean" else np.zeros(0)
    if kind != "boolean" and len(there):
        edges = np.unique(np.quantile(there, np.linspace(0, 1, n_bins + 1)[1:-1]))
    bins = NumberBins(edges.astype(np.float64))
    return bins, bins.codes(values), None


def _terms(n_columns):
    """All columns, and pairs of them; pairs beyond a few thousand are left out."""
    pairs = list(combinations(range(n_columns), 2))
    step = -(-len(pairs) // _MOST_PAIRS) if pairs else 1
    return (*((j,) for j in range(n_columns)), *pairs[::step])


def _shares(codes, sizes):
    """Part of the rows in each cell of a table."""
    cell = codes[0].astype(np.int64)
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        cell = cell * int(size) + code
    return np.bincount(cell, minlength=int(np.prod(sizes))) / len(cell)
