"""What is known of the columns of a table before anything is asked."""

from dataclasses import replace

import numpy as np

from skprivate.base import check_bounds
from skprivate.rows._column import BOOLEANS
from skprivate.rows._columns import names_of
from skprivate.schema import Field, Schema
from skprivate.schema._declared import field_of, found_field


def facts_of(schema, columns):
    """The field of each column in a schema, or None.

    Raises
    ------
    ValueError
        If the schema names a column that the table lacks, or says another kind.
    """
    fields = {} if schema is None else Schema(schema)
    names = names_of(columns)
    if any(names.count(name) != 1 for name in fields):
        raise ValueError(
            "The schema names a column that X does not have once. Give a data frame "
            "with the columns of the schema."
        )
    found = [fields.get(name) for name in names]
    for field, column in zip(found, columns, strict=True):
        if field is not None and _kind(field.kind) != _kind(column.kind):
            raise ValueError(
                "The schema says another kind of a column than its type. Convert the "
                "column, or correct the schema."
            )
    return found


def read_as(columns, schema):
    """Columns as they are profiled.

    Booleans of a data frame are categories; an array of them holds numbers. Columns
    without names, of an array or a list, are what the schema says, if it says anything.
    """
    fields = {} if schema is None else Schema(schema)
    named = zip(names_of(columns), columns, strict=True)
    return tuple(_as_profiled(column, fields.get(name)) for name, column in named)


def _as_profiled(column, field):
    if column.name is None and field is not None:
        return replace(column, kind=_kind(field.kind), declared=None)
    if column.kind == "boolean":
        return replace(column, kind="number" if column.name is None else "category")
    return column


def listed_categories(field):
    """The categories of a field, or "private"."""
    known = field is not None and field.categories is not None
    return list(field.categories) if known else "private"


def known_bounds(bounds, fields):
    """Ends of columns of numbers: of their fields, or as given, or NaN.

    Returns
    -------
    ndarray of shape (2, n_columns)
    """
    known = np.full((2, len(fields)), np.nan)
    if not (isinstance(bounds, str) and bounds == "private"):
        known[:] = check_bounds(bounds, len(fields))
    for j, field in enumerate(fields):
        if field is not None and field.bounds is not None:
            ends = field.bounds
            if field.kind == "date":
                ends = np.array(ends, "datetime64[us]").astype(np.int64) * 1e-6
            known[:, j] = np.ravel(check_bounds(tuple(ends), 1))
    return known


def _kind(kind):
    """Kinds that are profiled alike."""
    return "category" if kind == "boolean" else kind


def schema_of_found(columns, names, fields, lists, bounds):
    """What is known of all columns after a look: a function of answers and of facts.

    Parameters
    ----------
    columns : tuple of Column
    names : list of str
    fields : list of Field or None
        What was known before.
    lists : dict of int to ndarray
        Categories of columns that hold some.
    bounds : dict of int to pair of float
        Ends of columns of numbers; of dates, in seconds.

    Returns
    -------
    Schema
    """
    found = {}
    for j, (column, name) in enumerate(zip(columns, names, strict=True)):
        known = field_of(column) if fields[j] is None else fields[j]
        if known.kind == "category" and column.declared == BOOLEANS:
            known = Field("boolean")
        ends = tuple(map(float, bounds[j])) if j in bounds else None
        listed = lists.get(j) if known.kind == "category" else None
        found[name] = found_field(known, ends, listed)
    return Schema(found)
