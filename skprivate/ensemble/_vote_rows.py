"""The rows that teachers vote on: public ones, drawn ones, or made-up ones."""

import numpy as np
from scipy import sparse

from skprivate.rows import refused
from skprivate.rows._arrow import framed
from skprivate.rows._concatenated import concatenated
from skprivate.rows._emptied import emptied
from skprivate.rows._kinds import (
    feature_names,
    is_dask,
    is_pandas,
    is_polars,
    is_sparse,
)
from skprivate.rows._rows import Rows
from skprivate.synthesis import DPTabularSynthesizer

_LISTED = (list, tuple)


class MadeUpRows(DPTabularSynthesizer):
    """A synthesizer of rows without labels, also where it is planned."""

    default_weight = 5.0

    def _target_kind(self):
        return "none"


def public_table(public):
    """Public rows as a table, and how many; refused if there is none.

    Parameters
    ----------
    public : PublicRows or table
    """
    rows = framed(getattr(public, "X", public), "public")
    sized = hasattr(rows, "shape") or isinstance(rows, _LISTED)
    if isinstance(rows, Rows) or is_dask(rows) or not sized:
        raise refused(
            TypeError,
            "public is no table in memory. Give an array, a data frame, a sparse "
            "matrix, or PublicRows.",
        )
    if isinstance(rows, _LISTED):
        rows = np.array(rows)
    if len(rows.shape) != 2 or not rows.shape[1]:
        raise refused(
            ValueError, "public is no table of two dimensions. Give one row a line."
        )
    if not rows.shape[0]:
        raise refused(
            ValueError,
            "public holds no row, so there is nothing to vote on. Give public rows, "
            'or leave public out: queries="marginals" makes rows up.',
        )
    return rows, int(rows.shape[0])


def public_labels(public, given):
    """Labels of the public rows, or None."""
    return getattr(public, "y", None) if given is None else given


def check_alike(rows, X):
    """Refuse public rows of other columns than those of ``X``, or of another kind.

    Parameters
    ----------
    rows : table
    X : table
        Of the private rows: no value is looked at.
    """
    empty = emptied(X)
    shape = getattr(empty, "shape", ())
    if len(shape) != 2:
        return  # a list: its columns are in its rows
    if shape[1] != rows.shape[1]:
        raise refused(
            ValueError,
            f"public has {rows.shape[1]} columns, and X has {shape[1]}. Give public "
            "rows as the model sees rows, behind the transformers of a pipeline.",
        )
    if feature_names(empty) != feature_names(rows):
        raise refused(
            ValueError,
            "public has columns of other names than X, or in another order; or only "
            "one of them has names. Give both as the same kind of table.",
        )
    if is_sparse(empty) != is_sparse(rows):
        raise refused(
            ValueError,
            "Only one of public and X is sparse. Give both as the same kind of table.",
        )


def rows_within(bounds, X, n_rows, rng):
    """Rows drawn evenly from public ranges, as the kind of table that ``X`` is.

    **Guarantee.** A function of bounds, of names and types of columns, and of coins.

    Parameters
    ----------
    bounds : tuple (low, high) of ndarray
    X : table
        No value is looked at.
    n_rows : int
    rng : Generator
    """
    low, high = bounds
    values = rng.uniform(low, high, (n_rows, len(low)))
    empty = emptied(X)
    if not (is_pandas(empty) or is_polars(empty)):
        return values
    kinds = [str(dtype).lower() for dtype in empty.dtypes]
    if not all(kind.startswith(("float", "int", "uint", "double")) for kind in kinds):
        raise refused(
            TypeError,
            'queries="ranges" draws numbers, and X has columns of other types. Use '
            'queries="marginals", or give public rows.',
        )
    whole = [not kind.startswith(("float", "double")) for kind in kinds]
    values[:, whole] = np.rint(values[:, whole])
    if is_pandas(empty):
        import pandas as pd

        return pd.DataFrame(values, columns=empty.columns).astype(empty.dtypes)
    import polars as pl

    return pl.DataFrame(values, schema=empty.columns).cast(dict(empty.schema))


def without_gaps(rows):
    """Made-up rows with the middle of a column in its gaps; None where there is none.

    For models that read no gaps: noisy counts may make up a few where there are none.
    """
    if is_pandas(rows):
        numbers = rows.select_dtypes("number")
        if not numbers.isna().any(axis=None):
            return None
        return rows.assign(**numbers.fillna(numbers.median()).fillna(0.0))
    if is_polars(rows):
        import polars as pl

        numbers = pl.selectors.numeric()
        middle = numbers.fill_nan(None).fill_null(numbers.fill_nan(None).median())
        filled = rows.with_columns(middle.fill_null(0))
        return None if filled.equals(rows) else filled
    if rows.dtype.kind != "f" or not np.isnan(rows).any():
        return None
    known = [column[~np.isnan(column)] for column in rows.T]
    middle = [np.median(column) if len(column) else 0.0 for column in known]
    return np.where(np.isnan(rows), middle, rows)


def joined(first, second):
    """Two tables of one kind, one below the other.

    Parameters
    ----------
    first, second : table
        Of the same columns; the first may be a list.
    """
    if is_pandas(second):
        return concatenated([first, second])
    if is_polars(second):
        import polars as pl

        return pl.concat([first, second], how="vertical_relaxed")
    if is_sparse(second):
        return sparse.vstack([first, second], format="csr")
    return np.concatenate([np.asarray(first), second])
