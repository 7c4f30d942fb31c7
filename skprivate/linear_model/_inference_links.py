"""Intervals of models with a link: of coefficients, of probabilities, of means."""

from typing import Literal

import numpy as np
from scipy.special import expit
from scipy.stats import nbinom

from skprivate._typing import TableLike
from skprivate.base._confidence import quantile_of
from skprivate.linear_model._inference import InferenceMixin, check_of
from skprivate.linear_model._inference_gradients import law_of_gradients

_FAR = 20.0
_N_DRAWS = 8
_LARGEST = 1e15  # mean of counts that can be drawn
_LEAST = 1e-9


class TwoClasses:
    """Targets of zero and one.

    ``draws`` are targets and their probabilities at margins; ``precision`` takes the
    variance of targets to the curvature of the loss.
    """

    precision = 1.0

    def mean(self, margins):
        """Of targets."""
        return expit(margins)

    def curvature(self, margins):
        """Of the loss."""
        return expit(margins) * expit(-margins)

    def draws(self, margins):
        """Both targets, as likely as they are."""
        targets = np.broadcast_to([0.0, 1.0], (len(margins), 2))
        return targets, np.column_stack([expit(-margins), expit(margins)])


class Counts:
    """Counts in units of their mean, likewise; by a fixed and public seed."""

    def __init__(self, unit):
        self.precision = unit

    def mean(self, margins):
        """Of targets."""
        return np.exp(np.clip(margins, -_FAR, _FAR))

    curvature = mean

    def draws(self, margins):
        """Some counts for each row, equally likely."""
        means = np.minimum(self.precision * self.mean(margins), _LARGEST)[:, None]
        counts = np.random.default_rng(0).poisson(means, (len(margins), _N_DRAWS))
        return counts / self.precision, np.full(counts.shape, 1 / _N_DRAWS)


def _law_of(model, family, constant=0.0):
    """The law of a descent."""
    if model._options_["pure"]:
        raise ValueError(
            "delta=0 clips gradients in another norm: there are no intervals. Fit "
            "with delta > 0."
        )
    return law_of_gradients(model._seen_, model.coef_.size, family, constant)


class LogisticInferenceMixin(InferenceMixin):
    """Intervals of the coefficients and probabilities of two classes."""

    _keeps_gradients = True
    _plain = {
        "public": None,
        "class_weight": None,
        "adversarial": None,
        "l1_ratio": 0.0,
        "fit_intercept": True,
    }

    def _law(self):
        if len(self.classes_) > 2:
            raise ValueError(
                "there are intervals for two classes only. Fit one class against "
                "the rest."
            )
        return _law_of(self, TwoClasses())

    def predict_interval(
        self, X: TableLike, level: float = 0.95
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ends of an interval of the probability of the second class, for each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        level : float, default=0.95
            How often such an interval holds the probability.

        Returns
        -------
        low, high : ndarray of shape (n_samples,)
            Zero and one where noise dominates.
        """
        middle, variance, _ = self._known_margins(X, level)
        reach = quantile_of(level) * np.sqrt(variance)
        return expit(middle - reach), expit(middle + reach)


class CountInferenceMixin(InferenceMixin):
    """Intervals of the coefficients of a Poisson regression, of means and of counts."""

    _keeps_gradients = True
    _plain = {"public": None}

    def _law(self):
        return _law_of(self, Counts(self._mean_), float(np.log(self._mean_)))

    def predict_interval(
        self,
        X: TableLike,
        level: float = 0.95,
        *,
        of: Literal["target", "mean"] = "target",
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ends of an interval of the count of each row, or of its mean.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        level : float, default=0.95
            How often such an interval holds the count of a new row, at least.
        of : {"target", "mean"}, default="target"
            Whether it is of a new count, which varies as Poisson's do about its mean,
            or of the mean of all counts of such rows.

        Returns
        -------
        low, high : ndarray of shape (n_samples,)
            Zero and the end of the bounds of the target where noise dominates.
        """
        check_of(of)
        middle, variance, law = self._known_margins(X, level)
        if law.doubt:
            return np.zeros(len(middle)), np.full(len(middle), self._most_)
        if of == "mean":
            reach = quantile_of(level) * np.sqrt(variance)
            ends = np.exp(np.clip([middle - reach, middle + reach], -_FAR, _FAR))
            return tuple(np.minimum(ends, self._most_))
        # A mean that is known up to a gamma factor makes counts negative binomial.
        mean = np.minimum(np.exp(np.clip(middle, -_FAR, _FAR)), self._most_)
        variance = np.maximum(variance, _LEAST)
        law = nbinom(1 / variance, 1 / (1 + mean * variance))
        tail = (1 - level) / 2
        return law.ppf(tail), np.minimum(law.ppf(1 - tail), self._most_)
