"""Linear regressions of squared or Huber's loss, whose steps somebody may choose."""

from numbers import Real
from typing import Any, Literal

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPContinuesMixin, DPEstimator
from skprivate.linear_model._proximal import Corners
from skprivate.linear_model._regressor import CONSTRAINTS as OF_REGRESSORS
from skprivate.linear_model._regressor import DescentRegressorMixin, target_box
from skprivate.linear_model._sgd import CONSTRAINTS, SGDMixin
from skprivate.linear_model._tasks import huber_loss, number_task, ones
from skprivate.losses import Squared
from skprivate.rows import UnitClip

_TYPICAL = 1.0  # residual, in deviations of the target


class DPSGDRegressor(SGDMixin, DPContinuesMixin, DescentRegressorMixin, DPEstimator):
    """Linear regression by noisy gradient steps, under differential privacy.

    A tenth of the budget finds out where rows and targets lie, a tenth how they are
    correlated. The rest pays for gradients: unless you say otherwise a few, by the rule
    of :class:`DPHuberRegressor`. With ``max_iter``, ``learning_rate``, ``rate`` or
    ``average`` steps are plain ones, in the same units.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Parameters
    ----------
    loss : {"squared_error", "huber"}, default="squared_error"
        As in scikit-learn.
    threshold : float, default=1.0
        Residuals beyond count linearly in ``"huber"``, in the units of the target.
        (scikit-learn calls it ``epsilon``.)
    penalty : {"l2", "l1", "elasticnet"} or None, default="l2"
        Squares, absolute values, or both, of coefficients of features as they are
        given. See :class:`DPLogisticRegression` for what noise does to the latter.
    alpha : float, default=0.0001
        Strength of the penalty, beside the mean loss.
    l1_ratio : float, default=0.15
        Part of absolute values in ``"elasticnet"``.
    fit_intercept : bool, default=True
        Whether there is a constant term, which is not penalized.
    max_iter : int, default=None
        Number of steps, each of which reads all rows, or a sample of them. None: by a
        rule in the noisy number of rows.
    learning_rate : float, tuple (float, float) or None, default=None
        Length of a step: a number up to one, the longest that cannot diverge. A pair
        ``(first, power)`` makes step number t ``first / t ** power``. None: by rule.
    rate : float, default=1.0
        Probability that a row is in a step. Below one a step is cheaper to compute, and
        no more accurate for the same budget; a tenth of ``delta`` is set aside.
    average : bool, default=True
        Whether the result is the mean of the last three tenths of all points, which
        have less noise than the last one.
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
    warm_start : bool, default=False
        Whether ``fit`` starts from the coefficients of the last fit. Each fit has its
        price, and ``privacy_`` adds them up.
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
    intercept_ : ndarray of shape (1,)
        Constant term.
    n_iter_ : int
        Number of steps.
    privacy_ : PrivacyReport
        What was released, and at what price: by all fits behind ``coef_``.

    See Also
    --------
    DPRidge : Squared loss from one release of moments, and more accurate.
    DPHuberRegressor : Finds a threshold.
    sklearn.linear_model.SGDRegressor : The same without privacy.

    Notes
    -----
    Each call to ``partial_fit`` is a fit, at its own price, from where the last one
    ended. ``"epsilon_insensitive"``, early stopping and ``tol`` are not offered:
    whether a loss still falls is a question about rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPSGDRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (5000, 3))
    >>> y = X @ [1, 2, 3] + 0.1 * rng.normal(size=5000)
    >>> model = DPSGDRegressor(bounds=(-1, 1), target_bounds=(-6, 6)).fit(X, y)
    >>> np.all(np.abs(model.coef_ - [1, 2, 3]) < 0.5)
    np.True_
    """

    def __init__(
        self,
        loss: Literal["squared_error", "huber"] = "squared_error",
        *,
        threshold: float = 1.0,
        penalty: Literal["l2", "l1", "elasticnet"] | None = "l2",
        alpha: float = 0.0001,
        l1_ratio: float = 0.15,
        fit_intercept: bool = True,
        max_iter: int | None = None,
        learning_rate: float | tuple[float, float] | None = None,
        rate: float = 1.0,
        average: bool = True,
        bounds: BoundsLike | Literal["private"] = "private",
        target_bounds: BoundsLike | Literal["private"] = "private",
        adversarial: tuple[Any, Any] | None = None,
        warm_start: bool = False,
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
        self.loss = loss
        self.threshold = threshold
        self.penalty = penalty
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.rate = rate
        self.average = average
        self.bounds = bounds
        self.target_bounds = target_bounds
        self.adversarial = adversarial
        self.warm_start = warm_start

    _typed_as_rows = ("coef_",)  # as its namesake
    _parameter_constraints = {
        **OF_REGRESSORS,
        **CONSTRAINTS,
        "adversarial": "no_validation",  # `adversary_of` does
        "loss": [StrOptions({"squared_error", "huber"})],
        "threshold": [Interval(Real, 0, None, closed="neither")],
    }
    _starts_from_squares = True

    def _fit(self, curator):
        super()._fit(curator)
        self.intercept_ = np.atleast_1d(self.intercept_)

    def _start(self, curator):
        return self._known() if self._resume(curator) else None

    def _problem(self, rows, target, ends, moments):
        deviation = float(target_box(ends, target).half[0])
        start, square = moments.least_squares()
        left, loss = deviation * np.sqrt(square), Squared()
        # The unit is what residuals that count are about.
        unit = left if self.loss == "squared_error" else min(left, self.threshold)
        box = target_box(ends, target, unit)
        unit = float(box.half[0])
        if self.loss == "huber":
            loss = huber_loss(self.threshold / unit)
        start = start * deviation / unit
        task = number_task(
            loss, box, start, expected=ones, curvature=1.0, typical=_TYPICAL
        )
        strength = (1 - self._part_of_corners()) * self._strength()
        return task, strength, unit, float(target.center[0])

    def _corners(self, rows, factor):
        part = self._part_of_corners()
        if not part:
            return None
        return Corners.of_features(rows, self._strength() / factor, part)
