"""Sources cut into parts, each row by itself."""

from contextlib import closing
from dataclasses import dataclass

import numpy as np

from skprivate._sklearn import safe_indexing
from skprivate.rows._chunk import ChunkRows
from skprivate.rows._dask import DaskRows
from skprivate.rows._kinds import is_dask, is_sparse
from skprivate.rows._refusal import refused, sealed


def parted(rows, within):
    """The two parts of a source: rows outside, and rows within.

    **Guarantee.** ``within`` decides about each row by itself, and in the same way each
    time the source is read.

    Parameters
    ----------
    rows : ChunkRows, DaskRows or Dask collection
        Blocks of Dask are read one after another, on this machine.
    within : callable
        From a chunk and its target to a mask.
    """
    if isinstance(rows, DaskRows):
        rows = _in_blocks(rows)
    if not isinstance(rows, ChunkRows):
        raise refused(
            TypeError,
            "Rows at several parties, or in a source of another kind, cannot be told "
            "apart by coins here. Give ChunkRows, DaskRows, or rows in memory.",
        )
    return tuple(_with_items(rows, _Part(rows, within, side)) for side in (False, True))


def mapped_items(rows, work, width):
    """A source of what ``work`` makes of each chunk, beside its target.

    Parameters
    ----------
    rows : ChunkRows
    work : callable
        From a table of at least one row to an array of shape (n_rows, width).
    width : int
    """
    if not isinstance(rows, ChunkRows):
        rows = _in_blocks(rows)
    return ChunkRows(_Made(rows, work, width), width)


def is_source(X):
    """Whether rows come from a source that can be cut, or from Dask."""
    return isinstance(X, (ChunkRows, DaskRows)) or is_dask(X)


def _in_blocks(rows):
    """Rows of Dask as chunks."""
    return _with_items(rows, _Blocks(rows))


def _with_items(rows, items):
    """A source that opens in another way, of the same columns."""
    part = ChunkRows(items, rows.n_features)
    part._names = rows.feature_names or ()
    return part


@dataclass(frozen=True, eq=False)
class _Part:
    """Opens the chunks of a source, each without the rows of the other part."""

    rows: object
    within: object
    side: bool

    def __call__(self):
        with closing(self.rows._raw_items()) as items:
            for X, *rest in items:
                y = rest[0] if rest else None
                mask = sealed(lambda X=X, y=y: self.within(X, y)) == self.side
                places = np.flatnonzero(mask)
                yield tuple(_taken(part, places) for part in (X, *rest))


@dataclass(frozen=True, eq=False)
class _Made:
    """Opens what is made of the chunks of a source."""

    rows: object
    work: object
    width: int

    def __call__(self):
        with closing(self.rows._raw_items()) as items:
            for X, *rest in items:
                n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
                made = self.work(X) if n_rows else np.zeros((0, self.width))
                yield (made, *rest)


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Opens the blocks of a Dask collection, one after another."""

    rows: object

    def __call__(self):
        from dask import compute

        for block in self.rows._mapped_blocks():
            parts = compute(*block)
            kept = parts if parts[2] is not None else parts[:2]
            yield kept if kept[-1] is not None else kept[:1]


def _taken(part, places):
    """Some rows of a table, or of what belongs to it."""
    if part is None:
        return None
    return part.tocsr()[places] if is_sparse(part) else safe_indexing(part, places)
