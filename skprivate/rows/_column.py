"""One column of a table, as far as its schema tells."""

from dataclasses import dataclass

BOOLEANS = (False, True)


@dataclass(frozen=True)
class Column:
    """A column of a table, as far as its schema tells.

    Parameters
    ----------
    name : str or None
        Its name, if all columns of the table have one.
    kind : {"number", "category", "boolean", "date"}
        From the type of the column. One of pandas' objects is a category.
    declared : tuple or None, default=None
        The categories that the type itself lists, as ``Categorical`` of pandas and
        ``Enum`` of polars do, and booleans. Not ``Categorical`` of polars, which lists
        what occurs.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.rows import schema_of
    >>> sizes = pd.Categorical(["S"], categories=["S", "M", "L"])
    >>> schema_of(pd.DataFrame({"size": sizes}))
    (Column(name='size', kind='category', declared=('S', 'M', 'L')),)
    """

    name: str | None
    kind: str
    declared: tuple | None = None
