"""Lasso and elastic net that choose their penalties from one release of moments."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._from_moments import (
    CONSTRAINTS,
    OF_PUBLIC,
    MomentsRegressorMixin,
    PathMixin,
    checked_alphas,
    grid_of,
)
from skprivate.linear_model._lasso import elastic
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.rows import UnitClip

_CONSTRAINTS = {
    **CONSTRAINTS,
    **OF_PUBLIC,
    "eps": [Interval(Real, 0, 1, closed="neither")],
    "alphas": ["array-like", Interval(Integral, 1, None, closed="left")],
}


class DPLassoCV(PathMixin, MomentsRegressorMixin, DPEstimator):
    """Lasso with a choice of penalties, under differential privacy.

    The choice is made from the moments that :class:`DPLasso` releases in any case. So
    it costs nothing: no budget, no rows to be set aside, no second fit.

    **Guarantee.** The fit is post-processing of one release of the second moments of
    rows ``(x, 1, y)``, and of the releases that found out where rows lie.

    Parameters
    ----------
    eps : float, default=1e-3
        Smallest penalty of a grid, relative to the largest.
    alphas : int or array-like of shape (n_alphas,), default=100
        Penalties to choose from; a number asks for a grid of as many, from the smallest
        penalty with which all coefficients are zero downwards.
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
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
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
    alpha_ : float
        The penalty that was chosen.
    alphas_ : ndarray of shape (n_alphas,)
        Penalties that were tried, the largest first.
    validation_errors_ : ndarray of shape (n_alphas,)
        Estimate of the mean squared error for each of them.
    coef_ : ndarray of shape (n_features,)
        Weights of the features.
    intercept_ : float
        Constant term; 0.0 with ``fit_intercept=False``.
    validation_error_ : float
        Estimate of the mean squared error on new rows, by generalized cross-validation
        from the same release; see :class:`DPRidgeCV`.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPLasso : With a given penalty.
    DPElasticNetCV : With an l2 penalty, too.
    sklearn.linear_model.LassoCV : The same without privacy, on folds of rows.

    Notes
    -----
    The error is that of generalized cross-validation, in which the degrees of freedom
    are those of the coefficients that are not zero [1]_; :class:`DPRidgeCV` says more.
    It knows of the noise: what a model fits of it counts as error.

    :meth:`path` has coefficients for other penalties, free of charge.

    References
    ----------
    .. [1] Zou, Hastie and Tibshirani (2007). On the "degrees of freedom" of the lasso.
       Annals of Statistics 35(5).

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPLassoCV
    >>> X, y = make_regression(
    ...     5000, n_features=8, n_informative=2, noise=1.0, random_state=0
    ... )
    >>> model = DPLassoCV(bounds=(-5, 5), target_bounds=(-500, 500))
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        eps: float = 1e-3,
        *,
        alphas: int | ArrayLike = 100,
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
        self.eps = eps
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.bounds = bounds
        self.row_norm = row_norm
        self.target_bounds = target_bounds
        self.public = public

    _takes_targets = False
    _parameter_constraints = _CONSTRAINTS

    def _check(self, n_targets):
        if not isinstance(self.alphas, Integral):
            checked_alphas(self.alphas)

    def _chosen(self, problems):
        alphas, errors, best = _best_of(problems[0], self, 1.0)
        self.alphas_, self.validation_errors_ = alphas, errors
        self.alpha_ = float(alphas[np.argmin(errors)])
        return [best]

    def _penalty(self, alpha, n_rows):
        return elastic(alpha * n_rows, 1.0, self.positive)


