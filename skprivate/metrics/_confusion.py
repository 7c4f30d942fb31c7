"""The confusion matrix."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.metrics._intervals import proportion
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import LabelQuestion
from skprivate.metrics._score import price_of
from skprivate.metrics._tables import Confusion, release

_AXES = {"true": 1, "pred": 0, "all": None}


@dataclass(frozen=True, eq=False, repr=False)
class DPConfusionMatrix:
    """A confusion matrix measured under differential privacy.

    Parameters
    ----------
    matrix : ndarray of shape (n_classes, n_classes)
        Noisy counts, at least zero, or their shares; true classes are rows.
    low, high : ndarray of shape (n_classes, n_classes)
        Ends of the confidence interval of each entry: of what is expected of a sample,
        or of the share in the population.
    classes : ndarray of shape (n_classes,)
        Labels of rows and columns.
    normalize : {"true", "pred", "all", None}
        What the entries add up to one over, if they are shares.
    confidence : float
        Of each interval.
    privacy : PrivacyReport
        What was released, and at what price.

    Examples
    --------
    >>> from skprivate.metrics import dp_confusion_matrix
    >>> found = dp_confusion_matrix([0, 1] * 400, [0, 0] * 400, classes=[0, 1])
    >>> found.matrix.shape
    (2, 2)
    """

    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray
    classes: np.ndarray
    normalize: str | None
    confidence: float
    privacy: object

    def __array__(self, dtype=None, copy=None):
        """Return the matrix, so that NumPy can use this in its place."""
        return np.array(self.matrix, dtype=dtype)

    def __repr__(self):
        form = ".3f" if self.normalize else ".0f"
        names = [str(label) for label in self.classes.tolist()]
        table = [[f"{value:{form}}" for value in row] for row in self.matrix]
        width = max(len(text) for row in [names, *table] for text in row) + 2
        lines = ["".join(text.rjust(width) for text in ["", *names])]
        for name, row in zip(names, table, strict=True):
            lines.append("".join(text.rjust(width) for text in [name, *row]))
        head = "Confusion matrix, rows are true classes"
        return "\n".join([head + price_of(self.privacy, " (", ")"), *lines])


@dataclass(frozen=True, eq=False)
class ConfusionTable(LabelQuestion):
    """How many rows of each true class were given each predicted class."""

    normalize: str | None = None

    def __post_init__(self):
        super().__post_init__()
        if self.normalize not in (None, *_AXES):
            raise ValueError(
                "normalize must be 'true', 'pred', 'all' or None. Give one of them."
            )

    def ask(self, curator, z):
        """One count for each pair of classes."""
        n_classes = len(curator.classes(self.classes))
        counts, noise = release(curator, Confusion(n_classes), 1.0)
        counts = counts.reshape(n_classes, n_classes)
        if self.normalize is None:
            unit = curator.max_weight
            return tuple(unit * part for part in expected_counts(counts, noise[0], z))
        axis = _AXES[self.normalize]
        others = counts.sum(axis=axis, keepdims=True) - counts
        n_others = (n_classes if axis is not None else counts.size) - 1
        return proportion(counts, others, noise[0], n_others * noise[0], z)

    def result(self, answer, confidence, privacy):
        """A matrix with its intervals and labels."""
        parts = *answer, self.classes, self.normalize, confidence, privacy
        return DPConfusionMatrix(*parts)


def expected_counts(counts, noise, z):
    """Counts, and intervals for what a sample of that size is expected to hold.

    The interval holds each ``m`` from which the noisy count is at most ``z`` deviations
    away; its variance there is ``m (1 - m / n)`` and that of the noise.
    """
    n_rows = max(float(counts.sum()), 1.0)
    # (c - m)**2 <= z**2 (noise + m - m**2 / n)
    a, b = 1 + z**2 / n_rows, counts + z**2 / 2
    root = np.sqrt(np.maximum(b**2 - a * (counts**2 - z**2 * noise), 0.0))
    estimate = np.maximum(counts, 0.0)
    low = np.clip((b - root) / a, 0.0, estimate)
    return estimate, low, np.maximum((b + root) / a, estimate)


@metric
def dp_confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    normalize: Literal["true", "pred", "all"] | None = None,
) -> DPConfusionMatrix:
    """Confusion matrix under differential privacy.

    A row adds one to one of the noisy counts.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.
    classes : array-like, default=None
        All labels that may occur. None reads them from the data, which is noted as an
        assumption; a strict ledger refuses it.
    normalize : {"true", "pred", "all"}, default=None
        Shares of the true classes, of the predicted ones, or of all rows.

    Returns
    -------
    DPConfusionMatrix

    Examples
    --------
    >>> from skprivate.metrics import dp_confusion_matrix
    >>> y_true, y_pred = ["a", "b"] * 400, ["a", "a"] * 400
    >>> found = dp_confusion_matrix(y_true, y_pred, classes=["a", "b"], epsilon=1.0)
    >>> bool(found.matrix[1, 0] > 300)
    True
    """
    return ConfusionTable(classes, normalize=normalize)
