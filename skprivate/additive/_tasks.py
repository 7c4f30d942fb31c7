"""What additive models minimize: a loss, and what is seen of the target."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._class_weights import class_weights
from skprivate.losses import (
    Logistic,
    Multinomial,
    Squared,
    logs_of_cut,
    margins_of_cut,
)
from skprivate.queries import LossSteps
from skprivate.queries._cell_terms import MOST_MARGINS

N_PARTS = 3  # of a number: they tell its mean and its deviation
_LONGEST = 1.5  # weighted gradients, as a multiple of the typical weight
_NARROWEST = 0.01  # deviation of the target, as a part of its range


@dataclass(frozen=True, eq=False)
class Task:
    """What is minimized: a loss of the margins, and the target as parts of it.

    Attributes
    ----------
    loss : one of skprivate.losses
    by_class : ndarray of shape (n_classes,) or None
        Weight of each class in the loss.
    start : ndarray of shape (n_margins,)
        Margins of the mean.
    pulls : ndarray of shape (n_parts, n_margins)
        Gradient, at these margins, of a row that is all in one part of the target.
    dispersion : float
        Variance of gradients, as a multiple of the curvature.
    largest : float
        To which gradients are clipped.
    bounds : tuple or None
        Of the target; None: classes.
    unit : tuple (center, half)
        Of the target.
    is_cut : bool
        Whether margins are those of gradients of classes that are cut.
    """

    loss: object
    by_class: np.ndarray | None
    start: np.ndarray
    pulls: np.ndarray
    dispersion: float
    largest: float
    bounds: tuple | None = None
    unit: tuple = (0.0, 1.0)
    is_cut: bool = False

    @property
    def weights(self):
        """What a row in each part counts."""
        return np.ones(len(self.pulls)) if self.by_class is None else self.by_class

    def steps(self):
        """What a row adds to its cells: the gradient of the loss."""
        return self._steps((1.0,), self.largest)

    @property
    def cut_to(self):
        """Length of gradients, where they are cut and margins know that."""
        return self.largest if self.is_cut else None

    def curved_steps(self):
        """Gradient and curvature, where the latter costs little; else as `steps`.

        With two classes it costs nothing, whatever their weights, see
        :class:`LossSteps`, unless gradients are cut: then it is a quarter at most, in
        addition; with a number, whose gradients are at most one, as much as the root of
        ``1 + 1/9``.
        """
        if self.loss.kernel == "LOGISTIC":
            if self.is_cut:
                most = float(np.hypot(self.largest, 0.25))
                return self._steps((1.0, 1.0), most)
            return self._steps((1.0, 8**-0.5), self.largest)
        if self.loss.kernel == "SQUARED":
            return self._steps((1.0, 3.0), np.hypot(self.largest, 1 / 3))
        return self.steps()

    def _steps(self, noise, largest):
        return LossSteps.of(
            self.loss,
            noise,
            largest,
            bounds=self.bounds,
            unit=self.unit,
            by_class=self.by_class,
        )


def check_number_of_classes(classes):
    """Refuse more classes than a query has margins for; nothing is paid before."""
    if len(classes) > MOST_MARGINS:
        raise ValueError(
            f"There are more than {MOST_MARGINS} classes. Put some of them together, "
            "or take DPRandomForestClassifier."
        )


def task_of_classes(class_weight, classes, counts, cut=None):
    """Log loss, from the odds of the noisy counts of classes.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
    classes, counts : ndarray of shape (n_classes,)
    cut : float or None, default=None
        To which part of the longest one gradients are cut; see :func:`logs_of_cut`.
    """
    weights = class_weights(class_weight, classes, counts)
    shares = weights.shares_of(counts)
    if len(counts) == 2:
        loss = Logistic()
    else:
        loss = Multinomial(len(counts))
    by_class, largest = weights.by_class, None
    if by_class is not None or cut:
        most = min(weights.largest, _LONGEST * weights.typical)
        largest = float(loss.gradient_bound * most * (cut or 1.0))
    start = margins_of_cut(shares, largest if cut else None, by_class)
    p = np.exp(logs_of_cut(start[None], None))[0]
    pulls = p - np.eye(len(counts))
    if len(counts) == 2:
        pulls = pulls[:, 1:]
    if by_class is not None:
        pulls = by_class[:, None] * pulls
    if cut:
        lengths = np.linalg.norm(pulls, axis=1, keepdims=True)
        pulls = pulls * np.minimum(1.0, largest / np.maximum(lengths, largest))
    return Task(loss, by_class, start, pulls, 1.0, largest, is_cut=bool(cut))


def task_of_numbers(parts, bounds):
    """Squares, in units of the noisy mean and deviation of the target."""
    low, high = bounds
    shares = parts / parts.sum()
    ends = np.array([low, low / 2 + high / 2, high])
    places = np.array([0.0, 0.5, 1.0])
    mean = shares @ places
    spread = np.sqrt(max(shares[2] - mean**2, _NARROWEST**2))
    half = max((high - low) * spread, np.finfo(np.float64).tiny)
    center = low + (high - low) * mean
    pulls = -(ends - center)[:, None] / half
    return Task(Squared(), None, np.zeros(1), pulls, 1.0, 1.0, bounds, (center, half))
