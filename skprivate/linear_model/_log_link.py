"""Regressions of the logarithm of a mean."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import d2_tweedie_score

from skprivate._typing import TableLike
from skprivate.base import Box
from skprivate.base._bounds import check_bounds
from skprivate.base._single import rounded_to
from skprivate.linear_model._tasks import number_task, power_of_mean
from skprivate.losses import Poisson
from skprivate.rows import refused

_BITS = 17
_LEAST_MEAN = 1e-3  # in units of the deviation of the target
_NOISE_OF_MEAN = 4.0  # of the first look, by what a row adds with all the budget
_SMALLEST = 1e-140  # powers of smaller means are no numbers
_STIFF = 1e100
_TYPICAL = 1.5  # clip, in deviations of the target
_NARROWEST, _WIDEST = 0.2, 4.0  # deviations, in units of the mean


class LogLinkMixin:
    """A regression whose loss is half a Tweedie deviance of targets and means.

    Targets are in units of their noisy mean, so that the loss of the constant model is
    alike for all.

    Subclasses have ``_loss()`` and ``_power()``, that of the variance.
    """

    def _check(self):
        if isinstance(self.target_bounds, str):
            return
        _, high = check_bounds(self.target_bounds, 1, "target_bounds")
        if not high[0] > 0:
            raise refused(
                ValueError,
                "target_bounds has nothing above zero. Give a range of positive "
                "targets, or use DPRidge.",
            )

    def _checked_ends(self, curator, low, high):
        if high > 0:
            return max(low, 0.0), high
        curator.doubt("no target above zero stands out of the noise")
        return 0.0, 1.0

    def _problem(self, rows, target, ends, moments):
        self._most_ = float(ends[1])  # of targets, and so of their mean
        low, high = (np.array([end]) for end in ends)
        mean = float(np.clip(target.center[0], 0.0, ends[1]))
        noise = _NOISE_OF_MEAN * (ends[1] - ends[0]) / rows.signal
        noise = noise if target.count < np.inf else 0.0  # it is public
        mean = max(mean, noise, _LEAST_MEAN * float(target.scale[0]), _SMALLEST)
        self._mean_ = mean  # of targets, as released, and their unit
        spread = np.clip(target.scale[0] / mean, _NARROWEST, _WIDEST)
        units = Box(low, high, np.zeros(1), np.array([mean]), _BITS)
        power = float(self._power())
        task = number_task(
            self._loss(),
            units,
            np.zeros(rows.n_columns),
            expected=partial(power_of_mean, 2.0 - power),
            curvature=1.0,
            typical=_TYPICAL * float(spread),
        )
        strength = min(self.alpha / mean ** (2.0 - power), _STIFF)
        return task, strength, 1.0, float(np.log(mean))

    def predict(self, X: TableLike) -> np.ndarray:
        """Predict the mean of the target of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Positive, and no larger than the end of the bounds of the target.
        """
        margins = self._margins(X)
        means = np.minimum(Poisson().inverse_link(margins), self._most_)
        return rounded_to(means, margins)

    def score(
        self, X: TableLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Share of the deviance that is explained: D², at most one.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Their targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of rows.

        Returns
        -------
        float
        """
        power = float(self._power())
        weight = sample_weight
        return d2_tweedie_score(y, self.predict(X), sample_weight=weight, power=power)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags
