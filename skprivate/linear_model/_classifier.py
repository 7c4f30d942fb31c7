"""What linear classifiers share that descend by noisy gradients of a loss."""

from functools import partial
from numbers import Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import TableLike
from skprivate.base import Count, DPClassifierMixin, DPEstimator
from skprivate.base._class_weights import (
    check_class_weight,
    check_weights,
    class_weights,
)
from skprivate.base._utility import noise_exceeds_signal
from skprivate.linear_model._adversary import adversary_of
from skprivate.linear_model._ball import (
    Ball,
    count_classes,
    descend_in_ball,
    look_at_norms,
    rows_in_ball,
    settle_threshold,
)
from skprivate.linear_model._descents import descend
from skprivate.linear_model._inference_gradients import Gradients
from skprivate.linear_model._known import known_of, public_stages
from skprivate.linear_model._margins import margins_of
from skprivate.linear_model._proximal import Corners
from skprivate.linear_model._stages import (
    MOST_FEATURES,
    STIFF,
    look_at_moments,
    look_at_rows,
    penalty_of,
)
from skprivate.linear_model._tasks import without_intercept
from skprivate.rows import checked_input, refused

_BOUNDS_SHARE = 0.15
MOST_COEFFICIENTS = 2**24
# Rows times mu for each feature, from which on correlations are worth their price.
_SIGNAL_FOR_MOMENTS = 16.0
# With delta=0, of what is otherwise enough: below, digits (ten classes), breast cancer
# and made rows of 10 and 30 features were often no better than the largest class.
_PURE_NEEDS = 8.0

CONSTRAINTS = {
    **DPEstimator._parameter_constraints,
    "C": [Interval(Real, 0, None, closed="right")],
    "bounds": "no_validation",  # the curator checks them
    "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    "classes": ["array-like", None],
    "class_weight": [dict, StrOptions({"balanced"}), None],
    "fit_intercept": ["boolean"],
    "adversarial": "no_validation",  # `adversary_of` does
    "public": "no_validation",  # `known_of` checks it, and shows no value
}


def check_size(n_classes, n_features):
    """Refuse models that are too large to hold; both numbers are public."""
    if n_classes * (n_features + 1) > MOST_COEFFICIENTS:
        raise refused(
            ValueError,
            "There are too many classes for so many features: a coefficient for each "
            "of both would not fit into memory, and noise would bury them. Merge rare "
            "classes, or take fewer features.",
        )


