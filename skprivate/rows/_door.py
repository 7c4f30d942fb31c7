"""The door: every row is validated here before a query may see it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from inspect import isfunction
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, TableLike
from skprivate.rows._array import ArrayRows
from skprivate.rows._column import Column
from skprivate.rows._columns import schema_of
from skprivate.rows._dask import DaskRows
from skprivate.rows._features import (
    checked_features,
    record_features,
    refuse_other_width,
)
from skprivate.rows._groups import bound_groups, comparable
from skprivate.rows._kinds import is_dask, is_sparse
from skprivate.rows._refusal import refused
from skprivate.rows._rows import Rows
from skprivate.rows._sparse import canonical
from skprivate.rows._table import TableRows, opened_table, public_codes, read_table
from skprivate.rows._target import checked_target, one_column
from skprivate.rows._units import LongUnits, UnitClip, rows_of_unit
from skprivate.rows._weights import bounded_weights, refuse_all_zero


@dataclass(frozen=True)
class Door:
    """What is asked of rows. A value, so that it can be sent to other machines.

    Parameters
    ----------
    target : {"none", "class", "number"}, default="none"
        What ``y`` means; "none" ignores it.
    accept_sparse : bool, default=False
    max_weight : float, default=1.0
        Larger sample weights are cut to this public number.
    owner : str, default="estimator"
        Name of the estimator, for messages.
    columns : tuple of Column or None, default=None
        How to read each column of a table; None: as numbers.
    allow_nan : bool, default=False
        Whether columns of numbers may have gaps.
    n_targets : int or None, default=None
        Number of columns of ``y``; None: it is one value for each row.

    Examples
    --------
    >>> from skprivate.rows import Door
    >>> rows = Door("class").admit([[1, 2], [3, 4]], ["no", "yes"])
    >>> rows.labels().tolist()
    ['no', 'yes']
    """

    target: str = "none"
    accept_sparse: bool = False
    max_weight: float = 1.0
    owner: str = "estimator"
    columns: tuple | None = None
    allow_nan: bool = False
    n_targets: int | None = None

    def admit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        min_rows: Any = 0,
    ) -> Any:
        """Rows in memory, validated; X and y are neither altered nor copied in full.

        Whether dense features are finite is checked as they are added up: one pass
        over the rows less. A query that counts what is there hides NaN from that check.
        """
        if self.target != "none" and y is None:
            self._checked(y)  # refuses before X is read
        if self.columns is not None:
            rest = {"allow_nan": self.allow_nan, "min_rows": min_rows, "as_given": True}
            X, values = read_table(X, self.columns, **rest)
        else:
            X = checked_features(
                X,
                accept_sparse=self.accept_sparse,
                min_rows=min_rows,
                finite=False,
                allow_nan=self.allow_nan,
            )
        y = self._checked(y)
        n_rows = X.shape[0]
        if y is not None and len(y) != n_rows:
            raise _different_lengths("y")
        if sample_weight is None and self.max_weight != 1:
            sample_weight = 1.0  # which is not the largest
        weight = bounded_weights(sample_weight, self.max_weight, n_rows)
        weight = weight if len(weight) else None
        if self.columns is not None:
            return TableRows(X, y, weight, self.columns, values)
        return ArrayRows(X, y, weight).watched()

    def _checked(self, y):
        return checked_target(y, self.target, self.owner, self.n_targets)

    @property
    def no_target(self) -> np.ndarray:
        """The target of no rows."""
        return np.empty(0 if self.n_targets is None else (0, self.n_targets))


def as_rows(
    estimator: Estimator,
    X: TableLike,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | float | None = None,
    groups: ArrayLike | None = None,
    *,
    target: Literal["none", "class", "number"],
    accept_sparse: bool,
    max_weight: float = 1.0,
    max_rows_per_group: int | UnitClip = 1,
    words: Callable[..., Any] | None = None,
    read_as: Callable[..., Any] | None = None,
    allow_nan: bool = False,
    min_rows: int = 1,
    reset: bool = True,
    n_targets: int | None = None,
) -> TableLike:
    """The source of rows behind the arguments of ``fit``, validated.

    Sets ``n_features_in_`` and ``feature_names_in_`` of `estimator`. No error or
    warning carries a value of the data. Zero rows are refused here, as scikit-learn
    demands, though a source may be empty.

    Parameters
    ----------
    estimator : estimator
    X : array-like, DataFrame, sparse matrix, dask collection or Rows
    y : array-like of shape (n_rows,) or None, default=None
    sample_weight : array-like of shape (n_rows,), float or None, default=None
    groups : array-like of shape (n_rows,) or None, default=None
        Rows with equal values are one privacy unit; only for rows in memory.
    target : {"none", "class", "number"}
        What ``y`` means to the estimator; "none" ignores it.
    accept_sparse : bool
    max_weight : float, default=1.0
        Public; weights are cut to it and given relative to it.
    max_rows_per_group : int or UnitClip, default=1
        Public; with `groups`, the number of rows of a group that count.
    words : callable, default=None
        ``words(n)`` returns `n` random uint64, to choose the rows of a group.
    read_as : callable or None, default=None
        From the public columns of the table to how the estimator wants to read them;
        None: as numbers.
    allow_nan : bool, default=False
        Whether columns of numbers may have gaps.
    min_rows : int, default=1
        Fewer rows in memory are refused.
    reset : bool, default=True
        Whether to set width and names; else other ones than before are refused.
    n_targets : int or None, default=None
        Number of columns of ``y``; None: it is one value for each row.

    Returns
    -------
    Rows
    """
    if isinstance(X, Iterator) or isfunction(X):
        raise refused(
            TypeError,
            "X is an iterator, or a function, and rows are read more than once. Give "
            "ChunkRows(open), where open() returns a new iterator of chunks each time.",
        )
    if is_dask(X):
        X, y, sample_weight = DaskRows(X, y, sample_weight), None, None
    columns = None if read_as is None else read_as(schema_of(X))
    name = type(estimator).__name__
    door = Door(target, accept_sparse, max_weight, name, columns, allow_nan, n_targets)
    if isinstance(X, Rows):
        if any(part is not None for part in (y, sample_weight, groups)):
            raise refused(
                ValueError,
                "y, sample_weight and groups cannot be given beside a source of rows. "
                "Give y and sample_weight to the source; groups need X in memory.",
            )
        rows = _from_source(estimator, X, door, reset)
        if X.has_groups:
            refuse_clip(max_rows_per_group)
            return rows.bounded(max_rows_per_group, words)
        return rows
    rows = door.admit(X, y, sample_weight, min_rows=min_rows)
    refuse_all_zero(rows.weight)
    if groups is not None:
        rows = _grouped(rows, groups, max_rows_per_group, words)
    record_features(estimator, X, rows.X, reset=reset)
    return rows


def checked_input(
    estimator: Estimator,
    X: TableLike,
    *,
    accept_sparse: bool = False,
    copy: Any = None,
    reset: bool = False,
    allow_nan: bool = False,
    names: bool = True,
) -> TableLike:
    """`X` as ``predict`` or ``transform`` needs it, of the width seen in ``fit``.

    `reset` records width and names instead: for a ``fit`` that looks at nothing else.
    With `allow_nan` values may be missing; infinity is refused all the same. Without
    `names` only the width is compared: what a transformer returned has names of its
    own, or none.

    Returns
    -------
    ndarray of float64 or float32, or CSR matrix
        A view of `X` where it can be, not to be written to, unless `copy` is given:
        false is for whoever overwrites rows, and copies those that are locked. Entries
        of CSR add up no more.
    """
    checked = checked_features(
        X,
        accept_sparse=accept_sparse,
        min_rows=1,
        copy=bool(copy),
        allow_nan=allow_nan,
        writable=copy is not None,
    )
    checked = canonical(checked) if is_sparse(checked) else checked
    if not names:
        refuse_other_width(estimator, checked)
        return checked
    record_features(estimator, X, checked, reset=reset)
    return checked


def coded_input(
    estimator: Estimator,
    X: TableLike,
    columns: tuple[Column, ...],
    categories: Sequence[ArrayLike],
    *,
    allow_nan: bool = True,
) -> np.ndarray:
    """A table as ``transform`` needs it, of the width and names seen in ``fit``.

    Parameters
    ----------
    estimator : estimator
    X : array, DataFrame of pandas or polars, or list of rows
    columns : tuple of Column
        How to read each column.
    categories : sequence of array-like
        The public ones of each column of categories.
    allow_nan : bool, default=True
        Whether columns of numbers may have gaps.

    Returns
    -------
    ndarray of float64 of shape (n_rows, n_features)
        Numbers, and codes as :meth:`TableRows.coded` gives them.
    """
    record_table(estimator, X, reset=False)
    table, values = read_table(X, columns, allow_nan=allow_nan, min_rows=1)
    return public_codes(TableRows(table, None, None, columns, values), categories)


def record_table(estimator, X, *, reset=True, min_rows=1):
    """Set width and names of a table, or compare with them; no value is looked at.

    Returns
    -------
    int
        Its number of columns.
    """
    X = opened_table(X, min_rows)
    record_features(estimator, X, np.empty((0, X.shape[1])), reset=reset)
    return X.shape[1]


def refuse_clip(max_rows):
    """Refuse to clip what rows of a group add together, where they are far apart."""
    if isinstance(max_rows, UnitClip):
        raise refused(
            TypeError,
            "UnitClip adds up the rows of each group, which takes X in memory. Give "
            "max_rows_per_group as an integer.",
        )


def _from_source(estimator, source, door, reset):
    """A source of the user, behind the door."""
    inside = any(getattr(thing, "has_groups", False) for thing in source.held())
    if inside and not source.has_groups:
        raise refused(
            TypeError,
            "A source within this one has groups, which are not known out here. Give "
            "it without groups, or alone.",
        )
    rows = source.through(door)
    if not reset:
        _refuse_others(estimator, rows)
        return rows
    estimator.n_features_in_ = rows.n_features
    if rows.feature_names is not None:
        estimator.feature_names_in_ = np.array(rows.feature_names, dtype=object)
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_
    return rows


def _refuse_others(estimator, rows):
    """Refuse a source of other columns than those that an estimator knows."""
    names, known = rows.feature_names, getattr(estimator, "feature_names_in_", None)
    if rows.n_features != estimator.n_features_in_ or not (
        names is None or known is None or list(names) == list(known)
    ):
        raise refused(
            ValueError,
            "These rows have other columns than those of the last fit, from which this "
            "one goes on. Give the same columns, in the same order.",
        )


def _grouped(rows, groups, max_rows, words):
    """`rows`, where rows of a group beyond `max_rows` have weight zero."""
    weight = rows.weight if len(rows.weight) else np.ones(rows.X.shape[0])
    groups = one_column(groups, "groups")
    if groups.shape != weight.shape:
        raise _different_lengths("groups")
    present = weight > 0
    units, (most, norm) = comparable(groups, present), rows_of_unit(max_rows)
    # Only rows that count can take up a place of their group.
    weight = weight.copy()
    weight[present] *= bound_groups(units[present], most, words)
    rows = rows.weighted(weight).grouped(units)
    if isinstance(max_rows, UnitClip):
        rows.long_units = LongUnits.of(units, weight, norm)
    return rows


def _different_lengths(name):
    return refused(
        ValueError,
        f"Found input variables with inconsistent numbers of samples: X and {name} "
        "must have the same number of rows.",
    )
