"""Parquet files as batches of rows, and whether they stay what they were."""

import os
from dataclasses import dataclass
from functools import partial
from glob import glob
from pathlib import Path

from skprivate.rows._arrow import framed
from skprivate.rows._refusal import refused, sealed

_BUFFER = 2**20  # bytes of a column that are read together


@dataclass(frozen=True)
class _Mark:
    """What tells a file from what it becomes: size, time, rows of each row group."""

    size: int
    time: int
    groups: tuple


@dataclass(frozen=True, eq=False)
class ParquetFiles:
    """Parquet files of equal columns, in the order of their names.

    Files are remembered by size, time of change and footer; one that is another when it
    is read, before or afterwards, is refused.

    Parameters
    ----------
    paths : tuple of str
    schema : pyarrow.Schema
    marks : tuple of _Mark
    decryption : FileDecryptionProperties, callable or None
        A callable is asked for new ones for each file that is opened.
    """

    paths: tuple
    schema: object
    marks: tuple
    decryption: object

    def batches(self, columns, n_rows):
        """Yield record batches of some columns, in order."""
        for _, open in self.runs(columns, n_rows):
            yield from open()

    def runs(self, columns, n_rows):
        """Number of the first row of each row group, and what opens it."""
        start = 0
        for i, mark in enumerate(self.marks):
            for group, n in enumerate(mark.groups):
                yield start, partial(self._group, i, group, columns, n_rows)
                start += n

    @property
    def head(self):
        """All columns, and no row."""
        return framed(self.schema.empty_table())

    @property
    def n_rows(self):
        """Number of rows; private, as far as it tells who is there."""
        return sum(sum(mark.groups) for mark in self.marks)

    def _group(self, i, group, columns, n_rows):
        """Batches of one row group."""
        file, mark = _opened(self.paths[i], self.decryption, i)
        if mark != self.marks[i]:
            raise _changed(i)
        with file:
            yield from file.iter_batches(
                n_rows, row_groups=[group], columns=columns, use_threads=False
            )
        if _size_and_time(self.paths[i], i) != (mark.size, mark.time):
            raise _changed(i)


def parquet_files(paths, decryption):
    """The files behind paths, folders and patterns; refused if their columns differ.

    Parameters
    ----------
    paths : str, Path or list of these
    decryption : FileDecryptionProperties, callable or None

    Returns
    -------
    ParquetFiles
    """
    paths = _found(paths if isinstance(paths, (list, tuple)) else [paths])
    schema, marks = None, []
    for i, path in enumerate(paths):
        file, mark = _opened(path, decryption, i)
        with file:
            found = file.schema_arrow.remove_metadata()
        marks.append(mark)
        schema = schema or found
        _refuse_other(schema, found, i)
    return ParquetFiles(tuple(paths), schema, tuple(marks), decryption)


def _found(paths):
    """Names of files, sorted, each once."""
    found = set()
    for path in paths:
        path = os.fspath(path)
        if os.path.isdir(path):
            inside = Path(path).rglob("*.parquet")
            some = [p for p in inside if not p.name.startswith(("_", "."))]
            if any("=" in part for p in some for part in p.relative_to(path).parts):
                raise refused(
                    ValueError,
                    "Names of folders hold values of a column, as in key=value. Give "
                    "pyarrow.dataset.dataset(path, partitioning='hive').",
                )
            found.update(map(str, some))
        elif os.path.isfile(path):
            found.add(path)
        else:
            found.update(filter(os.path.isfile, glob(path, recursive=True)))
    if not found:
        raise refused(
            FileNotFoundError,
            "There is no parquet file here. Give the path of a file, a folder of files "
            "that end in .parquet, or a pattern such as 'rows/*.parquet'.",
        )
    return sorted(found)


def _opened(path, decryption, i):
    """A file that is open, and its mark; errors hold no data."""
    import pyarrow.parquet as pq

    given = decryption() if callable(decryption) else decryption
    size, time = _size_and_time(path, i)
    file = sealed(
        lambda: pq.ParquetFile(
            path, pre_buffer=False, buffer_size=_BUFFER, decryption_properties=given
        ),
        "source",
        f"File number {i + 1} of the source, in the order of names, cannot be read as "
        "parquet: it is empty, damaged, or encrypted with other keys. Mend it, leave "
        "it out, or pass decryption=...",
    )
    groups = (file.metadata.row_group(g).num_rows for g in range(file.num_row_groups))
    return file, _Mark(size, time, tuple(groups))


def _size_and_time(path, i):
    try:
        told = os.stat(path)
    except OSError:
        told = None
    if told is None:
        raise _changed(i)
    return told.st_size, told.st_mtime_ns


def _changed(i):
    return refused(
        ValueError,
        f"File number {i + 1} of the source, in the order of names, has changed since "
        "ArrowRows was made. Make it anew, of files that nobody writes to meanwhile.",
    )


def _refuse_other(schema, found, i):
    """Refuse other columns than those of the first file, in whatever order."""
    where = f"File number {i + 1} of the source, in the order of names,"
    cure = (
        "Write all files alike, or give pyarrow.dataset.dataset(paths, schema=...), "
        "which converts them."
    )
    odd = {*schema.names} ^ {*found.names}
    if odd:
        raise refused(
            ValueError,
            f"{where} has other columns than the first: see {sorted(odd)[0]!r}. {cure}",
        )
    for field in schema:
        if found.field(field.name).type != field.type:
            raise refused(
                ValueError,
                f"{where} has another type for the column {field.name!r} than the "
                f"first. {cure}",
            )
