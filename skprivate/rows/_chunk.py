"""Rows that come chunk by chunk: out of core."""

from collections.abc import Callable, Iterator
from contextlib import closing
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from skprivate.rows._array import ArrayRows
from skprivate.rows._arrow import framed
from skprivate.rows._coded import coded_rows
from skprivate.rows._column import BOOLEANS
from skprivate.rows._columns import other_categories, schema_of
from skprivate.rows._derived import answer, maps_of
from skprivate.rows._kept_files import KeptFiles, NoRoomError
from skprivate.rows._kinds import feature_names, in_memory_array, is_sparse
from skprivate.rows._progress import Progress
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._rows import (
    RowCount,
    Rows,
    add_totals,
    check_queries,
    check_row_count,
    whole_numbers,
)
from skprivate.rows._table_map import MappedChunks, RelabelledChunks
from skprivate.rows._tallies import added_tallies, typed_counts

_END = object()
_UNREADABLE = (
    "The source of rows failed. Iterate over open() outside of fit to see the error; "
    "it is not shown here because it could hold a value from the data."
)


class ChunkRows(Rows):
    """Rows that come chunk by chunk, so that they need not fit in memory.

    Each chunk is validated like the input of ``fit``, used once and dropped; large
    chunks are cut. The source is read once for every release of a fit.

    Parameters
    ----------
    open : callable
        ``open()`` returns a new iterator each time. Its items are ``X``, ``(X, y)`` or
        ``(X, y, sample_weight)``, where ``X`` is anything that ``fit`` accepts in
        memory.
    n_features : int or None, default=None
        Number of columns; None reads the first chunk to find out.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.rows import ChunkRows
    >>> rows = ChunkRows(lambda: (np.full((4, 3), i) for i in range(2)))
    >>> rows.n_features
    3
    """

    _most_parts = 3  # of an item
    _unreadable = _UNREADABLE

    def __init__(self, open: Callable[..., Any], n_features: int | None = None) -> None:
        if not callable(open):
            raise refused(
                TypeError,
                "open must be a function that returns a new iterator of chunks. Wrap "
                "the chunks: ChunkRows(lambda: iter(chunks)).",
            )
        self.open = open
        self._width, self._names = n_features, None
        self._door = self._classes = self._categories = self._seen = None
        self._schema = self._kept = None
        self._types = []  # shared by all copies

    @property
    def n_features(self) -> int:
        """Number of columns."""
        if self._width is None:
            self._look()
        return self._width

    @property
    def feature_names(self) -> Any:
        """Names of the columns of the first chunk, once that was looked at."""
        if self._width is None:
            self._look()
        return self._names or None

    @property
    def n_targets(self) -> Any:
        """What was asked for."""
        return None if self._door is None else self._door.n_targets

    def total(self, queries: Any) -> Any:
        """Exact sums of `queries`, in constant memory; see :meth:`Rows.total`."""
        maps = None if self._kept is None else maps_of(queries)
        if maps is not None:
            try:
                return self._added(queries, self._kept_totals(queries, maps))
            except NoRoomError:  # the same totals, for more work
                self._kept = None
        return self._added(queries, self._totals(queries))

    def encoded(self, classes: Any) -> Rows:
        """These rows, with each chunk encoded as it comes."""
        return self._with(_classes=classes)

    @property
    def columns(self) -> Any:
        """What is known of the columns of the first chunk, or how they are read.

        Categories that the types list, of pandas or polars, are known if those of all
        chunks list the same: which takes a look at every chunk. The type of a part of
        a file may list what occurs there.
        """
        if self._door is not None and self._door.columns is not None:
            return self._door.columns
        if self._schema is None:
            with closing(self._items()) as items:
                item = next(items, None)
            if item is None or is_sparse(self._parts(item)[0]):
                return super().columns
            self._schema = self._known_in_all(schema_of(self._parts(item)[0]))
        return self._schema

    def _known_in_all(self, columns):
        """Columns of the first chunk, without lists that other chunks do not share."""
        if all(column.declared in (None, BOOLEANS) for column in columns):
            return columns
        different = set()
        with closing(self._items()) as items:
            for item in items:
                found = schema_of(self._parts(item)[0])
                different |= {*other_categories(columns, found)}
                different |= {j for j, c in enumerate(found) if c.declared is None}
        return tuple(
            replace(column, declared=None) if j in different else column
            for j, column in enumerate(columns)
        )

    @property
    def dtype(self) -> Any:
        """The type of the numbers of the first chunk."""
        if not self._has_numbers:
            return super().dtype
        if isinstance(self.open, MappedChunks):
            return self.open.maps.dtype
        if not self._types:  # no query has read it
            with closing(self._rows_of_items()) as parts:
                next(parts, None)
        return self._types[0] if self._types else super().dtype

    @property
    def _has_numbers(self):
        """Whether all columns are read as numbers."""
        return self._door is None or self._door.columns is None

    def held(self) -> list[Any]:
        """The function that opens the source."""
        return [self, self.open]

    def coded(self, categories: Any) -> Rows:
        """These rows, with the categories of each chunk encoded as it comes."""
        return self._with(_categories=categories)

    def first_row(self) -> Any:
        """A table of one row, of the first chunk that has one."""
        with closing(self._raw_items()) as items:
            for X, *_ in items:
                if _n_rows(X):
                    return X[:1]
        return None

    def mapped(self, maps: Any) -> Rows:
        """These rows, of which each chunk is mapped as it comes."""
        rows = ChunkRows(MappedChunks(self._raw_items, maps), maps.n_features)
        rows._names = maps.feature_names or ()
        return rows

    def relabelled(self, work: Any) -> Rows:
        """These rows, of which the target of each chunk is mapped as it comes."""
        rows = ChunkRows(RelabelledChunks(self._raw_items, work), self.n_features)
        rows._names = self._names
        return rows

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Any:
        """Number of rows that hold each value, added up over chunks.

        Guarantee: that of :meth:`TableRows.tally`, since a row lies in one chunk. All
        values that occur are in memory.
        """
        with closing(self._rows_of_items()) as parts:
            tallies = (
                rows.tally(numbers, missing=missing, words=words) for rows in parts
            )
            return added_tallies(map(typed_counts, tallies), numbers)

    def keeping(self) -> Rows:
        """These rows, with a folder for the derived columns of one fit."""
        rows = copy(self)
        rows._kept = KeptFiles()
        return rows

    def forget(self) -> None:
        """Remove that folder."""
        if self._kept is not None:
            self._kept.clear()

    def through(self, door: Any) -> Rows:
        """These rows, with each chunk validated as it comes."""
        return self._with(_door=door)

    def _with(self, **changes):
        """These rows, read in another way: what is kept was read in this one."""
        rows = copy(self)
        vars(rows).update(changes)
        return rows if self._kept is None else rows.keeping()

    def _added(self, queries, parts):
        """Sum of the totals of parts, of which the last one is the number of rows."""
        totals, progress = None, Progress(self._n_rows)
        with closing(parts):
            for part in parts:
                progress.saw(int(part[-1][0]))
                totals = part if totals is None else add_totals((totals, part))
                check_row_count(int(totals[-1][0]), queries)
        if totals is None:  # an empty source still has a total, of the right shape
            totals = self._no_rows().total((*queries, RowCount()))
        self._ended(int(totals[-1][0]))
        return totals[:-1]

    @property
    def _n_rows(self):
        """Number of rows, if it is known: for whoever runs the fit."""
        return None

    def _no_rows(self):
        """What an empty source holds."""
        y = np.empty(0) if self._door is None else self._door.no_target
        return self._rows_of((np.empty((0, self.n_features)), y))

    def _ended(self, n_rows):
        """Called with the number of rows at the end of a pass."""

    def _totals(self, queries):
        """Totals of each chunk, and its number of rows."""
        with closing(self._rows_of_items()) as parts:
            for rows in parts:
                yield rows.total((*queries, RowCount()))

    def _kept_totals(self, queries, maps):
        """The same of derived columns, that are kept for the next pass."""
        check_queries(queries, self.n_features)
        counted = (*queries, RowCount())
        with closing(self._kept.chunks(maps, self._row_chunks)) as chunks:
            for chunk in chunks:
                yield [whole_numbers(answer(q, *chunk), q) for q in counted]

    def _row_chunks(self):
        """What queries see, chunk by chunk."""
        with closing(self._rows_of_items()) as parts:
            for rows in parts:
                yield from rows.chunks()

    def _raw_items(self):
        """Items as tuples, of tables of the same width and names."""
        names = self._names
        with closing(self._items()) as items:
            for item in items:
                X, *rest = self._parts(item)
                names = _same_names(names, X)
                if not isinstance(self.open, MappedChunks):  # which may make columns
                    self._check_width(_width(X))
                yield X, *rest

    def _rows_of_items(self, open=None):
        """Items, of a part of the source if need be, as rows with the same names."""
        names = self._names
        with closing(self._items(open)) as items:
            for item in items:
                rows = self._rows_of(item)
                if self._has_numbers and not self._types:
                    self._types.append(rows.dtype)
                names = self._named(names, item)
                yield rows

    def _named(self, names, item):
        """Names of the columns of an item, refused if they differ from those known."""
        return _same_names(names, self._parts(item)[0])

    def _rows_of(self, item):
        """One item as rows in memory, validated."""
        X, y, weight = (*self._parts(item), None, None)[:3]
        rows = self._door.admit(X, y, weight) if self._door else ArrayRows(X, y, weight)
        self._check_width(rows.n_features)
        if self._categories is not None:
            rows = coded_rows(rows, self._categories)
        return rows if self._classes is None else rows.encoded(self._classes)

    def _check_width(self, width):
        """Refuse a chunk of another width than the first."""
        if width != self.n_features:
            raise refused(
                ValueError,
                f"A chunk has {width} features, but {self.n_features} were expected. "
                "Give every chunk the same columns.",
            )

    def _items(self, open=None):
        """Items of a new iterator; errors of the source hold no data."""
        source = sealed(open or self.open, "open", self._unreadable)
        if isinstance(source, Iterator):
            if source is self._seen:
                raise refused(
                    ValueError,
                    "open() returned the same iterator twice. Return a new one each "
                    "time, since every release of a fit reads the rows.",
                )
            self._seen = source
        items = sealed(lambda: iter(source), "open", self._unreadable)
        try:
            while True:
                item = sealed(lambda: next(items, _END), "open", self._unreadable)
                if item is _END:
                    return
                yield item
        finally:
            if hasattr(items, "close"):
                sealed(items.close, "open", self._unreadable)

    def _look(self):
        """Read width and names off the first chunk."""
        with closing(self._items()) as items:
            item = next(items, None)
        if item is None:
            raise refused(
                ValueError, "open() gave no chunk. Pass n_features=... to ChunkRows."
            )
        X = self._parts(item)[0]
        self._names, self._width = feature_names(X) or (), _width(X)

    def _parts(self, item):
        """``X``, ``y`` and ``sample_weight``, so far; a tuple is always parts."""
        if not isinstance(item, tuple):
            return (framed(item),)
        if not 1 <= len(item) <= self._most_parts:
            raise refused(
                ValueError, "A chunk must be X, (X, y) or (X, y, sample_weight)."
            )
        return (framed(item[0]), *item[1:])

    def __getstate__(self):
        # An iterator cannot be pickled, and files are here.
        return {**vars(self), "_seen": None, "_kept": None}


def _same_names(names, X):
    """Column names of `X`, refused if they differ from `names`; None is not known."""
    found = feature_names(X) or ()
    if names not in (None, found):
        raise refused(
            ValueError,
            "The column names of a chunk differ from those of the first chunk. Give "
            "every chunk the same columns in the same order.",
        )
    return found


def _n_rows(X):
    """Number of rows of a chunk."""
    return X.shape[0] if hasattr(X, "shape") else len(X)


def _width(X):
    """Number of columns of a chunk."""
    shape = getattr(X, "shape", None)
    if shape is None:
        shape = in_memory_array(X, "X").shape
    if len(shape) != 2:
        raise refused(
            ValueError, "Expected 2D array for a chunk. Reshape your data to 2-D."
        )
    return int(shape[1])
