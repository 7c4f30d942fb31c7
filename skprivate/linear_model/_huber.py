"""Regressions that outliers do not move, by a few noisy gradients."""

from math import sqrt
from numbers import Real
from typing import Any, Literal

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.linear_model._regressor import (
    CONSTRAINTS,
    DescentRegressorMixin,
    target_box,
)
from skprivate.linear_model._tasks import huber_loss, number_task, ones
from skprivate.rows import UnitClip

_THRESHOLD = 1.35  # deviations: 95% as efficient as squares where there are no outliers
_TYPICAL = 1.5  # clip, in units


class DPHuberRegressor(DescentRegressorMixin, DPEstimator):
    """Linear regression that outliers hardly move, under differential privacy.

    Residuals count squared up to a threshold, and linearly beyond [1]_. A tenth of the
    budget finds out where rows and targets lie, a tenth how they are correlated: that
    gives a start, and the deviation of residuals. The rest pays for a few gradients, as
    in :class:`DPLogisticRegression`.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Parameters
    ----------
    threshold : float, default=None
        Residuals beyond count linearly, in the units of the target. None: 1.35 noisy
        standard deviations of the residuals of least squares. (scikit-learn estimates
        the deviation together with the coefficients, and calls the multiple of it
        ``epsilon``.)
    alpha : float, default=0.0001
        Strength of the penalty, as in scikit-learn for residuals of a deviation of
        ``threshold / 1.35``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
    adversarial : tuple (norm, radius), default=None
        Minimize the loss of the worst row within ``radius`` of each row, by the norm
        ``2`` or ``numpy.inf``, in the units of the features: residuals grow by the
        radius times a norm of coefficients. Rows are dense then.
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
    threshold_ : float
        The threshold in use.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPQuantileRegressor : The median, or another quantile.
    DPRidge : Cheaper where bounds of the target keep outliers away.
    sklearn.linear_model.HuberRegressor : The same without privacy.

    Notes
    -----
    The least squares behind the default threshold are of rows that are shortened, so
    that outliers move them little; but where these are many and far, name a threshold.

    References
    ----------
    .. [1] Huber (1964). Robust estimation of a location parameter. Annals of
       Mathematical Statistics 35(1).

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPHuberRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 3))
    >>> y = X @ [1, 2, 3] + 0.1 * rng.standard_cauchy(5000)
    >>> model = DPHuberRegressor(0.5, bounds=(-1, 1), target_bounds=(-50, 50)).fit(X, y)
    >>> np.all(np.abs(model.coef_ - [1, 2, 3]) < 0.5)
    np.True_
    """

    def __init__(
        self,
        threshold: float | None = None,
        *,
        alpha: float = 0.0001,
        bounds: BoundsLike | Literal["private"] = "private",
        target_bounds: BoundsLike | Literal["private"] = "private",
        adversarial: tuple[Any, Any] | None = None,
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
        self.threshold = threshold
        self.alpha = alpha
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.adversarial = adversarial
        self.public = public

    _typed_as_rows = ()  # as its namesake, which is in double precision throughout
    _parameter_constraints = {
        **CONSTRAINTS,
        "adversarial": "no_validation",  # `adversary_of` does
        "threshold": [Interval(Real, 0, None, closed="neither"), None],
    }

    _starts_from_squares = True

    def _problem(self, rows, target, ends, moments):
        deviation = float(target_box(ends, target).half[0])
        start, square = moments.least_squares()
        left = deviation * sqrt(square)
        self.threshold_ = float(self.threshold or _THRESHOLD * left)
        # The unit is the smaller of both: residuals that count are about one.
        box = target_box(ends, target, min(left, self.threshold_))
        unit = float(box.half[0])
        task = number_task(
            huber_loss(self.threshold_ / unit),
            box,
            start * deviation / unit,
            expected=ones,
            curvature=1.0,
            typical=_TYPICAL,
        )
        strength = self.alpha * self.threshold_ / _THRESHOLD / rows.n_rows
        return task, strength, unit, float(target.center[0])
