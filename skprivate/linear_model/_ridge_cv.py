"""Ridge regression that chooses its penalty from the moments it has released anyway."""

from numbers import Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._from_moments import (
    CONSTRAINTS,
    OF_PUBLIC,
    MomentsRegressorMixin,
    PathMixin,
    checked_alphas,
)
from skprivate.linear_model._penalized import Penalty
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.rows import UnitClip


class DPRidgeCV(PathMixin, MomentsRegressorMixin, DPEstimator):
    """Ridge regression with a choice of penalties, under differential privacy.

    Generalized cross-validation (GCV) is a function of second moments, which
    :class:`DPRidge` releases in any case. So the choice of ``alpha`` costs nothing: no
    budget, no rows to be set aside, no second fit.

    Parameters
    ----------
    alphas : array-like of shape (n_alphas,), default=(0.1, 1.0, 10.0)
        Penalties to choose from, of features as they are given. Where the range of a
        feature is far from one, make the list long.
    fit_intercept : bool, default=True
        Whether to fit an intercept.
    positive : bool, default=False
        Whether coefficients must not be negative.
    alpha_per_target : bool, default=False
        Whether each of several targets has a penalty of its own; else the one that is
        chosen has the least mean error of all targets, each in its own units.
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
    alpha_ : float or ndarray of shape (n_targets,)
        The penalty that was chosen; one for each target with ``alpha_per_target``.
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Weights of the features.
    intercept_ : float or ndarray of shape (n_targets,)
        Constant term; 0.0 with ``fit_intercept=False``.
    validation_error_ : float or ndarray of shape (n_targets,)
        GCV of that penalty: an estimate of the mean squared error on new rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPRidge : With a given penalty.
    sklearn.linear_model.RidgeCV : The same without privacy. It leaves out each row in
        turn, which needs rows; GCV is that up to a rotation of the rows [1]_.

    Notes
    -----
    Up to 4096 features; more are best projected first, which is free: see
    :class:`sklearn.random_projection.SparseRandomProjection`.

    GCV of a penalty is ``n * RSS / (n - df) ** 2``, where the residual sum of squares,
    the degrees of freedom and the noisy number of rows ``n`` come from the release, and
    the coefficients are those that :class:`DPRidge` would report: damped where noise is
    as large as the signal.

    References
    ----------
    .. [1] Golub, Heath and Wahba (1979). Generalized cross-validation as a method for
       choosing a good ridge parameter. Technometrics.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPRidgeCV
    >>> X, y = make_regression(5000, n_features=3, noise=1.0, random_state=0)
    >>> model = DPRidgeCV([0.1, 1e5], bounds=(-5, 5), target_bounds=(-500, 500)).fit(
    ...     X, y
    ... )
    >>> model.alpha_
    0.1
    """

    def __init__(
        self,
        alphas: ArrayLike = (0.1, 1.0, 10.0),
        *,
        fit_intercept: bool = True,
        positive: bool = False,
        alpha_per_target: bool = False,
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
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.alpha_per_target = alpha_per_target
        self.bounds = bounds
        self.row_norm = row_norm
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = {
        **CONSTRAINTS,
        **OF_PUBLIC,
        "alphas": ["array-like", Real],
        "alpha_per_target": ["boolean"],
    }

    def _check(self, n_targets):
        checked_alphas(self.alphas)

    def _chosen(self, problems):
        alphas = checked_alphas(self.alphas)
        found = [
            [one.solve(self._penalty(a, one.n_rows)) for a in alphas]
            for one in problems
        ]
        errors = np.array([[each.validation_error for each in one] for one in found])
        if not self.alpha_per_target:  # one penalty, of the least mean error
            errors = np.tile(errors.mean(axis=0), (len(problems), 1))
        best = errors.argmin(axis=1)
        of_each = self._several_ and self.alpha_per_target
        self.alpha_ = alphas[best] if of_each else float(alphas[best[0]])
        return [one[k] for one, k in zip(found, best, strict=True)]

    def _penalty(self, alpha, n_rows):
        return Penalty(l2=alpha, positive=self.positive)
