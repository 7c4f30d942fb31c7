"""Rows that go through fitted transformers, wherever they are."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from skprivate.base._known_types import holds_code, knowing
from skprivate.pipeline._tiles import transformed
from skprivate.rows import Rows, check_queries
from skprivate.rows._emptied import emptied
from skprivate.rows._handed import AfterMap
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._table_map import TableMap
from skprivate.rows._typed_like import as_objects, is_listed, typed_like


class MappedRows(Rows):
    """Rows of another source, transformed as they are read.

    **Guarantee.** A total is that of the transformed rows: each chunk goes through
    transformers whose parameters are fixed, wherever the chunk is, and is dropped.

    Parameters
    ----------
    source : Rows
        Where the rows are.
    transformers : tuple of transformer
        Fitted; each maps every row on its own. They are sent to where the rows are.
    """

    def __init__(self, source, transformers):
        self._source, self._transformers = source, tuple(transformers)
        self._step = _Step(self._transformers, accept_sparse=True)
        none = np.zeros((1, source.n_features))
        self.n_features = _transformed(none, self._transformers).shape[1]

    @property
    def dtype(self):
        """The type of the numbers that the last transformer makes."""
        none = np.zeros((1, self._source.n_features), self._source.dtype)
        return _transformed(none, self._transformers).dtype

    def total(self, queries):
        """Exact sums of ``queries`` over the transformed rows."""
        check_queries(queries, self.n_features)
        return self._source.total([AfterMap.of(query, self._step) for query in queries])

    def keeping(self):
        """These rows, whose source may keep derived columns of transformed ones."""
        return self._with(self._source.keeping(), self._step)

    def forget(self):
        """Have the source remove all derived columns."""
        self._source.forget()

    def encoded(self, classes):
        """These rows, with codes for labels."""
        return self._with(self._source.encoded(classes), self._step)

    def labels(self):
        """Labels that occur, if the source knows them."""
        return self._source.labels()

    def through(self, door):
        """These rows, validated before they are transformed.

        The raw rows may be sparse where the next step takes no sparse rows: what
        matters is what the transformers return.
        """
        source = self._source.through(replace(door, accept_sparse=True))
        return self._with(source, replace(self._step, accept_sparse=door.accept_sparse))

    def relabelled(self, work):
        """These rows, with a target that the source makes of theirs."""
        return self._with(self._source.relabelled(work), self._step)

    def then(self, transformer):
        """These rows, after one more transformer."""
        return MappedRows(self._source, (*self._transformers, transformer))

    def _with(self, source, step):
        rows = MappedRows.__new__(MappedRows)
        vars(rows).update(vars(self))
        rows._source, rows._step = source, step
        return rows


def mapped(rows, transformer):
    """``rows``, a source, after a fitted transformer.

    Sources that hold tables map these as they are, with their names and types; others
    map the numbers that they hold.
    """
    if isinstance(rows, MappedRows):
        return rows.then(transformer)
    row = rows.first_row()
    if row is not None:
        declared = _declared(rows, row, transformer)
        work = _Tables(knowing(transformer), declared)
        after = rows.mapped(TableMap(work, emptied(work(row))))
        if after is not None:
            return after
    return MappedRows(rows, (transformer,))


@dataclass(frozen=True, eq=False)
class _Tables:
    """Tables after a fitted transformer, whose errors hold no data.

    Those of a source may differ in type. Other steps read the values, and a function of
    a user the types: ``declared``, if that is given, are the same for all.
    """

    transformer: object
    declared: object = None

    def __call__(self, X):
        return sealed(lambda: self._transformed(X))

    def _transformed(self, X):
        return transformed(self.transformer, typed_like(self.declared, X, exact=True))


def _declared(rows, row, transformer):
    """Types that all tables of a source declare, for a function; else None.

    Those of the first, but for categories that others do not list.
    """
    if not holds_code(transformer):
        return None
    table = emptied(row)
    if not (is_pandas(table) or is_polars(table)):
        return table
    shared = [column.declared is not None for column in rows.columns]
    columns = zip(table.columns, table.dtypes, shared, strict=True)
    own = [name for name, dtype, known in columns if is_listed(dtype) and not known]
    return as_objects(table, own)


@dataclass(frozen=True, eq=False)
class _Step:
    """Chunks after fitted transformers."""

    transformers: tuple
    accept_sparse: bool

    def __call__(self, X):
        if isinstance(X, tuple):
            *parts, width = X
            X = sparse.csr_array(tuple(parts), shape=(len(X[2]) - 1, int(width)))
        X = X.copy()  # chunks are read-only, and a transformer may work in place
        n_rows = X.shape[0]
        if n_rows == 0:  # which transformers refuse
            X = np.zeros((1, X.shape[1]))
        X = sealed(lambda: _transformed(X, self.transformers))
        return self._chunk(X[:n_rows])

    def _chunk(self, X):
        """Transformed rows as a query reads them."""
        if not sparse.issparse(X):
            X = np.asarray(X)
            kind = np.float32 if X.dtype == np.float32 else np.float64
            X = np.ascontiguousarray(X, dtype=kind)
            X.flags.writeable = False
            return X
        if not self.accept_sparse:
            raise refused(
                TypeError,
                "A step returns sparse rows, but the next one needs dense ones. Use a "
                "transformer with dense output.",
            )
        X = X.tocsr()
        X.sum_duplicates()
        return X.data, X.indices, X.indptr, np.int64(X.shape[1])


def _transformed(X, transformers):
    """Rows after all transformers."""
    for transformer in transformers:
        X = transformed(transformer, X)
    return X
