"""What linear models share whose steps somebody may choose."""

from numbers import Integral, Real

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.linear_model._descents import descend
from skprivate.linear_model._sgd_steps import Schedule, plain_descent
from skprivate.rows import refused

CONSTRAINTS = {
    "penalty": [StrOptions({"l2", "l1", "elasticnet"}), None],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "l1_ratio": [Interval(Real, 0, 1, closed="both")],
    "fit_intercept": ["boolean"],
    "max_iter": [Interval(Integral, 1, None, closed="left"), None],
    "learning_rate": [Interval(Real, 0, 1, closed="right"), tuple, None],
    "rate": [Interval(Real, 0, 1, closed="right")],
    "average": ["boolean"],
    "warm_start": ["boolean"],
}
_PARTS = {None: 0.0, "l2": 0.0, "l1": 1.0}


class SGDMixin:
    """The penalty and the steps of a model, by the names of its parameters."""

    def _fit(self, curator):
        self._check_schedule()
        super()._fit(curator)
        asked = (release.query for release in curator.releases)
        self.n_iter_ = sum(name.endswith("Gradient") for name in asked)

    def _discovers(self):
        """Rounds on samples take a part of delta, too."""
        return self.rate < 1

    def _schedule(self):
        """The steps that the parameters want; None: nothing special."""
        wanted = self.max_iter, self.learning_rate
        if wanted == (None, None) and self.rate == 1 and self.average:
            return None
        rate = self.learning_rate
        first, power = rate if isinstance(rate, tuple) else (rate or 1.0, 0.0)
        return Schedule(self.max_iter, self.rate, first, power, self.average)

    def _check_schedule(self):
        """Refuse a pair that is none; nothing is paid before."""
        pair = self.learning_rate
        if not isinstance(pair, tuple):
            return
        if len(pair) != 2 or not all(map(_is_number, pair)):
            raise refused(TypeError, f"learning_rate is no pair of numbers. {_MEND}")
        if not (0 < pair[0] <= 1 and 0 <= pair[1] <= 1):
            raise refused(ValueError, f"learning_rate is out of range. {_MEND}")

    def _descend(self, *problem):
        """Coefficients by the steps that are wanted; see `descend`."""
        schedule = self._schedule()
        if schedule is None:
            return descend(*problem)
        *problem, _ = problem  # nothing public draws: there is no such parameter
        return plain_descent(schedule, *problem)

    def _strength(self):
        """Of the penalty, beside the mean loss."""
        return 0.0 if self.penalty is None else float(self.alpha)

    def _part_of_corners(self):
        """How much of the penalty is that of absolute values."""
        part = _PARTS.get(self.penalty)
        return float(self.l1_ratio) if part is None else part

    def _known(self):
        """Coefficients of the last fit, intercepts last, a row for each margin."""
        coef, intercept = np.atleast_2d(self.coef_), np.atleast_1d(self.intercept_)
        return np.column_stack([coef, intercept])


_MEND = (
    "Give one number above 0 and at most 1, or a pair: such a number, and the power by "
    "which steps become shorter, from 0 to 1."
)


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
