"""Tables of Arrow, and frames of narwhals, as data frames that can be read."""

import sys

from skprivate.rows._refusal import refused, sealed


def framed(X, name="X"):
    """A table of Arrow or a frame of narwhals as one of pandas or polars.

    Anything else is returned as it is.

    **Guarantee.** The type of a column is the one that the table declares, whatever is
    in it: a gap makes no floats of integers, and what a dictionary lists of one table,
    which is what occurs there, is no type.
    """
    home = type(X).__module__.partition(".")[0]
    if home == "narwhals" and hasattr(X, "to_native"):
        return framed(X.to_native(), name)
    if hasattr(X, "collect") and hasattr(X, "collect_schema"):
        raise refused(
            TypeError,
            f"{name} is a lazy frame. Pass the rows: {name}.collect(); or, for a fit "
            f"piece by piece, ArrowRows({name}, target=...), if it is one of polars.",
        )
    if not is_arrow(X):
        return X
    if _is_there("pandas"):
        return sealed(lambda: _in_pandas(X), name)
    if _is_there("polars"):
        return sealed(lambda: sys.modules["polars"].from_arrow(X), name)
    raise refused(
        TypeError,
        f"{name} is a table of Arrow, which takes pandas or polars to read. Install "
        "one of them.",
    )


def is_arrow(X):
    """Whether `X` is a table or a record batch; looked at without importing Arrow."""
    return hasattr(X, "column_names") and hasattr(X, "to_pydict")


def _is_there(name):
    """Whether a library can be imported; it then is."""
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def _in_pandas(X):
    """The same types in pandas, and no copy where there need not be one."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(X, pa.RecordBatch):
        X = pa.Table.from_batches([X])
    X = X.replace_schema_metadata()  # pandas would make an index of what it names
    for i, field in enumerate(X.schema):
        if pa.types.is_string_view(field.type):  # which pandas does not know
            X = X.set_column(i, field.name, X.column(i).cast(pa.string()))
    return X.to_pandas(types_mapper=pd.ArrowDtype)
