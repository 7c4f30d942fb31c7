"""Leave out rows by a public rule: nothing is learned, so it costs nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin

from skprivate._sklearn import StrOptions, fit_context, sampler_tags
from skprivate._typing import BoundsLike, TableLike
from skprivate.base import check_bounds
from skprivate.base._tables import take
from skprivate.rows._arrow import framed
from skprivate.rows._columns import schema_of, table_array
from skprivate.rows._features import checked_features, record_features
from skprivate.rows._kinds import is_pandas, is_polars, is_sparse
from skprivate.rows._refusal import refused
from skprivate.rows._table import opened_table
from skprivate.rows._untyped import UNTYPED
from skprivate.schema import Schema
from skprivate.under_sampling._rules import (
    follows_rule,
    has_no_gap,
    within_bounds,
    within_schema,
)


class RowFilter(OneToOneFeatureMixin, BaseEstimator):
    """Keep the rows that meet a public rule, each judged on its own.

    **Guarantee.** Whether a row is kept depends on that row and on parameters, and the
    order stays. So of two data sets that differ in one row, or in the rows of one
    privacy unit, the kept rows differ in at most these: neighbours stay neighbours, and
    a private step after the filter protects the rows before it at the same price.
    Nothing is released: which rows are left, and how many, is as secret as the rows.

    A rule that looks at several rows has no such guarantee: to drop what is above the
    mean, or what repeats, lets one row decide about others. Bounds that were read off
    the rows are no public rule either; `DPOutlierClipper` pays for a private one.

    As with all samplers, rows are left out when a pipeline is fitted, and not when it
    predicts.

    Parameters
    ----------
    keep : callable or None, default=None
        From one row to a bool: whether to keep it. It gets a row of an array, which is
        read-only, or of a data frame as a dict by names. A row of a list becomes an
        array of floats if it holds numbers alone, else of objects. It is called once
        for each row, and must not remember others: this cannot be checked.
    bounds : tuple (low, high) or None, default=None
        Rows with a number outside are left out: two numbers, or arrays with one number
        per feature, which must all be numbers.
    schema : Schema, mapping or None, default=None
        Rows with a number or date outside the bounds of its column, or with a category
        that is not listed, are left out. Columns that it does not name are not judged;
        those of an array or a list are named x0, x1, ...
    missing : {"keep", "drop"}, default="keep"
        Whether to keep rows with missing values; bounds and schema do not judge these.

    See Also
    --------
    imblearn.FunctionSampler : Its function sees all rows at once.
    skprivate.preprocessing.DPOutlierClipper : Clips rows to a private norm instead.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.under_sampling import RowFilter
    >>> X, y = np.array([[40.0, 1.0], [-1.0, 2.0], [95.0, 3.0]]), np.array([0, 1, 0])
    >>> RowFilter(lambda row: row[0] < 90, bounds=(0, 120)).fit_resample(X, y)
    (array([[40.,  1.]]), array([0]))
    """

    stability = 1  # a row is left out or stays

    _parameter_constraints = {
        "keep": [callable, None],
        "bounds": "no_validation",
        "schema": [Mapping, None],
        "missing": [StrOptions({"keep", "drop"})],
    }

    def __init__(
        self,
        keep: Callable[..., Any] | None = None,
        *,
        bounds: BoundsLike | None = None,
        schema: Schema | Mapping[Any, Any] | None = None,
        missing: Literal["keep", "drop"] = "keep",
    ) -> None:
        self.keep = keep
        self.bounds = bounds
        self.schema = schema
        self.missing = missing

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: TableLike, y: Any = None) -> Self:
        """Check the columns; nothing is learned from the rows.

        Parameters
        ----------
        X : {array-like, data frame} of shape (n_samples, n_features)
            Rows, of which only names and types of the columns are read.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The filter.
        """
        self._checked(framed(X))
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: TableLike, y: ArrayLike | None = None) -> tuple[Any, Any]:
        """The rows that meet the rule, and their targets.

        Parameters
        ----------
        X : {array-like, data frame} of shape (n_samples, n_features)
            The rows.
        y : array-like of shape (n_samples,), default=None
            Their targets: not looked at.

        Returns
        -------
        X_kept, y_kept
            The same kinds of table as ``X`` and ``y``, in the same order; perhaps no
            rows at all.
        """
        X = framed(X)
        table, columns = self._checked(X)
        if y is not None and len(y) != len(table):
            raise refused(
                ValueError,
                "Found input variables with inconsistent numbers of samples: X and y "
                "must have the same number of rows.",
            )
        kept = np.ones(len(table), dtype=bool)
        if self.missing == "drop":
            kept &= has_no_gap(table, columns)
        if self.bounds is not None:
            ends = check_bounds(self.bounds, table.shape[1])
            kept &= within_bounds(table, columns, *ends)
        if self.schema is not None:
            kept &= within_schema(table, columns, Schema(self.schema))
        if self.keep is not None:
            kept &= follows_rule(table, self.keep, listed=isinstance(X, UNTYPED))
        kept = np.flatnonzero(kept)
        return take(X, kept), None if y is None else take(y, kept)

    def _checked(self, X):
        """The table and its columns, if they can be judged; notes width and names."""
        if is_sparse(X):
            raise refused(
                TypeError,
                "Sparse data was passed, but dense data is required. Use '.toarray()' "
                "to convert X to a dense array.",
            )
        table = X if is_pandas(X) or is_polars(X) else table_array(X)
        columns = schema_of(X)
        if isinstance(X, UNTYPED):  # nothing is known of it: each row may be another
            table = opened_table(X, 1)
        elif getattr(table, "ndim", 2) != 2 or all(c.kind == "number" for c in columns):
            table = checked_features(X, min_rows=1, finite=False)
            table = X if is_pandas(X) or is_polars(X) else table
        record_features(self, X, np.empty((0, table.shape[1])), reset=True)
        return table, columns

    def __sklearn_tags__(self):
        tags = sampler_tags(super().__sklearn_tags__())
        tags.requires_fit = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags
