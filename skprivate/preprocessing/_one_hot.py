"""One column of zeros and ones for each category."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin
from skprivate.base._names import distinct_names
from skprivate.binning import ones_at
from skprivate.preprocessing._block import blocks_of
from skprivate.preprocessing._encoder_input import (
    CONSTRAINTS,
    GROUPING_CONSTRAINTS,
    input_names,
    refuse_unknown,
)
from skprivate.preprocessing._grouping import grouped_categories
from skprivate.preprocessing._ones import geometry_of_ones
from skprivate.rows import UnitClip
from skprivate.rows._features import checked_features
from skprivate.tables._categories import (
    as_categories,
    codes_in,
    finds_categories,
    table_tags,
)


class DPOneHotEncoder(DPTransformerMixin, DPEstimator):
    """Encode categories as columns of zeros and ones, under differential privacy.

    Which categories there are is public where they are given, or declared by the type
    of a column; elsewhere the frequent ones are found, at a price, and all others share
    one column. What is known is counted, to tell which categories are rare.

    Parameters
    ----------
    categories : "private" or list of array-like, default="private"
        Public categories of each column, NaN among them if missing values are one; or
        ``"private"``, for a column or for all: those that the type of the column
        declares (booleans, ``Categorical`` of pandas, ``Enum`` of polars), else those
        that are found, with a tenth of ``delta``, which must then be positive; what
        finds them counts rows, whatever their weights.
    drop : {"first", "if_binary"}, array-like of shape (n_features,) or None, \
default=None
        The category of each feature that gets no column: the first, that of two, or
        the one that is named; one that is rare, or was not found, shares a column with
        others, which is then dropped as a whole. Rare categories are put together
        before, and count as one.
    sparse_output : bool, default=True
        Whether ``transform`` returns a CSR matrix.
    dtype : type, default=numpy.float64
        Of the output.
    handle_unknown : {"infrequent_if_exist", "ignore", "error"}, \
