"""Accuracy, plain and balanced."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from skprivate.metrics._intervals import proportion, weighted_sum
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import LabelQuestion
from skprivate.metrics._score import DPScore
from skprivate.metrics._tables import Agreement, ClassAgreement, release


@dataclass(frozen=True, eq=False)
class Accuracy(LabelQuestion):
    """How often prediction and truth agree."""

    def row_scores(self, X, y):
        """One where they agree, else zero."""
        return (X[:, 0] == y).astype(np.float64)

    def ask(self, curator, z):
        """Two counts: right and wrong."""
        n_classes = len(curator.classes(self.classes))
        (right, wrong), noise = release(curator, Agreement(n_classes), 1.0)
        ends = proportion(right, wrong, noise[0], noise[1], z)
        return tuple(float(end) for end in ends)


@dataclass(frozen=True, eq=False)
class BalancedAccuracy(LabelQuestion):
    """Mean over classes of how often their rows are recognised.

    Parameters
    ----------
    adjusted : bool, default=False
        Whether guessing scores zero.
    """

    adjusted: bool = False

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.adjusted, (bool, np.bool_)):
            raise ValueError("adjusted must be True or False.")

    def ask(self, curator, z):
        """Two counts for each class: right and wrong."""
        n_classes = len(curator.classes(self.classes))
        counts, noise = release(curator, ClassAgreement(n_classes), 1.0)
        parts = counts[::2], counts[1::2], noise[::2], noise[1::2]
        weights = np.full(n_classes, 1 / n_classes)
        value, low, high = weighted_sum(partial(proportion, *parts), weights, z)
        ends = value, max(low, 0.0), min(high, 1.0)
        if not self.adjusted:
            return ends
        guessed = 1 / max(n_classes, 2)
        return tuple((end - guessed) / (1 - guessed) for end in ends)


@metric
def dp_accuracy_score(
    y_true: ArrayLike, y_pred: ArrayLike, *, classes: ArrayLike | None = None
) -> DPScore:
    """Accuracy under differential privacy: the share of right predictions.

    A row adds one to one of two noisy counts.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.
    classes : array-like, default=None
        All labels that may occur. None reads them from the data, which is noted as an
        assumption; a strict ledger refuses it.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_accuracy_score
    >>> y_true, y_pred = [0, 1] * 500, [0, 1, 1, 1] * 250
    >>> score = dp_accuracy_score(y_true, y_pred, classes=[0, 1], epsilon=1.0)
    >>> 0.6 < score < 0.9
    True
    """
    return Accuracy(classes)


@metric
def dp_balanced_accuracy_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    adjusted: bool = False,
) -> DPScore:
    """Balanced accuracy under differential privacy: the mean recall of the classes.

    A row adds one to one of two noisy counts of its class. A class of the list that
    does not occur counts, unlike in scikit-learn: whether it does is private.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.
    classes : array-like, default=None
        All labels that may occur. None reads them from the data, which is noted as an
        assumption; a strict ledger refuses it.
    adjusted : bool, default=False
        Whether to rescale, so that a guess scores zero, and perfect is one.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_balanced_accuracy_score
    >>> y_true, y_pred = [0, 1] * 500, [0, 1, 1, 1] * 250
    >>> score = dp_balanced_accuracy_score(y_true, y_pred, classes=[0, 1])
    >>> 0.6 < score < 0.9
    True
    """
    return BalancedAccuracy(classes, adjusted=adjusted)
