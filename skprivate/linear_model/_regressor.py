"""What regressions share that descend by noisy gradients of a loss."""

from numbers import Real

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import TableLike
from skprivate.base import Box, DPEstimator
from skprivate.base._utility import noise_exceeds_signal
from skprivate.linear_model._adversary import adversary_of
from skprivate.linear_model._descents import descend
from skprivate.linear_model._inference_gradients import Gradients
from skprivate.linear_model._known import COUNT_SHARE, known_of, public_stages
from skprivate.linear_model._margins import margins_of
from skprivate.linear_model._stages import (
    STIFF,
    look_at_moments,
    look_at_numbers,
    penalty_of,
)
from skprivate.linear_model._tasks import without_intercept
from skprivate.rows import checked_input

_BOUNDS_SHARE = 0.1  # each, of features and of target, if they are to be searched for

CONSTRAINTS = {
    **DPEstimator._parameter_constraints,
    "alpha": [Interval(Real, 0, None, closed="left")],
    "bounds": "no_validation",  # the curator checks them
    "target_bounds": "no_validation",
    "public": "no_validation",  # `known_of` checks it, and shows no value
}
_BITS = 17
_THINNEST = 1e-6


class DescentRegressorMixin(RegressorMixin):
    """A linear regression by noisy gradients, in standard units.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows and targets lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.

    Subclasses have ``_problem(rows, target, ends, moments)``: a `Task`, the strength of
    its penalty, and what takes margins to targets, a factor and a constant.
    """

    # The steps of a fit follow a noisy count, so those of a plan differ.
    _plan_varies = True
    _starts_from_squares = False  # whether moments shall be those of the target, too
    _keeps_gradients = False  # for intervals
    _typed_as_rows = ("coef_", "intercept_")
    _box_ = None  # where values stay; set by a fit
    fit_intercept, public, adversarial = True, None, None  # of those without
    _descend = staticmethod(descend)  # others may choose their steps

    def _fit(self, curator):
        self._check()
        adversary = adversary_of(self.adversarial, 2, curator.n_features)
        known = known_of(self, curator)
        low, high, ends = self._ends(curator, known)
        start = self._start(curator)
        rows, target, moments = self._look(curator, low, high, ends, known)
        task, strength, factor, constant = self._problem(rows, target, ends, moments)
        with np.errstate(divide="ignore"):
            penalty = penalty_of(rows, 1 / np.float64(strength))
        if not self.fit_intercept:
            task, penalty[-1] = without_intercept(task), STIFF
        if adversary is not None:
            task, rows = adversary.against(task, rows)
        center = None if known is None else known.in_units(factor, constant)
        if start is not None:
            start = (start - np.eye(len(penalty))[[-1]] * constant) / factor
        rest = penalty, center if start is None else start
        rest = *rest, self._corners(rows, factor), center
        coef = self._descend(curator, rows, moments, task, *rest)[0]
        if self._keeps_gradients:
            self._seen_ = Gradients.of(rows, moments, penalty, coef)
        self._box_ = low, high
        self.coef_ = factor * coef[:-1] * rows.per_unit
        self.intercept_ = factor * coef[-1] + constant - self.coef_ @ rows.box.center

    def _ends(self, curator, known):
        """Bounds of features and of the target."""
        bounds, target_bounds = self.bounds, self.target_bounds
        if known is not None:
            bounds = known.bounds_or(bounds)
            target_bounds = known.target_bounds_or(target_bounds)
        low, high = curator.bounds(bounds, share=_BOUNDS_SHARE)
        ends = curator.target_bounds(target_bounds, share=_BOUNDS_SHARE)
        return low, high, self._checked_ends(curator, *ends)

    def _look(self, curator, low, high, ends, known):
        """Where rows and targets lie, and how rows are correlated."""
        centered = self.fit_intercept
        if known is not None and known.of_rows:
            n_rows = curator.count(share=COUNT_SHARE)
            target = known.spread_of_target(*ends, centered)
            box = target_box(ends, target) if self._starts_from_squares else None
            kinds = {"target": box, "centered": centered}
            of_rows = public_stages(curator, known, low, high, n_rows, **kinds)
            return of_rows[0], target, of_rows[1]
        rows, target = look_at_numbers(curator, low, high, *ends, centered)
        if rows.signal < rows.needed:
            curator.doubt(noise_exceeds_signal(rows.n_rows, rows.n_columns))
        box = target_box(ends, target) if self._starts_from_squares else None
        return rows, target, look_at_moments(curator, rows, box)

    def _check(self):
        """Refuse parameters that constraints cannot describe, before any release."""

    def _start(self, curator):
        """Coefficients to start from, the intercept last, one row; or None."""

    def _corners(self, rows, factor):
        """Of a penalty that has some, of margins in units of ``factor``; or None."""

    def _checked_ends(self, curator, low, high):
        """Ends of the target that the loss is for."""
        return low, high

    def _margins(self, X):
        """``X @ coef_ + intercept_``, of rows within the bounds."""
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        return margins_of(X, self.coef_, self.intercept_, self._box_)

    def predict(self, X: TableLike) -> np.ndarray:
        """Predict the target of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self._margins(X)

    def _n_subtasks(self):
        """Unknown before the noisy number of rows is."""
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.adversarial is None
        tags.target_tags.required = True
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def target_box(ends, target, unit=None):
    """Targets about their mean, by default in units of their deviation."""
    low, high = (np.array([end]) for end in ends)
    least = _THINNEST * (ends[1] - ends[0]) or 1.0
    unit = max(float(target.scale[0]) if unit is None else unit, least)
    return Box(low, high, target.center, np.array([unit]), _BITS)
