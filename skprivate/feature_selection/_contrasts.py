"""What features have to do with a target: one sum for each, of rows of limited length.

The sums are gradients of a model that knows nothing but the mean of the target, where
all coefficients are zero: Rao's (1948) score statistics, of which the usual tests of
single features are functions.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.special import softmax

from skprivate.base import Box, Query
from skprivate.mechanisms import above, root_above
from skprivate.queries import LogisticGradient
from skprivate.queries._moments import BITS


@dataclass(frozen=True, eq=False)
class ClassContrasts(LogisticGradient):
    """For each class, the sum over all rows of ``(p - [row is of the class]) (z, 1)``.

    With ``p`` the part of the rows that are of the class, ``n_class * (mean of all -
    mean of the class)``. This is a logistic gradient whose coefficients are zero but
    for the intercepts, ``log(p)``; its 2-norm is at most ``clip``, as proved there.
    What a row adds is whole numbers, zero for features without extent in the box, so
    the 1-norm is at most ``clip`` times the root of the number of all others
    (Cauchy-Schwarz). A row whose label is no class adds zero.
    """

    @classmethod
    def of(cls, box, priors, clip):
        """The query for classes with these ``priors``; of two, one row is enough."""
        coef = np.zeros((len(priors), box.n_features + 1))
        coef[:, -1] = np.log(priors)
        if len(priors) == 2:
            coef = coef[1] - coef[0]
        return cls(box, coef, clip)

    @property
    def largest_residual(self):
        """Largest absolute value of a residual, up to rounding."""
        margins = np.atleast_2d(self.coef)
        if margins[:, :-1].any():
            return 1.0
        if len(margins) == 1:
            margins = np.vstack([np.zeros_like(margins), margins])
        part = softmax(margins[:, -1])
        return float(np.max(np.maximum(part, 1 - part)))

    @property
    def l1_bound(self):
        """Root of the number of coordinates that a row can move, times ``clip``."""
        n_rows = 1 if self.coef.ndim == 1 else len(self.coef)
        n_entries = n_rows * (1 + np.count_nonzero(self.box.varies))
        return above(Fraction(self.clip) * Fraction(root_above(n_entries)))

    def __call__(self, X, y, weight):
        unknown = (y < 0) | (y > 1)  # a residual of theirs could be of any size
        if self.coef.ndim == 1 and unknown.any():
            weight = np.where(unknown, 0.0, weight if weight.size else 1.0)
        return super().__call__(X, y, weight)


@dataclass(frozen=True, eq=False)
class TargetContrasts(Query):
    """Minus the sum over all rows of ``t (z, 1)``: gradient of the squared error.

    ``t`` is the target in units of its box. The kernel scales a longer row down to the
    2-norm ``clip``, whatever the residual, as its docstring proves; a target that is
    not finite adds zero. For the 1-norm see :class:`ClassContrasts`.

    Parameters
    ----------
    box : Box
        Geometry of the features; bits are those of ``LogisticGradient.bits``.
    target : Box
        Geometry of the target, a box of one column.
    clip : float
        Largest norm of what a row adds.
    """

    box: Box
    target: Box
    clip: float

    @property
    def step(self):
        """The step of the box."""
        return 1 / self.box.one

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The grid must be one on which squares are exact."""
        if self.box.bits > LogisticGradient.bits(self.box.reach):
            yield "box has more bits than are exact"
        if self.target.n_features != 1:
            yield "target is not of one column"

    @property
    def bound(self):
        """Norm to which rows are clipped."""
        return self.clip

    @property
    def largest_residual(self):
        """Largest absolute value of the target, in units of its box, up to rounding."""
        box = self.target
        far = np.maximum(box.high - box.center, box.center - box.low)
        return float(far[0] / box.half[0]) if box.varies[0] else 0.0

    @property
    def l1_bound(self):
        """Root of the number of coordinates that a row can move, times ``clip``."""
        n_entries = 1 + np.count_nonzero(self.box.varies)
        return above(Fraction(self.clip) * Fraction(root_above(n_entries)))

    @property
    def size(self):
        """One for each feature, and one more."""
        return self.box.n_features + 1

    def __call__(self, X, y, weight):
        from skprivate import kernels

        box = self.target
        t = np.clip(y, box.low[0], box.high[0]) - box.center[0]
        t = t / box.half[0] if box.varies[0] else 0.0 * t
        none, one = np.zeros(self.size), self.box.one
        return kernels.gradient(
            X,
            t,
            self.box.array,
            none,
            one,
            kernels.SQUARED,
            0.0,
            self.levels,
            weight,
            self.box.reach,
        )


@dataclass(frozen=True, eq=False)
class FeatureMoments(Query):
    """Sum over all rows of ``z``, or of ``2 z**2 - 1``, in a box of [-1, 1].

    Both are at most one, after rounding too (see the kernel), and zero for a feature
    without extent in the box: the 2-norm is at most the root of the number of others.

    Parameters
    ----------
    box : Box
        With ``|z| <= 1`` and ``bits`` of 17.
    order : {1, 2}
        Which of the two.
    """

    box: Box
    order: int
    step = 2.0**-BITS

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self):
        """The bound is stated for the grid of the box."""
        if self.box.bits != BITS:
            yield f"box has not {BITS} bits"
        if self.order not in (1, 2):
            yield "order is neither 1 nor 2"

    @property
    def bound(self):
        """Root of the number of features that vary; one if none does."""
        return root_above(self.l1_bound)

    @property
    def l1_bound(self):
        """Number of features that vary; one if none does."""
        return float(max(1, np.count_nonzero(self.box.varies)))

    @property
    def size(self):
        """Number of features."""
        return self.box.n_features

    def __call__(self, X, y, weight):
        from skprivate.kernels import moments

        none = np.empty(0, np.int32)
        (sums,) = moments(X, self.box.array, weight, none, 1, self.box.one)
        return np.split(sums[1:], 2)[self.order - 1] * self.box.varies
