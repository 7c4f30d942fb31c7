"""Rows in a DataFrame of Spark."""

import pickle
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from skprivate._typing import TableLike
from skprivate.rows._arrow import framed
from skprivate.rows._arrow_items import ArrowItems, chosen_features
from skprivate.rows._columns import schema_of
from skprivate.rows._dask import _block_counts, _block_totals, _mapped
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import feature_names
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._rows import (
    RowCount,
    Rows,
    add_totals,
    check_queries,
    check_row_count,
)
from skprivate.rows._tallies import added_tallies

_FAILED = (
    "Computing the frame of Spark failed. Call frame.count() outside of fit, or look "
    "into the logs of Spark, to see the error; it is not shown here because it could "
    "hold a value from the data."
)
_KINDS = {"TypeError": TypeError, "ValueError": ValueError}


class SparkRows(Rows):
    """Rows in a DataFrame of Spark, added up where its partitions are.

    Tasks return exact integer totals (by ``mapInArrow``), the driver adds them, and
    noise is drawn once, afterwards, by the curator. A task that is lost is run again by
    Spark, and counts once. What is read often is worth ``frame.cache()``. The package
    has to be installed on the workers. Needs ``pip install skprivate[spark]``.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    target : str, list of str or None, default=None
        Column of the target, or columns of several.
    weight : str or None, default=None
        Column of sample weights.
    features : list of str or None, default=None
        Columns of features; None: all that are nothing of the above.

    Attributes
    ----------
    n_features : int
    feature_names : tuple of str

    Examples
    --------
    ``DPRidge().fit(SparkRows(spark.read.parquet("rows"), target="y"))``, where
    ``spark`` is a session. What is no frame of Spark is refused:

    >>> from skprivate.rows import SparkRows
    >>> SparkRows([[1.0]])
    Traceback (most recent call last):
        ...
    TypeError: frame must be a DataFrame of Spark, from version 4.
    """

    def __init__(
        self,
        frame: TableLike,
        *,
        target: str | Sequence[str] | None = None,
        weight: str | None = None,
        features: Sequence[str] | None = None,
    ) -> None:
        if not hasattr(frame, "mapInArrow"):
            raise refused(
                TypeError, "frame must be a DataFrame of Spark, from version 4."
            )
        self.frame = frame
        target = list(target) if isinstance(target, (list, tuple)) else target
        schema = sealed(lambda: frame.limit(0).toArrow().schema, "frame", _FAILED)
        features = chosen_features(schema, features, target, weight, None)
        self._items = ArrowItems(_Head(schema), features, target, weight, None, 0)
        head, *_ = self._items.without_rows()
        self._head = framed(head)
        self.n_features, self.feature_names = len(features), feature_names(self._head)
        self._names = self.feature_names
        self._door = self._classes = self._categories = self._relabel = None
        self._maps = ()

    @property
    def n_targets(self) -> Any:
        """What was asked for."""
        return None if self._door is None else self._door.n_targets

    def total(self, queries: Any) -> Any:
        """Exact sums of `queries`, partition by partition; see :meth:`Rows.total`."""
        check_queries(queries, self.n_features)
        steps = self._door, self._categories, self._classes
        counted = (*queries, RowCount())
        parts = self._of_each(_Totals(steps, counted))
        if not parts:  # a frame without partitions
            y = None if self._door is None else self._door.no_target
            head = self._head if not self._maps else self._maps[-1].made
            parts = [_block_totals(steps, counted, head, y, None)]
        *totals, count = add_totals(parts)
        check_row_count(int(count[0]), queries)
        return totals

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Any:
        """Number of rows that hold each value, added up over partitions.

        Guarantee: that of :meth:`TableRows.tally`, since a row lies in one batch. All
        values that occur go to the driver.
        """
        asked = numbers, missing, words
        return added_tallies(self._of_each(_Counts(self._door, asked)), numbers)

    def first_row(self) -> Any:
        """A table of one row."""
        limited = copy(self)
        limited.frame = self.frame.limit(1)
        found = [row for row in limited._of_each(_first_row) if row is not None]
        return found[0] if found else None

    def mapped(self, maps: Any) -> Rows:
        """These rows, of which each batch is mapped where it is."""
        rows = self._with(_maps=(*self._maps, maps))
        rows.n_features, rows.feature_names = maps.n_features, maps.feature_names
        return rows

    def relabelled(self, work: Any) -> Rows:
        """These rows, of which the target of each batch is mapped where it is."""
        return self._with(_relabel=work)

    def encoded(self, classes: Any) -> Rows:
        """These rows, with each batch encoded where it is."""
        return self._with(_classes=classes)

    def coded(self, categories: Any) -> Rows:
        """These rows, with the categories of each batch encoded where it is."""
        return self._with(_categories=categories)

    def through(self, door: Any) -> Rows:
        """These rows, with each batch validated where it is."""
        return self._with(_door=door)

    @property
    def columns(self) -> Any:
        """What the types of the columns tell, or how they are read."""
        if self._door is not None and self._door.columns is not None:
            return self._door.columns
        return self._maps[-1].columns if self._maps else schema_of(self._head)

    @property
    def dtype(self) -> Any:
        """The type that the numbers have."""
        if self._door is not None and self._door.columns is not None:
            return super().dtype
        if self._maps:
            return self._maps[-1].dtype
        return checked_features(self._head).dtype

    def held(self) -> list[Any]:
        """The frame."""
        return [self, self.frame]

    def without_rows(self) -> Any:
        """Features, target and weights of no rows; None after a map."""
        if self._maps or self._relabel is not None:
            return None
        return self._items.without_rows()

    def _of_each(self, work):
        """What ``work`` makes of each batch, of all partitions."""
        task = _Task(self._items, self._names, self._maps, self._relabel, work)
        names = self._items.columns
        quoted = ["`" + name.replace("`", "``") + "`" for name in names]

        def told_by_tasks():
            chosen = self.frame.select(*quoted)
            return chosen.mapInArrow(task, "error string, body binary").toArrow()

        told = sealed(told_by_tasks, "frame", _FAILED)
        parts, columns = [], (told[name].to_pylist() for name in told.column_names)
        for error, body in zip(*columns, strict=True):
            if error is not None:
                raise refused(_KINDS.get(error, ValueError), body.decode())
            parts.append(pickle.loads(body))  # of tasks of this program
        return parts

    def _with(self, **changes):
        rows = copy(self)
        vars(rows).update(changes)
        return rows


