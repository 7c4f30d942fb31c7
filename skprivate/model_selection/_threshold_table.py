"""The threshold at which a score is best, read off a noisy table of scores."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._utility import warn_of_choice
from skprivate.metrics._score_tables import ScoreTable, TableQuestion
from skprivate.rows._refusal import refused

SCORINGS = (
    "accuracy",
    "balanced_accuracy",
    "cohen_kappa",
    "f1",
    "f2",
    "geometric_mean",
    "jaccard",
    "matthews_corrcoef",
    "precision",
    "recall",
    "specificity",
)
_BOTH_ALIKE = "balanced_accuracy", "geometric_mean", "recall"
_OF_ONE_CLASS = "f1", "f2", "jaccard", "precision", "recall"
_FREQUENT = (
    "scoring is about the last class in sorted order, which by the noisy counts is the "
    "frequent one. Name the class that you mean in pos_label."
)
_DOUBT = 0.5  # deviations of noise, above which a threshold is moved


@dataclass(frozen=True, eq=False)
class BestThreshold(TableQuestion):
    """The threshold at which a score is best, by a noisy table of scores.

    Parameters
    ----------
    scoring : str or dict
        What is best.
    untouched : float or None
        The threshold of the model itself, a public number. Where few rows are called
        positive, and noise nearly hides these, it stays unless another is clearly best.
    """

    scoring: object = "balanced_accuracy"
    untouched: float | None = None

    def ask(self, curator, z):
        """Release a table with small cells where the best threshold may be."""
        positive = self.positive
        curator.classes(self.classes)
        fine = _at_top(self.scoring)
        at = self.untouched if fine else None
        table = ScoreTable.made(curator, positive, fine_top=fine, at=at)
        one_sided = isinstance(self.scoring, dict) or self.scoring in _OF_ONE_CLASS
        if self.pos_label is None and one_sided and _is_frequent(table):
            warn_of_choice(_FREQUENT)
        return self.read_off(table, z)

    def read_off(self, table, z):
        """Threshold, and the score that the table promises there."""
        # The last choice: no row is positive.
        true = np.append(table.true_positives, 0.0)
        false = np.append(table.false_positives, 0.0)
        thresholds = np.append(table.thresholds, np.inf)
        gains = _gain(self.scoring, true, false, table)
        best = int(np.argmax(gains))
        if table.at is not None:
            kept = int(np.argmin(np.abs(thresholds - table.at)))
            doubt = self._doubt(true, false, table, best, kept)
            best = best if gains[best] - gains[kept] > doubt else kept
        return float(thresholds[best]), float(gains[best])

    def _doubt(self, true, false, table, best, kept):
        """What noise may do to the gain of one threshold over another."""
        above = np.arange(1, len(true) + 1) % len(true)  # cells above each threshold
        off = np.sqrt(table.noise * abs(above[best] - above[kept]))
        one, two = (np.minimum(of + off, of.max()) for of in (true, false))
        more = (true, false), (one, false), (true, two)
        gains = [_gain(self.scoring, *of, table)[best] for of in more]
        return _DOUBT * np.hypot(*np.subtract(gains[1:], gains[0]))

    def result(self, answer, confidence, privacy):
        """Threshold and score."""
        return answer


def _is_frequent(table):
    """Whether released counts of positive rows are far above those of the others."""
    return bool(table.positives.sum() > 2 * table.negatives.sum())


def _at_top(scoring):
    """Whether few rows are called positive at the best threshold, if few are.

    What counts both classes alike is best far below: there, equal cells tell more.
    """
    if isinstance(scoring, dict):
        return bool(scoring["fp"] >= scoring["fn"])
    return scoring not in _BOTH_ALIKE


def _gain(scoring, true, false, table):
    """How good each threshold is, from the positives and negatives above it."""
    positives, negatives = table.true_positives[-1], table.false_positives[-1]
    n_rows = positives + negatives
    if scoring == "accuracy":
        return (true + negatives - false) / n_rows
    if scoring == "f1":
        return 2 * true / (true + false + positives)
    if scoring == "f2":
        return 5 * true / (true + false + 4 * positives)
    if scoring in ("geometric_mean", "specificity"):
        spared = 1.0 - false / negatives
        both = np.maximum(true / positives * spared, 0.0)
        return np.sqrt(both) if scoring == "geometric_mean" else spared
    if scoring == "cohen_kappa":
        said = true + false
        by_chance = said * negatives + (n_rows - said) * positives
        return 2 * (true * negatives - positives * false) / by_chance
    if scoring == "jaccard":
        return true / (false + positives)
    if scoring == "recall":
        return true / positives
    if scoring == "precision":  # of no row at all it is zero, as in scikit-learn
        return true / np.maximum(true + false, 1.0)
    if scoring == "balanced_accuracy":
        return (true / positives + 1.0 - false / negatives) / 2
    if scoring == "matthews_corrcoef":
        said = true + false
        spread = np.sqrt(positives * negatives * said * (n_rows - said))
        return (true * n_rows - said * positives) / np.maximum(spread, 1.0)
    cost = scoring["fp"] * false + scoring["fn"] * (positives - true)
    return -cost / n_rows


def two_of(classes):
    """The same classes, if there are two."""
    if len(classes) == 2:
        return classes
    raise refused(
        ValueError,
        "A threshold is for two classes. List both in classes=... of the estimator, "
        "even if only one occurs; for more, put this into DPOneVsRestClassifier.",
    )