class DescentClassifierMixin(DPClassifierMixin):
    """A linear classifier by noisy gradients, of standardized rows or in a ball.

    **Guarantee.** All that depends on rows are the releases: counts of classes and
    moments, which tell where rows lie, and sums of gradients, each of which is cut to a
    norm that is public or follows from what was released before.

    Subclasses have ``_loss``, ``_scale_of_loss``, by how much the loss of their
    namesake is larger, and ``_task(rows)``.
    """

    # The steps of a fit follow a noisy count, so those of a plan differ.
    _plan_varies = True
    _typed_as_rows = ("coef_", "intercept_")
    _box_ = None  # where values stay; set by a fit
    _keeps_gradients = False  # for intervals
    adversarial = public = None  # of those that have no such parameters

    def _fit(self, curator):
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self._known_labels(), least=2)
        check_size(len(self.classes_), curator.n_features)
        check_class_weight(self.class_weight, self.classes_)
        weigh = partial(class_weights, self.class_weight, self.classes_)
        width = curator.n_features
        adversary = adversary_of(self.adversarial, len(self.classes_), width)
        known = known_of(self, curator, self.classes_)
        if not (isinstance(self.bounds, str) and self.bounds == "private"):
            curator.bounds(self.bounds, share=0.0)  # refused even beside a ball
        start = self._start(curator)
        if start is None and known is not None:
            start = known.coef
        if self._asks_for_norms(curator):
            coef = self._fit_in_ball(curator, weigh, start, known)
            if coef is not None:
                self.coef_, self.intercept_ = coef[:, :-1], coef[:, -1]
                self._box_ = self._seen_ = None
                return
        rows, moments = self._look(curator, weigh, known)
        self._box_ = rows.box.low, rows.box.high
        softness = self._softness(rows.weights.mean, rows.n_rows)
        penalty, corners = self._penalties(rows, softness)
        task = self._task(rows)
        if not self.fit_intercept:
            task = without_intercept(task)
        if adversary is not None:
            task, rows = adversary.against(task, rows)
        center = None if known is None else known.coef
        rest = penalty, start, corners, center
        coef = self._descend(curator, rows, moments, task, *rest)
        if self._keeps_gradients:
            self._seen_ = Gradients.of(rows, moments, penalty, coef)
        self.coef_ = coef[:, :-1] * rows.per_unit
        self.intercept_ = coef[:, -1] - self.coef_ @ rows.box.center
        if not self.fit_intercept:
            self.intercept_ = np.zeros(len(coef))

    def _penalties(self, rows, softness):
        """What coefficients in standard units cost: squares, and corners if any."""
        part = self._part_of_corners()
        squares = (1 - part) / softness
        penalty = penalty_of(rows, 1 / squares if squares > 0 else np.inf)
        if not self.fit_intercept:
            penalty[-1] = STIFF
        if not part:
            return penalty, None
        return penalty, Corners.of_features(rows, 1 / softness, part)

    _descend = staticmethod(descend)  # others may choose their steps

    def _loss_of_many(self, n_classes):
        """Of several classes, in a ball; the logistic loss stands for any number."""
        return self._loss

    def _look(self, curator, weigh, known):
        """Where rows lie, and how they are correlated."""
        n_classes, centered = len(self.classes_), self.fit_intercept
        if known is not None and known.of_rows:
            counts = count_classes(curator, n_classes)
            bounds = known.bounds_or(self.bounds)
            ends = curator.bounds(bounds, share=_BOUNDS_SHARE)
            weights = weigh(counts)
            prior = weights.shares_of(counts + 1.0)
            more = {"prior": prior, "weights": weights, "centered": centered}
            return public_stages(curator, known, *ends, counts.sum(), **more)
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_rows(curator, low, high, n_classes, weigh, centered)
        n_margins = 1 if n_classes == 2 else n_classes
        needed, why = rows.needed, ""
        if rows.pure:
            needed *= _PURE_NEEDS * np.sqrt(n_margins)
            why = ", and delta=0 makes noise large"
        if rows.signal < needed:
            n_columns = n_margins * rows.n_columns
            curator.doubt(noise_exceeds_signal(rows.n_rows, n_columns) + why)
        return rows, look_at_moments(curator, rows)

    def _known_labels(self):
        """What is known of the classes before a fit."""
        return self.classes

    def _start(self, curator):
        """Coefficients of each margin to start from, intercepts last, if any."""

    def _softness(self, mean_weight, n_rows):
        """``C`` of the mean loss as it is here, beside ``||coef||**2 / (2 C)``."""
        return self.C * self._scale_of_loss * mean_weight * n_rows

    def _part_of_corners(self):
        """How much of the penalty is that of absolute values."""
        return 0.0

    def _asks_for_norms(self, curator):
        """Whether rows may be taken as they are, in a ball, by public facts."""
        if self.adversarial is not None:  # whose rows are not sparse
            return False
        wide = curator.n_features > MOST_FEATURES
        return curator.budget.private and (wide or self.row_norm is not None)

    def _fit_in_ball(self, curator, weigh, start, known):
        """Coefficients and intercepts; None if there is signal for more than that."""
        counts = count_classes(curator, len(self.classes_))
        radius = self.row_norm
        if curator.n_features <= MOST_FEATURES:
            of_one = curator.noise_of(Count(), share=1.0)
            needed = _SIGNAL_FOR_MOMENTS * curator.n_features * of_one
            if curator.budget.pure:
                needed *= np.sqrt(curator.n_features)
            if counts.sum() > needed:
                return None
        if radius is None:
            public = known is not None and known.of_rows
            radius = known.rows.norm() if public else look_at_norms(curator)
        rows = rows_in_ball(curator, counts, float(radius), weigh(counts))
        loss = self._loss if len(counts) == 2 else self._loss_of_many(len(counts))
        C = self._softness(1.0, rows.n_rows) / rows.n_rows
        center = None if known is None else known.coef
        kind = Ball(C, loss, self._part_of_corners(), self.fit_intercept, center)
        coef = descend_in_ball(curator, rows, kind, start)
        if len(counts) == 2 and self.fit_intercept:
            coef = settle_threshold(curator, coef, rows.weights)
        return coef

    def decision_function(self, X: TableLike) -> np.ndarray:
        """Margins of rows: large where a class is likely.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One number per row if there are two classes: positive for the second.
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        margins = margins_of(X, self.coef_.T, self.intercept_, self._box_)
        return margins.ravel() if margins.shape[1] == 1 else margins

    def predict(self, X: TableLike) -> np.ndarray:
        """Predict the class of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        best = self._margins(X).argmax(axis=1)
        return self.classes_[best]

    def _margins(self, X):
        """Margins with a column for each class."""
        margins = self.decision_function(X)
        if margins.ndim == 2:
            return margins
        return np.column_stack([np.zeros_like(margins), margins])

    def _n_subtasks(self):
        """Unknown before the noisy number of rows is."""
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        if self.adversarial is not None:
            tags.classifier_tags.multi_class = False
        return tags
