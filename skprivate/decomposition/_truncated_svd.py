"""Leading singular vectors of one noisy Gram matrix."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._products import row_products
from skprivate.queries._covariance import released_covariance, repaired_eigenvalues
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._features import checked_features


class DPTruncatedSVD(ClassNamePrefixFeaturesOutMixin, DPTransformerMixin, DPEstimator):
    """Leading singular vectors of rows that are not centered, privately.

    A tenth of the budget finds out roughly how large the features are. With the rest,
    the Gram matrix of the rows, cut to an ordinary length, is released once. Sparse
    rows stay sparse: the origin is not moved, and they are read as they are stored.

    Parameters
    ----------
    n_components : int, default=2
        Number of components.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    row_norm : float, default=None
        Public length of the longest row, which pipelines hand on from steps that
        announce it, as ``Normalizer``. It stands for bounds that are not given; and
        with fewer than ``16 n_features / mu`` rows, rows are taken about zero and
        alike in all features, in place of the first look. Longer rows count less: a
        wrong number costs accuracy, not privacy.
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
    components_ : ndarray of shape (n_components, n_features)
        Orthonormal directions, by decreasing singular value.
    singular_values_ : ndarray of shape (n_components,)
        Noisy norms of the components of all rows.
    explained_variance_ : ndarray of shape (n_components,)
        Noisy variance along each component.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        The same, relative to the noisy total.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_components,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.decomposition.TruncatedSVD : The same without privacy.

    Notes
    -----
    Up to 4096 features; more are best projected first, which is free: see
    :class:`sklearn.random_projection.SparseRandomProjection`.

    References
    ----------
    .. [1] Dwork, Talwar, Thakurta, Zhang (2014). Analyze Gauss: optimal bounds for
       privacy-preserving principal component analysis. STOC.

    Examples
    --------
    >>> from scipy import sparse
    >>> from skprivate.decomposition import DPTruncatedSVD
    >>> X = sparse.random_array((1000, 20), density=0.1, rng=0).tocsr()
    >>> svd = DPTruncatedSVD(n_components=3, bounds=(0, 1), epsilon=1.0).fit(X)
    >>> svd.transform(X).shape
    (1000, 3)
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
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
        self.n_components = n_components
        self.bounds = bounds
        self.row_norm = row_norm

    _typed_as_rows = (
        "components_", "explained_variance_", "explained_variance_ratio_",
        "singular_values_",
    )  # fmt: skip
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    }

    def _fit(self, curator):
        _check_sizes(self.n_components, curator.n_features)
        found = released_covariance(
            curator, self.bounds, norm=self.row_norm, centered=True, repaired=False
        )
        values, vectors = np.linalg.eigh(found.matrix)
        unit = max(np.max(found.doubt), np.finfo(float).tiny)  # squares may overflow
        trace_noise = unit * np.linalg.norm(found.doubt / unit) / np.sqrt(len(values))
        values = repaired_eigenvalues(values, trace_noise)
        order = np.argsort(values)[::-1][: self.n_components]
        axes = vectors.T[order]
        # As scikit-learn: the largest loading is positive.
        largest = np.abs(axes).argmax(axis=1)
        self.components_ = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
        squares = values[order]
        self.singular_values_ = np.sqrt(squares * found.count)
        means = self.components_ @ found.center
        self.explained_variance_ = np.maximum(squares - means**2, 0.0)
        total = values.sum() - found.center @ found.center
        total = max(total, self.explained_variance_.sum())
        ratio = self.explained_variance_ / total if total > 0 else np.zeros_like(means)
        self.explained_variance_ratio_ = ratio
        corners = np.stack(
            [found.low * self.components_, found.high * self.components_]
        )
        # Axes are orthonormal, so no row becomes longer.
        self.output_geometry_ = Geometry(
            (corners.min(axis=0).sum(axis=1), corners.max(axis=0).sum(axis=1)),
            np.inf if self.row_norm is None else float(self.row_norm),
        )

    def transform(self, X: TableLike) -> TableLike:
        """Project rows onto the components.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        return row_products(X, self.components_.T.astype(X.dtype))

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Rows whose components are ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
            Components.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = checked_features(X, min_rows=1)
        return row_products(X, self.components_)

    @property
    def _n_features_out(self):
        """Number of columns of ``transform``, for the names of its columns."""
        return len(self.components_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _check_sizes(n_components, n_features):
    """Refuse what cannot be had."""
    if n_components > n_features:
        raise ValueError(
            f"n_components={n_components} must be <= n_features={n_features}. Ask for "
            "fewer."
        )
