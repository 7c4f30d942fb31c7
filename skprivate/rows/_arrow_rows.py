"""Rows in parquet files, datasets, lazy frames and relations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from logging import getLogger
from numbers import Integral
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.rows._arrow import framed
from skprivate.rows._arrow_items import ArrowItems, chosen_features, numbers_of
from skprivate.rows._arrow_sources import opened_source
from skprivate.rows._columns import schema_of
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import feature_names
from skprivate.rows._refusal import refused
from skprivate.rows._stored_chunks import StoredChunks

_LEAST_MEMORY = 2**20
_ROWS = 2**10, 2**16  # of a batch
_COPIES = 4  # of a batch, on its way


class ArrowRows(StoredChunks):
    """Rows of a table that need not fit in memory, by the names of its columns.

    The first pass decodes the rows; if more releases come, it writes them as raw
    numbers to a temporary file, and later passes read that: see
    :attr:`stored_bytes`. Row groups of parquet files are decoded in as many threads as
    joblib is configured to use. Needs ``pip install skprivate[arrow]``.

    Parameters
    ----------
    source : str, Path, list of these, or table
        Paths, folders or patterns of parquet files; a ``pyarrow.dataset.Dataset``; a
        ``LazyFrame`` of polars; a relation of duckdb; or anything else that has
        ``__arrow_c_stream__`` and can be opened again.
    target : str, list of str or None, default=None
        Column of the target, or columns of several.
    weight : str or None, default=None
        Column of sample weights.
    groups : str or None, default=None
        Rows with equal values in this column are one privacy unit, of which
        ``max_rows_per_group`` rows count. They are chosen before the first pass, which
        takes about 60 bytes of memory for each row.
    features : list of str or None, default=None
        Columns of features; None: all that are nothing of the above.
    memory : int, default=2**28
        Bytes that batches on their way may take, about. Public.
    store : bool or str, default=True
        Whether to store decoded rows for later passes; or the folder where. False reads
        the source for each release.
    decryption : FileDecryptionProperties, callable or None, default=None
        Keys of encrypted parquet files, as PyArrow takes them; or a function that
        returns new ones for each file that is opened.

    Attributes
    ----------
    n_features : int
    feature_names : tuple of str

    Examples
    --------
    >>> import pyarrow as pa
    >>> import pyarrow.parquet as pq
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.rows import ArrowRows
    >>> pq.write_table(pa.table({"age": [30.0, 52.0], "sick": [0, 1]}), "a.parquet")
    >>> rows = ArrowRows("*.parquet", target="sick")
    >>> rows.feature_names
    ('age',)
    >>> DPStandardScaler(bounds=(0, 120)).fit(rows).n_features_in_
    1
    """

    _unreadable = (
        "Reading the rows failed. Read the source outside of fit to see the error; it "
        "is not shown here because it could hold a value from the data."
    )

    def __init__(
        self,
        source: TableLike,
        *,
        target: str | Sequence[str] | None = None,
        weight: str | None = None,
        groups: str | None = None,
        features: Sequence[str] | None = None,
        memory: int = 2**28,
        store: bool | str = True,
        decryption: Any = None,
    ) -> None:
        _check(target, weight, groups, features, memory)
        source = opened_source(source, decryption)
        target = list(target) if isinstance(target, (list, tuple)) else target
        features = chosen_features(source.schema, features, target, weight, groups)
        n_columns = len(features) + 3
        n_rows = min(max(_ROWS[0], memory // (8 * _COPIES * n_columns)), _ROWS[1])
        items = ArrowItems(source, features, target, weight, groups, n_rows)
        super().__init__(
            items, len(features), store=store, has_groups=groups is not None
        )
        head, *_ = items.without_rows()
        self._schema, self._names = schema_of(head), feature_names(framed(head))
        self._dtype = _dtype_of(head)

    @property
    def dtype(self) -> Any:
        """The type of the numbers, as the schema tells it."""
        return self._dtype if self._has_numbers else super().dtype

    @property
    def stored_bytes(self) -> Any:
        """Bytes that a fit of numbers writes, if it has several releases; or None.

        None where the source does not tell how many rows there are. The number tells
        this: it is for whoever runs the fit.
        """
        n_rows = self._n_rows
        if n_rows is None:
            return None
        beside = [*self._others, self.open.weight]
        columns = self.n_features + sum(name is not None for name in beside)
        return 8 * n_rows * (columns + 2 * self.has_groups)

    def batches(self) -> Iterator[TableLike]:
        """The features as they are, batch by batch, in order.

        Returns
        -------
        iterator of table
            Frames of pandas or polars.
        """
        with closing(self._raw_items()) as items:
            for X, *_ in items:
                yield X

    def apply(self, method: Callable[..., Any]) -> Iterator[TableLike]:
        """What a fitted model says of the rows, batch by batch; nothing is private.

        Parameters
        ----------
        method : callable
            Such as ``model.predict`` or ``scaler.transform``.

        Returns
        -------
        iterator of array or table

        Examples
        --------
        >>> import numpy as np
        >>> import pyarrow as pa
        >>> from skprivate.preprocessing import DPStandardScaler
        >>> from skprivate.rows import ArrowRows
        >>> rows = ArrowRows(pa.table({"age": [30.0, 52.0]}))
        >>> scaler = DPStandardScaler(bounds=(0, 120), epsilon=9.0).fit(rows)
        >>> np.concatenate([*rows.apply(scaler.transform)]).shape
        (2, 1)
        """
        with closing(self.batches()) as batches:
            for X in batches:
                if X.shape[0]:
                    yield method(X)

    def without_rows(self) -> Any:
        """Features, target, weights and groups, of no rows: all of it public."""
        return self.open.without_rows()

    @property
    def _n_rows(self):
        """As the source tells, or an earlier pass."""
        return getattr(self.open.source, "n_rows", super()._n_rows)

    @property
    def _others(self):
        target = self.open.target
        return target if isinstance(target, list) else [target]

    def _rows_of(self, item):
        """One item as rows in memory, validated; of plain numbers without a detour."""
        X, *rest = item
        if self._has_numbers and not isinstance(X, np.ndarray):
            numbers = numbers_of(X, self.dtype)
            item = item if numbers is None else (numbers, *rest)
        return super()._rows_of(item)

    def _named(self, names, item):
        """Names are those that were asked for."""
        return names

    def _runs(self):
        return self.open.runs()

    def _storing(self, queries):
        n_bytes = self.stored_bytes
        if n_bytes is not None:
            told = 2 ** max(20, (n_bytes - 1).bit_length())  # not how many rows
            getLogger("skprivate.rows").info(
                "This fit writes up to %d MiB of temporary files, which go when it "
                "ends.", told >> 20
            )  # fmt: skip
        return super()._storing(queries)


def _check(target, weight, groups, features, memory):
    """Refuse parameters of other kinds."""
    for name, value in {"weight": weight, "groups": groups}.items():
        if value is not None and not isinstance(value, str):
            raise refused(TypeError, f"{name} must be the name of a column, or None.")
    listed = {"target": target, "features": features}
    for name, value in listed.items():
        many = isinstance(value, (list, tuple)) and value
        if many and all(isinstance(column, str) for column in value):
            continue
        if value is not None and (name == "features" or not isinstance(value, str)):
            raise refused(
                TypeError, f"{name} must be a list of names of columns, or None."
            )
    if not isinstance(memory, Integral) or memory < _LEAST_MEMORY:
        raise refused(
            ValueError, "memory must be a number of bytes, at least 2**20 of them."
        )


def _dtype_of(head):
    """Type of the rows as numbers; double, where they are none."""
    try:
        return checked_features(framed(head)).dtype
    except (TypeError, ValueError):
        return np.dtype(np.float64)