@dataclass(frozen=True, eq=False)
class _Head:
    """A schema, in the place of a source."""

    schema: object

    @property
    def head(self):
        """All columns, and no row."""
        return framed(self.schema.remove_metadata().empty_table())


@dataclass(frozen=True, eq=False)
class _Task:
    """What runs at a worker, on the batches of one partition.

    Errors that hold no data are told as a row; others fail the task, sealed, since
    Spark logs them.
    """

    items: ArrowItems
    names: object
    maps: tuple
    relabel: object
    work: object

    def __call__(self, batches):
        import pyarrow as pa

        for batch in batches:
            try:
                error, body = None, pickle.dumps(sealed(lambda b=batch: self._of(b)))
            except Exception as refusal:
                error, body = type(refusal).__name__, str(refusal).encode()
            yield pa.RecordBatch.from_arrays(
                [pa.array([error], pa.string()), pa.array([body], pa.binary())],
                names=["error", "body"],
            )

    def _of(self, batch):
        X, y, weight = (*self.items._parts(batch), None, None)[:3]
        y = y if self.relabel is None else self.relabel(y)
        X = _mapped(framed(X), len(self.names), self.names, self.maps)
        return self.work(X, y, weight)


@dataclass(frozen=True, eq=False)
class _Totals:
    """Exact totals of a batch."""

    steps: tuple
    queries: tuple

    def __call__(self, *block):
        return _block_totals(self.steps, self.queries, *block)


@dataclass(frozen=True, eq=False)
class _Counts:
    """Counts of the values of a batch."""

    door: object
    asked: tuple

    def __call__(self, *block):
        return _block_counts(self.door, self.asked, *block)


def _first_row(X, y, weight):
    """A table of the first row of a batch, if it has one."""
    return X[:1] if X.shape[0] else None
