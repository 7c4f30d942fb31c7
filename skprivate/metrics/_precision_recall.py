"""Precision, recall and F1."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.metrics._intervals import proportion, weighted_sum
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import LabelQuestion, code_of
from skprivate.metrics._score import DPScore, price_of
from skprivate.metrics._tables import (
    Agreement,
    ClassOutcomes,
    Confusion,
    Detections,
    release,
)
from skprivate.rows._refusal import refused
from skprivate.rows._untyped import exact_array

_AVERAGES = ("binary", "macro", "micro", "weighted", None)


@dataclass(frozen=True, eq=False, repr=False)
class DPPrecisionRecallF1:
    """Precision, recall and F1 measured together under differential privacy.

    Parameters
    ----------
    precision, recall, f1 : DPScore, or tuple of DPScore
        One for each class if they are not averaged.
    classes : ndarray of shape (n_classes,)
        All labels.
    privacy : PrivacyReport
        What was released, and at what price: once for all of them.

    Examples
    --------
    >>> from skprivate.metrics import dp_precision_recall_f1
    >>> found = dp_precision_recall_f1([0, 1] * 400, [1, 1] * 400, classes=[0, 1])
    >>> 0.4 < found.precision < 0.6 and found.recall > 0.9
    True
    """

    precision: object
    recall: object
    f1: object
    classes: np.ndarray
    privacy: object

    def __iter__(self):
        """Unpack into precision, recall and F1."""
        return iter((self.precision, self.recall, self.f1))

    def __repr__(self):
        lines = [f"Precision, recall, F1{price_of(self.privacy, ' (', ')')}"]
        for name in ("precision", "recall", "f1"):
            scores = getattr(self, name)
            if isinstance(scores, DPScore):
                lines.append(f"  {name:<10}{_brief(scores)}")
                continue
            for label, score in zip(self.classes.tolist(), scores, strict=True):
                lines.append(f"  {name:<10}{label!s:<12}{_brief(score)}")
        return "\n".join(lines)


def _brief(score):
    """A score without its price."""
    return repr(DPScore(score, score.interval, score.confidence))


_COUNTED = (
    "hits",
    "misses",
    "alarms",
    "noise_hits",
    "noise_misses",
    "noise_alarms",
)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Counts for each class, as arrays, and the variances of their noise.

    ``errors`` are false positives and false negatives together.
    """

    hits: np.ndarray
    misses: np.ndarray
    alarms: np.ndarray
    noise_hits: np.ndarray
    noise_misses: np.ndarray
    noise_alarms: np.ndarray
    shared: bool = False  # two classes: what one misses is an alarm of the other

    def only(self, codes, together=False):
        """Those of some classes, or of all of them put together."""
        parts = [getattr(self, name)[codes] for name in _COUNTED]
        if together:
            parts = [part.sum(keepdims=True) for part in parts]
        return Outcomes(*parts, shared=self.shared and len(parts[0]) == 2)

    def scores(self, z):
        """Ends of precision, recall and F1 of every class."""
        noise_errors = self.noise_misses + self.noise_alarms
        precision = proportion(
            self.hits, self.alarms, self.noise_hits, self.noise_alarms, z
        )
        recall = proportion(
            self.hits, self.misses, self.noise_hits, self.noise_misses, z
        )
        # F1 = 2 J / (1 + J) for the share J of hits in hits and errors.
        errors = self.misses + self.alarms
        share = proportion(self.hits, errors, self.noise_hits, noise_errors, z)
        return precision, recall, tuple(2 * end / (1 + end) for end in share)


@dataclass(frozen=True, eq=False)
class PrecisionRecallF1(LabelQuestion):
    """Precision, recall and F1 from one release."""

    average: str | None = "binary"
    pos_label: object = None
    labels: object = None

    def __post_init__(self):
        super().__post_init__()
        if self.labels is not None:
            object.__setattr__(self, "labels", _checked_labels(self.labels))
            if self.average == "binary":
                raise ValueError(
                    "labels are not used by average='binary'. Give pos_label, or "
                    "another average."
                )
            if self.classes is not None:
                self._codes()
        if self.average not in _AVERAGES:
            raise ValueError(
                "average must be 'binary', 'macro', 'micro', 'weighted' or None. Give "
                "one of them."
            )
        if self.classes is not None and self.average == "binary":
            self._check_two()

    def _check_two(self):
        """Refuse anything but two classes, one of them positive."""
        if self.n_classes != 2:
            raise refused(
                ValueError,
                "average='binary' needs exactly two classes. List both in "
                "classes=..., or choose average='macro'.",
            )
        return code_of(self.pos_label, self.classes)

    def _codes(self):
        """Codes of the labels that are meant."""
        known = np.asarray(self.classes).tolist()
        if not set(self.labels) <= set(known):
            raise refused(
                ValueError, "labels lists one that is not among the classes. Drop it."
            )
        return np.array([known.index(label) for label in self.labels])

    def ask(self, curator, z):
        """Counts of hits, misses and alarms, as few as the average needs."""
        n_classes = self.n_classes
        codes = None if self.labels is None else self._codes()
        curator.classes(self.classes)
        if self.average == "micro" and (codes is None or len(codes) == n_classes):
            counts, noise = release(curator, Agreement(n_classes), 1.0)
            return [proportion(*counts, *noise, z)] * 3
        if self.average == "binary":
            return self._of_positive(curator, z)
        outcomes = outcomes_of(curator, n_classes)
        if codes is not None:
            outcomes = outcomes.only(codes, together=self.average == "micro")
        if self.average in (None, "micro"):
            return outcomes.scores(z)
        return averaged(outcomes, z, by_support=self.average == "weighted")

    def _of_positive(self, curator, z):
        query = Detections(self.n_classes, self._check_two())
        (hits, alarms, misses), noise = release(curator, query, 1.0)
        return Outcomes(hits, misses, alarms, *noise[:3]).scores(z)

    def result(self, answer, confidence, privacy):
        """Three scores, or three for each class."""
        scores = []
        for value, low, high in answer:
            ends = zip(*np.atleast_1d(value, low, high), strict=True)
            found = tuple(DPScore(v, (a, b), confidence, privacy) for v, a, b in ends)
            scores.append(found if self.average is None else found[0])
        meant = self.classes if self.labels is None else exact_array(self.labels)
        return DPPrecisionRecallF1(*scores, meant, privacy)


