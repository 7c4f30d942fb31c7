"""The mean of the target, in place of a category."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import HasMethods, Interval, StrOptions
from skprivate._typing import BoundsLike, Estimator, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._categories import known_categories
from skprivate.base._coins import coins, number_of_rows
from skprivate.base._names import distinct_names
from skprivate.preprocessing._encoder_input import CONSTRAINTS, input_names
from skprivate.preprocessing._fold_numbers import n_folds_of
from skprivate.preprocessing._shrinkage import Shrinkage
from skprivate.queries._target_cells import TargetCells
from skprivate.rows import UnitClip
from skprivate.rows._table import opened_table
from skprivate.tables._categories import (
    as_categories,
    codes_in,
    finds_categories,
    table_tags,
)

_BOUNDS_SHARE = 0.1
_SEARCH_SHARE = 0.3


class DPTargetEncoder(OneToOneFeatureMixin, DPTransformerMixin, DPEstimator):
    """Encode categories by the mean of their target, under differential privacy.

    All that is learned about the target is one noisy table of sums and counts for each
    category of each column. Means are drawn towards the mean of all, the more so the
    fewer rows a category has, and the more noise there is.

    Parameters
    ----------
    categories : "private" or list of array-like, default="private"
        Public categories of each column, NaN among them if missing values are one; or
        ``"private"``, for a column or for all: those that the type of the column
        declares (booleans, ``Categorical`` of pandas, ``Enum`` of polars), else those
        that are found, for three tenths of the budget and a tenth of ``delta``, which
        must then be positive; what finds them counts rows, whatever their weights. All
        others of a column share one mean.
    target_type : {"continuous", "binary", "multiclass"}, default="continuous"
        What ``y`` is; unlike scikit-learn's, it is not read off the rows.
    smooth : float or "auto", default="auto"
        Weight of the mean of all, in rows; or found from the released table.
    cv : int or splitter, default=5
        Number of folds of :meth:`fit_transform`. Of ``IndependentFolds``, ``KFold`` or
        ``StratifiedKFold`` their number counts: coins send rows to folds, since other
        splits move rows because of others.
    classes : array-like, default=None
        Labels that ``y`` may have, unless it is continuous. None reads them off ``y``,
        and notes that they are assumed to be public.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of a continuous ``y``; ``"private"`` pays a tenth of the budget.
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
    categories_ : list of ndarray
        Known categories of each feature; those that were found are sorted.
    encodings_ : list of ndarray
        Of each feature (of each pair of feature and class, for several classes): a
        number for each of ``categories_``, and one more for all others.
    target_mean_ : float or ndarray of shape (n_classes,)
        Noisy mean of the target, which also stands for missing values.
    classes_ : ndarray of shape (n_classes,)
        Labels, unless ``y`` is continuous.
    output_bounds_ : tuple (low, high) of ndarray
        Range of the target, for each column.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.TargetEncoder : The same without privacy.

    Notes
    -----
    ``fit_transform`` encodes each row by a table that the row is not in, so that a
    model does not take the target of a row for its feature. Each row goes to a fold by
    a coin of its own: scikit-learn cuts folds by position, where one row more moves
    many others. All folds are in a single release, in which a row is in the table of
    its own fold only: so ``cv`` tables cost what one costs, and each of them has the
    noise of one. The encodings for other rows come from their sum.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skprivate.preprocessing import DPTargetEncoder
    >>> X = pd.DataFrame({"town": ["Ulm", "Bonn"] * 2000})
    >>> y = np.tile([1.0, 0.0], 2000)
    >>> encoder = DPTargetEncoder(target_bounds=(0, 1), random_state=0).fit(X, y)
    >>> encoder.transform(X[:2]).round(1).ravel().tolist()
    [1.0, 0.0]
    """

    _takes_tables = True
    _parameter_constraints = {
        **CONSTRAINTS,
        "target_type": [StrOptions({"continuous", "binary", "multiclass"})],
        "smooth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
        "cv": [Interval(Integral, 2, None, closed="left"), HasMethods("get_n_splits")],
        "classes": ["array-like", None],
        "target_bounds": "no_validation",  # the curator checks them
    }

    def __init__(
        self,
        *,
        categories: Sequence[ArrayLike] | Literal["private"] = "private",
        target_type: Literal["continuous", "binary", "multiclass"] = "continuous",
        smooth: float | Literal["auto"] = "auto",
        cv: Estimator = 5,
        classes: ArrayLike | None = None,
        target_bounds: BoundsLike | Literal["private"] = "private",
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
        self.categories = categories
        self.target_type = target_type
        self.smooth = smooth
        self.cv = cv
        self.classes = classes
        self.target_bounds = target_bounds

    def _target_kind(self):
        return "number" if self.target_type == "continuous" else "class"

    def _read_as(self, columns):
        return as_categories(columns)

    def _discovers(self):
        return finds_categories(self.categories)

    def _fit_rows(self, rows, *args, **kwargs):
        """Fit, with the fold of each row in one more column, if there are folds."""
        if hasattr(self, "_fold_of_rows"):
            rows = rows.with_column(self._fold_of_rows)
        return super()._fit_rows(rows, *args, **kwargs)

    def _fit(self, curator):
        n_folds = n_folds_of(self.cv) if hasattr(self, "_fold_of_rows") else 1
        _, unknown = known_categories(self.categories, curator.columns)
        share = _SEARCH_SHARE if unknown else 0.0
        lists = curator.categories(self.categories, share=share, missing=True)
        bounds = self._learn_range(curator)
        sizes = tuple(len(listed) + 1 for listed in lists)
        query = TargetCells(sizes, self._n_parts(), bounds, n_folds)
        tables = query.tables(curator.release(query, share=curator.remaining))
        noise = curator.noise_of(query)
        self.categories_ = lists
        whole = [table.sum(axis=0) for table in tables]
        found = self._encodings(whole, noise * np.sqrt(n_folds), bounds)
        self.encodings_, self.target_mean_ = found
        low, high = (0.0, 1.0) if bounds is None else bounds
        n_columns = len(self.encodings_)
        self.output_geometry_ = Geometry(
            (np.full(n_columns, low), np.full(n_columns, high))
        )
        if n_folds > 1:
            noise *= np.sqrt(n_folds - 1)
            self._of_folds_ = [
                self._encodings(
                    [w - t[k] for w, t in zip(whole, tables, strict=True)],
                    noise,
                    bounds,
                )
                for k in range(n_folds)
            ]

    def _learn_range(self, curator):
        """Bounds of a number; for classes None, once they are known."""
        if self.target_type == "continuous":
            if self.classes is not None:
                raise ValueError(
                    "classes are for target_type='binary' or 'multiclass'. Leave them "
                    "out, or change target_type."
                )
            return curator.target_bounds(self.target_bounds, share=_BOUNDS_SHARE)
        self.classes_ = curator.classes(self.classes)
        if self.target_type == "binary" and len(self.classes_) != 2:
            raise ValueError(
                "target_type='binary' needs exactly two classes. Use 'multiclass', or "
                "list two in classes=..."
            )
        return None

    def _n_parts(self):
        """Number of parts of the target; see :class:`TargetCells`."""
        if self.target_type == "continuous":
            return 3 if self.smooth == "auto" else 2
        return len(self.classes_)

    def _encodings(self, tables, noise, bounds):
        """Encodings of all columns, and mean of the target, from noisy tables."""
        n_parts = self._n_parts()
        if bounds is not None:
            share = np.linspace(0, 1, n_parts)
            square = (share == 1).astype(float)
            shrink = Shrinkage(share, square, self.smooth, noise)
            means, mean = shrink.means(tables)
            low, high = bounds
            width = high - low
            return [low + width * m for m in means], low + width * mean
        binary = self.target_type == "binary"
        shares = np.eye(n_parts)[1 if binary else 0 :]
        shrinks = [Shrinkage(share, None, self.smooth, noise) for share in shares]
        by_class = [shrink.means(tables) for shrink in shrinks]
        encodings = [
            of_classes[j] for j in range(len(tables)) for of_classes, _ in by_class
        ]
        means = np.array([mean for _, mean in by_class])
        return encodings, float(means[0]) if binary else means

    def fit_transform(
        self,
        X: TableLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> TableLike:
        """Fit, and encode each row by the table of the other folds.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The rows, in memory.
        y : array-like of shape (n_samples,)
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to ``max_weight``.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, and go to one fold.

        Returns
        -------
        ndarray of shape (n_samples, n_columns)
            Encoded rows. They are not covered by the guarantee.
        """
        self._validate_params()
        n_folds_of(self.cv)  # refuses before anything is paid
        n_rows = number_of_rows(opened_table(X, 1), groups)
        words = coins(n_rows, groups, self._entropy(), b"folds")
        fold = (words % np.uint64(n_folds_of(self.cv))).astype(np.intp)
        self._fold_of_rows = fold.astype(np.float64)
        try:
            self.fit(X, y, sample_weight=sample_weight, groups=groups)
            of_folds = self._of_folds_
        finally:
            del self._fold_of_rows
            vars(self).pop("_of_folds_", None)
        codes = codes_in(self, X, self.categories_)
        encoded = np.empty((n_rows, len(self.encodings_)))
        for k, (encodings, mean) in enumerate(of_folds):
            encoded[fold == k] = self._encoded(codes[fold == k], encodings, mean)
        return encoded

    def transform(self, X: TableLike) -> TableLike:
        """Means of the target in place of categories.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to encode.

        Returns
        -------
        ndarray of shape (n_samples, n_columns)
        """
        check_is_fitted(self)
        codes = codes_in(self, X, self.categories_)
        return self._encoded(codes, self.encodings_, self.target_mean_)

    def _encoded(self, codes, encodings, mean):
        """Encodings of codes; that of a missing value is the mean of the target."""
        means = np.atleast_1d(mean)
        encoded = np.empty((len(codes), len(encodings)))
        for column, of_one in enumerate(encodings):
            feature, k = divmod(column, len(means))
            encoded[:, column] = np.append(of_one, means[k])[codes[:, feature]]
        return encoded

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns: of the feature, and of the class if there are several.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if they had none in ``fit``.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        names = input_names(self, input_features)
        if self.target_type != "multiclass":
            return names
        columns = [f"{name}_{label}" for name in names for label in self.classes_]
        return distinct_names(columns)

    def __sklearn_tags__(self):
        tags = table_tags(super().__sklearn_tags__())
        tags.target_tags.required = True
        # fit_transform gives a row what the others' tables say, transform what all do:
        # scikit-learn's checks have no other word for that.
        tags.non_deterministic = True
        return tags
