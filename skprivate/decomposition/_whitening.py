"""Rows turned and scaled such that their noisy covariance is the identity."""

from typing import Literal

import numpy as np
from scipy import linalg
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._products import row_products
from skprivate.queries._covariance import released_covariance
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._features import checked_features


class DPWhitening(ClassNamePrefixFeaturesOutMixin, DPTransformerMixin, DPEstimator):
    """Remove the mean, the scale and the correlations, under differential privacy.

    The whole budget goes to the covariance, as in
    :class:`~skprivate.covariance.DPCovariance`. A direction whose variance noise could
    have made is taken to have the variance of that noise: it comes out small.

    Parameters
    ----------
    method : {"zca", "pca", "cholesky"}, default="zca"
        Which of all rotations of white rows. ``"zca"`` is nearest to the rows as they
        were, ``"pca"`` has the principal components, by decreasing variance, and
        ``"cholesky"`` makes column i of the first i features.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
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
    mean_ : ndarray of shape (n_features,)
        Noisy mean, within the bounds.
    covariance_ : ndarray of shape (n_features, n_features)
        Noisy covariance.
    whitening_ : ndarray of shape (n_features, n_features)
        ``transform`` returns ``(X - mean_) @ whitening_.T``. A direction without
        variance is left as it is.
    coloring_ : ndarray of shape (n_features, n_features)
        Inverse of ``whitening_``.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.decomposition.PCA : With ``whiten=True``, the same as "pca", not private.

    References
    ----------
    .. [1] Kessy, Lewin, Strimmer (2018). Optimal whitening and decorrelation. The
       American Statistician.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.decomposition import DPWhitening
    >>> X = np.random.default_rng(0).normal(size=(20_000, 2)) @ [[2, 1], [0, 1]]
    >>> Z = DPWhitening(bounds=(-10, 10), epsilon=1.0).fit_transform(X)
    >>> np.abs(np.cov(Z.T) - np.eye(2)).max() < 0.2
    np.True_
    """

    def __init__(
        self,
        method: Literal["zca", "pca", "cholesky"] = "zca",
        *,
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
        self.method = method
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "method": [StrOptions({"zca", "pca", "cholesky"})],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        found = released_covariance(curator, self.bounds, relative=True)
        self.mean_, self.covariance_ = found.mean, found.lifted
        self.whitening_, self.coloring_ = _whitening(self.covariance_, self.method)
        ends = np.stack([found.low, found.high]) - self.mean_
        corners = ends[:, None, :] * self.whitening_
        self.output_geometry_ = Geometry(
            (
                corners.min(axis=0).sum(axis=1),
                corners.max(axis=0).sum(axis=1),
            )
        )

    def transform(self, X: TableLike) -> TableLike:
        """White rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = checked_input(self, X)
        X = X - self.mean_.astype(X.dtype)
        return row_products(X, self.whitening_.T.astype(X.dtype))

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Rows that are white as ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            White rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = checked_features(X, min_rows=1)
        return row_products(X, self.coloring_.T) + self.mean_

    @property
    def _n_features_out(self):
        """Number of columns of ``transform``, for the names of its columns."""
        return len(self.mean_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _whitening(covariance, method):
    """The matrix that makes rows white, and its inverse."""
    values, vectors = np.linalg.eigh(covariance)
    nothing = values <= values[-1] * len(values) * np.finfo(np.float64).eps
    roots = np.sqrt(np.where(nothing, 1.0, values))
    if method == "zca":
        return (vectors / roots) @ vectors.T, (vectors * roots) @ vectors.T
    if method == "pca":
        axes = vectors.T[::-1]
        largest = np.abs(axes).argmax(axis=1)
        axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
        return axes / roots[::-1, None], axes.T * roots[::-1]
    lower = np.linalg.cholesky((vectors * roots**2) @ vectors.T)
    return linalg.solve_triangular(lower, np.eye(len(lower)), lower=True), lower
