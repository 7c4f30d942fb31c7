"""From a score to a probability, as noisy counts tell."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.isotonic import isotonic_regression

from skprivate.calibration._scores import log_odds

_FLATTEST = 0.01  # so that no ranks are lost
_STEPS, _SMALLEST = 50, 1e-9


@dataclass(frozen=True, eq=False)
class Sigmoid:
    """Probability ``1 / (1 + exp(-(slope * score + constant)))``.

    Parameters
    ----------
    slope, constant : float
    """

    slope: float
    constant: float

    @classmethod
    def of(cls, centers, others, own, noise):
        """The likeliest one, of counts by bins (Platt 1999).

        Where noise is larger than counts, it stays near the score itself, which is a
        log-odds: the penalty is worth as many rows as the noise is large. So no model
        turns around, nor becomes surer, by noise alone.

        Parameters
        ----------
        centers : ndarray of shape (n_bins,)
            Scores.
        others, own : ndarray of shape (n_bins,)
            Counts of rows without and with the class, at least zero.
        noise : float
            Standard deviation of the noise of a count.
        """
        penalty = max(noise, 1.0)
        columns, start = np.stack([centers, np.ones_like(centers)]), np.array([1.0, 0])

        def cost(at):
            margins = at @ columns
            loss = own * np.logaddexp(0.0, -margins) + others * np.logaddexp(0, margins)
            return loss.sum() + penalty * np.sum((at - start) ** 2) / 2

        at = start
        for _ in range(_STEPS):
            chance = expit(at @ columns)
            slope = columns @ ((others + own) * chance - own) + penalty * (at - start)
            bent = columns * (others + own) * chance * (1 - chance)
            step = np.linalg.solve(bent @ columns.T + penalty * np.eye(2), slope)
            while cost(at - step) > cost(at) and np.abs(step).max() > _SMALLEST:
                step = step / 2  # the cost is convex: a short enough step lowers it
            at = at - step
        return cls(max(float(at[0]), _FLATTEST), float(at[1]))

    def __call__(self, scores):
        return expit(self.slope * scores + self.constant)


@dataclass(frozen=True, eq=False)
class Isotonic:
    """Probabilities that rise with the score, straight between centres of bins.

    Parameters
    ----------
    centers, values : ndarray of shape (n_bins,)
    """

    centers: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, centers, others, own, noise):
        """The nearest ones to noisy shares; see :meth:`Sigmoid.of`.

        Each bin begins with as many rows as the noise is large, whose share is what the
        score itself says: so bins without rows keep that.
        """
        most = max(noise, 1.0)
        rows = others + own + most
        shares = (own + most * expit(centers)) / rows
        values = isotonic_regression(shares, sample_weight=rows, y_min=0.0, y_max=1.0)
        return cls(centers, values)

    def __call__(self, scores):
        return np.interp(scores, self.centers, self.values)


MAPS = {"sigmoid": Sigmoid, "isotonic": Isotonic}


@dataclass(frozen=True, eq=False)
class CalibratedModel:
    """A fitted classifier, and what puts its probabilities right.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    calibrators : list of callable
        One for each class, or a single one for two.
    classes : ndarray
        Class labels.
    """

    estimator: object
    calibrators: list
    classes: np.ndarray

    def predict_proba(self, X):
        """Probabilities of the classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        scores = log_odds(self.estimator, X)
        proba = np.column_stack(
            [found(scores[:, j]) for j, found in enumerate(self.calibrators)]
        )
        if len(self.classes) == 2:
            return np.column_stack([1 - proba, proba])
        whole = proba.sum(axis=1, keepdims=True)
        even = np.full_like(proba, 1 / len(self.classes))
        return np.divide(proba, whole, out=even, where=whole > 0)
