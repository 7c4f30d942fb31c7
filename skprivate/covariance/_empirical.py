"""A covariance matrix from noisy second moments."""

from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg
from sklearn.covariance import EmpiricalCovariance, shrunk_covariance
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator
from skprivate.queries._covariance import released_covariance
from skprivate.rows import UnitClip, checked_input


class DPCovariance(DPEstimator):
    """Mean and covariance of the features, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie. With the rest, the
    matrix of their second moments about that point is released once, with the least
    noise that its symmetry allows. It is made positive definite: no direction has less
    variance than noise could have given it, so that distances are not made of noise.

    Parameters
    ----------
    store_precision : bool, default=True
        Whether the inverse is stored.
    assume_centered : bool, default=False
        Whether the mean is known to be zero.
    shrinkage : float in [0, 1], default=0.0
        Part of the way to a multiple of the identity, as of
        :class:`sklearn.covariance.ShrunkCovariance`.
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
    location_ : ndarray of shape (n_features,)
        Noisy mean, within the bounds.
    covariance_ : ndarray of shape (n_features, n_features)
        Noisy covariance, divided by the number of rows.
    precision_ : ndarray of shape (n_features, n_features)
        Its inverse (of Moore and Penrose); only if ``store_precision``.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.covariance.EmpiricalCovariance : The same without privacy.
    skprivate.decomposition.DPWhitening : Rows whose covariance is the identity.

    Notes
    -----
    The Gaussian mechanism of [1]_, on rows whose features are scaled to their noisy
    standard deviations, with less noise off the diagonal.

    References
    ----------
    .. [1] Dwork, Talwar, Thakurta, Zhang (2014). Analyze Gauss: optimal bounds for
       privacy-preserving principal component analysis. STOC.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.covariance import DPCovariance
    >>> X = np.random.default_rng(0).normal(size=(20_000, 2)) @ [[2, 1], [0, 1]]
    >>> model = DPCovariance(bounds=(-10, 10), epsilon=1.0).fit(X)
    >>> np.abs(model.covariance_ - [[4, 2], [2, 2]]).max() < 0.5
    np.True_
    """

    def __init__(
        self,
        *,
        store_precision: bool = True,
        assume_centered: bool = False,
        shrinkage: float = 0.0,
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
        self.store_precision = store_precision
        self.assume_centered = assume_centered
        self.shrinkage = shrinkage
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "store_precision": ["boolean"],
        "assume_centered": ["boolean"],
        "shrinkage": [Interval(Real, 0, 1, closed="both")],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        found = released_covariance(
            curator, self.bounds, centered=self.assume_centered, relative=True
        )
        matrix = found.lifted
        if not self.assume_centered:  # scikit-learn divides by the number of rows
            matrix = matrix * (max(found.count - 1.0, 1.0) / found.count)
        self.location_ = found.mean
        self.covariance_ = shrunk_covariance(matrix, self.shrinkage)
        self.precision_ = self.get_precision() if self.store_precision else None

    def get_precision(self) -> np.ndarray:
        """The inverse of the covariance.

        Returns
        -------
        ndarray of shape (n_features, n_features)
        """
        check_is_fitted(self, "covariance_")
        return linalg.pinvh(self.covariance_, check_finite=False)

    def mahalanobis(self, X: TableLike) -> np.ndarray:
        """Squared distances of rows from the mean, by the covariance.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self._twin().mahalanobis(checked_input(self, X))

    def score(self, X_test: ArrayLike, y: Any = None) -> float:
        """Log-likelihood of rows under a normal law of this mean and covariance.

        It is an exact function of ``X_test``: of private rows it is not private.

        Parameters
        ----------
        X_test : array-like of shape (n_samples, n_features)
            Rows.
        y : object
            Ignored.

        Returns
        -------
        float
        """
        check_is_fitted(self)
        return self._twin().score(checked_input(self, X_test))

    def error_norm(
        self,
        comp_cov: ArrayLike,
        norm: Literal["frobenius", "spectral"] = "frobenius",
        scaling: bool = True,
        squared: bool = True,
    ) -> float:
        """Distance from another covariance.

        Parameters
        ----------
        comp_cov : array-like of shape (n_features, n_features)
            The other one.
        norm : {"frobenius", "spectral"}, default="frobenius"
            Which distance.
        scaling : bool, default=True
            Whether to divide it by ``n_features``.
        squared : bool, default=True
            Whether to return its square.

        Returns
        -------
        float
        """
        check_is_fitted(self)
        return self._twin().error_norm(comp_cov, norm, scaling, squared)

    def _twin(self):
        """scikit-learn's estimator with what was learned here."""
        twin = EmpiricalCovariance(store_precision=self.store_precision)
        twin.n_features_in_ = self.n_features_in_
        twin.location_, twin.covariance_ = self.location_, self.covariance_
        twin.precision_ = self.precision_ if self.store_precision else None
        return twin
