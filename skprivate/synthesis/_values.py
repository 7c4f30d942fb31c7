"""Codes as values, and values as the kind of table that was given."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._limits import limits_of
from skprivate.rows import Frozen

OTHERS = "infrequent"  # texts that are in no list
SECONDS = 1e6  # microseconds of a second


@dataclass(frozen=True, eq=False)
class ColumnValues(Frozen):
    """What the codes of one column stand for.

    Parameters
    ----------
    kind : {"number", "category", "boolean", "date"}
    low, high : ndarray of float64
        Of each code: ends between which values are drawn. Empty for categories.
    listed : tuple
        Categories; None stands for what is missing.
    whole : bool
        Whether values are whole numbers, by the type of the column.
    possible : ndarray of bool of shape (n_codes,)
        Codes that rows of this type can have.
    """

    kind: str
    low: np.ndarray
    high: np.ndarray
    listed: tuple
    whole: bool
    possible: np.ndarray

    def problems(self):
        """Yield what is wrong with it, wherever it came from."""
        if len(self.low) != len(self.high):
            yield "there are not as many low ends as high ones"

    def drawn_between(self, ends):
        """Ends as those of bins are: of whole numbers the high one is beyond them."""
        return (np.ceil(ends[0]), np.floor(ends[1]) + 1) if self.whole else ends

    def drawn(self, codes, ends, rng):
        """Values of rows: float64, or codes of categories as they are.

        Parameters
        ----------
        codes : ndarray of int
        ends : tuple (low, high) or None
            Where values are known to lie, beside their code.
        rng : numpy.random.Generator
        """
        if self.kind == "category":
            return codes
        low, high = self.low, self.high
        if ends is not None:
            ends = self.drawn_between(ends)
            low, high = (np.clip(side, *ends) for side in (low, high))
        start, width = low[codes], (high - low)[codes]
        values = start + width * rng.random(len(codes))
        if self.whole:  # sums of large numbers may be rounded up
            values = np.minimum(np.floor(values), np.maximum(high - 1, low)[codes])
        return values


def values_of_table(table, types, columns):
    """What the codes of each column stand for.

    Parameters
    ----------
    table : TableBins
    types : tuple of str
        Names of the types of the columns.
    columns : tuple of Column

    Returns
    -------
    tuple of ColumnValues
    """
    parts = zip(table.schema.values(), table.bins.columns, types, columns, strict=True)
    listed = table.listed
    return tuple(
        values_of(field, bins, listed.get(j), dtype, column.declared is not None)
        for j, (field, bins, dtype, column) in enumerate(parts)
    )


def values_of(field, bins, listed, dtype, declared):
    """What the codes of a column stand for.

    Parameters
    ----------
    field : Field
        Of what was declared or found.
    bins : NumberBins or CategoryBins
    listed : ndarray or None
        Categories.
    dtype : str
        Name of the type of the column.
    declared : bool
        Whether the type lists all categories.
    """
    whole, possible = is_whole(dtype), np.ones(bins.n_codes, dtype=bool)
    possible[-1] = may_lack(dtype)
    if field.kind == "category":
        names = tuple(_plain(value) for value in listed)
        if declared or whole or not may_lack(dtype):
            possible[-2] = not (names or declared)
        none = np.zeros(0)
        return ColumnValues("category", none, none, names, False, possible)
    if field.kind == "boolean":
        ends = np.array([0.0, 1.0, np.nan])
        return ColumnValues("boolean", ends, ends, (), False, possible)
    whole &= field.kind == "number"
    low, high = _sides(field, bins.edges, whole)
    least, most = limits_of(dtype)  # a range that was found may be wider
    low, high = np.clip(low, least, most), np.clip(high, least, most + whole)
    if whole and (high[:-1] > low[:-1]).any():
        possible[:-1] = high[:-1] > low[:-1]  # there is a whole number between
    return ColumnValues(field.kind, low, high, (), whole, possible)


def _sides(field, edges, whole):
    """Ends of each bin; those of missing values are missing.

    Of whole numbers they are the first that is in the bin, and the first beyond it.
    """
    low, high = field.bounds
    if field.kind == "date":
        ends = np.array([low, high], dtype="datetime64[us]").astype(np.int64)
        low, high = (ends / SECONDS).tolist()
    inner = np.clip(edges, low, high)
    low, high = np.append(low, inner), np.append(inner, high)
    if whole:
        low, high = np.ceil(low), np.append(np.ceil(inner), np.floor(high[-1]) + 1)
    else:  # a bin of a single value holds that value
        high = np.where(high <= np.nextafter(low, np.inf), low, high)
    return np.append(low, np.nan), np.append(high, np.nan)


def _plain(value):
    """A category; None for what is missing."""
    missing = value is None or value != value
    return None if missing else getattr(value, "item", lambda: value)()


def is_whole(dtype):
    """Whether a type, by its name, is one of whole numbers."""
    return dtype.lower().startswith(("int", "uint"))


def may_lack(dtype):
    """Whether columns of a type can have missing values: those of NumPy cannot."""
    numpy = dtype[:1].islower() and "[" not in dtype
    return not (numpy and (is_whole(dtype) or dtype == "bool"))
