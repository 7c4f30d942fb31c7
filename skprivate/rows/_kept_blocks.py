"""Derived columns of the blocks of a dask collection, kept where the blocks are."""

from skprivate.rows._derived import answer, derived, pending
from skprivate.rows._rows import add_totals, whole_numbers


class KeptBlocks:
    """Derived columns, targets and weights of each block, for one fit.

    Dask holds them as it holds what is persisted: in the memory of the worker that made
    them. The collection is read once for as long as maps are only added.

    **Guarantee.** What it tells is what all maps make of the rows of *one* reading of
    each block, to the bit: columns of a row never meet the target of another, even if a
    block tells its rows in another order each time. Nothing outlives a change of edges
    (see :class:`Kept`), an error, :meth:`clear` or the object.
    """

    def __init__(self):
        self._maps, self._blocks = (), None

    def blocks(self, maps, read):
        """Delayed chunks of derived columns, one list for each block.

        Parameters
        ----------
        maps : tuple
        read : callable
            ``read()`` returns the delayed chunks ``(X, y, weight)`` of each block;
            called where nothing that is kept can be used.
        """
        from dask import delayed, persist  # an optional dependency

        left = None if self._blocks is None else pending(maps, self._maps)
        known, self._blocks = self._blocks, None  # whatever happens from here on
        if left is None:
            known, left = read(), maps
        if left:
            left, apply = delayed(left, traverse=False), delayed(_with_maps)
            known = persist(*(apply(chunks, left) for chunks in known))
        self._maps, self._blocks = maps, known
        return known

    def clear(self):
        """Let go of all columns."""
        self._maps, self._blocks = (), None


def _with_maps(chunks, maps):
    """Chunks of one block after some more maps."""
    return [(derived(maps, columns), *rest) for columns, *rest in chunks]


def totals_of_chunks(queries, chunks):
    """Exact totals of the derived columns of one block."""
    return add_totals(
        [whole_numbers(answer(query, *chunk), query) for query in queries]
        for chunk in chunks
    )
