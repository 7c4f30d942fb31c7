"""Rows in a dask array or DataFrame."""

from copy import copy
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.rows._array import ArrayRows
from skprivate.rows._coded import coded_rows
from skprivate.rows._columns import other_categories, schema_of
from skprivate.rows._derived import maps_of
from skprivate.rows._emptied import emptied
from skprivate.rows._features import checked_features
from skprivate.rows._kept_blocks import KeptBlocks, totals_of_chunks
from skprivate.rows._kinds import feature_names, in_memory_array, is_dask
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._rows import (
    RowCount,
    Rows,
    add_totals,
    check_queries,
    check_row_count,
)
from skprivate.rows._tallies import added_tallies, typed_counts

_ARITY = 8
_FAILED = (
    "Computing the dask collection failed. Call compute() on it outside of fit to see "
    "the error; it is not shown here because it could hold a value from the data."
)


def refuse_mixed(X, *rest):
    """Refuse what is no collection of dask, but for None."""
    if not is_dask(X) or not all(part is None or is_dask(part) for part in rest):
        raise refused(
            TypeError,
            "X, y and sample_weight must all be dask collections. Convert with "
            "dask.array.from_array(y, chunks=X.chunks[0]), or beside a data frame with "
            "dask.dataframe.from_pandas.",
        )


