"""Regressions of a quantile, by a few noisy gradients."""

from functools import partial
from math import sqrt
from numbers import Real
from typing import Literal

import numpy as np
from scipy.stats import norm

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.linear_model._regressor import (
    CONSTRAINTS,
    DescentRegressorMixin,
    target_box,
)
from skprivate.linear_model._tasks import number_task
from skprivate.losses import Quantile
from skprivate.rows import UnitClip

_FINEST, _COARSEST = 8.0, 1.5  # units in a deviation of the target
_SIGNAL = 40.0  # rows times mu for each column that pay for a unit
_TYPICAL = 2.5


class DPQuantileRegressor(DescentRegressorMixin, DPEstimator):
    """Linear regression of a quantile, under differential privacy.

    The pinball loss is squared within a part of the deviation of residuals, from an
    eighth to two thirds, the smaller the more rows there are: so it has a curvature. A
    tenth of the budget finds out where rows and targets lie, a tenth how they are
    correlated: that gives a start. The rest pays for a few gradients, as in
    :class:`DPLogisticRegression`.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Parameters
    ----------
    quantile : float, default=0.5
        Between 0 and 1.
    alpha : float, default=0.0
        Strength of the penalty ``alpha / 2 * ||coef||**2``, beside the mean pinball
        loss. (That of scikit-learn is of absolute values.)
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
    DPHuberRegressor : Means that outliers hardly move: less noise than the median.
    sklearn.linear_model.QuantileRegressor : The same without privacy.

    Notes
    -----
    To smooth the loss moves all quantiles in the same way, as far as the target is
    spread evenly over that part of a deviation: by what is known, and is made up for.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPQuantileRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 3))
    >>> y = X @ [1, 2, 3] + rng.normal(size=5000)
    >>> model = DPQuantileRegressor(0.9, bounds=(-1, 1), target_bounds=(-10, 10))
    >>> 0.8 < np.mean(y < model.fit(X, y).predict(X)) < 0.97
    np.True_
    """

    def __init__(
        self,
        quantile: float = 0.5,
        *,
        alpha: float = 0.0,
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
        self.quantile = quantile
        self.alpha = alpha
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.public = public

    _typed_as_rows = ()  # as its namesake, which is in double precision throughout
    _parameter_constraints = {
        **CONSTRAINTS,
        "quantile": [Interval(Real, 0, 1, closed="neither")],
    }

    _starts_from_squares = True

    def _problem(self, rows, target, ends, moments):
        deviation = float(target_box(ends, target).half[0])
        start, square = moments.least_squares()
        fineness = rows.signal / rows.n_columns / _SIGNAL
        fineness = float(np.clip(fineness, _COARSEST, _FINEST))
        box = target_box(ends, target, deviation * sqrt(square) / fineness)
        unit, quantile = float(box.half[0]), float(self.quantile)
        normal = norm.ppf(quantile)
        start = start * deviation / unit
        start[-1] += fineness * normal
        dense = norm.pdf(normal) / fineness
        task = number_task(
            Quantile(quantile),
            box,
            start,
            expected=partial(np.full_like, fill_value=dense),
            curvature=dense,
            typical=_TYPICAL * sqrt(quantile * (1 - quantile)),
            farthest=1.5 * fineness,
        )
        # The loss is that of a mean over quantiles of targets, which are moved by half
        # a unit on average.
        moved = (quantile - 0.5) * unit
        return task, self.alpha * unit, unit, float(target.center[0]) + moved
