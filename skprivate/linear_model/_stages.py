"""What a descent asks before its first step.

All constants are functions of public numbers: dimension, budget, bounds and classes.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import sqrt

import numpy as np

from skprivate.base import Box, Count
from skprivate.base._class_weights import ClassWeights
from skprivate.linear_model._newton import inverse_of
from skprivate.queries import (
    ClassesAndMoments,
    LogisticGradient,
    Moments,
    SecondMoments,
    symmetric,
)
from skprivate.queries._moments import BITS
from skprivate.queries._spread import first_look
from skprivate.queries._target_moments import TargetMoments
from skprivate.queries._views import ByClass

LOOK_SHARE = 0.12
MOMENTS_SHARE = 0.10
MOST_FEATURES = 1024  # with more, eigenvectors take longer than all the rest
_FINEST = 24
_LEAST_VARIANCE = 1e-4  # no feature of the box is magnified more than 100-fold
STIFF = 1e30  # a penalty that leaves nothing of a coefficient, yet can be inverted
_RIDGE = 1e-9
_TINY = 1e-9
_HIDDEN = 4.0  # deviations: so many rows may be none
_MEAN_SIZE = 0.6  # of a number of variance one, on average over tails of any kind
_PURE_SHARE = 0.25  # of what is left, for moments: shares of epsilon are dearer
_UNSEEN = 0.5  # of the trace: moments so noisy are not asked for


@dataclass(frozen=True, eq=False)
class StandardRows:
    """Noisy geometry in which features have mean zero and variance one, roughly.

    Attributes
    ----------
    n_rows : float
        Number of rows (sum of their weights), positive.
    prior : ndarray of shape (n_classes,)
        Positive share of each class in the loss; empty if the target is a number.
    box : Box
        Takes features to standard units.
    mu : float
        The budget of this and all later releases: the cost of a sum to which a row adds
        one, if all were spent on it.
    weights : ClassWeights
        Of the classes in the loss.
    pure : bool, default=False
        Whether lengths of gradients are 1-norms, as ``delta=0`` has it.
    seen : list
        Of gradients that were released: the point, the mean, the noise, and the clip.
    """

    n_rows: float
    prior: np.ndarray
    box: Box
    mu: float
    weights: ClassWeights
    pure: bool = False
    seen: list = field(default_factory=list)

    @property
    def n_columns(self):
        """Length of a row ``v = (z, 1)``."""
        return self.box.n_features + 1

    @property
    def signal(self):
        """Number of rows times ``mu``: all accuracy comes from it."""
        return self.mu * self.n_rows

    @property
    def longest(self):
        """Norm of the longest possible row."""
        return sqrt(1 + np.sum(self.box.reach**2))

    @property
    def length(self):
        """Norm of a typical row."""
        return _MEAN_SIZE * self.n_columns if self.pure else sqrt(self.n_columns)

    @property
    def needed(self):
        """The signal that is worth a fit: noise of all entries adds up."""
        return self.n_columns ** (1.5 if self.pure else 1.0)

    @property
    def in_norm(self):
        """The norm in which gradients are clipped."""
        return 1 if self.pure else 2

    @property
    def relative_clip(self):
        """Norm to which gradients are clipped, relative to that of a typical row."""
        return float(np.clip((self.signal / self.needed) ** 0.2 / 3, 0.2, 8.0))

    @property
    def row_bound(self):
        """Norm to which rows are clipped before their second moments are released."""
        factor = min(1.6 * self.relative_clip, 1.5)
        return min(factor * sqrt(self.n_columns), self.longest)

    def noise_of_margins(self, clip):
        """How far the noise of a gradient, clipped to a norm, moves margins.

        The gradient has the whole budget; the Hessian is taken for that of one.
        """
        return clip * sqrt(self.n_columns) / self.signal

    @cached_property
    def per_unit(self):
        """Standard units in a unit of each feature; zero for a constant one."""
        return self.box.array[3] / self.box.one


def look_at_rows(curator, low, high, n_classes, weigh, centered=True):
    """Counts of classes, means and variances of features, for an eighth of the budget.

    Parameters
    ----------
    curator : Curator
    low, high : ndarray of shape (n_features,)
    n_classes : int
    weigh : callable
        From positive counts of rows to the ClassWeights.
    centered : bool, default=True
        Whether features have mean zero then; otherwise zero stays where it is.

    Returns
    -------
    StandardRows
    """
    noise_of_one = curator.noise_of(Count(), share=curator.remaining)
    mu = 1 / noise_of_one if noise_of_one > 0 else np.inf
    query = ClassesAndMoments(Box.between(low, high, BITS), n_classes)
    answer = curator.release(query, share=LOOK_SHARE * curator.remaining)
    counts, sums, squares = np.split(answer, [n_classes, n_classes + len(low)])
    noise = curator.noise_of(query)
    of_counts = noise * query.weights[0]
    n_rows = float(max(counts.sum(), 2 * of_counts)) or 1.0
    if n_rows < _HIDDEN * of_counts:
        curator.doubt("noise hides the number of rows")
    weights = weigh(np.maximum(counts, max(of_counts, _TINY)))
    prior = weights.shares_of(np.maximum(counts, 0.0) + 1.0 + of_counts / 4)
    deviation = noise / n_rows
    mean = np.clip(_shrunk(sums / n_rows, deviation), -1.0, 1.0)
    variance = np.clip((squares / n_rows + 1) / 2 - mean**2, 0.0, 1.0)
    variance = np.maximum(variance, max(min(deviation, 0.25), _LEAST_VARIANCE))
    box = _standard_box(query.box, mean, variance, centered)
    return StandardRows(n_rows, prior, box, mu, weights, curator.budget.pure)


def look_at_numbers(curator, low, high, target_low, target_high, centered=True):
    """Means and variances of features, and of a target, for a tenth of the budget.

    Parameters
    ----------
    curator : Curator
    low, high : ndarray of shape (n_features,)
    target_low, target_high : float
    centered : bool, default=True
        As for `look_at_rows`.

    Returns
    -------
    rows : StandardRows
    target : Spread
    """
    noise_of_one = curator.noise_of(Count(), share=curator.remaining)
    mu = 1 / noise_of_one if noise_of_one > 0 else np.inf
    ends = np.array([target_low]), np.array([target_high])
    of_rows = Moments(Box.between(low, high, BITS))
    of_target = TargetMoments(Box.between(*ends, BITS))
    found, target = first_look(curator, of_rows, of_target)
    if found.count < _HIDDEN * curator.noise_of(of_rows):
        curator.doubt("noise hides the number of rows")
    if not centered:
        found, target = found.around_zero, target.around_zero
    half = of_rows.box.half
    scale = np.maximum(found.scale, half * sqrt(_LEAST_VARIANCE))
    box = Box(low, high, found.center, scale, _FINEST)
    box = replace(box, bits=LogisticGradient.bits(box.reach))
    nothing = np.empty(0)
    weights = ClassWeights(None, 1.0, nothing)
    pure = curator.budget.pure
    return StandardRows(found.count, nothing, box, mu, weights, pure), target


def _standard_box(box, mean, variance, centered):
    """The box that standardizes, on the finest grid whose sums of squares are exact."""
    center, half = box.center + box.half * mean, box.half * np.sqrt(variance)
    if not centered:
        center, half = np.zeros_like(center), np.hypot(center, half)
    box = Box(box.low, box.high, center, half, _FINEST)
    return replace(box, bits=LogisticGradient.bits(box.reach))


def _shrunk(mean, deviation):
    """Means drawn to zero, the more so the noisier they are (James and Stein 1961)."""
    square = max(float(mean @ mean), 1e-12)
    return mean * max(0.0, 1 - len(mean) * deviation**2 / square)


def penalty_of(rows, softness):
    """Penalty of each coefficient in standard units, per row, as scikit-learn has it.

    scikit-learn penalizes coefficients of the features as they are given. ``softness``
    is the inverse of the strength in ``strength / 2 * ||coef||**2``, beside the mean
    loss.
    """
    with np.errstate(over="ignore"):
        squares = (rows.per_unit / sqrt(softness)) ** 2
    squares = np.where(rows.per_unit > 0, np.minimum(squares, STIFF), STIFF)
    return np.append(squares, 0.0)


def standard_units(rows, coef):
    """Coefficients of the features, intercepts last, in standard units."""
    known = np.where(rows.per_unit > 0, rows.per_unit, np.inf)
    constant = coef[:, -1] + coef[:, :-1] @ rows.box.center
    return np.column_stack([coef[:, :-1] / known, constant])


@dataclass(frozen=True, eq=False)
class SeenMoments:
    """Second moments of standardized rows, as far as they stand out of the noise.

    Attributes
    ----------
    values, vectors : ndarray
        Eigenvalues without the noise, and eigenvectors.
    edge : float
        Largest eigenvalue that noise alone has.
    slopes : ndarray of shape (n_columns,) or None
        Mean of ``v t`` over rows, if there is a target.
    square : float
        Mean of ``t ** 2``, positive.
    raw : ndarray of shape (n_columns, n_columns) or None
        As they were released.
    """

    values: np.ndarray
    vectors: np.ndarray
    edge: float
    slopes: np.ndarray | None = None
    square: float = 1.0
    raw: np.ndarray | None = None
    known = True

    def least_squares(self):
        """Coefficients of least squares, damped by the noise, and the mean square left.

        No less than what noise alone could leave.
        """
        damped = self.raised(1.0)
        coef = np.linalg.solve(damped, self.slopes)
        left = self.square - 2 * self.slopes @ coef + coef @ self.raised(0.0) @ coef
        least = min(max(self.edge**2, _LEAST_VARIANCE), 1.0) * self.square
        return coef, float(np.clip(left, least, self.square))

    def raised(self, edges):
        """The matrix, positive definite, with some ``edges`` added to eigenvalues."""
        values = self.values + edges * self.edge + _RIDGE
        return (self.vectors * values) @ self.vectors.T

    def metric(self, curvature, penalty):
        """Inverse of an upper bound of the Hessian.

        The bound is ``curvature`` times the moments, plus the penalty. With twice the
        edge added, steps are Newton's in strong directions, and those of plain gradient
        descent in others.
        """
        return inverse_of(curvature * self.raised(2.0) + np.diag(penalty))


@dataclass(frozen=True)
class UnseenMoments:
    """Second moments of which no more is known than their trace.

    Attributes
    ----------
    n_columns : int
        The trace, since rows are standardized.
    """

    n_columns: int
    known = False

    def least_squares(self):
        """Nothing is known but the constant, about which targets are centered."""
        return np.zeros(self.n_columns), 1.0

    @property
    def edge(self):
        """Half the trace: all eigenvalues within twice that may be noise."""
        return self.n_columns / 2

    def metric(self, curvature, penalty):
        """Diagonal of the inverse of an upper bound of the Hessian."""
        return 1 / (curvature * self.n_columns + penalty)


def look_at_moments(curator, rows, target=None):
    """Second moments of the rows, for a tenth of the budget.

    Eigenvalues within the noise are taken for noise. Long rows are shortened: a metric
    needs no more than the shape of the rows, and noise grows with the square of length.
    With more than 1024 features nothing is asked, nor where ``delta=0`` makes the noise
    as large as the trace.

    Parameters
    ----------
    curator : Curator
    rows : StandardRows
    target : Box or None
        Standard units of the target: products with it are asked for, too.

    Returns
    -------
    SeenMoments or UnseenMoments
    """
    p = rows.n_columns
    if rows.box.n_features > MOST_FEATURES:
        return UnseenMoments(p)
    bits = min(rows.box.bits, SecondMoments.bits(rows.row_bound))
    if target is not None:
        bits = min(bits, LogisticGradient.bits(np.append(rows.box.reach, target.reach)))
        target = replace(target, bits=bits)
    query = SecondMoments(replace(rows.box, bits=bits), target, rows.row_bound)
    n_rows, weights = rows.n_rows, rows.weights
    if weights.by_class is not None:  # moments of the rows as the loss weighs them
        query = ByClass(query, weights.by_class / weights.largest)
        n_rows = n_rows / weights.largest
    # A share of what there was before the first release.
    share = MOMENTS_SHARE / (1 - LOOK_SHARE) * curator.remaining
    if rows.pure:
        share = _PURE_SHARE * curator.remaining
        noise = curator.noise_of(query, share=share) / n_rows
        if sqrt(2 * p) * noise > _UNSEEN * p:
            return UnseenMoments(p)
    moments = symmetric(curator.release(query, share=share)) / n_rows
    edge = sqrt(2 * p) * curator.noise_of(query) / n_rows
    values, vectors = np.linalg.eigh(moments[:p, :p])
    values = _without_noise(values, edge)
    seen = SeenMoments(values, vectors, edge, raw=moments[:p, :p])
    if target is None:
        return seen
    square = max(float(moments[p, p]), edge, _LEAST_VARIANCE)
    return replace(seen, slopes=moments[:p, p], square=square)


def _without_noise(values, edge):
    """Eigenvalues before symmetric noise with spectrum ``[-edge, edge]`` was added.

    Benaych-Georges and Nadakuditi (2011): noise moves an eigenvalue ``l`` to
    ``l + edge**2 / (4 l)`` if ``l > edge / 2``; otherwise it disappears in the noise.
    """
    root = np.sqrt(np.maximum(values**2 - edge**2, 0.0))
    return np.where(values > edge, (values + root) / 2, 0.0)
