"""Mixtures of normal components by a few noisy steps of expectation-maximization."""

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from sklearn.base import DensityMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, probabilities
from skprivate.mixture._densities import (
    drawn_rows,
    log_densities,
    n_parameters,
    of_each,
)
from skprivate.queries._center_queries import CenterInertia
from skprivate.queries._components import Components, Refinement
from skprivate.queries._lloyd import Lloyd, standard_box
from skprivate.queries._spread import look_at_features
from skprivate.queries._standardized import refuse_many
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_LLOYD_STEPS, _LLOYD_SHARE = 3, 0.2
_INERTIA_SHARE = 0.03
_HARD = 16.0  # how much sharper the first step sees which component a row is of


class DPGaussianMixture(DensityMixin, DPEstimator):
    """Gaussian mixture, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie, a tenth counts them near
    public points, a fifth moves centers by three steps of k-means, and three parts in a
    hundred say how far rows are from these; a single component needs none of this.
    With the rest, expectation-maximization takes ``max_iter`` steps: each releases how
    many rows a component has, their mean and covariance.

    **Guarantee.** A row counts for each component as far as it is of it. These
    responsibilities follow from the row and from the components that were released
    before; they add up to one. So a row changes all moments together by no more than
    it would change those of one component: see
    :class:`~skprivate.queries._mixture_moments.MixtureMoments`. Rows are looked at in
    the units of each component, and shortened to a length that is typical there.

    There are no responsibilities of training rows, no ``lower_bound_`` and no
    ``converged_``, which would tell about rows.

    Parameters
    ----------
    n_components : int, default=1
        Number of components.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        A covariance for each component, one for all, variances of features, or one
        variance for each component. The fewer numbers, the less noise has each.
    reg_covar : float, default=1e-6
        What is added to variances.
    max_iter : int, default=4
        Number of steps, all of which are taken. More steps have more noise each.
    means_init : array-like of shape (n_components, n_features), default=None
        Public means to begin with, known without a look at the rows: those of an
        earlier private fit, say. None finds some by k-means, for a third of the budget.
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
    weights_ : ndarray of shape (n_components,)
        Of the components; positive, and one together.
    means_ : ndarray of shape (n_components, n_features)
        Noisy means, within the bounds.
    covariances_ : ndarray
        As in scikit-learn, of a shape that depends on ``covariance_type``. No direction
        is known better than noise permits: all are positive definite.
    precisions_ : ndarray
        Their inverses.
    precisions_cholesky_ : ndarray
        Triangular roots of these.
    n_iter_ : int
        Number of steps: ``max_iter``, whatever the rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.mixture.GaussianMixture : The same without privacy.
    skprivate.cluster.DPKMeans : Centers only, from less noise.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.mixture import DPGaussianMixture
    >>> X, _ = make_blobs(5000, centers=3, random_state=0)
    >>> model = DPGaussianMixture(3, bounds=(-20, 20)).fit(X)
    >>> model.predict_proba(X[:4]).shape
    (4, 3)
    """

    _typed_as_rows = "weights_", "means_", "covariances_", "precisions_cholesky_"

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: Literal["full", "tied", "diag", "spherical"] = "full",
        reg_covar: float = 1e-6,
        max_iter: int = 4,
        means_init: ArrayLike | None = None,
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
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.means_init = means_init
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "covariance_type": [StrOptions({"full", "tied", "diag", "spherical"})],
        "reg_covar": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "means_init": ["array-like", None],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        if not self._diagonal:
            refuse_many(curator.n_features)
        given = self._given_means(curator.n_features)
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_features(curator, low, high)
        varies = rows.scale > 0
        unit = self._units(rows.scale)
        steps = Refinement(
            curator,
            low,
            high,
            rows.center,
            unit,
            rows.count,
            tied=self.covariance_type == "tied",
            spherical=self.covariance_type == "spherical",
            reg=np.where(varies, self.reg_covar, 0.0) / unit / unit,
        )
        if given is not None:
            found = (given - rows.center) / unit, 1.0
        elif self.n_components == 1:
            found = np.zeros((1, len(unit))), 1.0
        else:
            found = self._start(curator, low, high, rows, unit)
        components = Components.spheres(*found, diagonal=self._diagonal)
        share = curator.remaining / self.max_iter
        for step in range(self.max_iter):
            components = steps.step(
                components,
                share=min(share, curator.remaining),
                sharpness=1.0 if step else _HARD,
            )
        self.n_iter_ = self.max_iter
        self._keep(components, rows.center, unit)

    def _units(self, scale):
        """Units of the features; a constant one gets the least variance."""
        least = max(self.reg_covar, 1e-12) ** 0.5
        if self.covariance_type == "spherical":  # whose features have one unit
            scale = np.full_like(scale, np.sqrt(np.mean(np.square(scale))))
        return np.where(scale > 0, scale, least)

    @property
    def _diagonal(self):
        return self.covariance_type in ("diag", "spherical")

    def _given_means(self, n_features):
        """Public means; None where they have to be found."""
        if self.means_init is None:
            return None
        means = np.asarray(self.means_init)
        fits = means.shape == (self.n_components, n_features)
        if not (fits and means.dtype.kind in "iuf" and np.isfinite(means).all()):
            raise ValueError(
                "means_init must hold one finite mean of n_features numbers for each "
                "of n_components, known without a look at the rows; or be None."
            )
        return means.astype(np.float64)

    def _start(self, curator, low, high, rows, unit):
        """Means by k-means, in the units of features, and the variance about them."""
        box, longest = standard_box(low, high, rows)
        lloyd = Lloyd(curator, box, rows, self.n_components, _LLOYD_STEPS)
        centers, _ = lloyd.steps(lloyd.start(), share=_LLOYD_SHARE)
        query = CenterInertia(box, lloyd.on_grid(centers), lloyd.width)
        (total,) = curator.release(query, share=_INERTIA_SHARE)
        total = max(float(total), curator.noise_of(query)) * query.radius**2
        variance = total / rows.count / box.n_features * longest**2
        return centers * (box.half / unit), float(np.clip(variance, 1e-4, 1.0))

    def _keep(self, components, center, unit):
        """Fitted attributes, in the units of the rows."""
        self.weights_ = components.weights
        self.means_ = center + unit * components.means
        covariances, whites = components.covariances, components.whites
        if self._diagonal:
            covariances, whites = covariances * unit**2, whites / unit
        else:
            covariances = covariances * np.outer(unit, unit)
            whites = whites / unit[:, None]
        if self.covariance_type == "tied":
            covariances, whites = covariances[0], whites[0]
        if self.covariance_type == "spherical":
            covariances = covariances.mean(axis=1)
            whites = 1 / np.sqrt(covariances)
        self.covariances_, self.precisions_cholesky_ = covariances, whites

    @property
    def precisions_(self) -> Any:
        """Inverses of the covariances."""
        check_is_fitted(self)
        whites = self.precisions_cholesky_
        if self._diagonal:
            return whites**2
        return whites @ np.swapaxes(whites, -1, -2)

    def _logs(self, X):
        """Logarithm of weight times density of each component, for each row."""
        check_is_fitted(self)
        whites = of_each(self.precisions_cholesky_, self.covariance_type, self.means_)
        X = checked_input(self, X)
        logs = log_densities(X, self.means_, whites) + np.log(self.weights_)
        return logs.astype(X.dtype, copy=False)

    def score_samples(self, X: TableLike) -> np.ndarray:
        """Logarithm of the density at each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return logsumexp(self._logs(X), axis=1)

    def score(self, X: TableLike, y: Any = None) -> float:
        """Mean logarithm of the density of rows.

        It is an exact function of ``X``: of private rows it is not private;
        :func:`~skprivate.metrics.dp_log_likelihood` is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : object
            Ignored.

        Returns
        -------
        float
        """
        return float(np.mean(self.score_samples(X)))

    def predict(self, X: TableLike) -> np.ndarray:
        """Most probable component of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self._logs(X).argmax(axis=1)

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each component, for each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        return probabilities(self._logs(X))

    def fit_predict(self, X: TableLike, y: Any = None, **fit_params: Any) -> np.ndarray:
        """Fit, then predict the rows themselves.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : None
            Ignored.
        **fit_params : dict
            ``sample_weight`` or ``groups``, for ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self.fit(X, y, **fit_params).predict(X)

    def sample(
        self, n_samples: int = 1, *, random_state: SeedLike = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw rows from the mixture: no further look at the data, at no price.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            Of the draws.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Rows.
        y : ndarray of shape (n_samples,)
            The component of each.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError("n_samples must be a whole number from one on. Give one.")
        whites = of_each(self.precisions_cholesky_, self.covariance_type, self.means_)
        return drawn_rows(self.weights_, self.means_, whites, n_samples, random_state)

    def _n_parameters(self):
        """Number of free parameters."""
        return n_parameters(self.covariance_type, *self.means_.shape)

    def bic(self, X: TableLike) -> float:
        """Bayesian information criterion of rows: lower is better.

        It is an exact function of ``X``: of private rows it is not private.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        float
        """
        scores = self.score_samples(X)
        return float(self._n_parameters() * np.log(len(scores)) - 2 * scores.sum())

    def aic(self, X: TableLike) -> float:
        """Akaike's information criterion of rows: lower is better.

        It is an exact function of ``X``: of private rows it is not private.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        float
        """
        return float(2 * self._n_parameters() - 2 * self.score_samples(X).sum())
