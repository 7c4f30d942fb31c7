"""One private value for all that are missing in a column."""

from dataclasses import replace
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import OneToOneFeatureMixin
from sklearn.impute import MissingIndicator
from sklearn.utils import assert_all_finite
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry, check_bounds
from skprivate.base._names import distinct_names
from skprivate.impute._statistics import (
    noisy_mean,
    noisy_median,
    noisy_mode,
)
from skprivate.impute._texts import (
    FILL,
    frequent_categories,
    missing_in,
    objects_of,
)
from skprivate.queries._present import bounds_of_present, is_missing
from skprivate.rows import UnitClip, schema_of
from skprivate.rows import is_missing as no_value
from skprivate.rows._door import record_table
from skprivate.rows._features import checked_features, record_features
from skprivate.rows._kinds import is_sparse
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._sparse import canonical

_BOUNDS_SHARE = 0.2
_OF_TEXTS = "most_frequent", "constant"
_FILLS = {"number": 0, "boolean": False}
_STATISTICS = {
    "mean": noisy_mean,
    "median": noisy_median,
    "most_frequent": noisy_mode,
}


def _has_indicator(imputer):
    """Whether ``transform`` tells where values were missing."""
    if imputer.add_indicator:
        return True
    raise AttributeError(
        "inverse_transform needs the indicator. Use add_indicator=True."
    )


