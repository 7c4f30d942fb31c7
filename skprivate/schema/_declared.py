"""What is public about a table."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from skprivate._card import Card, Section, Table
from skprivate._typing import PathLike, TableLike
from skprivate.rows._columns import schema_of
from skprivate.schema._field import Field

_FORMAT = "skprivate.schema"
_VERSION = 1
_PARTS = ("bounds", "categories", "unit")


class Schema(Mapping):
    """Types, bounds, categories and units of the columns of a table.

    It holds what is known without a look at any row, or what was released. So it may be
    printed, saved and sent around; and nothing that it tells costs a budget.

    Parameters
    ----------
    columns : mapping of str to Field, or to a short form of it
        For each column a :class:`Field`, a tuple ``(low, high)``, a list of categories,
        or a kind, in the order of the table. Also another schema.

    Examples
    --------
    >>> from skprivate.schema import Field, Schema
    >>> schema = Schema(
    ...     {
    ...         "age": Field("number", bounds=(0, 120), unit="years"),
    ...         "income": "number",
    ...         "plan": ["free", "team"],
    ...         "since": ("2015-01-01", "2030-01-01"),
    ...     }
    ... )
    >>> schema
    Schema of 4 columns
    <BLANKLINE>
      column  kind      values
      age     number    0 to 120 years
      income  number
      plan    category  free, team
      since   date      2015-01-01 to 2030-01-01
    >>> schema["age"].bounds
    (0.0, 120.0)
    >>> Schema.from_json(schema.to_json()) == schema
    True
    """

    def __init__(self, columns: Any) -> None:
        if not isinstance(columns, Mapping):
            raise TypeError("columns must be a mapping of names to facts.")
        if not all(isinstance(name, str) for name in columns):
            raise TypeError("Names of columns must be texts.")
        self._fields = {
            name: _checked_field(name, fact) for name, fact in columns.items()
        }

    @classmethod
    def from_frame(cls, X: TableLike) -> Self:
        """What the types of a data frame tell; no value is looked at.

        Parameters
        ----------
        X : DataFrame of pandas or polars
            Its ``Categorical`` (pandas) and ``Enum`` (polars) columns list their
            categories, which are taken as public.

        Returns
        -------
        Schema

        Examples
        --------
        >>> import pandas as pd
        >>> from skprivate.schema import Schema
        >>> Schema.from_frame(pd.DataFrame({"age": [31], "plan": ["team"]}))
        Schema of 2 columns
        <BLANKLINE>
          column  kind      values
          age     number
          plan    category
        """
        columns = schema_of(X)
        names = [column.name for column in columns]
        if None in names or len({*names}) < len(names):
            raise ValueError(
                "The columns need different names, all of them texts. Rename them."
            )
        return cls({column.name: field_of(column) for column in columns})

    @classmethod
    def from_json(cls, source: PathLike) -> Self:
        """Read what :meth:`to_json` has made.

        Parameters
        ----------
        source : str or Path
            The text, or the path of a file.

        Returns
        -------
        Schema
        """
        text = source
        if isinstance(source, Path) or not source.lstrip().startswith("{"):
            text = Path(source).read_text(encoding="utf-8")
        try:
            data = json.loads(text)
            known = data["format"] == _FORMAT and data["version"] == _VERSION
            parts = {column.pop("name"): column for column in data["columns"]}
            known &= all(part.keys() <= {"kind", *_PARTS} for part in parts.values())
        except (AttributeError, KeyError, TypeError, ValueError):
            known = False
        if not known:
            raise ValueError(
                f"This is no {_FORMAT} of version {_VERSION}. Give what to_json made."
            )
        return cls({name: Field(**column) for name, column in parts.items()})

    def to_json(self, path: PathLike | None = None) -> str:
        """As JSON.

        Parameters
        ----------
        path : str or Path, default=None
            A file to write, besides.

        Returns
        -------
        str
        """
        columns = [
            {"name": name, "kind": field.kind, **_known_parts(field)}
            for name, field in self.items()
        ]
        data = {"format": _FORMAT, "version": _VERSION, "columns": columns}
        text = json.dumps(data, indent=2, allow_nan=False)
        if path is not None:
            Path(path).write_text(text + "\n", encoding="utf-8")
        return text

    def updated(self, columns: Any) -> "Schema":
        """A schema that knows more, or something else, about some columns.

        Parameters
        ----------
        columns : mapping of str to Field, or to a short form of it
            New columns come last.

        Returns
        -------
        Schema
        """
        return Schema({**self, **Schema(columns)})

    def differences(self, other: "Schema") -> list[str]:
        """In which facts another schema differs, one sentence each.

        Parameters
        ----------
        other : Schema

        Returns
        -------
        list of str
            Empty if both say the same, in whatever order of columns.
        """
        names = [*self, *(name for name in other if name not in self)]
        return [text for name in names for text in _compared(name, self, other)]

    def __getitem__(self, name):
        return self._fields[name]

    def __iter__(self):
        return iter(self._fields)

    def __len__(self):
        return len(self._fields)

    def __eq__(self, other):
        if not isinstance(other, Schema):
            return NotImplemented
        return [*self.items()] == [*other.items()]

    def __hash__(self):
        return hash(tuple(self._fields.items()))

    def _card(self):
        rows = [(name, field.kind, field.values()) for name, field in self.items()]
        table = Table(("column", "kind", "values"), tuple(rows))
        word = "column" if len(self) == 1 else "columns"
        return Card(f"Schema of {len(self)} {word}", (), (), (Section("", (table,)),))

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()


def _checked_field(name, fact):
    """A field from a short form; a refusal says of which column."""
    try:
        return Field.of(fact)
    except (TypeError, ValueError) as error:
        raise type(error)(f"Column {name!r}: {error}") from None


def field_of(column):
    """The field of a column of which the type is known."""
    if column.kind == "category" and column.declared is not None:
        return Field("category", categories=column.declared)
    return Field(column.kind)


def found_field(field, ends, categories):
    """A field that also tells what a fit has found.

    Parameters
    ----------
    field : Field
    ends : tuple (low, high) or None
        Where numbers lie; of dates, in seconds since 1970.
    categories : ndarray or None
        A missing value among them is left out: no schema names it.
    """
    if ends is not None and field.bounds is None:
        low, high = ends
        if field.kind == "date":
            ends = np.rint([low, high]).astype("datetime64[s]")
            low, high = ends.astype(str).tolist()
        return replace(field, bounds=(low, high))
    if categories is not None:
        listed = tuple(v for v in categories.tolist() if v == v and v is not None)
        return Field("category", categories=listed)
    return field


def _known_parts(field):
    """The parts of a field that are not None."""
    parts = {part: getattr(field, part) for part in _PARTS}
    return {part: value for part, value in parts.items() if value is not None}


def _compared(name, first, second):
    """What differs about one column."""
    if name not in second:
        yield f"{name} is only in the first."
    elif name not in first:
        yield f"{name} is only in the second."
    elif first[name] != second[name]:
        here, there = first[name], second[name]
        if here.unit != there.unit and here == replace(there, unit=here.unit):
            yield f"{name} has another unit: {here.unit}, {there.unit}."
        else:
            yield f"{name} differs: {here!r}, {there!r}."