default="infrequent_if_exist"
        What becomes of other values in a column whose categories are public: the
        column of rare ones if there is one, zeros, or an error. Where categories were
        found, all others go to the column of rare ones. With ``drop``, zeros are those
        of the dropped category, and nobody is warned: a warning would tell of rows.
    min_frequency : int or float, default=None
        Categories with fewer rows, by a noisy count, are rare; a float is a fraction.
    max_categories : int, default=None
        Most columns for one feature, that of rare categories included.
    feature_name_combiner : "concat" or callable, default="concat"
        From the name of a feature and a category to a name.
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
        Known categories of each feature, those that were found sorted; NaN for missing
        values comes last.
    category_counts_ : list of ndarray
        Noisy numbers of their rows.
    infrequent_categories_ : list of ndarray or None
        Those of ``categories_`` that are rare.
    drop_idx_ : ndarray of object of shape (n_features,), or None
        Number, in ``categories_``, of the category that has no column, of the first if
        it shares one; None where all have columns. The number of categories, if what
        was not found is dropped.
    output_bounds_ : tuple (low, high) of ndarray
        Zeros and ones.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.OneHotEncoder : With given ``categories`` it learns nothing,
        and costs nothing: use it in a private pipeline where all of them are known.
    CategoryHasher : For columns with too many values, without any cost.

    Notes
    -----
    A row holds one value in each column. In a list of those that occur it adds one to
    at most one entry of each column; what only a single row holds stays hidden except
    with a tenth of ``delta`` (:class:`~skprivate.mechanisms.ThresholdedRelease`).

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.preprocessing import DPOneHotEncoder
    >>> X = pd.DataFrame({"size": ["S", "L"] * 500 + ["XXS"]})
    >>> encoder = DPOneHotEncoder().fit(X)
    >>> encoder.get_feature_names_out().tolist()
    ['size_L', 'size_S', 'size_infrequent_sklearn']
    >>> encoder.transform(X[-1:]).toarray()
    array([[0., 0., 1.]])
    """

    _takes_tables = True
    _parameter_constraints = {
        **CONSTRAINTS,
        **GROUPING_CONSTRAINTS,
        "drop": [StrOptions({"first", "if_binary"}), "array-like", None],
        "sparse_output": ["boolean"],
        "dtype": "no_validation",
        "handle_unknown": [StrOptions({"infrequent_if_exist", "ignore", "error"})],
        "feature_name_combiner": [StrOptions({"concat"}), callable],
    }

    def __init__(
        self,
        *,
        categories: Sequence[ArrayLike] | Literal["private"] = "private",
        drop: ArrayLike | Literal["first", "if_binary"] | None = None,
        sparse_output: bool = True,
        dtype: type[Any] = np.float64,
        handle_unknown: Literal[
            "infrequent_if_exist", "ignore", "error"
        ] = "infrequent_if_exist",
        min_frequency: float | None = None,
        max_categories: int | None = None,
        feature_name_combiner: Callable[..., Any] | Literal["concat"] = "concat",
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
        self.drop = drop
        self.sparse_output = sparse_output
        self.dtype = dtype
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_categories = max_categories
        self.feature_name_combiner = feature_name_combiner

    def _read_as(self, columns):
        return as_categories(columns)

    def _discovers(self):
        return finds_categories(self.categories)

    def _fit(self, curator):
        limits = self.min_frequency, self.max_categories
        groupings = grouped_categories(curator, self.categories, *limits, missing=True)
        self.categories_ = [grouping.categories for grouping in groupings]
        self.category_counts_ = [grouping.counts for grouping in groupings]
        self.infrequent_categories_ = [grouping.rare for grouping in groupings]
        self._blocks_ = blocks_of(groupings, self.drop)
        dropped = [block.drop_index for block in self._blocks_]
        self.drop_idx_ = None if self.drop is None else _objects(dropped)
        n_columns = sum(block.n_columns for block in self._blocks_)
        self.output_geometry_ = geometry_of_ones(n_columns, self.n_features_in_)

    def transform(self, X: TableLike) -> TableLike:
        """Columns of zeros and ones.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to encode.

        Returns
        -------
        {ndarray, CSR matrix} of shape (n_samples, n_columns)
        """
        check_is_fitted(self)
        codes = codes_in(self, X, self.categories_)
        if self.handle_unknown == "error":
            refuse_unknown(codes, [block.grouping for block in self._blocks_])
        places, start = np.empty(codes.shape, np.int32), 0
        for j, block in enumerate(self._blocks_):
            table = block.columns(self._place_of_rest(block.grouping))
            columns = np.where(table < 0, -1, table + start)
            places[:, j] = columns.astype(np.int32)[codes[:, j]]
            start += block.n_columns
        encoded = ones_at(places, start, self.dtype)
        return encoded if self.sparse_output else encoded.toarray()

    def _place_of_rest(self, grouping):
        """Place of a value that is in no list; negative for none."""
        ignored = self.handle_unknown == "ignore" and not grouping.found
        return -1 if ignored or not grouping.has_rest else grouping.n_places - 1

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Categories of rows of zeros and ones.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_columns)
            Output of ``transform``.

        Returns
        -------
        ndarray of object of shape (n_samples, n_features)
            ``"infrequent_sklearn"`` for rare categories. Where all is zero, the dropped
            category, or None if there is none.
        """
        check_is_fitted(self)
        X = checked_features(X, accept_sparse=True, min_rows=1)
        if X.shape[1] != len(self.output_bounds_[0]):
            raise ValueError(
                "Incorrect number of features. Give what transform returns."
            )
        X, start = sparse.csc_array(X), 0
        values = np.empty((X.shape[0], len(self._blocks_)), dtype=object)
        for j, block in enumerate(self._blocks_):
            cells = X[:, start : start + block.n_columns].tocoo()
            there = cells.data != 0
            rows, columns = cells.coords
            place = np.full(X.shape[0], block.n_columns)
            place[rows[there]] = columns[there]
            values[:, j] = _objects([*block.names, block.of_zeros])[place]
            start += block.n_columns
        return values

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns: of the feature, and of the category.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if they had none in ``fit``.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        combine = self.feature_name_combiner
        if combine == "concat":
            combine = _concatenated
        names = []
        features = input_names(self, input_features)
        for feature, block in zip(features, self._blocks_, strict=True):
            names += [combine(feature, category) for category in block.names]
        return distinct_names(names)

    def __sklearn_tags__(self):
        return table_tags(super().__sklearn_tags__())


def _concatenated(feature, category):
    return f"{feature}_{category}"


def _objects(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
