"""Rows as raw numbers in files without a name, which are read as arrays."""

import mmap
import tempfile
from copy import copy
from threading import Lock

import numpy as np

from skprivate.rows._rows import read_only

_BLOCK = 2**12  # rows


class RawFiles:
    """Rows that were validated and encoded, as they are in memory, but on disk.

    **Guarantee.** Nobody else can open the files, and nothing is left of them: where
    the system can, they never have a name, else they lose it at once; so they go with
    the process, however it ends. The rows read from them are, bit by bit, those
    that were written.

    Parameters
    ----------
    folder : str or None
        Where there is room; None: where temporary files go.
    """

    def __init__(self, folder):
        self._folder, self._files, self._like = folder, {}, None
        self._n_rows, self._lock = 0, Lock()
        self.failed = False

    def write(self, start, rows):
        """Store rows in memory as those from number ``start``; or fail for good.

        Parameters
        ----------
        start : int
        rows : ArrayRows
            What queries see; of the same types each time.
        """
        parts = {"X": rows.X, "y": rows.y, "weight": rows.weight, "unit": rows.groups}
        n_rows = rows.X.shape[0]
        if rows.weight.shape != (n_rows,):  # all ones
            del parts["weight"]
        with self._lock:
            if self.failed or n_rows == 0:
                return
            if self._like is None:
                self._like = _without_rows(rows)
            self._n_rows = max(self._n_rows, start + n_rows)
            try:
                for name, array in parts.items():
                    if array is not None:
                        self._write(name, start, array)
            except OSError:  # the disk is full: make room
                self.failed = True
                self.close()

    def _write(self, name, start, array):
        if name not in self._files:
            file = tempfile.TemporaryFile(  # noqa: SIM115 - it outlives this call
                dir=self._folder, prefix="skprivate-", buffering=0
            )
            self._files[name] = file, array.dtype, array.shape[1:]
        file, dtype, shape = self._files[name]
        if (dtype, shape) != (array.dtype, array.shape[1:]):
            raise TypeError(
                "Rows of one source must have one type. Convert all parts to the type "
                "of the first."
            )
        width = dtype.itemsize * int(np.prod(shape))
        for first in range(0, len(array), _BLOCK):
            block = np.ascontiguousarray(array[first : first + _BLOCK])
            file.seek((start + first) * width)
            left = memoryview(block).cast("B") if block.size else b""
            while len(left):
                left = left[file.write(left) :]

    def rows(self):
        """All that was written, as rows in memory of which the system reads pages.

        Returns
        -------
        ArrayRows or None
            None if there was no row.
        """
        if self._like is None:
            return None
        rows, parts = copy(self._like), {}
        for name, (file, dtype, shape) in self._files.items():
            parts[name] = _mapped(file, (self._n_rows, *shape), dtype)
        rows.X, rows.y = parts["X"], parts.get("y")
        rows.weight = parts.get("weight", rows.weight)
        return rows.grouped(parts["unit"]) if "unit" in parts else rows

    def close(self):
        """Close the files; what was read of them stays for as long as it is used."""
        for file, *_ in self._files.values():
            file.close()
        self._files.clear()


def _mapped(file, shape, dtype):
    """A file as an array that nobody can write to."""
    if 0 in shape:  # of columns
        return read_only(np.empty(shape, dtype))
    view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(view, dtype).reshape(shape)


def _without_rows(rows):
    """The same kind of rows, none of them."""
    rows = copy(rows)
    for name in ("X", "_table", "y", "_given"):
        setattr(rows, name, None)
    rows.weight, rows.groups = rows.weight[:0].copy(), None
    return rows
