"""Least squares from one noisy matrix of second moments."""

from typing import Literal

from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._from_moments import (
    CONSTRAINTS,
    OF_PUBLIC,
    MomentsRegressorMixin,
)
from skprivate.linear_model._inference_moments import MomentsInferenceMixin
from skprivate.linear_model._penalized import Penalty
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.rows import UnitClip


class DPLinearRegression(MomentsInferenceMixin, MomentsRegressorMixin, DPEstimator):
    """Linear least squares, under differential privacy.

    :class:`DPRidge` without a penalty but for the noise: directions in which the noise
    is as large as the signal are penalized in proportion to it, and with
    ``epsilon=inf`` none is.

    **Guarantee.** The fit is post-processing of one release of the second moments of
    rows ``(x, 1, y)``, and of the releases that found out where rows lie.

    Parameters
    ----------
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
    DPRidge : With a penalty of coefficients.
    DPLassoCV : With few coefficients that are not zero.
    sklearn.linear_model.LinearRegression : The same without privacy.

    Notes
    -----
    Up to 4096 features, and as many targets. There is no statistic of rows but moments:
    for rows whose targets have outliers see :class:`DPHuberRegressor`.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPLinearRegression
    >>> X, y = make_regression(5000, n_features=3, noise=1.0, random_state=0)
    >>> model = DPLinearRegression(bounds=(-5, 5), target_bounds=(-500, 500))
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    """

    def __init__(
        self,
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
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.bounds = bounds
        self.row_norm = row_norm
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = {**CONSTRAINTS, **OF_PUBLIC}

    def _chosen(self, problems):
        return [problem.solve(Penalty(positive=self.positive)) for problem in problems]
