"""One number for each category."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.preprocessing._encoder_input import (
    CONSTRAINTS,
    GROUPING_CONSTRAINTS,
    refuse_unknown,
)
from skprivate.preprocessing._grouping import grouped_categories
from skprivate.rows import UnitClip, is_missing
from skprivate.rows._features import checked_features
from skprivate.tables._categories import (
    as_categories,
    codes_in,
    finds_categories,
    table_tags,
)

_RARE = "infrequent_sklearn"


class DPOrdinalEncoder(OneToOneFeatureMixin, DPTransformerMixin, DPEstimator):
    """Encode categories as whole numbers, under differential privacy.

    Which categories there are is public where they are given, or declared by the type
    of a column; elsewhere the frequent ones are found, at a price, and all others share
    one number, the last. What is known is counted, to tell which categories are rare.

    Parameters
    ----------
    categories : "private" or list of array-like, default="private"
        Public categories of each column, in the order of their numbers; or
        ``"private"``, for a column or for all: those that the type of the column
        declares (booleans, ``Categorical`` of pandas, ``Enum`` of polars), else those
        that are found, with a tenth of ``delta``, which must then be positive; what
        finds them counts rows, whatever their weights.
    dtype : type, default=numpy.float64
        Of the output. It must hold NaN if ``encoded_missing_value`` is NaN.
    handle_unknown : {"use_encoded_value", "error"}, default="use_encoded_value"
        What becomes of other values in a column whose categories are public. Where
        categories were found, all others have the number of the rare ones.
    unknown_value : int or NaN, default=None
        Number of other values; None: that of the rare ones, which is the number of
        categories with a number of their own.
    encoded_missing_value : int or NaN, default=numpy.nan
        Number of missing values, also of those that are listed among categories.
    min_frequency : int or float, default=None
        Categories with fewer rows, by a noisy count, are rare; a float is a fraction.
    max_categories : int, default=None
        Most numbers for one feature, that of rare categories included.
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
    category_counts_ : list of ndarray
        Noisy numbers of their rows.
    infrequent_categories_ : list of ndarray or None
        Those of ``categories_`` that are rare.
    output_bounds_ : tuple (low, high) of ndarray
        Least and largest number of each feature.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.OrdinalEncoder : With given ``categories`` it learns nothing,
        and costs nothing.
    DPOneHotEncoder : For models that take numbers for quantities.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.preprocessing import DPOrdinalEncoder
    >>> X = pd.DataFrame({"size": ["S", "L"] * 500 + ["XXS", None]})
    >>> encoder = DPOrdinalEncoder().fit(X)
    >>> encoder.transform(X[-4:]).ravel().tolist()
    [1.0, 0.0, 2.0, nan]
    """

    _takes_tables = True
    _parameter_constraints = {
        **CONSTRAINTS,
        **GROUPING_CONSTRAINTS,
        "dtype": "no_validation",
        "handle_unknown": [StrOptions({"use_encoded_value", "error"})],
        "unknown_value": [Integral, type(np.nan), None],
        "encoded_missing_value": [Integral, type(np.nan)],
    }

    def __init__(
        self,
        *,
        categories: Sequence[ArrayLike] | Literal["private"] = "private",
        dtype: type[Any] = np.float64,
        handle_unknown: Literal["use_encoded_value", "error"] = "use_encoded_value",
        unknown_value: float | None = None,
        encoded_missing_value: float = np.nan,
        min_frequency: float | None = None,
        max_categories: int | None = None,
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
        self.dtype = dtype
        self.handle_unknown = handle_unknown
        self.unknown_value = unknown_value
        self.encoded_missing_value = encoded_missing_value
        self.min_frequency = min_frequency
        self.max_categories = max_categories

    def _read_as(self, columns):
        return as_categories(columns)

    def _discovers(self):
        return finds_categories(self.categories)

    def _fit(self, curator):
        self._check_numbers()
        limits = self.min_frequency, self.max_categories
        listed = _without_missing(self.categories)
        groupings = grouped_categories(curator, listed, *limits, missing=False)
        self.categories_ = [grouping.categories for grouping in groupings]
        self.category_counts_ = [grouping.counts for grouping in groupings]
        self.infrequent_categories_ = [grouping.rare for grouping in groupings]
        self._groupings_ = groupings
        tables = [self._numbers(grouping) for grouping in groupings]
        low = np.array([np.nanmin([0.0, *table]) for table in tables])
        high = np.array([np.nanmax([0.0, *table]) for table in tables])
        codes = np.where(low == 0, high + 1, 0).astype(np.int64)
        self.output_geometry_ = Geometry((low, high), codes=codes)

    def _check_numbers(self):
        """Refuse numbers that the type of the output does not hold."""
        given = [self.encoded_missing_value, self.unknown_value]
        gaps = any(value is not None and value != value for value in given)
        if gaps and np.dtype(self.dtype).kind != "f":
            raise ValueError(
                "encoded_missing_value or unknown_value is NaN, which dtype does not "
                "hold. Use dtype=numpy.float64, or an integer in its place."
            )

    def _numbers(self, grouping):
        """Number of each code, of any other value, and of what is missing."""
        rest = int(grouping.kept.sum())
        places = grouping.places(rest, rest).astype(np.float64)
        if self.unknown_value is not None and not grouping.found:
            places[-2] = self.unknown_value
        places[-1] = self.encoded_missing_value
        return places

    def transform(self, X: TableLike) -> TableLike:
        """Numbers of categories.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to encode.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        codes = codes_in(self, X, self.categories_)
        if self.handle_unknown == "error":
            known = np.where(codes > self._n_known(), 0, codes)  # missing is no error
            refuse_unknown(known, self._groupings_)
        numbers = np.empty(codes.shape, dtype=self.dtype)
        for j, grouping in enumerate(self._groupings_):
            numbers[:, j] = self._numbers(grouping)[codes[:, j]]
        return numbers

    def _n_known(self):
        return np.array([len(listed) for listed in self.categories_])

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Categories of numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Output of ``transform``.

        Returns
        -------
        ndarray of object of shape (n_samples, n_features)
            ``"infrequent_sklearn"`` for rare categories, None for unknown and missing
            values.
        """
        check_is_fitted(self)
        X = checked_features(X, min_rows=1, allow_nan=True)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(
                "Incorrect number of features. Give what transform returns."
            )
        values = np.empty(X.shape, dtype=object)
        for j, grouping in enumerate(self._groupings_):
            rare = [_RARE] if grouping.has_rest else []
            names = np.empty(len(grouping.names) + len(rare) + 1, dtype=object)
            names[:-1] = [*grouping.names.tolist(), *rare]
            known = (X[:, j] >= 0) & (X[:, j] < len(names) - 1)
            values[:, j] = names[np.where(known, X[:, j], -1).astype(np.intp)]
        return values

    def __sklearn_tags__(self):
        return table_tags(super().__sklearn_tags__())


def _without_missing(categories):
    """The lists without what is missing, which has a number in any case."""
    if isinstance(categories, str) or not hasattr(categories, "__len__"):
        return categories
    return [_known(listed) for listed in categories]


def _known(listed):
    if isinstance(listed, str) or not hasattr(listed, "__len__"):
        return listed
    values = listed.tolist() if hasattr(listed, "tolist") else listed
    return [value for value in values if not is_missing(value)]
