"""Errors of regressions, and how much of the variance they leave."""

from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike
from skprivate.base import check_bounds
from skprivate.metrics._losses import ErrorLoss, LossSums, mean_of, moments_of
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import Question
from skprivate.metrics._score import DPScore

_SEARCH = 0.1  # share of the budget for a private search of bounds
_FIRST = 0.15  # share, of the rest, for each of two rough moments
_NARROWEST = 2.0**-100  # of what was found, relative to the largest error
_LARGEST_RATIO = 4.0  # of the error to the variance, as a guess


@dataclass(frozen=True, eq=False)
class RegressionQuestion(Question):
    """A question about true and predicted numbers.

    Parameters
    ----------
    target_bounds : tuple or "private"
    max_error : float or None
        Larger errors count as this; None is the width of the bounds.
    power : {1, 2}
        Of the error.
    """

    target_bounds: object = "private"
    max_error: float | None = None
    power: int = 2
    target = "number"

    def __post_init__(self):
        searched = isinstance(self.target_bounds, str)
        if not (searched and self.target_bounds == "private"):
            check_bounds(self.target_bounds, 1, "target_bounds")
        if self.max_error is not None and not _is_length(self.max_error):
            raise ValueError(
                "max_error must be a positive number, known without a look at the "
                "data; or None for the width of target_bounds."
            )

    def asked_loss(self, curator):
        """The loss of a row, between bounds that may have to be searched for."""
        return self.loss(*curator.target_bounds(self.target_bounds, share=_SEARCH))

    def loss(self, low, high):
        """The loss of a row, between given bounds."""
        largest = high - low if self.max_error is None else float(self.max_error)
        return ErrorLoss(low, high, largest or 1.0, self.power)


@dataclass(frozen=True, eq=False)
class MeanError(RegressionQuestion):
    """Mean of errors, absolute or squared."""

    @property
    def is_mean(self):
        """If bounds are public: means between others do not compare."""
        return not isinstance(self.target_bounds, str)

    def row_scores(self, X, y):
        """One less the loss, between public bounds."""
        return 1.0 - self._loss_within.losses(X, y)

    @property
    def row_scale(self):
        """The largest loss."""
        return self._loss_within.largest**self.power

    @property
    def _loss_within(self):
        """The loss of a row, between public bounds."""
        low, high = check_bounds(self.target_bounds, 1)
        return self.loss(float(low[0]), float(high[0]))

    def ask(self, curator, z):
        """Sums of losses."""
        loss = self.asked_loss(curator)
        ends = mean_of(curator, loss, curator.remaining, z)
        return tuple(loss.largest**self.power * end for end in ends)


@dataclass(frozen=True, eq=False)
class ExplainedVariance(RegressionQuestion):
    """Share of the variance of the target that predictions explain.

    With any guess ``c`` of the ratio of squared error to variance ``v``, and any ``m``,
    ``1 - R2 = c + mean(e**2 - c (y - m)**2) / v`` holds up to ``c (mean(y) - m)**2 /
    v``. A guess from a small share of the budget makes that mean small, so errors of
    ``v`` hardly matter, and one bounded mean remains to be released.
    """

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.target_bounds, str):
            low, high = check_bounds(self.target_bounds, 1, "target_bounds")
            if low[0] == high[0]:
                raise ValueError(
                    "target_bounds are a single number, so there is no variance to "
                    "explain. Give a range that is known without a look at the data."
                )

    def ask(self, curator, z):
        """First two rough moments, then one mean."""
        loss = self.asked_loss(curator)
        target = TargetPosition(loss.low, loss.high)
        left = curator.remaining
        center, variance, deviation = moments_of(curator, target, _FIRST * left)
        error = mean_of(curator, loss, _FIRST * left, z)[0]
        drowned = variance < z * deviation
        variance = max(variance, z * deviation, np.finfo(float).tiny)
        width = max(loss.high - loss.low, loss.largest * _NARROWEST)
        reach = (loss.largest / width) ** 2
        guess = min(error * reach / variance, _LARGEST_RATIO)
        excess = ExcessLoss(loss, target, center, guess, reach)
        ends = np.array(mean_of(curator, excess, curator.remaining, z))
        means = ends * excess.range - guess * excess.farthest
        slack = np.inf if drowned else z * abs(means[0]) * deviation / variance**2
        value, high, low = 1 - guess - means / variance
        return (
            float(min(value, 1.0)),
            float(value - np.hypot(value - low, slack)),
            float(min(1.0, value + np.hypot(high - value, slack))),
        )