def _checked_labels(labels):
    """Labels as a list, each once."""
    if isinstance(labels, str) or not hasattr(labels, "__len__"):
        raise TypeError("labels must be a list of classes.")
    labels = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    if not labels or len(set(labels)) < len(labels):
        raise ValueError("labels must be one or more classes, each listed once.")
    return labels


def outcomes_of(curator, n_classes):
    """Outcomes of all classes, from whichever query has less noise."""
    if n_classes > 2:
        counts, noise = release(curator, ClassOutcomes(n_classes), 1.0)
        return Outcomes(*np.split(counts, 3), *np.split(noise, 3))
    counts, noise = release(curator, Confusion(n_classes), 1.0)
    table, noise = counts.reshape(n_classes, -1), noise.reshape(n_classes, -1)
    hits, variances = np.diag(table), np.diag(noise)
    return Outcomes(
        hits,
        table.sum(axis=1) - hits,
        table.sum(axis=0) - hits,
        variances,
        noise.sum(axis=1) - variances,
        noise.sum(axis=0) - variances,
        shared=True,
    )


def averaged(outcomes, z, *, by_support):
    """Means over classes of precision, recall and F1, with their intervals."""
    n_classes = len(outcomes.hits)
    support = np.maximum(outcomes.hits + outcomes.misses, 0.0)
    n_rows = max(float(support.sum()), 1.0)
    weights = support / n_rows if by_support else np.full(n_classes, 1 / n_classes)
    result = []
    for number, (value, _, _) in enumerate(outcomes.scores(z)):
        widen = _shared_errors(outcomes, weights) if number == 2 else 1.0
        mean, low, high = weighted_sum(
            lambda z, number=number: outcomes.scores(z)[number], weights, z, widen
        )
        if by_support:  # the weights are estimates, too
            noise = outcomes.noise_hits + outcomes.noise_misses
            slack = z * np.sqrt((support + noise) @ (value - mean) ** 2) / n_rows
            low = mean - np.hypot(mean - low, slack)
            high = mean + np.hypot(high - mean, slack)
        result.append((mean, max(low, 0.0), min(high, 1.0)))
    return result


def _shared_errors(outcomes, weights):
    """How much wider the interval of a mean F1 is, as classes share their errors.

    A wrong prediction lowers F1 of two classes. With ``g`` the derivative of the mean
    by the errors of a class, it adds ``(g_i + g_j)**2`` to the variance where
    independent classes would have ``g_i**2 + g_j**2``. Where only the margins of the
    confusion matrix are known, errors are taken as independent of each other.
    """
    hits = np.maximum(outcomes.hits, 0.0)
    misses = np.maximum(outcomes.misses, 0.0)
    alarms = np.maximum(outcomes.alarms, 0.0)
    size = np.maximum(2 * hits + misses + alarms, 1.0)
    by_hit, by_error = 2 * (misses + alarms) / size**2, -2 * hits / size**2
    by_hit, by_error = weights * by_hit, weights * by_error
    noise_errors = outcomes.noise_misses + outcomes.noise_alarms
    alone = np.sum((hits + outcomes.noise_hits) * by_hit**2)
    alone += np.sum((misses + alarms + noise_errors) * by_error**2)
    pairs = np.outer(misses, alarms) * (1 - np.eye(len(hits)))
    pairs *= misses.sum() / max(pairs.sum(), 1e-300)
    both = 2 * by_error @ pairs @ by_error
    if outcomes.shared:
        both += 2 * by_error[0] * by_error[1] * noise_errors[0]
    return float(np.sqrt(1 + both / max(alone, 1e-300)))


@metric
def dp_precision_recall_f1(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    average: Literal["binary", "macro", "micro", "weighted"] | None = "binary",
    pos_label: Any = None,
    labels: ArrayLike | None = None,
) -> DPPrecisionRecallF1:
    """Precision, recall and F1 under differential privacy, from one release.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.
    classes : array-like, default=None
        All labels that may occur. None reads them from the data, which is noted as an
        assumption; a strict ledger refuses it.
    average : {"binary", "macro", "micro", "weighted"} or None, default="binary"
        As in scikit-learn; None gives scores for every class.
    pos_label : label, default=None
        The positive class if ``average="binary"``; None means the last in sorted order.
    labels : array-like, default=None
        Those of the classes that an average is of, or that scores are given for, in
        this order; None means all. Rows of others count as errors all the same.

    Returns
    -------
    DPPrecisionRecallF1
        It unpacks into precision, recall and F1.

    Examples
    --------
    >>> from skprivate.metrics import dp_precision_recall_f1
    >>> y_true, y_pred = [0, 1] * 400, [0, 1, 1, 1] * 200
    >>> precision, recall, f1 = dp_precision_recall_f1(y_true, y_pred, classes=[0, 1])
    >>> precision < recall
    True
    """
    options = {"average": average, "pos_label": pos_label, "labels": labels}
    return PrecisionRecallF1(classes, **options)
