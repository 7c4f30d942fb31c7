"""Clip the norm of each row: a public map, so it costs nothing."""

from numbers import Real
from typing import Any, Literal, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

from skprivate._sklearn import Interval, StrOptions, fit_context
from skprivate._typing import TableLike
from skprivate.base import Geometry, PublishesGeometry
from skprivate.rows import checked_input

_NORMS = {"l1": 1, "l2": 2, "max": 0}


class RowNormClipper(
    OneToOneFeatureMixin, PublishesGeometry, TransformerMixin, BaseEstimator
):
    """Scale rows that are longer than a public norm down to it.

    Each row is changed on its own and nothing is learned, so no privacy is spent; but
    the next step may rely on the norm of its rows. Unlike scikit-learn's ``Normalizer``
    it leaves short rows as they are.

    Parameters
    ----------
    max_norm : float, default=1.0
        Longest norm of a row after ``transform``.
    norm : {"l1", "l2", "max"}, default="l2"
        The norm to limit.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of each feature after ``transform``.
    output_norm_ : float
        Largest 2-norm of a row after ``transform``.

    See Also
    --------
    sklearn.preprocessing.Normalizer : Gives every row the same norm.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import RowNormClipper
    >>> RowNormClipper(max_norm=1.0).fit_transform([[3.0, 4.0], [0.3, 0.4]])
    array([[0.6, 0.8],
           [0.3, 0.4]])
    """

    _parameter_constraints = {
        "max_norm": [Interval(Real, 0, None, closed="neither")],
        "norm": [StrOptions(set(_NORMS))],
    }

    def __init__(
        self, max_norm: float = 1.0, *, norm: Literal["l1", "l2", "max"] = "l2"
    ) -> None:
        self.max_norm = max_norm
        self.norm = norm

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: TableLike, y: Any = None) -> Self:
        """Check the columns; nothing is learned from the rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows, of which only the number of columns is read.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The transformer.
        """
        checked_input(self, X, accept_sparse=True, reset=True)
        ends = np.full(self.n_features_in_, float(self.max_norm))
        norm = np.inf if self.norm == "max" else float(self.max_norm)
        self.output_geometry_ = Geometry((-ends, ends), norm)
        return self

    def transform(self, X: TableLike) -> TableLike:
        """Rows of ``X``, the long ones scaled down.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows to clip.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        from skprivate.kernels import clip_rows

        X = checked_input(self, X, accept_sparse=True)
        limit, norm = float(self.max_norm), _NORMS[self.norm]
        if not sparse.issparse(X):
            return clip_rows(np.ascontiguousarray(X), limit, norm)
        rows = X.data, X.indices, X.indptr, X.shape[1]
        clipped = X.copy()
        clipped.data = clip_rows(rows, limit, norm)
        return clipped

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