@dataclass(frozen=True)
class TargetPosition(LossSums):
    """Where the target lies between its bounds: 0 at the low end, 1 at the high end."""

    low: float
    high: float

    def losses(self, X, y):
        """Targets outside are moved to the nearer end."""
        inside = np.clip(np.asarray(y, float), self.low, self.high) - self.low
        return inside / (self.high - self.low if self.high > self.low else 1.0)


@dataclass(frozen=True)
class ExcessLoss(LossSums):
    """Squared error less a multiple of the squared distance of the target to a center.

    Both on the scale of :class:`TargetPosition`, moved and scaled to [0, 1].
    """

    loss: ErrorLoss
    target: TargetPosition
    center: float
    guess: float
    reach: float

    def problems(self):
        """The center is on the scale of positions, and so is what is taken off."""
        if not (0 <= self.center <= 1 and self.guess >= 0 and self.reach > 0):
            yield "center, guess or reach are out of range"

    @property
    def farthest(self):
        """Largest squared distance to the center."""
        return max(self.center, 1.0 - self.center) ** 2

    @property
    def range(self):
        """Largest less smallest value."""
        return self.reach + self.guess * self.farthest

    def losses(self, X, y):
        """Zero for a perfect prediction of a target that is far from the center."""
        far = (self.target.losses(X, y) - self.center) ** 2
        error = self.loss.losses(X, y) * self.reach
        return (error + self.guess * (self.farthest - far)) / self.range


def _is_length(value):
    """Whether a value is a positive number whose square is finite."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return is_number and 0 < value < 2.0**500


@metric
def dp_mean_squared_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    target_bounds: BoundsLike | Literal["private"] = "private",
    max_error: float | None = None,
) -> DPScore:
    """Mean squared error under differential privacy.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted numbers.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target; what is outside is moved to the nearer end, as are
        predictions. ``"private"`` pays a tenth of the budget for a search.
    max_error : float, default=None
        Public: larger errors count as this. None is the width of the bounds. The noise
        is proportional to its square.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_mean_squared_error
    >>> y = [0.1, 0.5, 0.9] * 300
    >>> error = dp_mean_squared_error(y, [0.5] * 900, target_bounds=(0, 1))
    >>> 0.0 <= error < 0.3
    True
    """
    return MeanError(target_bounds, max_error, 2)


@metric
def dp_mean_absolute_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    target_bounds: BoundsLike | Literal["private"] = "private",
    max_error: float | None = None,
) -> DPScore:
    """Mean absolute error under differential privacy.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted numbers.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target; what is outside is moved to the nearer end, as are
        predictions. ``"private"`` pays a tenth of the budget for a search.
    max_error : float, default=None
        Public: larger errors count as this. None is the width of the bounds. The noise
        is proportional to it.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_mean_absolute_error
    >>> y = [0.1, 0.5, 0.9] * 300
    >>> error = dp_mean_absolute_error(y, [0.5] * 900, target_bounds=(0, 1))
    >>> 0.1 < error < 0.5
    True
    """
    return MeanError(target_bounds, max_error, 1)


@metric
def dp_r2_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    target_bounds: BoundsLike | Literal["private"] = "private",
    max_error: float | None = None,
) -> DPScore:
    """R squared under differential privacy: the share of variance that is explained.

    The interval begins at minus infinity where noise drowns the variance of the target:
    give narrower bounds, more rows or a larger budget.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted numbers.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target; what is outside is moved to the nearer end, as are
        predictions. ``"private"`` pays a tenth of the budget for a search.
    max_error : float, default=None
        Public: larger errors count as this. None is the width of the bounds.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_r2_score
    >>> y = [0.1, 0.5, 0.9] * 900
    >>> score = dp_r2_score(y, [0.2, 0.5, 0.8] * 900, target_bounds=(0, 1))
    >>> 0.5 < score <= 1.0
    True
    """
    return ExplainedVariance(target_bounds, max_error, 2)
