"""What the rows of a box say of themselves."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Spans:
    """Which codes of a column each box holds.

    Attributes
    ----------
    column : CodedColumn
    low, high : ndarray of shape (n_boxes,)
        Of numbers: the least and the largest code.
    kinds : ndarray of shape (n_boxes,)
        The same number for boxes that say the same.
    firsts : ndarray
        A box of each kind.
    sets : list of ndarray
        Of categories: the codes of each kind.
    penalties : ndarray of shape (n_boxes,)
        Width of a box as a part of the whole.
    """

    column: object
    low: np.ndarray
    high: np.ndarray
    kinds: np.ndarray
    firsts: np.ndarray
    sets: list
    penalties: np.ndarray

    @classmethod
    def of(cls, column, codes, order, starts):
        """Look at the codes of each box."""
        sorted_codes = codes[order]
        low = np.minimum.reduceat(sorted_codes, starts[:-1])
        high = np.maximum.reduceat(sorted_codes, starts[:-1])
        if column.is_number:
            both = low.astype(np.int64) * (column.n_codes + 1) + high
            _, firsts, kinds = np.unique(both, return_index=True, return_inverse=True)
            places = np.minimum(column.widths(), 1.0)
            gap = column.has_missing and (high == column.n_codes - 1) & (low != high)
            penalties = np.where(gap, 1.0, places[high] - places[low])
            return cls(column, low, high, kinds, firsts, [], penalties)
        boxes = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        pairs = np.unique(boxes * np.int64(column.n_codes) + sorted_codes)
        owners, codes = np.divmod(pairs, column.n_codes)
        sizes = np.bincount(owners, minlength=len(starts) - 1)
        kinds, firsts = _alike(owners, codes, sizes)
        ends = np.cumsum(sizes)
        sets = [codes[ends[box] - sizes[box] : ends[box]] for box in firsts]
        penalties = (sizes - 1) * column.widths()[1]
        return cls(column, low, high, kinds, firsts, sets, penalties)

    def shown(self, boxes, output):
        """Columns of the result, by name."""
        kinds = self.kinds[boxes]
        if output == "codes":
            return {self.column.name: kinds}
        if output == "interval":
            return {self.column.name: self._texts()[kinds]}
        parts = self._middles()
        return {
            name: part[kinds]
            for name, part in zip(self.names("midpoint"), parts.T, strict=True)
        }

    def names(self, output):
        """Names of the columns of the result."""
        if output != "midpoint" or self.column.is_number:
            return [self.column.name]
        words = [str(value) for value in self.column.values]
        words += ["missing"] * self.column.has_missing
        return [f"{self.column.name}_{word}" for word in words]

    def _texts(self):
        if self.column.is_number:
            words = [self.column.text(self.low[b], self.high[b]) for b in self.firsts]
        else:
            words = [self.column.set_text(codes) for codes in self.sets]
        texts = np.empty(len(words), dtype=object)
        texts[:] = words
        return texts

    def _middles(self):
        if self.column.is_number:
            values, tops = (
                (v.astype("datetime64[us]") if v.dtype.kind == "M" else v).astype(float)
                for v in (self.column.values, self.column.tops)
            )
            if not len(values):
                return np.full((len(self.firsts), 1), np.nan)
            last = max(0, len(values) - 1)
            low, high = self.low[self.firsts], self.high[self.firsts]
            middle = (
                values[np.minimum(low, last)] / 2 + tops[np.minimum(high, last)] / 2
            )
            gap = self.column.has_missing and low > last
            return np.where(gap, np.nan, middle)[:, None]
        shares = np.zeros((len(self.sets), self.column.n_codes))
        for row, codes in zip(shares, self.sets, strict=True):
            row[codes] = 1 / len(codes)
        return shares


def _alike(owners, codes, sizes):
    """Numbers for boxes with equal sets of codes, and a box of each.

    Sets are compared by two sums of random words of their codes: two different sets
    agree with a chance of 2**-128.
    """
    draw = np.random.default_rng(0).integers(
        0, 2**64, (2, codes.max() + 1), dtype=np.uint64
    )
    ends = np.cumsum(sizes) - sizes
    keys = np.array([np.add.reduceat(words[codes], ends) for words in draw]).T
    _, firsts, kinds = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return kinds.reshape(-1), firsts