class DaskRows(Rows):
    """Rows in a dask array or DataFrame, cut along the rows.

    Workers return exact integer totals. Noise is drawn once, afterwards, by the
    curator: noise inside tasks would be drawn again when a task is retried, which
    would be a second release.

    Parameters
    ----------
    X : dask array or dask DataFrame of shape (n_rows, n_features)
    y : dask array or Series, or None, default=None
        Cut like `X`, or an array that can be cut again.
    sample_weight : dask array or Series, or None, default=None
        Likewise.

    Examples
    --------
    >>> import dask.array as da
    >>> from skprivate.rows import DaskRows
    >>> DaskRows(da.zeros((1000, 3), chunks=(100, 3))).n_features
    3
    """

    def __init__(
        self, X: TableLike, y: TableLike = None, sample_weight: TableLike = None
    ) -> None:
        refuse_mixed(X, y, sample_weight)
        if getattr(X, "ndim", 2) != 2:
            raise refused(
                ValueError, "Expected 2D array for X. Reshape your data to 2-D."
            )
        if getattr(y, "ndim", 1) == 2 and hasattr(y, "rechunk"):
            y = y.rechunk({1: -1})  # all targets of a row in one block
        self.X, self.y, self.sample_weight = X, y, sample_weight
        self.n_features = len(X.columns) if hasattr(X, "columns") else int(X.shape[1])
        self.feature_names = feature_names(X)
        self._door = self._classes = self._categories = self._kept = None
        self._maps, self._relabel, self._cut = (), None, {}

    @property
    def n_targets(self) -> Any:
        """What was asked for."""
        return None if self._door is None else self._door.n_targets

    def total(self, queries: Any) -> Any:
        """Exact sums of `queries`, added up in a tree; see :meth:`Rows.total`."""
        check_queries(queries, self.n_features)
        counted = (*queries, RowCount())
        maps = None if self._kept is None else maps_of(queries)
        try:
            parts = sealed(lambda: self._parts(counted, maps), "X", _FAILED)
            *totals, count = _added(add_totals, parts)
        except BaseException:
            self.forget()  # what failed on a worker is not known here
            raise
        check_row_count(int(count[0]), queries)
        return totals

    def keeping(self) -> Rows:
        """These rows, whose blocks keep derived columns for one fit."""
        rows = copy(self)
        rows._kept = KeptBlocks()
        return rows

    def forget(self) -> None:
        """Let go of these."""
        if self._kept is not None:
            self._kept.clear()

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Any:
        """Number of rows that hold each value, added up over blocks.

        Guarantee: that of :meth:`TableRows.tally`, since a row lies in one block. All
        values that occur go to the machine that fits.
        """
        asked = numbers, missing, words
        parts = self._of_each_block(_block_counts, self._door, asked)
        counts = _added(_added_counts, parts)
        return added_tallies([counts], numbers)

    def first_row(self) -> Any:
        """A table of one row, of the first block that has one."""
        from dask import delayed

        for block in self._mapped_blocks():
            row = sealed(delayed(_first_row)(block[0]).compute, "X", _FAILED)
            if row is not None:
                return row
        return None

    def mapped(self, maps: Any) -> Rows:
        """These rows, of which each block is mapped where it is."""
        rows = self._with(_maps=(*self._maps, maps))
        rows.n_features, rows.feature_names = maps.n_features, maps.feature_names
        return rows

    def relabelled(self, work: Any) -> Rows:
        """These rows, of which the target of each block is mapped where it is."""
        return self._with(_relabel=work)

    def _parts(self, queries, maps):
        """Delayed totals of each block; of columns that are kept, if maps make such."""
        from dask import delayed

        steps = self._door, self._categories, self._classes
        if maps is None:
            return self._of_each_block(_block_totals, steps, queries)
        blocks = self._kept.blocks(
            maps, lambda: self._of_each_block(_block_chunks, steps)
        )
        return [delayed(totals_of_chunks)(queries, chunks) for chunks in blocks]

    def _of_each_block(self, work, *args):
        """Delayed calls of ``work``, one for each block."""
        from dask import delayed

        return [delayed(work)(*args, *block) for block in self._mapped_blocks()]

    def _mapped_blocks(self):
        """Delayed (X, y, sample_weight) of each block, after all maps."""
        from dask import delayed

        names, width = feature_names(self.X), self.X.shape[1]
        for X, y, sample_weight in self._blocks():
            y = y if self._relabel is None else delayed(self._relabel)(y)
            yield delayed(_mapped)(X, width, names, self._maps), y, sample_weight

    def encoded(self, classes: Any) -> Rows:
        """These rows, with each block encoded where it is."""
        return self._with(_classes=classes)

    @property
    def columns(self) -> Any:
        """What the types of the columns tell, or how they are read."""
        if self._door is not None and self._door.columns is not None:
            return self._door.columns
        return self._maps[-1].columns if self._maps else schema_of(self.X)

    @property
    def dtype(self) -> Any:
        """The type that the numbers of a block without rows have."""
        if self._door is not None and self._door.columns is not None:
            return super().dtype
        if self._maps:
            return self._maps[-1].dtype
        return checked_features(emptied(self.X), accept_sparse=True).dtype

    def held(self) -> list[Any]:
        """The collection; not its name, which may be made of values."""
        return [self, self.X]

    def coded(self, categories: Any) -> Rows:
        """These rows, with the categories of each block encoded where it is."""
        return self._with(_categories=categories)

    def through(self, door: Any) -> Rows:
        """These rows, with each block validated where it is."""
        return self._with(_door=door)

    def _blocks(self):
        """Delayed (X, y, sample_weight) of each block of rows."""
        X = self.X
        if not hasattr(X, "columns"):
            X = X.rechunk({1: -1})
        parts = [_delayed_blocks(X)]
        for part in (self.y, self.sample_weight):
            blocks = [None] * len(parts[0])
            if part is not None:
                blocks = self._blocks_like(X, parts[0], part)
            parts.append(blocks)
        return list(zip(*parts, strict=True))

    def _blocks_like(self, X, of_X, part):
        """Delayed blocks of the target or the weights, with the rows of those of X."""
        if id(part) not in self._cut:  # where rows have to be counted, but once
            blocks = _delayed_blocks(_cut_like(part, X))
            both = hasattr(part, "divisions") == hasattr(X, "divisions")
            if len(blocks) != len(of_X) or not both:
                blocks = sealed(lambda: _cut_by_number(part, of_X), "X", _FAILED)
            self._cut[id(part)] = blocks
        return self._cut[id(part)]

    def _with(self, **changes):
        """These rows, read in another way: what is kept was read in this one."""
        rows = copy(self)
        vars(rows).update(changes)
        return rows if self._kept is None else rows.keeping()

    def __getstate__(self):
        return {**vars(self), "_kept": None}  # which is where the blocks are


def _added(add, parts):
    """What blocks give, added up in a tree."""
    from dask import delayed

    add = delayed(add)
    while len(parts) > 1:
        groups = (parts[i : i + _ARITY] for i in range(0, len(parts), _ARITY))
        parts = [add(group) for group in groups]
    return sealed(parts[0].compute, "X", _FAILED)


