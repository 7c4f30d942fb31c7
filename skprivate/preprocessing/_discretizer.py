"""Bins of features from private quantiles, ends, or counts of classes."""

from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._names import distinct_names
from skprivate.binning import ones_at
from skprivate.preprocessing._bin_edges import (
    quantile_edges,
    supported_bins,
    uniform_edges,
)
from skprivate.preprocessing._informative_edges import informative_edges
from skprivate.preprocessing._ones import geometry_of_ones
from skprivate.preprocessing._tree_edges import tree_edges
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import is_sparse

_BOUNDS_SHARE = 0.2
_FINDERS = {
    "quantile": quantile_edges,
    "uniform": uniform_edges,
    "privtree": tree_edges,
}


class DPKBinsDiscretizer(DPTransformerMixin, DPEstimator):
    """Put the values of each feature into bins, under differential privacy.

    Parameters
    ----------
    n_bins : int or array-like of shape (n_features,), default=5
        Number of bins of each feature, at least 2. Where bins become columns, there
        are fewer of them if there are few rows for the noise: a model behind would
        have to learn each. That is no more than ``n_rows * mu / (3 * n_features)``,
        but 2, by a noisy number of rows that costs 3% of the budget. Neither bins as
        numbers nor supervised ones, which look at the noise themselves, are fewer.
    encode : {"onehot", "onehot-dense", "ordinal"}, default="onehot"
        One column for each bin, as a sparse matrix or an array, or the number of the
        bin.
    strategy : {"quantile", "uniform", "privtree", "supervised"}, default="quantile"
        Bins with about equally many rows, or of equal widths; or those of a tree that
        halves the range wherever rows are, so that there are fewer than ``n_bins``
        where noise hides more (PrivTree [1]_); or those that tell most about the class
        of a row, which is the ``y`` of ``fit``.
    dtype : {np.float32, np.float64} or None, default=None
        Of the output; None keeps that of the input.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
    classes : array-like or None, default=None
        Labels that ``y`` may have, for ``strategy="supervised"``. None reads them off
        ``y``, and notes that they are assumed to be public.
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
    bin_edges_ : ndarray of ndarray of shape (n_features,)
        Private edges of each feature. Of edges closer than 1e-8, or
        that part of a range below one, only one is kept.
    n_bins_ : ndarray of shape (n_features,)
        Number of bins of each feature, at most ``n_bins``.
    classes_ : ndarray of shape (n_classes,)
        Labels; only for ``strategy="supervised"``.
    output_bounds_ : tuple (low, high) of ndarray
        Range of ``transform``, of any rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.KBinsDiscretizer : The same without privacy.

    References
    ----------
    .. [1] Zhang, Xiao and Xie (2016). PrivTree: a differentially private algorithm for
       hierarchical decompositions. SIGMOD.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPKBinsDiscretizer
    >>> X = np.random.default_rng(0).normal(size=(5000, 2))
    >>> bins = DPKBinsDiscretizer(4, encode="ordinal").fit(X)
    >>> bins.transform([[-3.0, 3.0]])
    array([[0., 3.]])
    """

    def __init__(
        self,
        n_bins: int | ArrayLike = 5,
        *,
        encode: Literal["onehot", "onehot-dense", "ordinal"] = "onehot",
        strategy: Literal["quantile", "uniform", "privtree", "supervised"] = "quantile",
        dtype: Any = None,
        bounds: BoundsLike | Literal["private"] = "private",
        classes: ArrayLike | None = None,
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
        self.n_bins = n_bins
        self.encode = encode
        self.strategy = strategy
        self.dtype = dtype
        self.bounds = bounds
        self.classes = classes

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_bins": [Interval(Integral, 2, None, closed="left"), "array-like"],
        "encode": [StrOptions({"onehot", "onehot-dense", "ordinal"})],
        "strategy": [StrOptions({"quantile", "uniform", "privtree", "supervised"})],
        "dtype": [None, type],
        "bounds": "no_validation",  # the curator checks them
        "classes": ["array-like", None],
    }

    def _target_kind(self):
        """A class, if bins depend on it; scikit-learn's namesake ignores ``y``."""
        return "class" if self.strategy == "supervised" else "none"

    def _fit(self, curator):
        n_bins = _checked_bins(self.n_bins, curator.n_features)
        _check_dtype(self.dtype)
        if self.strategy == "supervised":
            self.classes_ = curator.classes(self.classes)
        elif self.classes is not None:
            raise ValueError("classes are for strategy='supervised'. Leave them out.")
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        if self.encode != "ordinal" and self.strategy != "supervised":
            n_bins = supported_bins(curator, n_bins)
        if self.strategy == "supervised":
            edges = informative_edges(curator, n_bins, low, high, len(self.classes_))
        else:
            edges = _FINDERS[self.strategy](curator, n_bins, low, high)
        self.bin_edges_ = np.empty(len(edges), dtype=object)
        self.bin_edges_[:] = edges
        self.n_bins_ = np.array([len(of_one) - 1 for of_one in edges])
        if self.encode == "ordinal":
            ends = np.zeros(len(edges)), self.n_bins_ - 1.0
            self.output_geometry_ = Geometry(ends, codes=self.n_bins_)
        else:
            n_columns = self.n_bins_.sum()
            self.output_geometry_ = geometry_of_ones(n_columns, len(edges))

    def transform(self, X: TableLike) -> TableLike:
        """Bins of ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to discretize.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_columns)
        """
        check_is_fitted(self)
        X = checked_input(self, X)
        dtype = X.dtype if self.dtype is None else self.dtype
        first = np.zeros_like(self.n_bins_)
        if self.encode != "ordinal":
            first[1:] = np.cumsum(self.n_bins_)[:-1]
        bins = np.empty(X.shape, dtype=np.int32)
        for j, edges in enumerate(self.bin_edges_):
            bins[:, j] = np.searchsorted(edges[1:-1], X[:, j], side="right") + first[j]
        if self.encode == "ordinal":
            return bins.astype(dtype)
        if self.encode == "onehot":
            return ones_at(bins, self.n_bins_.sum(), dtype)
        table = np.zeros((len(bins), self.n_bins_.sum()), dtype)
        np.put_along_axis(table, bins.astype(np.intp), 1, axis=1)
        return table

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Middle of the bins of ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_columns)
            Output of ``transform``.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = checked_features(X, accept_sparse=True, min_rows=1)
        if X.shape[1] != len(self.output_bounds_[0]):
            raise ValueError(
                "Incorrect number of features. Give what transform returns."
            )
        X = X.tocsc() if is_sparse(X) else X
        values = np.empty((X.shape[0], len(self.n_bins_)), dtype=X.dtype)
        ends = np.cumsum(self.n_bins_)
        for j, edges in enumerate(self.bin_edges_):
            if self.encode == "ordinal":
                bins = X[:, j].astype(np.intp)
            else:
                columns = X[:, ends[j] - self.n_bins_[j] : ends[j]]
                bins = np.asarray(columns.argmax(axis=1)).ravel()
            values[:, j] = (edges[bins] + edges[bins + 1]) / 2
        return values

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns, those of ``OneHotEncoder`` if there are several each.

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
        if self.encode == "ordinal":
            return names
        several = zip(names, self.n_bins_, strict=True)
        columns = [f"{name}_{float(i)}" for name, n in several for i in range(n)]
        return distinct_names(columns)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.strategy == "supervised"
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _checked_bins(n_bins, n_features):
    """Number of bins of each feature."""
    bins = np.asarray(n_bins)
    if bins.dtype.kind not in "iu":
        raise ValueError("n_bins must hold integers. Give one, or one per feature.")
    if bins.ndim > 1 or (bins.ndim == 1 and len(bins) != n_features):
        raise ValueError("n_bins must be a number, or one number per feature.")
    if not (bins >= 2).all():
        raise ValueError("n_bins must be at least 2 for every feature.")
    return np.broadcast_to(bins, n_features).astype(np.intp)


def _check_dtype(dtype):
    """Refuse a type that is none of scikit-learn's."""
    if dtype not in (None, np.float32, np.float64):
        raise ValueError("dtype must be None, numpy.float32 or numpy.float64.")
