"""What parties say of their columns, which has to be the same for all."""

from dataclasses import dataclass

import numpy as np

from skprivate.rows import Column, Rows, refused

_HELP = "Give all of them the same columns in the same order, with the same types."


@dataclass(frozen=True)
class Schema:
    """What is public of the columns of all parties.

    Parameters
    ----------
    names : list of str or None
    columns : tuple of Column
    dtype : dtype
    """

    names: list | None
    columns: tuple
    dtype: object


def one_schema(found, n_features):
    """The schema that all parties have; refused if they differ.

    Parameters
    ----------
    found : dict of str to dict
        What each has answered to *hello*.
    n_features : int
    """
    schemas = {name: _read(name, told) for name, told in found.items()}
    for name, (told, _, _) in schemas.items():
        if told["n_features"] != n_features:
            raise refused(
                ValueError,
                f"Party {name!r} has another number of features than n_features. "
                f"{_HELP}",
            )
    first, *_ = schemas
    for name, (told, _, _) in schemas.items():
        for what in ("names", "columns"):
            if repr(told[what]) != repr(schemas[first][0][what]):
                raise refused(
                    ValueError,
                    f"Parties {first!r} and {name!r} have different {what}, kinds of "
                    f"columns or declared categories. {_HELP}",
                )
    keys = [told["public"] for told, _, _ in schemas.values() if told["public"]]
    if len({*keys}) < len(keys):
        raise refused(
            ValueError,
            "Two parties have the same key, so they are one. Name every party once.",
        )
    told, columns, _ = schemas[first]
    types = {dtype for _, _, dtype in schemas.values()}
    same = types.pop() if len(types) == 1 else Rows.dtype
    return Schema(told["names"], columns, same)


def _read(name, told):
    """A schema, its columns and its type; refused if it is none."""
    schema = told.get("schema")
    try:
        columns, names = schema["columns"], schema["names"]
        dtype = np.dtype(schema["dtype"])
        good = (
            len(columns) == schema["n_features"]
            and all(isinstance(column, Column) for column in columns)
            and dtype.kind == "f"
            and (names is None or all(type(n) is str for n in names))
            and (schema["public"] is None or type(schema["public"]) is bytes)
        )
    except Exception:
        good = False
    if not good:
        raise refused(
            ValueError,
            f"Party {name!r} gave an answer that is no schema. Leave it out, or ask "
            "its owner to mend it.",
        )
    return schema, columns, dtype
