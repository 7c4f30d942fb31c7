"""Columns of a table as small codes, and ranges of codes as words."""

from dataclasses import dataclass

import numpy as np

MOST_VALUES = 2**16  # of a number; beyond, near ones share a code
_MISSING = "missing"


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A quasi-identifier: its distinct values, in order, and the code of each row.

    A missing value is a value of its own, with the last code.

    Parameters
    ----------
    name : object
        Of the column.
    values : ndarray
        Distinct values that are there: sorted numbers, dates or texts; of numbers
        beyond ``MOST_VALUES`` the lower ends of blocks.
    tops : ndarray
        Upper ends of the same; ``values`` itself unless there are blocks.
    is_number : bool
        Whether a range says what a set would.
    codes : int32 ndarray of shape (n_rows,)
    has_missing : bool
    """

    name: object
    values: np.ndarray
    tops: np.ndarray
    is_number: bool
    codes: np.ndarray
    has_missing: bool

    @property
    def n_codes(self):
        """Distinct values, a missing one included."""
        return len(self.values) + self.has_missing

    def widths(self):
        """For the kernel: places of numbers in the domain, or what a category costs."""
        if not self.is_number:
            return np.full(2, 1.0 / max(1, self.n_codes - 1))
        places = np.zeros(self.n_codes)
        if len(self.values) > 1:
            far = _from_first(np.append(self.values, self.tops[-1:]))
            if not np.isfinite(far[-1]):
                raise ValueError(
                    f"Column {self.name!r} holds infinite numbers, so its ranges have "
                    "no width. Replace them."
                )
            places[: len(far) - 1] = far[:-1] / far[-1]
        if self.has_missing:
            places[-1] = 2.0  # as far from all numbers as can be
        return places

    def code(self, column):
        """Codes of new rows: of numbers the one at or below, of others the same one."""
        found, codes, missing = _distinct(column, self.is_number, self.name)
        if self.is_number:
            own = np.clip(
                np.searchsorted(self.values, found, side="right") - 1, 0, None
            )
        else:
            place = {value: i for i, value in enumerate(self.values)}
            own = np.array([place.get(value, -1) for value in found], dtype=np.int64)
        if (own < 0).any():
            raise ValueError(
                f"Column {self.name!r} has values that were not in the table of the "
                "fit, so no box holds them. Anonymize all rows together."
            )
        if missing.any() and not self.has_missing:
            raise ValueError(
                f"Column {self.name!r} has gaps, and had none in the table of the fit. "
                "Anonymize all rows together."
            )
        codes = own[codes] if len(own) else codes
        return np.where(missing, len(self.values), codes).astype(np.int32)

    def text(self, low, high):
        """Words for a range of codes of a number."""
        last = len(self.values) - 1
        gap = self.has_missing and high > last
        if gap and low > last:
            return None
        top = self.tops[min(high, last)]
        said = _said(self.values[low], top)
        return f"{said} or {_MISSING}" if gap else said

    def set_text(self, codes):
        """Words for a set of codes of a category."""
        if list(codes) == [len(self.values)]:
            return None
        words = [
            _MISSING if c == len(self.values) else str(self.values[c]) for c in codes
        ]
        return words[0] if len(words) == 1 else "{" + ", ".join(words) + "}"


def coded(name, column, order=None, *, blocks=False):
    """A column as codes.

    Parameters
    ----------
    name : object
    column : array-like of shape (n_rows,)
    order : sequence, default=None
        Of the categories, so that near ones are alike; None: by the alphabet.
    blocks : bool, default=False
        Whether near numbers share a code where there are very many. Never of a table
        whose groups are counted: rows of one block are not alike.
    """
    is_number = order is None and _is_number(column)
    values, codes, missing = _distinct(column, is_number, name)
    tops = values
    if blocks and is_number and len(values) > MOST_VALUES:
        first = np.arange(MOST_VALUES) * len(values) // MOST_VALUES
        codes = np.searchsorted(first, codes, side="right") - 1
        values, tops = values[first], values[np.append(first[1:], len(values)) - 1]
    elif order is not None:
        place = {value: i for i, value in enumerate(order)}
        if any(value not in place for value in values):
            raise ValueError(
                f"The hierarchy of column {name!r} misses a value of it. Add the value."
            )
        by_place = np.argsort([place[value] for value in values], kind="stable")
        rank = np.empty(len(values), dtype=np.int64)
        rank[by_place] = np.arange(len(values))
        values = tops = values[by_place]
        codes = rank[codes] if len(values) else codes
    gap = bool(missing.any())
    codes = np.where(missing, len(values), codes).astype(np.int32)
    return CodedColumn(name, values, tops, is_number, codes, gap)


def _is_number(column):
    """By the declared type: numbers and dates, no truth values and no texts."""
    kind = getattr(getattr(column, "dtype", None), "kind", None)
    if kind is not None:
        return kind in "iufM"
    is_numeric = getattr(getattr(column, "dtype", None), "is_numeric", None)
    if is_numeric is not None:  # polars
        return bool(is_numeric()) or str(column.dtype).startswith("Date")
    return np.asarray(column).dtype.kind in "iufM"


def is_missing(value):
    """None, NaN, NaT or pandas.NA, which does not say whether it is itself."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def plain(value):
    """A value as the text that a file would have."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _distinct(column, is_number, name):
    """Sorted distinct values, the rank of each row, and which rows are missing."""
    try:
        return _sorted_values(column, is_number)
    except (TypeError, ValueError):  # their messages may hold values
        what = "numbers or dates" if is_number else "single values"
        raise TypeError(
            f"Column {name!r} must hold {what}, as its type or that of the fit says. "
            "Convert it first."
        ) from None


def _sorted_values(column, is_number):
    if is_number:
        found, missing = _numbers(column)
        values, there = np.unique(found[~missing], return_inverse=True)
    else:
        found, codes, missing = _words(column)
        values, rank = np.unique(np.array(found, dtype=object), return_inverse=True)
        there = rank.reshape(-1)[codes[~missing]] if len(found) else codes[:0]
    codes = np.zeros(len(missing), dtype=np.int64)
    codes[~missing] = there.reshape(-1)
    return values, codes, missing


def _numbers(column):
    """Numbers or dates, whole numbers exactly, and which are missing."""
    array = column.to_numpy() if hasattr(column, "to_numpy") else np.asarray(column)
    kind = getattr(getattr(column, "dtype", None), "kind", None)
    if kind == "M" and array.dtype.kind == "O":  # with a time zone
        import pandas as pd

        array = pd.to_datetime(array, utc=True).tz_localize(None).to_numpy()
    if array.dtype.kind == "M":
        return array, np.isnat(array)
    whole = kind in ("i", "u") or getattr(column.dtype, "is_integer", bool)()
    if whole and array.dtype.kind not in "iu":  # with gaps, and as floats inexact
        is_polars = hasattr(column, "fill_null")
        missing = (column.is_null() if is_polars else column.isna()).to_numpy()
        full = column.fill_null(0) if is_polars else column.fillna(0)
        return _wide(full.to_numpy()), missing.astype(bool)
    if array.dtype.kind in "iu":
        return _wide(array), np.zeros(len(array), dtype=bool)
    array = np.asarray(array, dtype=float)
    return array, np.isnan(array)


def _wide(whole):
    """Whole numbers of 64 bits: sums of two of fewer bits wrap around."""
    return whole.astype(np.uint64 if whole.dtype.kind == "u" else np.int64)


def _words(column):
    """Distinct values as texts, the number of each row's, and which are missing.

    Texts are looked up in a hash table, where pandas is there, and never as an array of
    texts: that takes longer than all the rest.
    """
    try:
        import pandas as pd
    except ImportError:
        found = np.asarray(column, dtype=object)
        missing = np.array([is_missing(v) for v in found], dtype=bool)
        texts = np.array([plain(v) for v in found[~missing]], dtype=str)
        values, there = np.unique(texts, return_inverse=True)
        codes = np.full(len(found), -1)
        codes[~missing] = there
        return list(values), codes, missing
    if not isinstance(column, pd.Series):
        column = pd.Series(np.asarray(column, dtype=object))
    codes, values = pd.factorize(column)
    return [plain(value) for value in values], codes, codes < 0


def _from_first(values):
    """Half of how far sorted values are from the first: that is always a number."""
    if values.dtype.kind == "M":
        return (values - values[0]).astype("timedelta64[us]").astype(float)
    if values.dtype.kind in "iu":  # differences of 64 bits are exact without a sign
        return (values - values[:1]).view(np.uint64).astype(float)
    return values / 2 - values[0] / 2


def _said(low, high):
    """A range in words."""
    words = [_word(low), _word(high)]
    return words[0] if words[0] == words[1] else f"[{words[0]}, {words[1]}]"


def _word(value):
    if isinstance(value, np.datetime64):
        day = str(value)
        return day[:10] if day[10:].strip("T:.0") == "" else day
    if isinstance(value, np.integer) or (abs(value) < 1e15 and value == int(value)):
        return str(int(value))
    return f"{value:.10g}"
