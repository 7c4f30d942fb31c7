"""What is public about the columns of a table: what types tell, and what users know."""

from dataclasses import replace

import numpy as np

from skprivate.rows._columns import names_of
from skprivate.schema._declared import field_of


def read_as(columns, schema, most_categories):
    """Columns as types declare them, with the kinds and categories of the schema.

    Parameters
    ----------
    columns : tuple of Column
    schema : Schema or None
    most_categories : int
        A type that declares more is taken to declare none.

    Returns
    -------
    tuple of Column

    Raises
    ------
    ValueError
        If names occur twice, or the schema names a column that is not there.
    """
    names = names_of(columns)
    if len({*names}) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"Two columns have the same name, {twice!r}. Rename one.")
    columns = tuple(_by_type(column, most_categories) for column in columns)
    if schema is None:
        return columns
    lost = [name for name in schema if name not in names]
    if lost:
        raise ValueError(
            f"The schema names {lost[0]!r}, which is no column of the table. Give a "
            "data frame with that column, or leave it out of the schema."
        )
    named = zip(columns, names, strict=True)
    return tuple(_told(column, schema.get(name)) for column, name in named)


def _by_type(column, most_categories):
    """A column as its type alone is to be taken."""
    if column.name is None and column.kind == "boolean":
        # An array has one type for all: booleans in it are numbers like others.
        return replace(column, kind="number", declared=None)
    if len(column.declared or ()) > most_categories:
        return replace(column, declared=None)
    return column


def _told(column, field):
    """A column, with what a field says about it."""
    if field is None:
        return column
    declared = column.declared if field.kind == column.kind else None
    return replace(column, kind=field.kind, declared=field.categories or declared)


def fields_of(columns, schema):
    """A field for each column that was read.

    Returns
    -------
    list of Field
    """
    known = {} if schema is None else schema
    named = zip(columns, names_of(columns), strict=True)
    return [_field(column, known.get(name)) for column, name in named]


def _field(column, known):
    """The field of a column of which a user may know something."""
    if known is None or known.kind == "category":
        return field_of(column)  # with the categories that it was told
    return known


def number_bounds(field):
    """Declared bounds as numbers; of dates, as seconds since 1970."""
    if field.bounds is None or field.kind != "date":
        return field.bounds
    low, high = np.array(field.bounds, dtype="datetime64[s]").astype(np.float64)
    return float(low), float(high)
