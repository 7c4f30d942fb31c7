"""Rows that come chunk by chunk, and are decoded once for a fit."""

from collections.abc import Callable
from contextlib import closing
from copy import copy
from typing import Any
from warnings import warn

from skprivate.rows._bounded_chunks import GroupBound, bounded_rows
from skprivate.rows._chunk import ChunkRows
from skprivate.rows._derived import maps_of
from skprivate.rows._raw_files import RawFiles
from skprivate.rows._refusal import refused
from skprivate.rows._rows import RowCount, Rows
from skprivate.rows._runs import totals_of_runs
from skprivate.rows._sampled import SampledRows
from skprivate.rows._table_map import MappedChunks, RelabelledChunks

_NO_ROOM = (
    "The disk does not take the rows as raw numbers, so their source is read again for "
    "each release. Give a folder with more room, store=folder, or store=False."
)


class StoredChunks(ChunkRows):
    """Chunks of which what queries see is stored, as long as more releases come.

    The first pass over the source validates and encodes its rows, and writes what is
    left of them: numbers. Later passes read these, as fast as rows in memory.

    **Guarantee.** Totals are those of :class:`ChunkRows`, to the bit. What is stored
    belongs to one way of reading (door, categories, classes) of one fit, and is used
    only if its pass came to an end; see :class:`RawFiles` for who may read it.

    Parameters
    ----------
    open : callable
        As for :class:`ChunkRows`; items may have the groups of their rows as a fourth
        part.
    n_features : int or None
    store : bool or str
        Whether to store; or the folder where.
    has_groups : bool, default=False
        Whether items have groups.
    """

    _most_parts = 4

    def __init__(
        self,
        open: Callable[..., Any],
        n_features: int | None = None,
        *,
        store: bool | str = True,
        has_groups: bool = False,
    ) -> None:
        super().__init__(open, n_features)
        self._store, self.has_groups = store, has_groups
        self._again, self._bound = True, None
        self._stored, self._counted = [], []  # shared by copies that read alike

    @property
    def stores(self) -> bool:
        """Whether there is something to forget."""
        return bool(self._stored)

    def total(self, queries: Any) -> Any:
        """Exact sums of `queries`, of rows that may be stored by now."""
        if self._kept is not None and maps_of(queries) is not None:
            return super().total(queries)
        if self._stored:
            return self._stored[0].total(queries)
        if self._again and self._storable:
            return self._storing(queries)
        return self._added(queries, self._totals(queries))

    def once(self) -> Rows:
        """These rows, for the last release of a fit: not worth storing."""
        rows = copy(self)
        rows._again = False
        return rows

    def forget(self) -> None:
        """Let go of all that is stored."""
        super().forget()
        self._stored.clear()

    def bounded(self, max_rows: Any, words: Any) -> Rows:
        """These rows, of which at most so many of each group count.

        **Guarantee.** That of :func:`bound_groups`, over all chunks together. A pass
        that tells groups in another order is refused at its end.
        """
        return self._with(_bound=GroupBound(max_rows, words))

    def sampled(self, coins: Any) -> Rows:
        """A sample of these rows; the same as of rows in memory, if it is seeded."""
        if self._bound is None and not coins.entropy.seeded:
            return SampledRows(self, coins)
        if not self._stored and self._storable:
            self._storing([])
        if self._stored:
            return self._stored[0].sampled(coins)
        raise refused(
            ValueError,
            "Samples that are seeded, or of groups, take rows that are stored. Let the "
            "source store them: store=True, or store=folder where there is room.",
        )

    def through(self, door: Any) -> Rows:
        """These rows, validated as they come: the beginning of a fit."""
        return self._with(_door=door, _counted=[])

    def mapped(self, maps: Any) -> Rows:
        """These rows, of which each chunk is mapped before it is stored."""
        items = MappedChunks(self._raw_items, maps)
        return self.opened_by(items, maps.n_features, maps.feature_names)

    def relabelled(self, work: Any) -> Rows:
        """These rows, of which the target of each chunk is mapped as it comes."""
        items = RelabelledChunks(self._raw_items, work)
        return self.opened_by(items, self.n_features, self.feature_names)

    def opened_by(self, items: Any, n_features: int, names: Any) -> Any:
        """Rows of another opener, stored and bounded in the same way."""
        ways = {"store": self._store, "has_groups": self.has_groups}
        rows = StoredChunks(items, n_features, **ways)
        rows._names = names
        return rows

    @property
    def _storable(self):
        """Whether queries see numbers only: labels without codes are no numbers."""
        labels = self._door is None or self._door.target == "class"
        return self._store is not False and not (labels and self._classes is None)

    def _with(self, **changes):
        rows = super()._with(**changes)
        rows._stored = []
        return rows

    def _storing(self, queries):
        """Totals of a pass that also stores what it sees."""
        files = RawFiles(None if self._store is True else self._store)
        with closing(files):
            totals = self._added(queries, self._totals(queries, files))
            if files.failed:
                self._store = False
                warn(_NO_ROOM, RuntimeWarning, stacklevel=2)
            else:
                self._stored.append(files.rows() or self._no_rows())
        return totals

    def _totals(self, queries, files=None):
        """Totals of each chunk, and its number of rows."""
        runs = [(0, None)] if self._bound is not None else self._runs()
        return totals_of_runs(self._rows_of_items, runs, (*queries, RowCount()), files)

    def _runs(self):
        """Parts of the source that can be read side by side, and where they begin."""
        return [(0, None)]

    @property
    def _n_rows(self):
        """As an earlier pass has told."""
        return self._counted[0] if self._counted else None

    def _ended(self, n_rows):
        """Refuse a pass over other rows than the one before."""
        if self._counted and self._counted[0] != n_rows:
            raise refused(
                ValueError,
                "The source told another number of rows than before in the same fit. "
                "Fit on rows that nobody changes meanwhile, such as a copy.",
            )
        self._counted[:] = [n_rows]

    def _row_chunks(self):
        """What queries see, of what is stored if that is there."""
        if self._stored:
            yield from self._stored[0].chunks()
        else:
            yield from super()._row_chunks()

    def _rows_of_items(self, open=None):
        """Items as rows in memory; of a group not too many have a weight."""
        if self._bound is None:
            return super()._rows_of_items(open)
        return bounded_rows(self._bound, self._items, self._rows_of)

    def __copy__(self):
        # By __getstate__, which is for other processes, it would forget what is stored.
        rows = object.__new__(type(self))
        vars(rows).update(vars(self))
        return rows

    def __getstate__(self):
        return {**super().__getstate__(), "_stored": [], "_counted": []}
