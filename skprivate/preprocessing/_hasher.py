"""Public hash buckets for columns with too many values: nothing to learn or to pay."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, fit_context
from skprivate._typing import TableLike
from skprivate.base import PublishesGeometry
from skprivate.base._keys import bucket_of
from skprivate.base._names import distinct_names
from skprivate.binning import ones_at
from skprivate.preprocessing._encoder_input import input_names
from skprivate.preprocessing._ones import geometry_of_ones
from skprivate.rows import Column
from skprivate.rows._door import record_table
from skprivate.rows._table import read_table
from skprivate.tables._categories import table_tags


class CategoryHasher(PublishesGeometry, TransformerMixin, BaseEstimator):
    """Encode categories by the bucket of a public hash function.

    Each value of a column falls into one of a few buckets, whatever the other rows
    hold. So nothing is learned, and no privacy is spent, however many values there are;
    but values that fall together cannot be told apart, or named.

    Parameters
    ----------
    n_buckets : int, default=32
        Number of columns for each feature.
    sparse_output : bool, default=False
        Whether ``transform`` returns a CSR matrix, which is small with many buckets.
    salt : int, default=0
        Another number makes other values fall together. It is no secret.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        Zeros and ones.

    See Also
    --------
    sklearn.feature_extraction.FeatureHasher : For rows that are dicts or lists.
    DPOneHotEncoder : A column for each frequent category, at a price.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.preprocessing import CategoryHasher
    >>> X = pd.DataFrame({"street": ["Elm St", "Main St", "Elm St", None]})
    >>> CategoryHasher(4).fit_transform(X).sum(axis=1)
    array([1., 1., 1., 0.])
    """

    _parameter_constraints = {
        "n_buckets": [Interval(Integral, 1, 2**24, closed="both")],
        "sparse_output": ["boolean"],
        "salt": [Interval(Integral, 0, 2**32 - 1, closed="both")],
    }

    def __init__(
        self, n_buckets: int = 32, *, sparse_output: bool = False, salt: int = 0
    ) -> None:
        self.n_buckets = n_buckets
        self.sparse_output = sparse_output
        self.salt = salt

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: TableLike, y: Any = None) -> Self:
        """Check the columns; nothing is learned from the rows.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows, of which only the number and names of columns are read.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The transformer.
        """
        record_table(self, X)
        n_columns = self.n_features_in_ * self.n_buckets
        self.output_geometry_ = geometry_of_ones(n_columns, self.n_features_in_)
        return self

    def transform(self, X: TableLike) -> TableLike:
        """Columns of zeros, and a one in the bucket of each value.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows to encode. Missing values fall into no bucket.

        Returns
        -------
        {ndarray, CSR matrix} of shape (n_samples, n_features * n_buckets)
        """
        n_features = record_table(self, X, reset=False)
        columns = (Column(None, "category"),) * n_features
        codes, values = read_table(X, columns, min_rows=1)
        buckets = np.empty(codes.shape, np.intp)
        for j, known in values.items():
            there = ~np.isnan(codes[:, j])
            of_values = self._buckets(known, j)
            buckets[:, j] = -1
            buckets[there, j] = of_values[codes[there, j].astype(np.intp)]
        encoded = ones_at(buckets, n_features * self.n_buckets)
        return encoded if self.sparse_output else encoded.toarray()

    def _buckets(self, values, j):
        """Bucket of each different value of a column."""
        buckets = (
            bucket_of(value, self.n_buckets, self.salt, f"{j} ") for value in values
        )
        return np.fromiter(buckets, np.int64, len(values)) + j * self.n_buckets

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns: of the feature, and the number of the bucket.

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
        columns = [f"{name}_{i}" for name in names for i in range(self.n_buckets)]
        return distinct_names(columns)

    def __sklearn_tags__(self):
        tags = table_tags(super().__sklearn_tags__())
        tags.requires_fit = False
        return tags
