"""Rows in memory, dense or sparse."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.rows._arrow import framed
from skprivate.rows._columns import schema_of
from skprivate.rows._derived import Kept, answer, maps_of
from skprivate.rows._features import refuse_odd
from skprivate.rows._groups import units_of
from skprivate.rows._kinds import (
    feature_names,
    in_memory_array,
    is_pandas,
    is_polars,
    is_sparse,
)
from skprivate.rows._labels import encode, sorted_labels
from skprivate.rows._refusal import refused
from skprivate.rows._rows import (
    Rows,
    add_totals,
    check_queries,
    check_row_count,
    read_only,
    whole_numbers,
)
from skprivate.rows._same import trace_of
from skprivate.rows._sampled import refuse_units
from skprivate.rows._sparse import canonical
from skprivate.rows._untyped import UNTYPED

CHUNK_ROWS = 2**16  # the proofs of exactness of the kernels rest on this
CHUNK_BYTES = 2**21
_FEW_CHUNKS = 2**9  # totals of a chunk are at most 2**53
_ALL_ONES = read_only(np.empty(0))


class ArrayRows(Rows):
    """Rows in memory.

    Chunks run in threads when joblib is configured to use more than one worker, as in
    ``with joblib.parallel_config(n_jobs=4)``. No copy of `X` is made: chunks of an
    array that is not C-contiguous are copied one by one.

    Parameters
    ----------
    X : array-like, DataFrame or CSR matrix of shape (n_rows, n_features)
    y : array-like of shape (n_rows,) or None, default=None
        Numbers or labels.
    weight : array-like of shape (n_rows,) or None, default=None
        Rows of weight zero count as absent. None: all ones.

    Notes
    -----
    What is given here is validated by :meth:`through`, which ``fit`` calls. Queries are
    answered only after that; or at once where `X` is finite float64 or float32, `y` is
    float64 or int32, and `weight` is float64 in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import ArrayRows
    >>> rows = ArrayRows(np.zeros((4, 3)), ["yes", "no", "no", "yes"])
    >>> rows.n_features, rows.labels().tolist()
    (3, ['no', 'yes'])
    """

    in_memory = True
    groups = None
    long_units = None  # of groups of which the sum is to be clipped
    _watched = False
    _kept = _drawn = None

    def __init__(
        self, X: TableLike, y: ArrayLike | None = None, weight: ArrayLike | None = None
    ) -> None:
        given, X = X, framed(X)
        self.feature_names = feature_names(X)
        self.X = X if is_sparse(X) else in_memory_array(X, "X")
        self._listed = isinstance(X, UNTYPED)
        if self.X.ndim != 2:
            raise refused(
                ValueError, "Expected 2D array for X. Reshape your data to 2-D."
            )
        if is_sparse(X):
            self.X = canonical(X.tocsr())
        self.y = None if y is None else in_memory_array(y, "y")
        self.weight = _ALL_ONES
        if weight is not None:
            self.weight = in_memory_array(weight, "sample_weight")
        for part in (self.y, weight if weight is None else self.weight):
            if part is not None and part.shape[:1] != self.X.shape[:1]:
                raise refused(
                    ValueError,
                    "Found input variables with inconsistent numbers of samples. Give "
                    "X, y and sample_weight the same number of rows.",
                )
        self.n_features = self.X.shape[1]
        self._given = trace_of(given)
        # A frame has types of its own for each column, which one array has not.
        self._table = X if is_pandas(X) or is_polars(X) else self.X

    @property
    def n_targets(self) -> int | None:
        """Number of columns of the target, where it has columns."""
        return self.y.shape[1] if np.ndim(self.y) == 2 else None

    def total(self, queries: Any) -> Any:
        """Exact sums of `queries`; see :meth:`Rows.total`."""
        if self._drawn is not None and self._kept_maps(queries) is None:
            return self._at(np.flatnonzero(self._drawn)).total(queries)
        check_queries(queries, self.n_features)
        n_rows, size = self.X.shape[0], self._chunk_rows()
        check_row_count(n_rows, queries)
        if n_rows <= size:
            return self._chunk_total(0, n_rows, queries)
        starts = range(0, n_rows, size)
        n_threads = min(_n_threads(), len(starts))
        if n_threads == 1:
            return self._total_from(starts, size, queries)
        # Every thread has its own share of the chunks: nothing to lock, and no chunk
        # can be counted twice, with or without a global interpreter lock.
        with ThreadPoolExecutor(n_threads - 1) as pool:
            work = [
                pool.submit(self._total_from, starts[i::n_threads], size, queries)
                for i in range(1, n_threads)
            ]
            own = self._total_from(starts[::n_threads], size, queries)
            return add_totals([own, *(part.result() for part in work)])

    @property
    def dtype(self) -> Any:
        """The type of the numbers that queries see."""
        return self.X.dtype if self.X.dtype == np.float32 else Rows.dtype

    def held(self) -> list[Any]:
        """The array, or the values of a sparse one; and what was given, if it lives."""
        return [self, self.X.data if is_sparse(self.X) else self.X, self._given]

    def encoded(self, classes: Any) -> Rows:
        """These rows, with int32 codes for labels; rows of weight zero may be -1."""
        rows = copy(self)
        rows.y = encode(self.y, classes, self._present())
        return rows

    @property
    def columns(self) -> Any:
        """What the type of the array tells of its columns."""
        if is_sparse(self.X) or self._listed:
            return super().columns
        names = self.feature_names or (None,) * self.n_features
        found = zip(names, schema_of(self._table), strict=True)
        return tuple(replace(column, name=name) for name, column in found)

    def labels(self) -> Any:
        """Labels of the rows whose weight is not zero, sorted."""
        present = self._present()
        return sorted_labels(self.y if present is None else self.y[present])

    def weighted(self, weight: np.ndarray) -> Rows:
        """These rows, with weights in [0, 1] in place of those they had."""
        rows = copy(self)
        rows.weight, rows._kept = weight, self._kept  # no column depends on weights
        return rows

    def grouped(self, groups: Any) -> Rows:
        """These rows, of which those with equal `groups` are one privacy unit."""
        rows = copy(self)
        rows.groups = groups
        vars(rows).pop("unit", None)
        return rows

    @cached_property
    def unit(self) -> Any:
        """Number of the unit of each row; None where each row is one of its own."""
        return None if self.groups is None else units_of(self.groups)

    def sampled(self, coins: Any) -> Rows:
        """A sample of these rows, of whole units; takes time for it, not for all.

        Where derived columns are kept, they are those of all rows.
        """
        if self.groups is None:
            refuse_units(coins)
        rows = copy(self)
        rows._drawn = coins.drawn(self.X, self.y, self.unit)
        rows.groups = rows.unit = rows.long_units = None  # of all rows
        rows._kept = self._kept
        return rows

    def _at(self, kept):
        """Some of the rows."""
        rows = copy(self)
        rows.X, rows._drawn = self.X[kept], None
        rows.y = self.y if self.y is None else self.y[kept]
        rows.weight = self.weight[kept] if len(self.weight) else self.weight
        return rows

    def watched(self) -> Rows:
        """These rows; a dense one that is not finite is refused when it is added."""
        rows = copy(self)
        rows._watched = not is_sparse(self.X)
        return rows

    def keeping(self) -> Rows:
        """These rows, with memory for the derived columns of one fit."""
        rows = copy(self)
        rows._kept = Kept(self.X)
        return rows

    def forget(self) -> None:
        """Remove all derived columns."""
        if self._kept is not None:
            self._kept.clear()

    def chunks(self) -> Iterator[Any]:
        """The arguments of a query, chunk by chunk, refused if they ought to be."""
        size = self._chunk_rows()
        for start in range(0, max(1, self.X.shape[0]), size):  # one of them at least
            chunk = self._chunk(start, start + size)
            yield self._checked(chunk[0]), *chunk[1:]

    def through(self, door: Any) -> Rows:
        """These rows, validated."""
        weight = self.weight if len(self.weight) else None
        rows = door.admit(self._table, self.y, weight)
        rows.feature_names = self.feature_names
        return rows

    def first_row(self) -> Any:
        """A table of one row, as it was given."""
        return self._table[:1] if self.X.shape[0] else None

    def mapped(self, maps: Any) -> "ArrayRows":
        """These rows, mapped."""
        weight = self.weight if len(self.weight) else None
        return ArrayRows(maps(self._table), self.y, weight)

    def relabelled(self, work: Any) -> "ArrayRows":
        """These rows, with a target that is made of theirs."""
        weight = self.weight if len(self.weight) else None
        return ArrayRows(self._table, work(self.y), weight)

    def __getstate__(self):
        # Which are here, and not elsewhere. So a copy keeps nothing until it is told.
        return {**vars(self), "_given": None, "_kept": None}

    def _present(self):
        """Mask of the rows that count, or None where all do."""
        return self.weight > 0 if len(self.weight) else None

    def _chunk_rows(self):
        """Number of rows of a chunk: about `CHUNK_BYTES` of them.

        If there are several, their number is even: two threads have as much to do.
        """
        X, n_bytes = self.X, CHUNK_BYTES
        if is_sparse(X):
            entries = int(X.indptr[-1]) / max(1, X.shape[0])
            width = 8 + entries * (X.data.itemsize + X.indices.itemsize)
            n_bytes = max(n_bytes, 32 * X.shape[1])  # or totals cost more than rows
        else:
            width = X.itemsize * max(1, X.shape[1])
            if X.flags.c_contiguous:  # chunks are no copies: few calls of kernels
                n_bytes *= 4
        size = min(CHUNK_ROWS, int(n_bytes / width))
        size = size - size % 64 or max(1, size)
        n_chunks = -(-X.shape[0] // size)
        if n_chunks > 1:
            part = -(-X.shape[0] // (n_chunks + n_chunks % 2))
            size = min(size, part + -part % 64)
        return size

    def _chunk(self, start, stop):
        """The arguments of a query for some rows."""
        return self._rows_of(start, stop), *self._beside(start, stop)

    def _rows_of(self, start, stop):
        """Columns of some rows."""
        if is_sparse(self.X):
            return _csr_chunk(self.X, start, stop)
        return read_only(self.X[start:stop])

    def _beside(self, start, stop):
        """Targets and weights of some rows."""
        y = None if self.y is None else read_only(self.y[start:stop])
        weight = self.weight[start:stop] if len(self.weight) else _ALL_ONES
        return y, read_only(weight)

    def _total_from(self, starts, size, queries):
        """Total over the chunks that begin at `starts`."""
        few = (starts[i : i + _FEW_CHUNKS] for i in range(0, len(starts), _FEW_CHUNKS))
        return add_totals(self._few_chunks(part, size, queries) for part in few)

    def _few_chunks(self, starts, size, queries):
        """Total over so few chunks that int64 is wide enough."""
        totals = [0] * len(queries)
        for start in starts:
            parts = self._chunk_total(start, start + size, queries)
            totals = [total + part for total, part in zip(totals, parts, strict=True)]
        return totals

    def _chunk_total(self, start, stop, queries):
        """Total over one chunk; a copy of it, if there is one, lives no longer."""
        maps = self._kept_maps(queries)
        if maps is not None:
            return self._kept_total(start, stop, maps, queries)
        chunk = self._chunk(start, stop)
        if not self._watched:
            return [whole_numbers(query(*chunk), query) for query in queries]
        from skprivate.kernels import finite_watch  # numba is loaded at first use

        # A query in NumPy may meet NaN before the user is told of it.
        with finite_watch(self.n_features) as all_finite, np.errstate(all="ignore"):
            totals = [query(*chunk) for query in queries]
        if not all_finite():
            refuse_odd(chunk[0])
        pairs = zip(totals, queries, strict=True)
        return [whole_numbers(total, query) for total, query in pairs]

    def _kept_total(self, start, stop, maps, queries):
        """Total over the derived columns of a chunk, of which some may be known."""
        y, weight = self._beside(start, stop)
        columns = self._kept.columns(
            start, maps, lambda: self._checked(self._rows_of(start, stop))
        )
        if self._drawn is not None:
            kept = np.flatnonzero(self._drawn[start : start + len(columns)])
            columns, y = columns.taken(kept), y if y is None else read_only(y[kept])
            weight = read_only(weight[kept]) if len(weight) else weight
        return [whole_numbers(answer(q, columns, y, weight), q) for q in queries]

    def _kept_maps(self, queries):
        """The maps that all queries ask about, where what they make is kept."""
        kept = self._kept is not None and self._kept.X is self.X
        return maps_of(queries) if kept else None

    def _checked(self, X):
        """A chunk of `X`, refused if it is watched and not finite."""
        if self._watched:
            refuse_odd(X)
        return X


def _csr_chunk(X, start, stop):
    """Rows of a CSR matrix as kernels read them; nothing but `indptr` is new."""
    indptr = X.indptr[start : stop + 1]
    entries = slice(int(indptr[0]), int(indptr[-1]))
    indptr = indptr - indptr[0]
    indices = X.indices[entries].astype(indptr.dtype, copy=False)
    data = X.data[entries]
    return read_only(data), read_only(indices), read_only(indptr), np.int64(X.shape[1])


def _n_threads():
    """Number of threads that joblib's configuration allows here."""
    from joblib import effective_n_jobs  # not needed where there is one chunk

    return effective_n_jobs(None)
