"""Log loss and Brier score."""

from dataclasses import dataclass
from math import log
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate.metrics._losses import BrierLoss, ClassBrierLoss, LogLoss, mean_of
from skprivate.metrics._measurement import metric
from skprivate.metrics._one_vs_rest import OneVsRest
from skprivate.metrics._question import ScoreQuestion
from skprivate.metrics._score import DPScore
from skprivate.rows._refusal import refused


@dataclass(frozen=True, eq=False)
class MeanLogLoss(ScoreQuestion):
    """Mean negative logarithm of the probability of the true class."""

    least: float = 0.01
    binary = False
    probabilities = True

    def __post_init__(self):
        super().__post_init__()
        if not (isinstance(self.least, Real) and 0 < self.least < 1):
            raise ValueError(
                "least_probability must be between 0 and 1, such as 0.01. Choose it "
                "without a look at the data."
            )

    def made(self):
        """As many columns as a model has classes."""
        return None if self.classes is None else np.empty((0, self.n_classes))

    def check_width(self, n_columns):
        """One column for each class, or the last of two."""
        if self.classes is None:
            return  # they will be read from the rows, and then be checked again
        if n_columns != self.n_classes and (n_columns, self.n_classes) != (1, 2):
            raise refused(
                ValueError,
                "y_proba must have one column for each class, in the sorted order of "
                "classes. List every label in classes=...",
            )

    @property
    def loss(self):
        """The loss of a row."""
        return LogLoss(self.n_classes, self.n_classes - 1, float(self.least))

    def row_scores(self, X, y):
        """One less the loss relative to its largest value."""
        return 1.0 - self.loss.losses(X, y)

    @property
    def row_scale(self):
        """The largest loss."""
        return -log(self.least)

    def ask(self, curator, z):
        """Sums of losses between 0 and ``-log(least)``."""
        curator.classes(self.classes)
        ends = mean_of(curator, self.loss, 1.0, z)
        return tuple(-log(self.least) * end for end in ends)


@dataclass(frozen=True, eq=False)
class Brier(OneVsRest):
    """Mean square of the distance between a probability and what happened.

    Of several classes, the mean of the sum of squares, which is at most two.
    """

    @property
    def loss(self):
        """The loss of a row, from 0 to 1."""
        if self.n_classes == 2:
            return BrierLoss(self.positive)
        return ClassBrierLoss()

    probabilities = True

    def row_scores(self, X, y):
        """One less the loss."""
        return 1.0 - np.clip(self.loss.losses(X, y), 0.0, 1.0)

    @property
    def row_scale(self):
        """The largest loss."""
        return 1.0 if self.n_classes == 2 else 2.0

    def ask(self, curator, z):
        """Sums of losses between 0 and 1."""
        curator.classes(self.classes)
        ends = mean_of(curator, self.loss, 1.0, z)
        return tuple(self.row_scale * end for end in ends)


@metric
def dp_log_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    least_probability: float = 0.01,
) -> DPScore:
    """Log loss under differential privacy.

    The loss of one row would be unbounded, so probabilities of the true class below
    ``least_probability`` count as that. The result, and its interval, are those of the
    bounded loss.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_proba : array-like of shape (n_samples, n_classes) or (n_samples,)
        Probabilities of the classes in sorted order; of two classes, those of the last
        are enough.
    classes : array-like, default=None
        All labels that may occur. None reads them from the data, which is noted as an
        assumption; a strict ledger refuses it.
    least_probability : float, default=0.01
        Public. The noise is proportional to ``-log(least_probability)``.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_log_loss
    >>> loss = dp_log_loss([0, 1] * 500, [0.2, 0.8] * 500, classes=[0, 1])
    >>> 0.0 <= loss < 0.6
    True
    """
    return MeanLogLoss(classes, least=least_probability)


@metric
def dp_brier_score(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    pos_label: Any = None,
) -> DPScore:
    """Brier score under differential privacy.

    Of several classes it is the sum over classes, as in scikit-learn.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_proba : array-like of shape (n_samples,) or (n_samples, n_classes)
        Probabilities of the positive class; of more than two classes, those of each, in
        sorted order.
    classes : array-like, default=None
        All labels. None reads them from the data, which is noted as an assumption; a
        strict ledger refuses it.
    pos_label : label, default=None
        The positive one of two classes; None means the last in sorted order.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_brier_score
    >>> score = dp_brier_score([0, 1] * 500, [0.2, 0.8] * 500, classes=[0, 1])
    >>> 0.0 <= score < 0.2
    True
    """
    return Brier(classes, pos_label=pos_label)
