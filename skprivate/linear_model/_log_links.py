"""Regressions with a logarithmic link, by a few noisy gradients."""

from numbers import Real
from typing import Literal

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._inference_links import CountInferenceMixin
from skprivate.linear_model._log_link import LogLinkMixin
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.linear_model._regressor import CONSTRAINTS, DescentRegressorMixin
from skprivate.losses import Gamma, Poisson, Tweedie
from skprivate.rows import UnitClip


class DPPoissonRegressor(
    CountInferenceMixin, LogLinkMixin, DescentRegressorMixin, DPEstimator
):
    """Poisson regression, under differential privacy: counts.

    The mean of the target is ``exp(X @ coef + intercept)``. A tenth of the budget finds
    out where rows and targets lie, a tenth how rows are correlated; the rest pays for a
    few gradients, as in :class:`DPLogisticRegression`. There is nothing to tune.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty ``alpha / 2 * ||coef||**2``, beside half the mean
        deviance, as in scikit-learn: of features as they are given.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
    public : PublicRows or PublicCoef, default=None
        What is no secret and known before: a start, free of charge, to which penalties
        and noise draw; rows also tell where rows lie. See :class:`PublicRows`.
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
    coef_ : ndarray of shape (n_features,)
        Weights of the features.
    intercept_ : float
        Constant term, which is not penalized.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPTweedieRegressor : For amounts of which many are zero.
    DPGammaRegressor : For positive amounts.
    sklearn.linear_model.PoissonRegressor : The same without privacy.

    Notes
    -----
    Targets are moved into ``target_bounds``, of which negative parts are cut off. Rows
    are weighed as the loss does, up to the norm to which gradients are cut: rows of
    very large targets count less.

    ``score`` is the share of the deviance that is explained, as in scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPPoissonRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 3))
    >>> y = rng.poisson(np.exp(X @ [1, 0.5, 0]))
    >>> model = DPPoissonRegressor(alpha=0.01, bounds=(-1, 1), target_bounds=(0, 20))
    >>> model.fit(X, y).score(X, y) > 0.2
    True
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        bounds: BoundsLike | Literal["private"] = "private",
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
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = CONSTRAINTS

    def _loss(self):
        return Poisson()

    def _power(self):
        return 1.0


class DPGammaRegressor(LogLinkMixin, DescentRegressorMixin, DPEstimator):
    """Gamma regression, under differential privacy: positive amounts.

    The mean of the target is ``exp(X @ coef + intercept)``, and its deviation is in
    proportion to that. The descent is that of :class:`DPPoissonRegressor`.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty ``alpha / 2 * ||coef||**2``, beside half the mean
        deviance, as in scikit-learn: of features as they are given.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
    public : PublicRows or PublicCoef, default=None
        What is no secret and known before: a start, free of charge, to which penalties
        and noise draw; rows also tell where rows lie. See :class:`PublicRows`.
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
    coef_ : ndarray of shape (n_features,)
        Weights of the features.
    intercept_ : float
        Constant term, which is not penalized.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPTweedieRegressor : For amounts of which many are zero.
    sklearn.linear_model.GammaRegressor : The same without privacy.

    Notes
    -----
    Targets are moved into ``target_bounds``, of which negative parts are cut off. Rows
    are weighed as the loss does, up to the norm to which gradients are cut: rows of
    very large targets count less.

    ``score`` is the share of the deviance that is explained, as in scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPGammaRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 3))
    >>> y = rng.gamma(2.0, np.exp(X @ [1, 0.5, 0]) / 2)
    >>> model = DPGammaRegressor(alpha=0.01, bounds=(-1, 1), target_bounds=(0, 20))
    >>> model.fit(X, y).score(X, y) > 0.2
    True
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        bounds: BoundsLike | Literal["private"] = "private",
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
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = CONSTRAINTS

    def _loss(self):
        return Gamma()

    def _power(self):
        return 2.0


class DPTweedieRegressor(LogLinkMixin, DescentRegressorMixin, DPEstimator):
    """Tweedie regression, under differential privacy: amounts, of which many are zero.

    The mean of the target is ``exp(X @ coef + intercept)``, and its variance is that to
    a power. The descent is that of :class:`DPPoissonRegressor`.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Parameters
    ----------
    power : float, default=1.5
        Power of the variance, between 1 and 2: near 1 targets are like counts, near 2
        like amounts. For 0, 1 and 2 there are :class:`DPRidge`,
        :class:`DPPoissonRegressor` and :class:`DPGammaRegressor`.
    alpha : float, default=1.0
        Strength of the penalty ``alpha / 2 * ||coef||**2``, beside half the mean
        deviance, as in scikit-learn: of features as they are given.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
    public : PublicRows or PublicCoef, default=None
        What is no secret and known before: a start, free of charge, to which penalties
        and noise draw; rows also tell where rows lie. See :class:`PublicRows`.
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
    coef_ : ndarray of shape (n_features,)
        Weights of the features.
    intercept_ : float
        Constant term, which is not penalized.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPPoissonRegressor : For counts.
    sklearn.linear_model.TweedieRegressor : The same without privacy.

    Notes
    -----
    Targets are moved into ``target_bounds``, of which negative parts are cut off. Rows
    are weighed as the loss does, up to the norm to which gradients are cut: rows of
    very large targets count less.

    ``score`` is the share of the deviance that is explained, as in scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPTweedieRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 3))
    >>> y = rng.poisson(1.0, 5000) * rng.gamma(2.0, np.exp(X @ [2, 1, 0]) / 2)
    >>> model = DPTweedieRegressor(alpha=0.01, bounds=(-1, 1), target_bounds=(0, 20))
    >>> model.fit(X, y).score(X, y) > 0.2
    True
    """

    def __init__(
        self,
        power: float = 1.5,
        *,
        alpha: float = 1.0,
        bounds: BoundsLike | Literal["private"] = "private",
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
        self.power = power
        self.alpha = alpha
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.public = public

    _parameter_constraints = {
        **CONSTRAINTS,
        "power": [Interval(Real, 1, 2, closed="neither")],
    }

    def _loss(self):
        return Tweedie(float(self.power))

    def _power(self):
        return self.power
