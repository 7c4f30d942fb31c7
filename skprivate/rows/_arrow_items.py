"""Batches of Arrow, or frames of polars, as features, target, weights and groups."""

from dataclasses import dataclass

import numpy as np

from skprivate.rows._arrow import framed, is_arrow
from skprivate.rows._refusal import refused

_BLOCK = 2**10  # rows that are turned in the cache
_PLAIN = "biuf"


@dataclass(frozen=True, eq=False)
class ArrowItems:
    """Opens a source as items of :class:`StoredChunks`.

    Parameters
    ----------
    source : object
        As :func:`opened_source` makes it.
    features : list of str
    target : str, list of str or None
    weight, groups : str or None
    n_rows : int
        Of a batch, at most.
    """

    source: object
    features: list
    target: object
    weight: str | None
    groups: str | None
    n_rows: int

    def __call__(self):
        """A new iterator."""
        return self._items(self.source.batches(self.columns, self.n_rows))

    def runs(self):
        """Where parts begin that can be read side by side, and what opens each."""
        if not hasattr(self.source, "runs"):
            return [(0, None)]
        runs = self.source.runs(self.columns, self.n_rows)
        return [(start, _Run(self, open)) for start, open in runs]

    def groups_alone(self):
        """An iterator over weights and groups, without all else."""
        names = [name for name in (self.weight, self.groups) if name is not None]
        for batch in self.source.batches([*dict.fromkeys(names)], self.n_rows):
            yield None, None, _column(batch, self.weight), _column(batch, self.groups)

    @property
    def columns(self):
        """Names of all columns that are read, each once."""
        others = self.target if isinstance(self.target, list) else [self.target]
        names = [*self.features, *others, self.weight, self.groups]
        return [name for name in dict.fromkeys(names) if name is not None]

    def without_rows(self):
        """Features, target, weights and groups of no rows."""
        return (*self._parts(self.source.head), None, None, None)[:4]

    def _items(self, batches):
        for batch in batches:
            yield self._parts(batch)

    def _parts(self, batch):
        """One item, without what nobody asks for."""
        if isinstance(self.target, list):
            y = framed(batch.select(self.target))
        else:
            y = _column(batch, self.target)
        X, weight = batch, _column(batch, self.weight)
        names = X.column_names if is_arrow(X) else list(X.columns)
        if names != self.features:
            X = X[self.features] if hasattr(X, "iloc") else X.select(self.features)
        parts = [X, y, weight, _column(batch, self.groups)]
        while parts[-1] is None:
            parts.pop()
        return tuple(parts)


@dataclass(frozen=True, eq=False)
class _Run:
    """Opens the items of a part of a source."""

    items: ArrowItems
    open: object

    def __call__(self):
        return self.items._items(self.open())


def _column(batch, name):
    """A column of a batch; as an array where that is all there is to it."""
    if name is None:
        return None
    if not is_arrow(batch):
        return batch[name]
    plain = _plain(batch.column(name))
    if plain is not None and not batch.column(name).null_count:
        return plain
    return framed(batch.select([name]))[name]


def numbers_of(batch, dtype):
    """A batch as an array of numbers, row by row; None if it holds anything else.

    Guarantee: each value is what it is as `dtype`, NaN where it is missing.
    """
    if is_arrow(batch):
        columns = [_plain(column) for column in batch.columns]
    else:
        columns = [_plain_of_polars(column) for column in batch.get_columns()]
    if any(column is None for column in columns):
        return None
    n_rows = len(columns[0]) if columns else 0
    X = np.empty((n_rows, len(columns)), dtype)
    for start in range(0, n_rows, _BLOCK):
        block = X[start : start + _BLOCK]
        for j, column in enumerate(columns):
            block[:, j] = column[start : start + _BLOCK]
    return X


def _plain(column):
    """Numbers of a column of Arrow as an array, or None."""
    from pyarrow import types

    of = column.type
    whole = types.is_boolean(of) and not column.null_count
    if not (types.is_floating(of) or types.is_integer(of) or whole):
        return None
    return column.to_numpy(zero_copy_only=False)


def _plain_of_polars(column):
    """The same of polars, of which some numbers are too long for NumPy."""
    if not (column.dtype.is_numeric() or str(column.dtype) == "Boolean"):
        return None
    if column.dtype.is_decimal() or str(column.dtype) in ("Int128", "UInt128"):
        return None
    array = column.to_numpy()
    return array if array.dtype.kind in _PLAIN else None


def chosen_features(schema, features, target, weight, groups):
    """Names of the features; refused unless all columns are there and are no lists.

    Parameters
    ----------
    schema : pyarrow.Schema
    features : list of str or None
        None: all columns that are nothing else.
    target : str, list of str or None
    weight, groups : str or None

    Returns
    -------
    list of str
    """
    from pyarrow import types

    names = list(schema.names)
    others = target if isinstance(target, list) else [target]
    roles = {"target": others, "weight": [weight], "groups": [groups]}
    roles["features"] = features or []
    for role, wanted in roles.items():
        for name in wanted:
            if name is not None and names.count(name) != 1:
                there = "two columns" if name in names else "no column"
                raise refused(
                    ValueError,
                    f"There is {there} of the name {name!r}, which {role} asks for. "
                    "Give the name of one column.",
                )
    taken = {*others, weight, groups}
    if features is None:
        features = [name for name in names if name not in taken]
    if not features or len({*features}) < len(features) or {*features} & taken:
        raise refused(
            ValueError,
            "features must be different columns, at least one, and neither target, "
            "weight nor groups. List them: features=[...].",
        )
    for name in [*features, *(name for name in taken if name is not None)]:
        of = schema.field(name).type
        if types.is_nested(of) or types.is_nested(getattr(of, "value_type", of)):
            raise refused(
                TypeError,
                f"Column {name!r} holds lists or structures. Take it apart first, or "
                "leave it out: features=[...].",
            )
    return list(features)