def _mapped(X, width, names, maps):
    """One block after all maps, in the worker that has it."""
    shape = getattr(X, "shape", ())
    if shape[1:] != (width,) or feature_names(X) != names:
        raise refused(
            ValueError,
            "A block has other columns than its dask collection says. Make all blocks "
            "alike: the same columns in the same order.",
        )
    for work in maps:
        X = work(X)
    return X


def _first_row(X):
    """A table of the first row of a block, if it has one."""
    return X[:1] if X.shape[0] else None


def _block_counts(door, asked, X, y, sample_weight):
    """Counts of the values of one block."""
    rows = door.admit(X, y, sample_weight)
    numbers, missing, words = asked
    return typed_counts(rows.tally(numbers, missing=missing, words=words))


def _added_counts(parts):
    """Counts of several blocks, added up."""
    numbers = {j for part in parts for j, *_ in part}
    return typed_counts(added_tallies(parts, numbers))


def _block_totals(steps, queries, *block):
    """Exact totals of one block, in the worker that has it."""
    return _block_rows(steps, *block).total(queries)


def _block_chunks(steps, *block):
    """What queries see of one block, chunk by chunk."""
    return list(_block_rows(steps, *block).chunks())


def _block_rows(steps, X, y, sample_weight):
    """One block as rows in memory, validated."""
    door, categories, classes = steps
    if door is None:
        rows = ArrayRows(X, y, sample_weight)
    elif door.columns is not None and other_categories(door.columns, schema_of(X)):
        raise refused(
            ValueError,
            "A block lists other categories than its dask collection says. Make types "
            "alike, for example with frame.categorize(), or list them: "
            "categories=[...].",
        )
    else:
        rows = door.admit(X, y, sample_weight)
    rows = rows if categories is None else coded_rows(rows, categories)
    return rows if classes is None else rows.encoded(classes)


def _cut_like(part, X):
    """`part` cut along the rows as `X` is, where dask knows how."""
    if hasattr(part, "rechunk") and hasattr(X, "chunks"):
        sizes = X.chunks[0]
        if not any(size != size for size in (*sizes, *part.chunks[0])):  # NaN: unknown
            if sum(sizes) != part.shape[0]:
                raise _different_lengths()
            return part.rechunk({0: sizes})
    known = [getattr(frame, "known_divisions", False) for frame in (part, X)]
    if all(known) and part.divisions != X.divisions:
        return part.repartition(divisions=X.divisions, force=True)
    return part


def _cut_by_number(part, blocks):
    """Delayed blocks of `part` with the rows of `blocks`: takes a pass over both."""
    from dask import compute, delayed

    given, count, join = _delayed_blocks(part), delayed(len), delayed(_joined)
    sizes = compute(*map(count, [*blocks, *given]))
    wanted = np.cumsum([0, *sizes[: len(blocks)]])
    there = np.cumsum([0, *sizes[len(blocks) :]])
    if wanted[-1] != there[-1]:
        raise _different_lengths()
    firsts = np.searchsorted(there[1:-1], wanted[:-1], side="right")
    lasts = np.searchsorted(there[:-1], wanted[1:])
    return [
        join(given[first : max(last, first + 1)], start - there[first], stop - start)
        for first, last, start, stop in zip(
            firsts, lasts, wanted, wanted[1:], strict=False
        )
    ]


def _joined(blocks, skip, n_rows):
    """Some rows of blocks that follow one another."""
    arrays = [in_memory_array(block, "y") for block in blocks]
    return np.concatenate(arrays)[skip : skip + n_rows]


def _different_lengths():
    return refused(
        ValueError,
        "Found input variables with inconsistent numbers of samples: give X, y and "
        "sample_weight the same number of rows.",
    )


def _delayed_blocks(collection):
    """Delayed blocks of a dask array or DataFrame, in order.

    Not optimized: of a file dask reads several parts together if few columns are asked
    for, and then features are cut otherwise than the target. That only some columns are
    read is decided before.
    """
    if hasattr(collection, "simplify"):
        collection = collection.simplify()
    plain = {"optimize_graph": False} if hasattr(collection, "divisions") else {}
    blocks = collection.to_delayed(**plain)
    return blocks.ravel().tolist() if hasattr(blocks, "ravel") else list(blocks)
