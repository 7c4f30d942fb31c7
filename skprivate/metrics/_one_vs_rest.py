"""Scores of several classes: the mean of the scores of each against all others."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skprivate.base import Query
from skprivate.metrics._question import Question, ScoreQuestion, code_of, two
from skprivate.metrics._tables import release
from skprivate.queries import ClassCounts
from skprivate.queries._views import OfOther
from skprivate.rows._refusal import refused

_COUNTS = 0.05  # of the budget, for the weights of classes
_ROUND_DOWN = 1 - 2.0**-40
AVERAGES = "macro", "weighted"


@dataclass(frozen=True, eq=False)
class OneVsRest(ScoreQuestion):
    """A question about the scores of two classes, or of each of several.

    Subclasses define ``ask_two``. Of several classes each has a column of scores and an
    equal part of the budget, and the result is the mean of all. Its interval is the
    mean of theirs, which holds however much they depend on each other.

    Parameters
    ----------
    average : {"macro", "weighted"}, default="macro"
        Whether classes count alike, or by their noisy numbers of rows.
    """

    average: str = "macro"
    binary = False

    def __post_init__(self):
        super().__post_init__()
        if self.average not in AVERAGES:
            raise ValueError(
                f"average must be one of {', '.join(AVERAGES)}. Use 'macro', for "
                "example."
            )
        if self.classes is not None:
            check_positive(self.pos_label, self.classes)

    def made(self):
        """One column of two classes, else one for each."""
        return None if self.classes is None else np.empty((0, self._n_columns))

    def check_width(self, n_columns):
        """The score of the positive class, or one of each."""
        if self.classes is None:
            if n_columns == 2:  # too many for two classes, too few for more
                Question.check_width(self, n_columns)
            return  # they will be read from the rows, and then be checked again
        check_positive(self.pos_label, self.classes)
        if self._n_columns == 1:
            Question.check_width(self, n_columns)
        elif n_columns != self._n_columns:
            raise refused(
                ValueError,
                "Give one score of each class for each row, such as predict_proba(X), "
                "in the sorted order of classes. List every label in classes=...",
            )

    @property
    def _n_columns(self):
        return 1 if self.n_classes == 2 else self.n_classes

    def ask(self, curator, z):
        """Ask about each class, or about the positive one of two."""
        curator.classes(self.classes)
        if self.n_classes == 2:
            return self.ask_two(curator, self.positive, z)
        weights, left = np.full(self.n_classes, 1.0), 1.0
        if self.average == "weighted":
            counts = ClassCounts(self.n_classes)
            weights = np.maximum(release(curator, counts, _COUNTS)[0], 1.0)
            left -= _COUNTS
        share = left / self.n_classes * _ROUND_DOWN
        found = [
            self.ask_two(_OneClass(curator, code, share), code, z)
            for code in range(self.n_classes)
        ]
        ends = weights @ np.array(found) / weights.sum()
        return tuple(float(end) for end in ends)

    def ask_two(self, curator, positive, z):
        """Estimate and ends of the interval of one class against the rest."""
        raise TypeError(f"{type(self).__name__} must define ask_two.")


def check_positive(pos_label, classes):
    """Refuse a positive class where there are more than two, or one that is none."""
    if len(classes) < 2:
        two(classes)  # which says so
    if len(classes) == 2:
        code_of(pos_label, classes)
    elif pos_label is not None:
        raise refused(
            ValueError,
            "pos_label is for two classes, and there are more. Leave it out.",
        )


@dataclass(frozen=True, eq=False)
class OfScore(OfOther):
    """A query of one score, asked about rows with a score of each class.

    A row that has a score that is not finite, whichever, has none here.

    Parameters
    ----------
    query : Query
        What is asked; it gets a single column.
    code : int
        Of the class.
    """

    code: int

    def check(self, n_features):
        """Check the query for its one column, too."""
        super().check(n_features)
        if not isinstance(self.query, Query) or not self.code < n_features:
            raise refused(TypeError, "OfScore takes a query, and the code of a class.")
        self.query.check(1)

    def __call__(self, X, y, weight):
        finite = np.isfinite(X).all(axis=1)
        score = np.where(finite, X[:, self.code], np.nan)
        return self.query(score[:, None], y, weight)


class _OneClass:
    """A curator as one class sees it: its column of scores, and its part of the budget.

    Parameters
    ----------
    curator : Curator
    code : int
        Of the class.
    share : float
        Its part.
    """

    def __init__(self, curator, code, share):
        self._curator, self._share = curator, share
        self._of = partial(OfScore, code=code)
        self.max_weight, self.remaining = curator.max_weight, 1.0

    def release(self, query, *, share):
        """The answer, for a part of the part."""
        self.remaining = max(self.remaining - share, 0.0)
        return self._curator.release(self._of(query), share=share * self._share)

    def noise_of(self, query, *, share=None):
        """Noise of what was released, or is to be."""
        share = share if share is None else share * self._share
        return self._curator.noise_of(self._of(query), share=share)
