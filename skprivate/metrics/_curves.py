"""ROC and precision-recall curves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate.metrics._intervals import proportion
from skprivate.metrics._measurement import metric
from skprivate.metrics._score import price_of
from skprivate.metrics._score_tables import TableQuestion


@dataclass(frozen=True, eq=False, repr=False)
class DPRocCurve:
    """A ROC curve measured under differential privacy; it never falls.

    Parameters
    ----------
    fpr, tpr : ndarray of shape (n_thresholds,)
        False and true positive rates of "score >= threshold", from (0, 0) to (1, 1).
    thresholds : ndarray of shape (n_thresholds,)
        Decreasing, from infinity.
    tpr_low, tpr_high : ndarray of shape (n_thresholds,)
        Ends of the confidence interval of the true positive rate at each threshold.
    confidence : float
        Of each interval.
    privacy : PrivacyReport
        What was released, and at what price.

    Examples
    --------
    >>> from skprivate.metrics import dp_roc_curve
    >>> curve = dp_roc_curve([0, 1] * 900, [0.2, 0.4] * 900, classes=[0, 1])
    >>> fpr, tpr, thresholds = curve
    >>> bool(curve.area > 0.9)
    True
    """

    fpr: np.ndarray
    tpr: np.ndarray
    thresholds: np.ndarray
    tpr_low: np.ndarray
    tpr_high: np.ndarray
    confidence: float
    privacy: object

    @property
    def area(self) -> float:
        """Area under this curve; :func:`dp_roc_auc_score` is more exact."""
        return float(np.trapezoid(self.tpr, self.fpr))

    def __iter__(self):
        """Unpack as what scikit-learn's ``roc_curve`` returns."""
        return iter((self.fpr, self.tpr, self.thresholds))

    def __repr__(self):
        points = f"{len(self.fpr)} points, area {self.area:.4g}"
        return f"ROC curve: {points}{price_of(self.privacy, ' (', ')')}"


@dataclass(frozen=True, eq=False, repr=False)
class DPPrecisionRecallCurve:
    """A precision-recall curve measured under differential privacy.

    Parameters
    ----------
    precision, recall : ndarray of shape (n_thresholds + 1,)
        Those of "score >= threshold", and at the end (1, 0) as in scikit-learn; recall
        never rises.
    thresholds : ndarray of shape (n_thresholds,)
        Increasing.
    precision_low, precision_high : ndarray of shape (n_thresholds + 1,)
        Ends of the confidence interval of the precision at each threshold.
    confidence : float
        Of each interval.
    privacy : PrivacyReport
        What was released, and at what price.

    Examples
    --------
    >>> from skprivate.metrics import dp_precision_recall_curve
    >>> y, scores = [0, 1] * 900, [0.2, 0.4] * 900
    >>> curve = dp_precision_recall_curve(y, scores, classes=[0, 1])
    >>> precision, recall, thresholds = curve
    >>> float(recall[0])
    1.0
    """

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray
    precision_low: np.ndarray
    precision_high: np.ndarray
    confidence: float
    privacy: object

    def __iter__(self):
        """Unpack as what scikit-learn's ``precision_recall_curve`` returns."""
        return iter((self.precision, self.recall, self.thresholds))

    def __repr__(self):
        points = f"{len(self.recall)} points"
        return f"Precision-recall curve: {points}{price_of(self.privacy, ' (', ')')}"


@dataclass(frozen=True, eq=False)
class Roc(TableQuestion):
    """False and true positive rates."""

    def read_off(self, table, z):
        """Rates at every edge of a cell."""
        false, true = table.false_positives, table.true_positives
        above = table.cumulated_noise
        below = above[-1] - above
        tpr, low, high = proportion(true, true[-1] - true, above, below, z)
        points = false / false[-1], tpr, table.thresholds, low, high
        starts = 0.0, 0.0, np.inf, 0.0, 0.0
        return [np.concatenate([[s], p]) for s, p in zip(starts, points, strict=True)]

    def result(self, answer, confidence, privacy):
        """A curve with its intervals."""
        return DPRocCurve(*answer, confidence, privacy)


@dataclass(frozen=True, eq=False)
class PrecisionRecall(TableQuestion):
    """Precision and recall."""

    def read_off(self, table, z):
        """Both at every edge of a cell."""
        false, true = table.false_positives, table.true_positives
        noise = table.cumulated_noise
        precision, low, high = proportion(true, false, noise, noise, z)
        recall = true / true[-1]
        ends = 1.0, 0.0, 1.0, 1.0
        precision, recall, low, high = (
            np.concatenate([part[::-1], [end]])
            for part, end in zip((precision, recall, low, high), ends, strict=True)
        )
        return precision, recall, table.thresholds[::-1], low, high

    def result(self, answer, confidence, privacy):
        """A curve with its intervals."""
        return DPPrecisionRecallCurve(*answer, confidence, privacy)


@metric
def dp_roc_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    pos_label: Any = None,
) -> DPRocCurve:
    """ROC curve under differential privacy, for two classes.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,)
        Scores of the positive class: probabilities, or margins of any scale.
    classes : array-like, default=None
        Both labels. None reads them from the data, which is noted as an assumption; a
        strict ledger refuses it.
    pos_label : label, default=None
        The positive class; None means the last in sorted order.

    Returns
    -------
    DPRocCurve
        It unpacks into ``fpr, tpr, thresholds``.

    Examples
    --------
    >>> from skprivate.metrics import dp_roc_curve
    >>> fpr, tpr, _ = dp_roc_curve([0, 1] * 900, [0.2, 0.4] * 900, classes=[0, 1])
    >>> float(fpr[0]), float(tpr[-1])
    (0.0, 1.0)
    """
    return Roc(classes, pos_label=pos_label)


@metric
def dp_precision_recall_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    pos_label: Any = None,
) -> DPPrecisionRecallCurve:
    """Precision-recall curve under differential privacy, for two classes.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,)
        Scores of the positive class: probabilities, or margins of any scale.
    classes : array-like, default=None
        Both labels. None reads them from the data, which is noted as an assumption; a
        strict ledger refuses it.
    pos_label : label, default=None
        The positive class; None means the last in sorted order.

    Returns
    -------
    DPPrecisionRecallCurve
        It unpacks into ``precision, recall, thresholds``.

    Examples
    --------
    >>> from skprivate.metrics import dp_precision_recall_curve
    >>> y, scores = [0, 1] * 900, [0.2, 0.4] * 900
    >>> precision, *_ = dp_precision_recall_curve(y, scores, classes=[0, 1])
    >>> float(precision[-1])
    1.0
    """
    return PrecisionRecall(classes, pos_label=pos_label)