class DPSimpleImputer(DPTransformerMixin, DPEstimator):
    """Replace missing values by a private mean, median or most frequent value.

    A row counts in each column where it has a value, whatever it lacks in others.

    With the strategies "most_frequent" and "constant", columns may hold texts or other
    categories, as their types tell; then all columns of the table are categories, and
    come out as objects. The most frequent category is found with a tenth of ``delta``.

    Parameters
    ----------
    missing_values : int, float, str, None or pandas.NA, default=np.nan
        What stands for a missing value; NaN, None and ``pandas.NA`` are the same.
    strategy : {"mean", "median", "most_frequent", "constant"}, default="mean"
        What to put in its place, for each column. ``"constant"`` learns nothing from
        rows; in a pipeline, scikit-learn's ``SimpleImputer(strategy="constant")`` does
        so without a share of the budget.
    fill_value : float or str, default=None
        For ``strategy="constant"``; None is zero, False for booleans, and
        "missing_value" for columns of texts, as their types tell; so is what stands in
        where no category is frequent enough to be found.
    copy : bool, default=True
        If False, ``transform`` works in place where it can.
    add_indicator : bool, default=False
        Whether to add a column for each feature, which is one where a value was
        missing. That is done for all features: which of them lack values is private.
    keep_empty_features : bool, default=False
        What to do with features that seem to have no values at all, while others have
        many: leave them out, or put zero for all values.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside count as the nearest end; they are not changed. ``"private"``
        pays a fifth of the budget for a search.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    statistics_ : ndarray of shape (n_features,)
        What is put in place of missing values; NaN for features that are left out.
    indicator_ : MissingIndicator or None
        Of all features; None without ``add_indicator``.
    output_bounds_ : tuple (low, high) of ndarray
        Range of ``transform`` for rows within the bounds. A constant imputer that was
        given no bounds does not know it, and has no such attribute.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.impute.SimpleImputer : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.impute import DPSimpleImputer
    >>> X = np.random.default_rng(0).normal(loc=5.0, size=(5000, 2))
    >>> X[::3, 0] = np.nan
    >>> imputer = DPSimpleImputer(strategy="median").fit(X)
    >>> bool(abs(imputer.transform([[np.nan, 1.0]])[0, 0] - 5) < 0.5)
    True
    """

    def __init__(
        self,
        *,
        missing_values: Any = np.nan,
        strategy: Literal["mean", "median", "most_frequent", "constant"] = "mean",
        fill_value: float | str | None = None,
        copy: bool = True,
        add_indicator: bool = False,
        keep_empty_features: bool = False,
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.missing_values = missing_values
        self.strategy = strategy
        self.fill_value = fill_value
        self.copy = copy
        self.add_indicator = add_indicator
        self.keep_empty_features = keep_empty_features
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "missing_values": "no_validation",  # pandas.NA is not even false
        "strategy": [StrOptions({"mean", "median", "most_frequent", "constant"})],
        "fill_value": [Real, str, None],
        "copy": ["boolean"],
        "add_indicator": ["boolean"],
        "keep_empty_features": ["boolean"],
        "bounds": "no_validation",  # check_bounds does it
    }

    @property
    def _missing(self):
        """What stands for a missing value, NaN for all that are none."""
        return np.nan if no_value(self.missing_values) else self.missing_values

    def _reads_columns(self, X):
        """Whether some column does not hold numbers, as its type tells."""
        if is_sparse(X) and self._missing == 0:
            raise ValueError(
                "missing_values is zero, which sparse rows do not store. Convert them "
                "with '.toarray()'."
            )
        if self.strategy not in _OF_TEXTS or is_sparse(X):
            return False
        return any(column.kind != "number" for column in schema_of(X))

    def _read_as(self, columns):
        # A text among numbers would be refused by what comes next, and only if a value
        # is missing: after answers, that would tell.
        others = [_FILLS.get(column.kind, FILL) for column in columns]
        self._others_ = np.array(others, dtype=object)
        return tuple(replace(column, kind="category") for column in columns)

    def _discovers(self):
        return self.strategy == "most_frequent"  # columns may turn out to hold texts

    def _fit_texts(self, curator):
        """Learn what to put into columns of categories."""
        if self.strategy != "constant":
            found = frequent_categories(curator, self._missing, self._others_)
            self.statistics_ = found
        elif self.fill_value is None:
            self.statistics_ = self._others_
        else:
            self.statistics_ = np.full_like(self._others_, self.fill_value)
        self.indicator_ = None
        self._holds_texts_ = True

    def _fit(self, curator):
        if not isinstance(self.missing_values, (Real, str)) and not no_value(
            self.missing_values
        ):
            raise TypeError("missing_values must be a number, a text, None or NaN.")
        if self.strategy != "constant" and self.fill_value is not None:
            raise ValueError("fill_value is for strategy='constant'. Leave it out.")
        if any(column.kind == "category" for column in curator.columns):
            return self._fit_texts(curator)
        self._holds_texts_ = False
        if isinstance(self._missing, str) or isinstance(self.fill_value, str):
            raise ValueError(
                "missing_values and fill_value are texts, but X holds numbers. Give "
                "numbers."
            )
        values, ends = self._learned(curator)
        if not self.keep_empty_features:
            self.statistics_ = values
        else:
            self.statistics_ = np.where(np.isnan(values), 0.0, values)
        kept = ~np.isnan(self.statistics_)
        self.indicator_ = None
        if self.add_indicator:
            every = MissingIndicator(
                missing_values=self._missing, features="all", sparse=False
            )
            self.indicator_ = every.fit(np.zeros((1, curator.n_features)))
        if ends is not None:
            marks = np.zeros(curator.n_features if self.add_indicator else 0)
            low = np.fmin(ends[0], self.statistics_)[kept]
            high = np.fmax(ends[1], self.statistics_)[kept]
            ends = np.append(low, marks), np.append(high, marks + 1)
            self.output_geometry_ = Geometry(ends)

    def _learned(self, curator):
        """Values to put in, NaN for empty features, and bounds if they are known."""
        private = isinstance(self.bounds, str) and self.bounds == "private"
        ends = None if private else check_bounds(self.bounds, curator.n_features)
        if self.strategy == "constant":
            fill_value = 0.0 if self.fill_value is None else float(self.fill_value)
            if not np.isfinite(fill_value):
                raise ValueError("fill_value is not finite. Give a finite number.")
            return np.full(curator.n_features, fill_value), ends
        missing = float(self._missing)
        ends = bounds_of_present(
            curator, self.bounds, share=_BOUNDS_SHARE, missing=missing
        )
        values, occupied = _STATISTICS[self.strategy](curator, *ends, missing)
        return np.where(occupied, values, np.nan), ends

    def transform(self, X: TableLike) -> TableLike:
        """Replace the missing values of ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows with missing values.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features_out)
        """
        check_is_fitted(self)
        if self._holds_texts_:
            return self._transformed_texts(X)
        X = self._checked(X)
        if is_sparse(X):
            return self._transformed_sparse(X)
        missing = is_missing(X, float(self._missing))
        kept = ~np.isnan(self.statistics_)
        marks = missing if self.add_indicator else None
        if not kept.all():
            X, missing = X[:, kept], missing[:, kept]
        np.copyto(X, self.statistics_[kept].astype(X.dtype), where=missing)
        return X if marks is None else np.hstack([X, marks.astype(X.dtype)])

    def _transformed_texts(self, X):
        """Objects, with what was learned where a value is missing."""
        record_table(self, X, reset=False)
        values = objects_of(X)
        missing = missing_in(values, self._missing)
        values[missing] = np.broadcast_to(self.statistics_, values.shape)[missing]
        return np.hstack([values, missing]) if self.add_indicator else values

    def _transformed_sparse(self, X):
        """Sparse rows, of which stored values may be missing."""
        missing = is_missing(X.data, float(self._missing))
        kept = ~np.isnan(self.statistics_)
        marks = [X.__class__((1.0 * missing, X.indices, X.indptr), shape=X.shape)]
        X.data[missing] = self.statistics_[X.indices[missing]]
        parts = [X[:, kept], *marks[: int(self.add_indicator)]]
        return sparse.hstack(parts, format="csr", dtype=X.dtype)

    def _checked(self, X):
        """Rows as numbers that may be overwritten, of the width seen in ``fit``."""
        checked = checked_features(
            X, accept_sparse=True, min_rows=1, copy=self.copy, finite=False,
            allow_nan=True, writable=True,
        )  # fmt: skip
        allow_nan = no_value(self.missing_values)
        sealed(lambda: assert_all_finite(checked, allow_nan=allow_nan, input_name="X"))
        record_features(self, X, checked, reset=False)
        return canonical(checked).copy() if is_sparse(checked) else checked

    @available_if(_has_indicator)
    def inverse_transform(self, X: TableLike) -> TableLike:
        """Put missing values back where the indicator shows them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Output of ``transform``, with ``add_indicator=True``. Features that were
            left out come back as missing values.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        if self._holds_texts_:
            n_features = self.n_features_in_
            values = objects_of(X)
            marks = values[:, n_features:].astype(bool)
            values = values[:, :n_features]
            values[marks] = self.missing_values
            return values
        X = checked_features(X, min_rows=1)
        kept = ~np.isnan(self.statistics_)
        if X.shape[1] != kept.sum() + len(kept):
            raise refused(
                ValueError,
                "Incorrect number of features. Give what transform returns.",
            )
        found = np.full((len(X), len(kept)), self._missing, dtype=X.dtype)
        found[:, kept] = X[:, : kept.sum()]
        found[X[:, kept.sum() :] > 0.5] = self._missing
        return found

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns; those of the indicator begin with its name.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if they had none in ``fit``.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        names = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        kept = names if self._holds_texts_ else names[~np.isnan(self.statistics_)]
        if not self.add_indicator:
            return kept
        marks = [f"missingindicator_{name}" for name in names]
        return distinct_names([*kept, *marks])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = no_value(self.missing_values)
        # Zeros are not stored, in whatever source: they could not be told from gaps.
        tags.input_tags.sparse = not (
            isinstance(self._missing, Real) and self._missing == 0
        )
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
