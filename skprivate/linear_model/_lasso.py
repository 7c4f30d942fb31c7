"""Lasso and elastic net from one noisy matrix of second moments."""

from numbers import Real
from typing import Literal

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._from_moments import (
    CONSTRAINTS,
    OF_PUBLIC,
    MomentsRegressorMixin,
    PathMixin,
)
from skprivate.linear_model._penalized import Penalty
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.rows import UnitClip

_ALPHA = Interval(Real, 0, None, closed="left")


class DPLasso(PathMixin, MomentsRegressorMixin, DPEstimator):
    """Linear least squares with an l1 penalty, under differential privacy.

    The penalty sets coefficients to zero. It is applied to the moments that
    :class:`DPRidge` releases, so which features remain is no further question about
    rows.

    **Guarantee.** The fit is post-processing of one release of the second moments of
    rows ``(x, 1, y)``, and of the releases that found out where rows lie.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty, as in scikit-learn: per row, of coefficients of the
        features as they are given.
    fit_intercept : bool, default=True
        Whether to fit an intercept.
    positive : bool, default=False
        Whether coefficients must not be negative.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    row_norm : float, default=None
        Public length of the longest row, which pipelines hand on from steps that
        announce it; see :class:`DPRidge`.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target: two numbers, or two arrays of one number for each of
        several targets. ``"private"`` pays a tenth, too.
    public : PublicRows or PublicCoef, default=None
        What is no secret and known before: coefficients to which penalties and noise
        draw, free of charge; rows also tell where rows lie. See :class:`PublicRows`.
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
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Weights of the features.
    intercept_ : float or ndarray of shape (n_targets,)
        Constant term; 0.0 with ``fit_intercept=False``.
    validation_error_ : float or ndarray of shape (n_targets,)
        Estimate of the mean squared error on new rows, by generalized cross-validation
        from the same release; see :class:`DPRidgeCV`.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPLassoCV : Chooses ``alpha``, at the same price.
    DPElasticNet : With an l2 penalty, too.
    sklearn.linear_model.Lasso : The same without privacy.

    Notes
    -----
    The objective is ``||y - Xw||**2 / (2 n) + alpha * ||w||_1``, with a noisy ``n``.
    Besides, directions in which the noise is as large as the signal are penalized in
    proportion to the noise, as in :class:`DPRidge`: not at all with ``epsilon=inf``. A
    coefficient of zero says that the feature does not stand out of the noise by more
    than the penalty, not that it has no effect.

    :meth:`path` has coefficients for other penalties, free of charge.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPLasso
    >>> X, y = make_regression(
    ...     5000, n_features=8, n_informative=2, noise=1.0, random_state=0
    ... )
    >>> model = DPLasso(2.0, bounds=(-5, 5), target_bounds=(-500, 500))
    >>> int((model.fit(X, y).coef_ != 0).sum()) < 8
    True
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        positive: bool = False,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
        target_bounds: BoundsLike | Literal["private"] = "private",
        public: PublicRows | PublicCoef | None = None,
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
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.bounds = bounds
        self.row_norm = row_norm
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = {**CONSTRAINTS, **OF_PUBLIC, "alpha": [_ALPHA]}

    def _chosen(self, problems):
        return [one.solve(self._penalty(self.alpha, one.n_rows)) for one in problems]

    def _penalty(self, alpha, n_rows):
        return Penalty(l1=alpha * n_rows, positive=self.positive)


class DPElasticNet(PathMixin, MomentsRegressorMixin, DPEstimator):
    """Linear least squares with l1 and l2 penalties, under differential privacy.

    Like :class:`DPLasso`, but columns that say the same share a coefficient.

    **Guarantee.** The fit is post-processing of one release of the second moments of
    rows ``(x, 1, y)``, and of the releases that found out where rows lie.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty, as in scikit-learn: per row, of coefficients of the
        features as they are given.
    l1_ratio : float, default=0.5
        Part of the penalty that is of absolute values; the rest is of squares.
    fit_intercept : bool, default=True
        Whether to fit an intercept.
    positive : bool, default=False
        Whether coefficients must not be negative.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    row_norm : float, default=None
        Public length of the longest row, which pipelines hand on from steps that
        announce it; see :class:`DPRidge`.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target: two numbers, or two arrays of one number for each of
        several targets. ``"private"`` pays a tenth, too.
    public : PublicRows or PublicCoef, default=None
        What is no secret and known before: coefficients to which penalties and noise
        draw, free of charge; rows also tell where rows lie. See :class:`PublicRows`.
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
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Weights of the features.
    intercept_ : float or ndarray of shape (n_targets,)
        Constant term; 0.0 with ``fit_intercept=False``.
    validation_error_ : float or ndarray of shape (n_targets,)
        Estimate of the mean squared error on new rows, by generalized cross-validation
        from the same release; see :class:`DPRidgeCV`.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPElasticNetCV : Chooses ``alpha`` and ``l1_ratio``, at the same price.
    sklearn.linear_model.ElasticNet : The same without privacy.

    Notes
    -----
    The objective is ``||y - Xw||**2 / (2 n)`` plus ``alpha * l1_ratio * ||w||_1`` plus
    ``alpha * (1 - l1_ratio) * ||w||**2 / 2``, with a noisy ``n``.
    Besides, directions in which the noise is as large as the signal are penalized in
    proportion to the noise, as in :class:`DPRidge`: not at all with ``epsilon=inf``. A
    coefficient of zero says that the feature does not stand out of the noise by more
    than the penalty, not that it has no effect.

    :meth:`path` has coefficients for other penalties, free of charge.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPElasticNet
    >>> X, y = make_regression(
    ...     5000, n_features=8, n_informative=2, noise=1.0, random_state=0
    ... )
    >>> model = DPElasticNet(bounds=(-5, 5), target_bounds=(-500, 500))
    >>> model.fit(X, y).path([0.1, 1.0, 10.0])[0].shape
    (8, 3)
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        l1_ratio: float = 0.5,
        fit_intercept: bool = True,
        positive: bool = False,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
        target_bounds: BoundsLike | Literal["private"] = "private",
        public: PublicRows | PublicCoef | None = None,
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
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.bounds = bounds
        self.row_norm = row_norm
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = {
        **CONSTRAINTS,
        **OF_PUBLIC,
        "alpha": [_ALPHA],
        "l1_ratio": [Interval(Real, 0, 1, closed="both")],
    }

    def _chosen(self, problems):
        return [one.solve(self._penalty(self.alpha, one.n_rows)) for one in problems]

    def _penalty(self, alpha, n_rows):
        return elastic(alpha * n_rows, self.l1_ratio, self.positive)


def elastic(strength, l1_ratio, positive):
    """Both penalties, of a strength over all rows."""
    return Penalty(strength * l1_ratio, strength * (1 - l1_ratio), positive)
