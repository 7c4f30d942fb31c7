"""Classifiers of rows of which only the length is known.

Where there are more features than signal, ranges, standardization and correlations are
not worth their price: rows are taken as they are, in a ball about zero.

Constants were chosen on pairs of groups of 20 newsgroups and on digits, as unit rows.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from skprivate.base import Box
from skprivate.base._class_weights import ClassWeights
from skprivate.base._range import ValueCells, search_ranges
from skprivate.linear_model._column_scales import look_at_columns
from skprivate.linear_model._stages import MOST_FEATURES
from skprivate.losses import Logistic
from skprivate.queries import (
    ClassCounts,
    LossGradient,
    Moments,
    means_and_variances,
)
from skprivate.queries._moments import BITS
from skprivate.queries._row_norms import look_at_row_norms
from skprivate.queries._views import Margins, OfView, Scaled

COUNTS_SHARE = 0.03
_NORM_SHARE = 0.03
_RANGE_SHARE, _AXIS_SHARE = 0.04, 0.07
_CONSTANT = 0.1  # what stands for the intercept in a row, relative to the radius
_CLIP = 0.5  # of gradients, relative to the radius: few rows have longer ones later
_OF_START = 0.7  # the same of the log loss, relative to gradients at the start
_FARTHEST = 0.5  # noise that the whole descent may bring to the margin of a row
_SAFE_STEP = 2.0  # by the largest curvature of the loss: no such step diverges
_MOST_STEPS = 100
_MOST_OF_SEVERAL = 8  # classes, where columns count alike: no more has helped
_CONVERGED = 4.0  # lengths of descent after which the penalty stops the rest
_STANDS_OUT = 3.0
_SQUARED = 1e-100, 1e100  # norms whose squares are numbers
_TINY, _STIFF = 1e-300, 1e100  # penalties are numbers
_LOGISTIC = Logistic()


@dataclass(frozen=True, eq=False)
class BallRows:
    """What is known of rows in a ball before the first step.

    Attributes
    ----------
    n_rows : float
        Noisy number of rows.
    prior : ndarray of shape (n_classes,)
        Share of each class in the loss.
    box : Box
        Takes the constant to one; about zero.
    radius : float
        Longest row that is not shortened.
    weights : ClassWeights
        Of the classes in the loss.
    length : float or None
        The 1-norm of long rows, relative to the radius, if that is what is clipped.
    factors : ndarray of shape (n_features,) or None
        By which values are multiplied, if columns are unlike each other.
    """

    n_rows: float
    prior: np.ndarray
    box: Box
    radius: float
    weights: ClassWeights
    length: float | None = None
    factors: np.ndarray | None = None

    @property
    def in_norm(self):
        """The norm in which gradients are clipped."""
        return 2 if self.length is None else 1

    @property
    def unit(self):
        """What stands for the intercept in a row."""
        return self.radius * _CONSTANT

    def clip(self, loss):
        """Of gradients, relative to the radius.

        Those of the log loss are longest at the start, where they tell most: a
        little of that is given for less noise.
        """
        typical = self.weights.typical
        if self.length is not None:
            return _CLIP * typical * self.length
        if loss != _LOGISTIC:
            return _CLIP * typical
        return _OF_START * _slope_at_start(self.prior) * typical

    def to_units(self, coef):
        """Coefficients of features, intercepts last, in units of the box."""
        return coef * self._of_features

    def of_features(self, coef):
        """The way back."""
        return coef / self._of_features

    @property
    def _of_features(self):
        units = np.full(self.box.n_features, self.unit)
        if self.factors is not None:
            units /= self.factors
        return np.append(units, 1.0)


def count_classes(curator, n_classes):
    """Noisy numbers of rows of each class, all at least one."""
    query = ClassCounts(n_classes)
    counts = curator.release(query, share=COUNTS_SHARE)
    return np.maximum(counts, np.maximum(1.0, curator.noise_of(query)))


def look_at_norms(curator):
    """The norm that nine rows of ten do not exceed, for a small share."""
    return look_at_row_norms(curator, share=_NORM_SHARE)


def rows_in_ball(curator, counts, radius, weights):
    """Geometry of rows of which a noisy count and a public radius are known.

    With ``delta=0`` their 1-norm is looked at, too; else, where there are very many
    columns, how much of all rows is in each.
    """
    length = factors = None
    if curator.budget.pure:
        found = look_at_row_norms(curator, share=_NORM_SHARE, norm=1)
        length = float(np.clip(found / radius, 1.0, sqrt(curator.n_features)))
        length += _CONSTANT
    elif curator.n_features > MOST_FEATURES and _SQUARED[0] < radius < _SQUARED[1]:
        factors, radius = look_at_columns(curator, counts.sum(), len(counts), radius)
    p, unit = curator.n_features, radius * _CONSTANT
    reach = np.broadcast_to(1 / _CONSTANT, p)
    box = Box.around_ball(p, radius, unit, LossGradient.bits(reach))
    shares = weights.shares_of(counts)
    return BallRows(counts.sum(), shares, box, radius, weights, length, factors)


@dataclass(frozen=True)
class Ball:
    """What a descent in a ball minimizes.

    Attributes
    ----------
    C : float
        Of the loss, beside ``(1 - l1_ratio) / 2 * ||coef||**2 + l1_ratio * |coef|``.
    loss : one of skprivate.losses
    l1_ratio : float
    intercept : bool
        Whether there is a constant.
    center : ndarray of shape (n_margins, n_features + 1), default=None
        Public coefficients to which squares draw, in units of the features; None: zero.
    """

    C: float
    loss: object = _LOGISTIC
    l1_ratio: float = 0.0
    intercept: bool = True
    center: np.ndarray | None = None


def descend_in_ball(curator, rows, kind, start=None):
    """Coefficients by plain noisy gradient steps, from ``start`` or the shares alone.

    The noise of a descent of a given total length does not depend on the number of
    steps; so there are many, of a length that is safe, and the total length is that at
    which noise moves the margins of rows by half a unit. Where two successive gradients
    point against each other by more than noise explains, steps are halved.

    Returns
    -------
    ndarray of shape (n_classes or 1, n_features + 1)
        In units of the features; intercepts are last.
    """
    binary = len(rows.prior) == 2
    loss, settles = kind.loss, binary and kind.intercept and curator.budget.private
    share = curator.remaining - settles * (_RANGE_SHARE + _AXIS_SHARE)
    C = kind.C * rows.weights.mean
    length, n_steps = _length_of_descent(curator, rows, share, C, loss)
    penalty = min(
        1 / max(C * rows.n_rows * min(rows.unit, _SQUARED[1]) ** 2, _TINY), _STIFF
    )
    coef, size, before = _shares_alone(rows, binary, loss), length / n_steps, None
    if start is not None:
        coef = rows.to_units(start).reshape(coef.shape)
    if not kind.intercept:
        coef[..., -1] = 0.0
    factors = np.ones(curator.n_features) if rows.factors is None else rows.factors
    shrink = np.append((1 - kind.l1_ratio) * penalty * factors**2, 0.0)
    corners = np.append(kind.l1_ratio * penalty * rows.unit * factors, 0.0)
    pull = 0.0
    if kind.center is not None:
        pull = shrink * rows.to_units(kind.center).reshape(coef.shape)
    for _ in range(n_steps):
        query = _gradient_of(rows, coef, loss)
        slopes = curator.release(query, share=share / n_steps).reshape(coef.shape)
        slopes /= rows.n_rows
        if loss == _LOGISTIC and not binary:  # they add up to zero, but for noise
            slopes -= slopes.mean(axis=0)
        noise = curator.noise_of(query) / rows.n_rows
        if before is not None and _turns(before, slopes, noise):
            size /= 2
        coef = coef - size * (slopes - pull)
        coef = np.sign(coef) * np.maximum(np.abs(coef) - size * corners, 0.0)
        coef, before = coef / (1 + size * shrink), slopes
        if not kind.intercept:
            coef[..., -1] = 0.0
    return rows.of_features(np.atleast_2d(coef))


def _length_of_descent(curator, rows, share, C, loss):
    """Total length of all steps, and their number.

    Lengths are in units of the squared constant: a row has the norm ``1 / _CONSTANT``.
    """
    start = np.zeros(rows.box.n_features + 1)
    query = LossGradient(rows.box, start, rows.clip(loss), in_norm=rows.in_norm)
    noise = curator.noise_of(query, share=share)
    length = _FARTHEST * rows.n_rows / max(noise, 1e-9)
    steps = length * loss.curvature_bound / _SAFE_STEP
    if rows.in_norm == 1:  # the noise of a length grows with the root of their number
        steps = max(steps, 1.0) ** (2 / 3)
        length /= sqrt(steps)
    most = _CONVERGED * C * rows.n_rows * min(rows.radius, _SQUARED[1]) ** 2
    if length > most:
        length, steps = most, steps * most / length
    several = rows.factors is not None and len(rows.prior) > 2
    most = _MOST_OF_SEVERAL if several else _MOST_STEPS
    n_steps = int(np.clip(ceil(steps), 1, most))
    return length * _CONSTANT**2, n_steps


def _gradient_of(rows, coef, loss):
    kinds = {"loss": loss, "in_norm": rows.in_norm}
    clip = rows.clip(loss) / _CONSTANT
    query = LossGradient(rows.box, coef, clip, rows.weights.by_class, **kinds)
    return query if rows.factors is None else OfView(query, Scaled(rows.factors))


def _slope_at_start(prior):
    """Norm of the slopes by the margins at the shares alone, by classes in square."""
    if len(prior) == 2:
        return float(np.sqrt(np.mean(prior**2)))
    squares = (1 - prior) ** 2 + (np.sum(prior**2) - prior**2)
    return float(np.sqrt(np.mean(squares)))


def _shares_alone(rows, binary, loss):
    """Coefficients of the model that knows the shares of the classes, nothing else."""
    if binary:
        start = np.zeros(rows.box.n_features + 1)
        start[-1] = loss.link(rows.prior[1])
        return start
    start = np.zeros((len(rows.prior), rows.box.n_features + 1))
    margins = np.log(rows.prior)
    several = margins - margins.mean() if loss == _LOGISTIC else loss.link(rows.prior)
    start[:, -1] = several
    return start


def _turns(before, slopes, noise):
    """Whether a gradient points back, farther than noise would have it."""
    return np.vdot(before, slopes) < -_STANDS_OUT * noise**2 * np.sqrt(slopes.size)


def settle_threshold(curator, coef, weights):
    """Slope and threshold along the direction that was found, for two classes.

    The direction needs all features; where to cut along it is a question about one
    number of each row, which is cheap. Margins of each class are taken as normal, with
    one variance.
    """
    direction = coef[0, :-1]
    margins = Margins(direction)

    def ask(blocks):
        return OfView(ValueCells(1, blocks=blocks), margins)

    found = search_ranges(curator, ask, share=_RANGE_SHARE, names=["the margins"])
    low, high = found.low, found.high
    query = OfView(Moments(Box.between(low, high, BITS), 2), margins)
    answer = curator.release(query, share=curator.remaining).reshape(2, -1)
    counts, means, variances = means_and_variances(answer)
    counts = weights.times(counts)
    half, center = (high - low) / 2, (high + low) / 2
    means = (center + half * means).ravel()
    variance = float(np.average(variances.ravel() * half**2, weights=counts))
    if means[1] <= means[0] or variance <= 0:
        return coef
    slope = (means[1] - means[0]) / variance
    threshold = means.mean() - np.log(counts[1] / counts[0]) / slope
    return np.append(slope * direction, -slope * threshold)[np.newaxis]
