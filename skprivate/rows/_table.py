"""Rows of a table in memory: numbers, and codes of categories."""

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from sklearn.utils import check_array

from skprivate.mechanisms import Tally
from skprivate.rows._array import ArrayRows
from skprivate.rows._arrow import framed
from skprivate.rows._column import Column
from skprivate.rows._columns import refuse_out_of_memory, refuse_sparse, table_array
from skprivate.rows._features import least_rows
from skprivate.rows._kinds import (
    is_pandas,
    is_polars,
    refuse_double_names,
    refuse_kinds,
    refuse_masked,
)
from skprivate.rows._refusal import of_column, refused, sealed
from skprivate.rows._rows import Rows, read_only
from skprivate.rows._untyped import is_missing
from skprivate.rows._values import codes_of, numbers_of, places_of, seconds_of

CATEGORY = "category"
_BLOCK = 2**13  # rows


class TableRows(ArrayRows):
    """Rows of a table in memory. The door makes them; nobody else does.

    Until :meth:`coded`, a category is held as a code of the values that occur in its
    column, and these are private: they stay in here, and may only be counted, by
    :meth:`tally`, for a curator that adds noise.

    Parameters
    ----------
    X : ndarray of float64 of shape (n_rows, n_features)
        Numbers, and private codes.
    y, weight : ndarray or None
        As for :class:`ArrayRows`.
    columns : tuple of Column
        How each column was read.
    values : dict of int to list
        For each column of categories, by its number, what the codes stand for.

    Examples
    --------
    >>> from skprivate.rows import Column, Door
    >>> columns = (Column(None, "category"), Column(None, "number"))
    >>> rows = Door(columns=columns).admit([["red", 3.0], ["blue", 4.5]])
    >>> rows.coded([["blue"]]).X.tolist()
    [[1.0, 3.0], [0.0, 4.5]]
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray | None,
        weight: np.ndarray | None,
        columns: tuple[Column, ...],
        values: dict[int, Any],
    ) -> None:
        super().__init__(X, y, weight)
        self._columns, self._values = columns, values

    @property
    def columns(self) -> Any:
        """How each column was read."""
        return self._columns

    def total(self, queries: Any) -> Any:
        """Refused: codes are private before they are made public."""
        if self._values:
            raise refused(
                TypeError,
                "The categories of these rows have no public codes yet. Call "
                "curator.categories first.",
            )
        return super().total(queries)

    def tally(
        self, numbers: Sequence[int], *, missing: bool = False, words: Any = None
    ) -> Tally:
        """Number of rows that hold each value of some columns.

        Guarantee: a row of positive weight adds one to a single key of each of these
        columns, and to none if it has no value there and `missing` is false; a row of
        weight zero adds nothing. Only keys that some row holds are in it.

        Parameters
        ----------
        numbers : sequence of int
            Columns of categories.
        missing : bool, default=False
            Whether to count missing values under the key ``None``.
        words : Words, default=None
            Weights of the words of these columns, instead of counts of their values.

        Returns
        -------
        Tally
            Exact; from ``(column, value)`` to a count.
        """
        present, parts = self._present(), {}
        if words is not None:
            kept = slice(None) if present is None else present
            units = None if self.groups is None else self.groups[kept]
            values = {j: self._values[j] for j in numbers}
            return words.tally(self.X[kept], values, units)
        for j in numbers:
            values = self._values[j]
            codes = self.X[:, j] if present is None else self.X[present, j]
            gaps = np.isnan(codes)
            counts = np.bincount(codes[~gaps].astype(np.intp), minlength=len(values))
            if missing:
                values, counts = [*values, None], np.append(counts, np.sum(gaps))
            parts[j] = values, counts
        return Tally(parts)

    def coded(self, categories: Any) -> Rows:
        """These rows, with public codes for categories; see :func:`public_codes`."""
        rows = copy(self)
        rows.X, rows._values = public_codes(self, categories), {}
        return rows

    def with_column(self, values: np.ndarray) -> Rows:
        """These rows, with one more column of numbers, which must not be missing.

        Parameters
        ----------
        values : ndarray of float64 of shape (n_rows,)
            For each row a number that depends on no other row.
        """
        if values.shape != self.X.shape[:1]:
            raise refused(
                ValueError,
                "There are not as many values as rows. Give one number for each row.",
            )
        rows = copy(self)
        rows.X = np.column_stack([self.X, values])
        rows._columns = (*self._columns, Column(None, "number"))
        rows.n_features = self.n_features + 1
        return rows

    def through(self, door: Any) -> Rows:
        """Refused: they have passed the door."""
        raise refused(TypeError, "These rows are validated already. Pass the table.")


def read_table(X, columns, *, allow_nan=False, min_rows=0, as_given=False):
    """A table as numbers and private codes.

    Parameters
    ----------
    X : array, DataFrame of pandas or polars, or list of rows
    columns : tuple of Column
        How to read each column.
    allow_nan : bool, default=False
        Whether columns of numbers may have gaps; categories always may.
    min_rows : int, default=0
    as_given : bool, default=False
        Whether an array that is such a table already is told as it is, read-only.

    Returns
    -------
    table : ndarray of float64 of shape (n_rows, n_columns)
    values : dict of int to list
        What the codes of each column of categories stand for.
    """
    X = opened_table(X, min_rows)
    if X.shape[1] != len(columns):
        raise refused(
            ValueError,
            f"X has {X.shape[1]} features, but {len(columns)} were expected. Give the "
            "same columns as in fit.",
        )
    finite = "allow-nan" if allow_nan else True
    if as_given and _is_table(X) and all(c.kind == "number" for c in columns):
        sealed(lambda: _check(X, ensure_all_finite=finite))
        return read_only(X), {}
    table, values = np.empty(X.shape, order="F"), {}  # written column by column
    for j, column in enumerate(columns):
        with of_column(j if column.name is None else column.name):
            if column.kind == CATEGORY:
                table[:, j], values[j] = codes_of(X, j)
                _refuse_infinity(values[j])
            elif column.kind == "date":
                table[:, j] = seconds_of(X, j)
            else:
                table[:, j] = numbers_of(X, j)
    numbers = [j for j in range(len(columns)) if j not in values]
    if numbers:
        part = table if len(numbers) == len(columns) else table[:, numbers]
        sealed(lambda: _check(part, ensure_all_finite=finite))
    return table, values


def _is_table(X):
    """Whether an array holds float64, row by row."""
    return type(X) is np.ndarray and X.dtype == np.float64 and X.flags.c_contiguous


def public_codes(rows, categories):
    """A table of numbers and public codes.

    Parameters
    ----------
    rows : TableRows
    categories : sequence of array-like
        For each column of categories, in order, the public ones. One of them may be
        missing (None or NaN).

    Returns
    -------
    ndarray of float64 of shape (n_rows, n_features)
        For a category its index in the list, or the length of the list for any other;
        NaN for a missing value, unless that is in the list.
    """
    places = {}
    for (j, values), listed in zip(rows._values.items(), categories, strict=True):
        listed = np.asarray(listed, dtype=object).tolist()
        gap = next((i for i, v in enumerate(listed) if is_missing(v)), np.nan)
        # One place more, at the end, for what is missing.
        places[j] = np.append(places_of(values, listed, len(listed)), gap)
    if not places and rows.X.flags.c_contiguous:
        return rows.X
    X = np.empty(rows.X.shape)  # row by row, as queries read it
    for start in range(0, len(X), _BLOCK):  # in the cache
        given, block = rows.X[start : start + _BLOCK], X[start : start + _BLOCK]
        block[:] = given
        for j, known in places.items():
            codes = given[:, j]
            gaps = np.isnan(codes)
            codes = np.where(gaps, len(known) - 1, codes) if gaps.any() else codes
            block[:, j] = known[codes.astype(np.intp)]
    return X


def opened_table(X, min_rows):
    """`X` as a table whose columns can be read."""
    refuse_out_of_memory(X)
    X = framed(X)
    refuse_sparse(X)
    refuse_masked(X, "X")
    refuse_double_names(X)
    if not (is_pandas(X) or is_polars(X)):
        X = table_array(X)
        refuse_kinds({X.dtype.kind} & {"c"}, "X")
    shape = np.broadcast_to(0.0, X.shape)  # scikit-learn's words, and no copy
    sealed(lambda: _check(shape, ensure_min_samples=least_rows(min_rows)))
    return X


def _check(array, **options):
    check_array(
        array, **{"ensure_all_finite": False, "ensure_min_samples": 0, **options},
        input_name="X",
    )  # fmt: skip


def _refuse_infinity(values):
    if any(value in (np.inf, -np.inf) for value in values if isinstance(value, float)):
        raise refused(
            ValueError,
            "Input X contains infinity. Replace or drop such values first.",
        )
