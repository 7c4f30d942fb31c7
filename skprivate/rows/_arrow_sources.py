"""Whatever tells its rows as batches of Arrow, or frames of polars, more than once."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from skprivate.rows._arrow import framed
from skprivate.rows._parquet_files import parquet_files
from skprivate.rows._refusal import refused, sealed

_ONCE = (
    "This stream of Arrow can be read once only, and rows are read more than once. "
    "Give what makes it: a path, a dataset, a table, or a relation."
)


def opened_source(source, decryption=None):
    """A source of batches, of which no row was read.

    It has ``schema``, of Arrow; ``head``, a frame without rows; ``batches(columns,
    n_rows)``, an iterator of batches; and, if parts can be read side by side,
    ``runs(columns, n_rows)``.

    Parameters
    ----------
    source : path, dataset, lazy frame, relation, or whatever has __arrow_c_stream__
    decryption : FileDecryptionProperties, callable or None
        Of parquet files.
    """
    is_path = isinstance(source, (str, os.PathLike))
    if is_path or (isinstance(source, (list, tuple)) and source):
        return sealed(lambda: parquet_files(source, decryption), "source", _UNREADABLE)
    if decryption is not None:
        raise refused(
            ValueError,
            "decryption is for paths of parquet files. Give keys to whatever else "
            "reads them.",
        )
    home = type(source).__module__.partition(".")[0]
    if home == "narwhals" and hasattr(source, "to_native"):
        return opened_source(source.to_native())
    if home == "pyspark":
        raise refused(TypeError, "source is a frame of Spark. Give SparkRows(frame).")
    if home == "polars" and hasattr(source, "collect_schema"):
        is_lazy = hasattr(source, "collect")
        return _Polars(source if is_lazy else source.lazy())
    if hasattr(source, "to_batches") and hasattr(source, "scanner"):
        return _Dataset(source)
    if hasattr(source, "to_arrow_reader") or hasattr(source, "fetch_record_batch"):
        return _Relation(source)
    if isinstance(source, Iterator) or hasattr(source, "read_next_batch"):
        raise refused(TypeError, _ONCE)
    if hasattr(source, "__arrow_c_stream__"):
        return _Stream(source)
    raise refused(
        TypeError,
        "source is of a kind that is not known here. Give a path or pattern of parquet "
        "files, a pyarrow.dataset, a LazyFrame of polars, a relation of duckdb, or "
        "something that has __arrow_c_stream__.",
    )


_UNREADABLE = "source cannot be read. Give paths of parquet files, or a dataset."


class _OfArrow:
    """A source that tells a schema of Arrow."""

    @property
    def head(self):
        """All columns, and no row, as queries are told of them."""
        return framed(self.schema.remove_metadata().empty_table())


@dataclass(frozen=True, eq=False)
class _Dataset(_OfArrow):
    """A ``pyarrow.dataset.Dataset``."""

    source: object

    @property
    def schema(self):
        """Columns."""
        return self.source.schema

    def batches(self, columns, n_rows):
        """An iterator of record batches, in order."""
        return self.source.to_batches(
            columns=columns, batch_size=n_rows, batch_readahead=2, fragment_readahead=1
        )


@dataclass(frozen=True, eq=False)
class _Relation(_OfArrow):
    """A relation of duckdb, which runs its query anew each time."""

    source: object

    @property
    def schema(self):
        """Columns."""
        return sealed(lambda: _reader(self.source.limit(0), 1).schema, "source")

    def batches(self, columns, n_rows):
        """An iterator of record batches."""
        named = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        with _reader(self.source.project(named), n_rows) as reader:
            yield from reader


@dataclass(frozen=True, eq=False)
class _Stream(_OfArrow):
    """Whatever exports a stream of Arrow, more than once."""

    source: object

    def __post_init__(self):
        try:
            same = self.schema == self.schema
        except Exception:
            same = False
        if not same:
            raise refused(TypeError, _ONCE)

    @property
    def schema(self):
        """Columns."""
        with self._reader() as reader:
            return reader.schema

    def batches(self, columns, n_rows):
        """Yield record batches, cut if they are long."""
        with self._reader() as reader:
            for batch in reader:
                batch = batch.select(columns)
                for start in range(0, batch.num_rows, n_rows):
                    yield batch.slice(start, n_rows)

    def _reader(self):
        import pyarrow as pa

        return pa.RecordBatchReader.from_stream(self.source)


@dataclass(frozen=True, eq=False)
class _Polars:
    """A lazy frame of polars, which runs its query anew each time."""

    source: object

    @property
    def head(self):
        """All columns, and no row."""
        import polars as pl

        return pl.DataFrame(schema=self.source.collect_schema())

    @property
    def schema(self):
        """Columns, as Arrow calls them."""
        return self.head.to_arrow().schema

    def batches(self, columns, n_rows):
        """Yield frames, in order."""
        frame = self.source.select(columns)
        if not hasattr(frame, "collect_batches"):
            raise refused(
                TypeError,
                "This version of polars tells no batches. Install polars>=1.34, or "
                "write the rows to parquet files: frame.sink_parquet(path).",
            )
        for batch in frame.collect_batches(chunk_size=n_rows, maintain_order=True):
            for start in range(0, batch.height, n_rows):
                yield batch.slice(start, n_rows)


def _reader(relation, n_rows):
    """A reader of the batches of a relation; its method has had two names."""
    if hasattr(relation, "to_arrow_reader"):
        return relation.to_arrow_reader(n_rows)
    return relation.fetch_record_batch(n_rows)
