"""Outliers of normal rows, by a robust covariance from noisy shortened moments."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2
from sklearn.base import OutlierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator
from skprivate.queries import IntervalTree, OfView, private_quantiles
from skprivate.queries._components import Components, Refinement
from skprivate.queries._places import Distances
from skprivate.queries._spread import look_at_features
from skprivate.queries._standardized import refuse_many
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_OFFSET_SHARE = 0.25
_FARTHEST = 100.0  # distances of outliers that are told apart, in typical ones


class DPEllipticEnvelope(OutlierMixin, DPEstimator):
    """Outliers of rows that are mostly normal, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie. Then ``max_iter`` steps
    release their mean and covariance, of rows that are shortened, in the units of the
    covariance before, to the distance that ``1 - contamination`` of normal rows do not
    exceed; so outliers have little say, and less with each step. A quarter of the
    budget finds the distance that as many of the rows do not exceed.

    Who is shortened depends on a row and on what was released. scikit-learn's namesake
    looks for the half of the rows that lie closest together, which is a question about
    all of them; there is no ``support_`` here.

    Parameters
    ----------
    contamination : float, default=0.1
        Proportion of outliers, above zero and up to one half.
    max_iter : int, default=5
        Number of steps, all of which are taken.
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
        Noisy robust mean, within the bounds.
    covariance_ : ndarray of shape (n_features, n_features)
        Noisy robust covariance; positive definite.
    precision_ : ndarray of shape (n_features, n_features)
        Its inverse.
    offset_ : float
        Noisy quantile of scores: ``decision_function`` is ``score_samples`` less this.
    n_iter_ : int
        Number of steps: ``max_iter``, whatever the rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.covariance.EllipticEnvelope : The same without privacy.
    DPCovariance : A covariance of all rows alike, from less noise.
    skprivate.model_selection.DPNoveltyThreshold : A threshold for any scores of rows.

    Notes
    -----
    The covariance is an M-estimate of Huber's kind [1]_, by noisy steps.

    References
    ----------
    .. [1] Maronna (1976). Robust M-estimators of multivariate location and scatter.
       Annals of Statistics.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.covariance import DPEllipticEnvelope
    >>> X = np.random.default_rng(0).normal(size=(5000, 2))
    >>> model = DPEllipticEnvelope(contamination=0.05, bounds=(-9, 9)).fit(X)
    >>> model.predict([[0.0, 0.0], [6.0, -6.0]])
    array([ 1, -1])
    """

    _typed_as_rows = ("location_",)

    def __init__(
        self,
        *,
        contamination: float = 0.1,
        max_iter: int = 5,
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
        self.contamination = contamination
        self.max_iter = max_iter
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "contamination": [Interval(Real, 0, 0.5, closed="right")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        refuse_many(curator.n_features)
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_features(curator, low, high)
        d = curator.n_features
        unit = np.where(rows.scale > 0, rows.scale, 1.0)
        farthest = float(chi2.ppf(1 - self.contamination, d))
        steps = Refinement(
            curator,
            low,
            high,
            rows.center,
            unit,
            rows.count,
            longest=float(np.sqrt(farthest + 1)),
        )
        found = Components.spheres(np.zeros((1, d)), 1.0, diagonal=False)
        share = (curator.remaining - _OFFSET_SHARE) / self.max_iter
        for _ in range(self.max_iter):
            found = steps.step(found, share=min(share, curator.remaining))
        self.location_ = rows.center + unit * found.means[0]
        self.covariance_ = found.covariances[0] * np.outer(unit, unit)
        self._white_ = np.ascontiguousarray(found.whites[0] / unit[:, None])
        self.precision_ = self._white_ @ self._white_.T
        self.n_iter_ = self.max_iter
        self.offset_ = -self._quantile(curator, _FARTHEST * farthest)

    def _quantile(self, curator, farthest):
        """The distance that most rows do not exceed, for what is left."""
        view = Distances(self.location_, self._white_)
        found = private_quantiles(
            curator,
            [1 - self.contamination],
            np.zeros(1),
            np.full(1, farthest),
            share=curator.remaining,
            rounds=2,
            tree=lambda *tree: OfView(IntervalTree(*tree), view),
        )
        return float(found[0, 0])

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
        return Distances(self.location_, self._white_)(checked_input(self, X))[:, 0]

    def score_samples(self, X: TableLike) -> np.ndarray:
        """Negative squared distances: the lower, the more abnormal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return -self.mahalanobis(X)

    def decision_function(self, X: TableLike) -> np.ndarray:
        """Scores above the offset: negative for outliers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: TableLike) -> np.ndarray:
        """One for inliers, minus one for outliers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return np.where(self.decision_function(X) >= 0, 1, -1)

    def score(
        self, X: TableLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Accuracy of ``predict``.

        It is an exact function of ``X`` and ``y``: of private rows it is not private.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            One for inliers, minus one for outliers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.

        Returns
        -------
        float
        """
        return accuracy_score(y, self.predict(X), sample_weight=sample_weight)
