"""Words made of rows: the same for a row in each pass, whatever the others are."""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from skprivate.rows._arrow import framed
from skprivate.rows._columns import schema_of
from skprivate.rows._kinds import is_sparse
from skprivate.rows._table import opened_table
from skprivate.rows._values import codes_of, numbers_of, seconds_of

_ODD = np.uint64(0x9E3779B97F4A7C15)
_GAP = np.uint64(1)


@dataclass(frozen=True)
class RowKeys:
    """From rows to one word each, under a secret key.

    **Guarantee.** The word of a row is a function of the key, of the values of this row
    and of its label; not of its place, of other rows, nor of the types that a chunk
    has because of them. Rows that are equal have equal words.

    Privacy rests on this alone, not on how random the words look: with any key a row
    more leaves all others where they are.

    Parameters
    ----------
    key : int
        Of 64 bits.
    """

    key: int

    def __call__(self, X, y=None):
        """A word for each row, as uint64.

        Parameters
        ----------
        X : table
            A chunk.
        y : array-like or None
            One label or number for each row.
        """
        X = framed(X)
        words = self._of_sparse(X) if is_sparse(X) else self._of_table(X)
        if y is not None:
            words = words + self._of_table(_as_table(y), first=2**32)
        return _mixed(words)

    def _of_table(self, X, first=0):
        """Sums over the columns."""
        columns, X = schema_of(X), opened_table(X, 0)
        words = np.zeros(X.shape[0], np.uint64)
        for j, column in enumerate(columns):
            salt = self._salt(first + j)
            words += _mixed(_bits_of(X, j, column.kind, self.key) ^ salt)
        return words

    def _of_sparse(self, X):
        """The same over the entries that are not zero."""
        X = X.tocsr().copy()
        X.sum_duplicates()
        X.eliminate_zeros()
        salts = _mixed(X.indices.astype(np.uint64) * _ODD + np.uint64(self.key))
        entries = _mixed(_bits(X.data.astype(np.float64)) ^ salts)
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(entries)])
        return sums[X.indptr[1:]] - sums[X.indptr[:-1]]

    def _salt(self, j):
        return _mixed(np.array([j], np.uint64) * _ODD + np.uint64(self.key))


def _as_table(y):
    """A column as a table of one; a list has no type, and each value its own."""
    if hasattr(y, "to_frame"):
        return y.to_frame()
    array = y if isinstance(y, np.ndarray) else np.array([*y], dtype=object)
    return array.reshape(len(array), -1)


def _bits_of(X, j, kind, key):
    """64 bits for each value of a column: of a number those of its float."""
    if kind == "date":
        return _bits(seconds_of(X, j))
    if kind != "category":
        return _bits(numbers_of(X, j))
    codes, values = codes_of(X, j)
    known = np.array([*(_of_value(value, key) for value in values), _GAP], np.uint64)
    places = np.where(np.isnan(codes), len(values), codes)
    return known[places.astype(np.intp)]


def _of_value(value, key):
    """Bits of one category."""
    if not isinstance(value, str):
        return _bits(np.array([float(value)]))[0]
    text = value.encode("utf-8", "surrogatepass")
    digest = blake2b(text, digest_size=8, key=int(key).to_bytes(8, "little"))
    return np.uint64(int.from_bytes(digest.digest(), "little"))


def _bits(values):
    """Bits of floats; of both zeros the same, and so of all that is missing."""
    bits = (np.asarray(values, np.float64) + 0.0).view(np.uint64).copy()
    bits[np.isnan(values)] = _GAP
    return bits


def _mixed(words):
    """Words of which each bit depends on all bits (splitmix64, Steele et al. 2014)."""
    words = words + _ODD
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