class DPElasticNetCV(PathMixin, MomentsRegressorMixin, DPEstimator):
    """Elastic net with a choice of penalties, under differential privacy.

    The choice is made from the moments that :class:`DPElasticNet` releases in any case.
    So it costs nothing: no budget, no rows to be set aside, no second fit.

    **Guarantee.** The fit is post-processing of one release of the second moments of
    rows ``(x, 1, y)``, and of the releases that found out where rows lie.

    Parameters
    ----------
    l1_ratio : float or array-like of float, default=0.5
        Part of the penalty that is of absolute values, or several to choose from. A
        grid of penalties needs ``l1_ratio > 0``.
    eps : float, default=1e-3
        Smallest penalty of a grid, relative to the largest.
    alphas : int or array-like of shape (n_alphas,), default=100
        Penalties to choose from; a number asks for a grid of as many, from the smallest
        penalty with which all coefficients are zero downwards.
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
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
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
    alpha_ : float
        The penalty that was chosen.
    alphas_ : ndarray of shape (n_alphas,) or (n_l1_ratio, n_alphas)
        Penalties that were tried, the largest first.
    validation_errors_ : ndarray of shape (n_alphas,) or (n_l1_ratio, n_alphas)
        Estimate of the mean squared error for each of them.
    l1_ratio_ : float
        The part that was chosen.
    coef_ : ndarray of shape (n_features,)
        Weights of the features.
    intercept_ : float
        Constant term; 0.0 with ``fit_intercept=False``.
    validation_error_ : float
        Estimate of the mean squared error on new rows, by generalized cross-validation
        from the same release; see :class:`DPRidgeCV`.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPElasticNet : With given penalties.
    sklearn.linear_model.ElasticNetCV : The same without privacy, on folds of rows.

    Notes
    -----
    The error is that of generalized cross-validation, in which the degrees of freedom
    are those of the coefficients that are not zero [1]_; :class:`DPRidgeCV` says more.
    It knows of the noise: what a model fits of it counts as error.

    :meth:`path` has coefficients for other penalties, free of charge.

    References
    ----------
    .. [1] Zou, Hastie and Tibshirani (2007). On the "degrees of freedom" of the lasso.
       Annals of Statistics 35(5).

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPElasticNetCV
    >>> X, y = make_regression(
    ...     5000, n_features=8, n_informative=2, noise=1.0, random_state=0
    ... )
    >>> model = DPElasticNetCV([0.5, 1.0], bounds=(-5, 5), target_bounds=(-500, 500))
    >>> model.fit(X, y).validation_errors_.shape
    (2, 100)
    """

    def __init__(
        self,
        l1_ratio: float | ArrayLike = 0.5,
        *,
        eps: float = 1e-3,
        alphas: int | ArrayLike = 100,
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
        self.l1_ratio = l1_ratio
        self.eps = eps
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.bounds = bounds
        self.row_norm = row_norm
        self.target_bounds = target_bounds
        self.public = public

    _takes_targets = False
    _parameter_constraints = {**_CONSTRAINTS, "l1_ratio": ["array-like", Real]}

    def _check(self, n_targets):
        if not isinstance(self.alphas, Integral):
            checked_alphas(self.alphas)
        _checked_ratios(self.l1_ratio, isinstance(self.alphas, Integral))

    def _chosen(self, problems):
        ratios = _checked_ratios(self.l1_ratio, isinstance(self.alphas, Integral))
        found = [_best_of(problems[0], self, ratio) for ratio in ratios]
        alphas, errors = (np.array([each[i] for each in found]) for i in (0, 1))
        k, i = np.unravel_index(np.argmin(errors), errors.shape)
        self.l1_ratio_, self.alpha_ = float(ratios[k]), float(alphas[k, i])
        one = np.ndim(self.l1_ratio) == 0
        self.alphas_ = alphas[0] if one else alphas
        self.validation_errors_ = errors[0] if one else errors
        return [found[k][2]]

    def _penalty(self, alpha, n_rows):
        return elastic(alpha * n_rows, self.l1_ratio_, self.positive)


def _best_of(problem, model, l1_ratio):
    """Penalties, the error of each, and the solution of the smallest error."""
    n_rows = problem.n_rows
    largest = problem.largest_l1 / n_rows / (l1_ratio or 1.0)
    alphas, errors, solution = grid_of(model.alphas, largest, model.eps), [], None
    for alpha in alphas:
        penalty = elastic(alpha * n_rows, l1_ratio, model.positive)
        solution = problem.solve(penalty, solution)
        errors.append(solution.validation_error)
        if errors[-1] == min(errors) and errors.count(errors[-1]) == 1:
            best = solution
    return alphas, np.array(errors), best


def _checked_ratios(l1_ratio, grid):
    """Parts as a vector."""
    ratios = np.ravel(np.asarray(l1_ratio))
    known = len(ratios) and ratios.dtype.kind in "iuf"
    if not known or not np.all((ratios >= 0) & (ratios <= 1)):
        raise ValueError("l1_ratio must hold numbers from 0 to 1. Give at least one.")
    if grid and not np.all(ratios > 0):
        raise ValueError(
            "l1_ratio=0 has no largest penalty, where a grid could begin. Give "
            "alphas=[...], or use DPRidgeCV."
        )
    return ratios.astype(np.float64)
