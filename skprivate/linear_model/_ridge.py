"""Ridge regression from one noisy matrix of second moments."""

from numbers import Real
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
)
from skprivate.linear_model._inference_moments import MomentsInferenceMixin
from skprivate.linear_model._penalized import Penalty
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.rows import UnitClip, refused


class DPRidge(MomentsInferenceMixin, PathMixin, MomentsRegressorMixin, DPEstimator):
    """Linear least squares with an l2 penalty, under differential privacy.

    A tenth of the budget finds out roughly where features and target lie. With the
    rest, the matrix of second moments of standardized rows ``(x, 1, y)`` is released
    once, with the least noise that its symmetry allows; the regression is then solved
    from it. Rows much longer than others count less, as in robust regression: they
    would dictate the noise.

    Parameters
    ----------
    alpha : float or array-like of shape (n_targets,), default=1.0
        Penalty ``alpha * ||coef||**2``, as in scikit-learn; of several targets it may
        be one for each. Besides, directions in which the noise is as large as the
        signal are penalized in proportion to the noise: not at all with
        ``epsilon=inf``.
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
        announce it, as ``Normalizer``. It stands for bounds that are not given; and
        with fewer than ``16 n_features / mu`` rows, rows are taken about zero and
        alike in all features, in place of the first look. Longer rows count less: a
        wrong number costs accuracy, not privacy.
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
    DPRidgeCV : Chooses ``alpha``, at the same price.
    sklearn.linear_model.Ridge : The same without privacy.

    Notes
    -----
    Up to 4096 features; more are best projected first, which is free: see
    :class:`sklearn.random_projection.SparseRandomProjection`.

    One joint release of second moments, and a penalty in proportion to its noise, is
    the sufficient-statistics perturbation of [1]_ without its splits of the budget.

    References
    ----------
    .. [1] Wang (2018). Revisiting differentially private linear regression: optimal and
       adaptive prediction and estimation in unbounded domain. UAI.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPRidge
    >>> X, y = make_regression(5000, n_features=3, noise=1.0, random_state=0)
    >>> model = DPRidge(bounds=(-5, 5), target_bounds=(-500, 500)).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        alpha: float | ArrayLike = 1.0,
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

    _parameter_constraints = {
        **CONSTRAINTS,
        **OF_PUBLIC,
        "alpha": [Interval(Real, 0, None, closed="left"), "array-like"],
    }

    def _check(self, n_targets):
        alphas = checked_alphas(self.alpha, "alpha")
        if len(alphas) not in (1, n_targets):
            raise refused(
                ValueError,
                "alpha is not one number, nor one for each target. Give as many as y "
                "has columns.",
            )

    def _chosen(self, problems):
        alphas = np.broadcast_to(checked_alphas(self.alpha), len(problems))
        both = zip(problems, alphas, strict=True)
        return [one.solve(self._penalty(alpha, one.n_rows)) for one, alpha in both]

    def _penalty(self, alpha, n_rows):
        return Penalty(l2=alpha, positive=self.positive)
