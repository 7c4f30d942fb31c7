"""Sources cut into parts, each row by itself."""

from contextlib import closing
from dataclasses import dataclass

import numpy as np

from skprivate._sklearn import safe_indexing
from skprivate.rows._array import ArrayRows
from skprivate.rows._chunk import ChunkRows
from skprivate.rows._dask import DaskRows
from skprivate.rows._kinds import is_dask, is_sparse
from skprivate.rows._parties import Parties
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._rows import Rows
from skprivate.rows._stored_chunks import StoredChunks


def parted(rows, within):
    """The two parts of a source: rows outside, and rows within.

    **Guarantee.** ``within`` decides about each row by itself, and in the same way each
    time the source is read.

    Parameters
    ----------
    rows : Rows
        Of which each party tells its own apart, and blocks of Dask are read one after
        another, on this machine.
    within : callable
        From a chunk and its target to a mask.
    """
    if rows.has_groups:
        raise refused(
            TypeError,
            "Rows of a source are parted one by one, and a group has to stay together. "
            "Give X and groups in memory.",
        )
    if isinstance(rows, Parties):
        both = rows._ask(lambda party: parted(party, within))
        return tuple(rows._of([parts[side] for parts in both]) for side in (0, 1))
    if isinstance(rows, ArrayRows):
        mask = sealed(lambda: within(rows._table, rows.y))
        return tuple(_array_part(rows, np.flatnonzero(mask == s)) for s in (0, 1))
    if isinstance(rows, DaskRows):
        rows = _in_blocks(rows)
    return tuple(_with_items(rows, _Part(rows, within, side)) for side in (False, True))


def mapped_items(rows, work, width):
    """A source of what ``work`` makes of each chunk, beside its target.

    Parameters
    ----------
    rows : Rows
    work : callable
        From a table of at least one row, and its target, to an array of shape (n_rows,
        width).
    width : int
    """
    if isinstance(rows, Parties):
        made = rows._each(lambda party: mapped_items(party, work, width))
        made.n_features = width
        return made
    if isinstance(rows, ArrayRows):
        made = sealed(lambda: _made(rows._table, rows.y, work, width))
        return ArrayRows(made, rows.y, rows.weight if len(rows.weight) else None)
    if not isinstance(rows, ChunkRows):
        rows = _in_blocks(rows)
    made = _Made(rows, work, width)
    if isinstance(rows, StoredChunks):
        return rows.opened_by(made, width, None)
    return ChunkRows(made, width)


def is_source(X):
    """Whether rows come from a source, or from Dask."""
    return isinstance(X, Rows) or is_dask(X)


def refuse_uncut(rows):
    """Refuse a source of a kind that cannot be cut."""
    parties = rows.parties if isinstance(rows, Parties) else [rows]
    for party in parties:
        if party is not rows:
            refuse_uncut(party)
        elif not isinstance(party, (ArrayRows, ChunkRows, DaskRows)):
            raise refused(
                TypeError,
                "Rows in a source of this kind cannot be told apart by coins here. "
                "Give ChunkRows, DaskRows, parties that have such, or rows in memory.",
            )


def _in_blocks(rows):
    """Rows of Dask as chunks."""
    return _with_items(rows, _Blocks(rows))


def _with_items(rows, items):
    """A source that opens in another way, of the same columns."""
    if isinstance(rows, StoredChunks):
        return rows.opened_by(items, rows.n_features, rows.feature_names)
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
                y = rest[0] if rest else None
                yield (_made(X, y, self.work, self.width), *rest)


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


def _made(X, y, work, width):
    """What is made of a chunk, which may have no row."""
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    return work(X, y) if n_rows else np.zeros((0, width))


def _array_part(rows, places):
    """Some rows of an array."""
    weight = rows.weight if len(rows.weight) else None
    return ArrayRows(*(_taken(part, places) for part in (rows._table, rows.y, weight)))


def _taken(part, places):
    """Some rows of a table, or of what belongs to it."""
    if part is None:
        return None
    return part.tocsr()[places] if is_sparse(part) else safe_indexing(part, places)
