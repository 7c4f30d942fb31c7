"""Derived columns of rows that do not fit in memory: files of one fit."""

import os
import shutil
import tempfile
import weakref
from pathlib import Path

import numpy as np

from skprivate.rows._derived import DerivedColumns, derived, pending


class NoRoomError(Exception):
    """The disk does not take what was to be kept; it holds no data."""


class KeptFiles:
    """Derived columns of a source that comes chunk by chunk, with targets and weights.

    The source is read once for as long as maps are only added; each pass after that
    reads the files, and writes margins that have changed.

    **Guarantee.** What it tells is what all maps make of the chunks of *one* pass over
    the source, to the bit. So columns of a row never meet the target of another, even
    if a source tells its rows in another order each time. Nothing outlives a change of
    edges (see :class:`Kept`), an error, a pass that was not ended, :meth:`clear`, the
    object, or the process. The folder is a new one that only this user may enter.
    """

    def __init__(self):
        self._folder, self._maps, self._n_chunks = None, (), 0

    def chunks(self, maps, read):
        """Derived columns, target and weight of each chunk.

        Parameters
        ----------
        maps : tuple
        read : callable
            ``read()`` yields ``(X, y, weight)`` of the source; called where nothing
            that is kept can be used.
        """
        left = pending(maps, self._maps) if self._folder else None
        made = self._written(maps, read()) if left is None else self._updated(left)
        try:
            yield from made
        except BaseException:  # half of the chunks would be of another round
            self.clear()
            raise
        self._maps = maps

    def clear(self):
        """Remove all files."""
        if self._folder is not None:
            self._remove()
        self._folder, self._maps, self._n_chunks = None, (), 0

    def _written(self, maps, chunks):
        self.clear()
        try:
            folder = tempfile.mkdtemp(prefix="skprivate-")  # of mode 0700
        except OSError as error:
            raise NoRoomError from error
        self._folder = Path(folder)
        self._remove = weakref.finalize(self, _remove, folder, os.getpid())
        for i, (X, y, weight) in enumerate(chunks):
            columns = derived(maps, X)
            parts = {"codes": columns.codes, "margins": columns.margins}
            self._save(i, weight=weight, **parts, **({} if y is None else {"y": y}))
            self._n_chunks = i + 1
            yield columns, y, weight

    def _updated(self, maps):
        for i in range(self._n_chunks):
            columns = DerivedColumns(self._load(i, "codes"), self._load(i, "margins"))
            if maps:
                columns = derived(maps, columns)
                self._save(i, margins=columns.margins)
            yield columns, self._load(i, "y"), self._load(i, "weight")

    def _save(self, i, **parts):
        try:
            for name, array in parts.items():
                np.save(self._folder / f"{i}-{name}.npy", array, allow_pickle=False)
        except OSError as error:
            raise NoRoomError from error

    def _load(self, i, name):
        path = self._folder / f"{i}-{name}.npy"
        if name == "y" and not path.exists():
            return None
        array = np.load(path, allow_pickle=False)
        array.flags.writeable = False
        return array


def _remove(folder, owner):
    """Remove a folder; not at the end of a forked process, which does not own it."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
