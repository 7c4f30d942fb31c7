"""What a metric asks: how its inputs become rows, and what is asked about them."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.metrics._score import DPScore
from skprivate.rows._emptied import emptied, emptied_column
from skprivate.rows._features import checked_features
from skprivate.rows._labels import all_labels, encode, sorted_classes, sorted_labels
from skprivate.rows._refusal import refused
from skprivate.rows._target import checked_target

_ROUNDING = 1e-6  # of probabilities in single precision, beyond zero and one
LABELS_ARE_PUBLIC = "the class labels, read from the data (give classes=...)"


@dataclass(frozen=True, eq=False)
class Question:
    """One metric, with its public parameters. Subclasses define ``ask``.

    Rows have the predictions or scores as features, and ``y_true`` as target.
    """

    target = "class"
    assumed = None

    def read(self, y_true, y_pred):
        """The rows ``X, y``, and the question with what is public about them."""
        return as_columns(y_pred), y_true, self

    def emptied(self, y_pred):
        """The features of :meth:`read`, without rows; None where it takes rows to tell.

        Types that are declared are checked.
        """
        found = emptied(y_pred)
        return None if found is None else as_columns(found)

    def made(self):
        """The same for what a model will say."""
        return np.empty((0, 1))

    def check_width(self, n_columns):
        """Refuse rows with too few or too many numbers, before anything is asked."""
        if n_columns != 1:
            raise refused(
                ValueError,
                "Give one number for each row: a prediction, or the score of the "
                "positive class, such as predict_proba(X)[:, 1].",
            )

    def ask(self, curator, z):
        """Estimate, and low and high ends of its interval of ``z`` deviations."""
        raise TypeError(f"{type(self).__name__} must define ask(curator, z).")

    @property
    def is_mean(self):
        """Whether the answer is a mean over rows, so that :meth:`row_scores` exists."""
        return type(self).row_scores is not Question.row_scores

    def row_scores(self, X, y):
        """A number in [0, 1] for each row, bigger is better.

        That of a row depends on this row alone, and their mean is as good as the score.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns)
            As from :meth:`read`.
        y : ndarray of shape (n_rows,)
            Numbers, or codes of classes.
        """
        raise TypeError(f"{type(self).__name__} is no mean over rows.")

    @property
    def row_scale(self):
        """What to multiply a difference of :meth:`row_scores` by, for one of scores."""
        return 1.0

    def result(self, answer, confidence, privacy):
        """What the user gets."""
        value, low, high = answer
        return DPScore(value, (low, high), confidence, privacy)


@dataclass(frozen=True, eq=False)
class LabelQuestion(Question):
    """A question about true and predicted labels.

    Parameters
    ----------
    classes : ndarray, default=None
        All labels; None reads them from the data, and notes that they were assumed to
        be public.
    assumed : str, default=None
        What was.
    """

    classes: object = None
    assumed: str | None = None

    def __post_init__(self):
        if self.classes is None:
            object.__setattr__(self, "assumed", LABELS_ARE_PUBLIC)
        else:
            object.__setattr__(self, "classes", sorted_classes(self.classes))

    def read(self, y_true, y_pred):
        """Codes of the predicted labels as the one feature, and the true labels."""
        y_true = checked_target(y_true, "class", "metric")
        y_pred = checked_target(y_pred, "class", "metric")
        known = self
        if self.classes is None:
            labels = all_labels(sorted_labels(y_true), sorted_labels(y_pred))
            known = replace(self, classes=labels)
        codes = encode(y_pred, known.classes)
        return codes.astype(np.float64).reshape(-1, 1), y_true, known

    def emptied(self, y_pred):
        """One column of codes."""
        checked_target(emptied_column(y_pred), "class", "metric")
        return np.empty((0, 1))

    @property
    def n_classes(self):
        """Number of classes, once they are known."""
        return len(self.classes)


@dataclass(frozen=True, eq=False)
class ScoreQuestion(LabelQuestion):
    """A question about true labels and numbers that say how likely each class is.

    Parameters
    ----------
    pos_label : label, default=None
        The positive one of two classes; None means the last.
    """

    pos_label: object = None
    binary = True
    probabilities = False  # whether scores must be such

    def __post_init__(self):
        super().__post_init__()
        if self.classes is not None and self.binary:
            code_of(self.pos_label, two(self.classes))

    def read(self, y_true, y_pred):
        """The scores as features, and the true labels."""
        y_true = checked_target(y_true, "class", "metric")
        known = self
        if self.classes is None:
            known = replace(self, classes=sorted_labels(y_true))
        scores = as_columns(y_pred)
        if self.probabilities:
            _refuse_no_probabilities(scores)
        return scores, y_true, known

    def emptied(self, y_pred):
        """Scores as they are."""
        return Question.emptied(self, y_pred)

    @property
    def positive(self):
        """Code of the positive one of two classes."""
        return code_of(self.pos_label, two(self.classes))


def _refuse_no_probabilities(scores):
    """Refuse numbers beyond zero and one; a table of others is refused elsewhere."""
    table = checked_features(scores)
    if ((table < -_ROUNDING) | (table > 1 + _ROUNDING)).any():
        raise refused(
            ValueError,
            "Probabilities must lie between 0 and 1. Pass those of predict_proba; "
            "scores of decision_function need another metric, such as "
            "dp_roc_auc_score.",
        )


def two(classes):
    """The same classes, if there are two."""
    if len(classes) == 2:
        return classes
    raise refused(
        ValueError,
        "This metric needs exactly two classes. List both in classes=..., even if only "
        "one occurs; use another metric for more.",
    )


def code_of(label, classes):
    """Index of a label in ``classes``; of None, the last."""
    if label is None:
        return len(classes) - 1
    label = label.item() if isinstance(label, np.generic) else label
    labels = np.asarray(classes).tolist()
    if label not in labels:
        raise refused(
            ValueError, "pos_label is not one of the classes. Give one of them."
        )
    return labels.index(label)


def as_columns(values):
    """Values as a table: a vector becomes a column."""
    if getattr(values, "ndim", None) == 2:
        return values
    if isinstance(values, (list, tuple)) and any(np.ndim(v) for v in values[:1]):
        return values
    return checked_target(values, "number", "metric").reshape(-1, 1)
