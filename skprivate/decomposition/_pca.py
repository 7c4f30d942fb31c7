"""Principal components of one noisy covariance matrix."""

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from scipy import linalg
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._products import row_products
from skprivate.base._single import rounded_to
from skprivate.queries._covariance import released_covariance
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._features import checked_features


class DPPCA(ClassNamePrefixFeaturesOutMixin, DPTransformerMixin, DPEstimator):
    """Principal component analysis, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie. With the rest, the
    matrix of their second moments about that point is released once, with the least
    noise that its symmetry allows. Everything else follows from this noisy matrix, so
    it costs nothing to ask for more components, or for a fraction of the variance.

    Parameters
    ----------
    n_components : int, float or None, default=None
        Number of components; None keeps all. A float in (0, 1) keeps as many as explain
        this fraction of the noisy variance.
    whiten : bool, default=False
        Whether ``transform`` divides each component by its standard deviation.
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
        Orthonormal directions, by decreasing variance.
    explained_variance_ : ndarray of shape (n_components,)
        Noisy variance along each component.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        The same, relative to the noisy total.
    singular_values_ : ndarray of shape (n_components,)
        Norms of the components of all rows, as far as their noisy number tells.
    mean_ : ndarray of shape (n_features,)
        Noisy mean, within the bounds.
    n_components_ : int
        Number of components.
    noise_variance_ : float
        Mean variance of the directions that were left out.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_components,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.decomposition.PCA : The same without privacy.

    Notes
    -----
    This is the Gaussian mechanism of [1]_, on rows whose features are scaled by the
    square root of their standard deviations, which makes the total noise least.

    References
    ----------
    .. [1] Dwork, Talwar, Thakurta, Zhang (2014). Analyze Gauss: optimal bounds for
       privacy-preserving principal component analysis. STOC.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.decomposition import DPPCA
    >>> X = load_iris().data
    >>> pca = DPPCA(n_components=2, bounds=(0, 10), epsilon=1.0).fit(X)
    >>> pca.transform(X).shape
    (150, 2)
    """

    def __init__(
        self,
        n_components: float | None = None,
        *,
        whiten: bool = False,
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
        self.whiten = whiten
        self.bounds = bounds
        self.row_norm = row_norm

    _typed_as_rows = (
        "components_", "explained_variance_", "explained_variance_ratio_", "mean_",
        "singular_values_",
    )  # fmt: skip
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_components": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="neither"),
            None,
        ],
        "whiten": ["boolean"],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    }

    def _fit(self, curator):
        if isinstance(self.n_components, Integral):
            self._check_n_components(curator.n_features)
        found = released_covariance(curator, self.bounds, norm=self.row_norm)
        self.mean_ = found.mean
        self._keep_components(found.matrix, found.count)
        self.output_geometry_ = Geometry(self._output_bounds(found.low, found.high))

    def _check_n_components(self, n_features):
        if self.n_components > n_features:
            raise ValueError(
                f"n_components={self.n_components} is more than the {n_features} "
                "features. Ask for fewer."
            )

    def _keep_components(self, covariance, count):
        """The leading eigenvectors, and what is known about the others."""
        variances, directions = np.linalg.eigh(covariance)
        variances = np.maximum(variances[::-1], 0.0)
        directions = directions.T[::-1]
        total = variances.sum()
        shares = variances / total if total > 0 else np.zeros_like(variances)
        k = self._number_of_components(shares)
        # Signs as in scikit-learn: the largest loading is positive.
        largest = np.abs(directions).argmax(axis=1)
        signs = np.sign(directions[np.arange(len(directions)), largest])
        self.components_ = (directions * signs[:, None])[:k]
        self.n_components_ = k
        self.explained_variance_ = variances[:k]
        self.explained_variance_ratio_ = shares[:k]
        self.singular_values_ = np.sqrt(variances[:k] * max(count - 1.0, 0.0))
        rest = variances[k:]
        self.noise_variance_ = float(rest.mean()) if len(rest) else 0.0

    def _number_of_components(self, shares):
        """How many components are kept."""
        if self.n_components is None:
            return len(shares)
        if isinstance(self.n_components, Integral):
            return int(self.n_components)
        k = int(np.searchsorted(np.cumsum(shares), self.n_components, side="right")) + 1
        return min(k, len(shares))

    def _output_bounds(self, low, high):
        """Smallest and largest value of each component over the box."""
        ends = np.stack([low, high]) - self.mean_
        corners = ends[:, None, :] * (self.components_ / self._scale()[:, None])
        return corners.min(axis=0).sum(axis=1), corners.max(axis=0).sum(axis=1)

    def _scale(self):
        """What ``transform`` divides each component by."""
        if not self.whiten:
            return np.ones(self.n_components_)
        # A direction without variance is left as it is.
        scale = np.sqrt(self.explained_variance_)
        return np.where(scale > 0, scale, 1.0)

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
        axes = (self.components_ / self._scale()[:, None]).T
        projected = row_products(X, axes.astype(X.dtype))
        projected -= (self.mean_ @ axes).astype(X.dtype)
        return projected

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
        axes = self.components_ * self._scale()[:, None]
        return rounded_to(row_products(X, axes) + self.mean_, X, self.components_)

    def get_covariance(self) -> np.ndarray:
        """Covariance of the probabilistic model behind the components.

        Returns
        -------
        ndarray of shape (n_features, n_features)
        """
        return rounded_to(self._covariance(), self.components_)

    def _covariance(self):
        """The same in double precision."""
        check_is_fitted(self)
        extra = np.maximum(self.explained_variance_ - self.noise_variance_, 0.0)
        axes = self.components_.astype(np.float64)
        covariance = (axes.T * extra) @ axes
        covariance.flat[:: len(covariance) + 1] += self.noise_variance_
        return covariance

    def get_precision(self) -> np.ndarray:
        """Inverse of the covariance of the probabilistic model.

        Returns
        -------
        ndarray of shape (n_features, n_features)
        """
        precision = linalg.pinvh(self._covariance(), check_finite=False)
        return rounded_to(precision, self.components_)

    def score_samples(self, X: TableLike) -> np.ndarray:
        """Logarithm of the density of the probabilistic model at each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            A direction in which noise hides whether rows vary at all counts as one of
            hardly any variance.
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        covariance = self._covariance()
        variances, axes = np.linalg.eigh(covariance)
        least = max(np.finfo(float).eps * variances[-1], np.finfo(float).tiny)
        variances = np.maximum(variances, least)
        projected = row_products(X, axes.astype(X.dtype)).astype(np.float64)
        with np.errstate(over="ignore"):  # of rows that are impossibly far away
            squares = (projected - self.mean_ @ axes) ** 2 / variances
        constant = np.log(2 * np.pi * variances).sum()
        logs = -0.5 * (np.ascontiguousarray(squares).sum(axis=1) + constant)
        return rounded_to(logs, X.dtype, self.components_)

    def score(self, X: TableLike, y: Any = None) -> float:
        """Mean logarithm of the density of the probabilistic model.

        On private rows it is exact, and so not covered by the guarantee of the fit.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : None
            Ignored.

        Returns
        -------
        float
        """
        return float(np.mean(self.score_samples(X)))

    @property
    def _n_features_out(self):
        """Number of columns of ``transform``, for the names of its columns."""
        return self.n_components_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
