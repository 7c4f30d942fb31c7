"""Groups of rows that come chunk by chunk: how many rows of each count."""

from contextlib import closing
from hashlib import blake2b
from numbers import Integral

import numpy as np

from skprivate.rows._groups import bound_groups
from skprivate.rows._kinds import in_memory_array, kinds_of_array
from skprivate.rows._refusal import refused
from skprivate.rows._untyped import is_missing
from skprivate.rows._values import codes_of
from skprivate.rows._weights import bounded_weights

_GROUP = 3  # place in an item


class GroupBound:
    """Which rows of a source count: at most so many of each group.

    A first pass reads groups and weights, and chooses. Later passes go by the place of
    a row.

    **Guarantee.** That of :func:`bound_groups`, for the rows of the whole source; with
    one seed the rows are those that would be chosen in memory. Groups that a
    later pass tells are compared with those of the first, by a digest of all in order:
    so what is in places that count has as few rows of each group.

    Parameters
    ----------
    max_rows : int
    words : callable or None
        Random words, as for :func:`bound_groups`.
    """

    def __init__(self, max_rows, words):
        self._max_rows, self._words = max_rows, words
        self._codes, self._mask, self._digest = {}, None, None

    def look(self, open):
        """Choose, unless that was done.

        Parameters
        ----------
        open : callable
            Opens the items of the source.
        """
        if self._mask is not None:
            return
        ids, present, digest = [np.empty(0, np.uint64)], [np.empty(0, bool)], blake2b()
        with closing(open()) as items:
            for item in items:
                ids.append(self._ids(item[_GROUP], digest))
                present.append(_present(item[2], item[_GROUP]))
        ids, present = np.concatenate(ids), np.concatenate(present)
        mask = np.zeros(len(ids), bool)
        mask[present] = bound_groups(ids[present], self._max_rows, self._words)
        self._mask, self._digest = mask, digest.digest()

    def bounded(self, start, rows, item, digest):
        """Rows of an item, of which those that do not count have no weight.

        Parameters
        ----------
        start : int
            Place of the first.
        rows : ArrayRows
        item : tuple
        digest : hashlib object
            Of the groups so far; it is told those of this item.
        """
        ids = self._ids(item[_GROUP], digest)
        mask = self._mask[start : start + len(ids)]
        if len(mask) != len(ids) or len(ids) != rows.X.shape[0]:
            raise _changed()
        weight = mask if len(rows.weight) == 0 else rows.weight * mask
        return rows.weighted(weight.astype(np.float64)).grouped(ids)

    def end(self, n_rows, digest):
        """Refuse a pass that has told other groups than the first."""
        if n_rows != len(self._mask) or digest.digest() != self._digest:
            raise _changed()

    def _ids(self, groups, digest):
        """A number for the group of each row, of 64 bits: itself, if it is a whole one.

        Those of one declared type are told apart by these bits.
        """
        array = in_memory_array(groups, "groups")
        if array.dtype.kind in "biu":
            ids = array.astype(np.uint64 if array.dtype.kind == "u" else np.int64)
        else:
            ids = self._coded(array)
        ids = ids.view(np.uint64)
        digest.update(np.ascontiguousarray(ids))
        return ids

    def _coded(self, array):
        """Numbers for other values, of what is missing some number."""
        kinds = {*kinds_of_array(array)}
        if not kinds <= {*"fOU"}:
            raise refused(
                TypeError, "groups must hold integers or text. Convert them first."
            )
        codes, values = codes_of(array.reshape(-1, 1), 0)
        if values and all(isinstance(v, Integral) for v in array if not is_missing(v)):
            whole = [0 if is_missing(value) else int(value) for value in array]
            return np.array(whole, np.uint64 if max(whole) >= 2**63 else np.int64)
        known = self._codes
        places = [known.setdefault(value, len(known)) for value in values] or [0]
        return np.array(places)[np.where(np.isnan(codes), 0, codes).astype(np.intp)]


def bounded_rows(bound, items, rows_of):
    """Yield the rows of items, of which those of large groups have no weight.

    Parameters
    ----------
    bound : GroupBound
    items : callable
        Opens them.
    rows_of : callable
        From an item to rows in memory.
    """
    bound.look(items)
    start, digest = 0, blake2b()
    with closing(items()) as opened:
        for item in opened:
            rows = bound.bounded(start, rows_of(item), item, digest)
            start += rows.X.shape[0]
            yield rows
    bound.end(start, digest)


def _present(weight, groups):
    """Mask of the rows that have a weight, and must have a group."""
    array = in_memory_array(groups, "groups")
    weight = bounded_weights(weight, 1.0, len(array))
    present = weight > 0 if len(weight) else np.ones(len(array), bool)
    if array.dtype.kind not in "biuU" and any(map(is_missing, array[present])):
        raise _missing()
    return present


def _missing():
    return refused(
        ValueError,
        "groups contains NaN. Give every row its group, or drop rows without one.",
    )


def _changed():
    return refused(
        ValueError,
        "The source told other groups, or in another order, than before in the same "
        "fit. Write the rows to a file first, in a fixed order.",
    )
