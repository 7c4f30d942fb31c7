"""Classifiers of rows of which only the length is known.

Where there are more features than signal, ranges, standardization and correlations are
not worth their price: rows are taken as they are, in a ball about zero.

Constants were chosen on pairs of groups of 20 newsgroups and on digits, as unit rows.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from skprivate.base import Box
from skprivate.base._class_weights import ClassWeights
from skprivate.base._range import ValueCells, search_ranges
from skprivate.losses import Logistic
from skprivate.queries import (
    ClassCounts,
    LossGradient,
    Moments,
    means_and_variances,
)
from skprivate.queries._moments import BITS
from skprivate.queries._row_norms import look_at_row_norms
from skprivate.queries._views import Margins, OfView

COUNTS_SHARE = 0.03
_NORM_SHARE = 0.03
_RANGE_SHARE, _AXIS_SHARE = 0.04, 0.07
_CONSTANT = 0.1  # what stands for the intercept in a row, relative to the radius
_CLIP = 0.5  # of gradients, relative to the radius: few rows have longer ones later
_FARTHEST = 0.5  # noise that the whole descent may bring to the margin of a row
_SAFE_STEP = 2.0  # by the largest curvature of the loss: no such step diverges
_MOST_STEPS = 100
_CONVERGED = 4.0  # lengths of descent after which the penalty stops the rest
_STANDS_OUT = 3.0
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
    """

    n_rows: float
    prior: np.ndarray
    box: Box
    radius: float
    weights: ClassWeights

    @property
    def unit(self):
        """What stands for the intercept in a row."""
        return self.radius * _CONSTANT

    @property
    def clip(self):
        """Of gradients."""
        return _CLIP * self.weights.typical


def count_classes(curator, n_classes):
    """Noisy numbers of rows of each class, all at least one."""
    query = ClassCounts(n_classes)
    counts = curator.release(query, share=COUNTS_SHARE)
    return np.maximum(counts, np.maximum(1.0, curator.noise_of(query)))


def look_at_norms(curator):
    """The norm that nine rows of ten do not exceed, for a small share."""
    return look_at_row_norms(curator, share=_NORM_SHARE)


def rows_in_ball(curator, counts, radius, weights):
    """Geometry of rows of which a noisy count and a public radius are known."""
    p, unit = curator.n_features, radius * _CONSTANT
    reach = np.broadcast_to(1 / _CONSTANT, p)
    box = Box.around_ball(p, radius, unit, LossGradient.bits(reach))
    return BallRows(counts.sum(), weights.shares_of(counts), box, radius, weights)


def descend_in_ball(curator, rows, C, start=None, loss=_LOGISTIC, center=None):
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
    share = 1.0 - (curator.budget.mu < np.inf) * binary * (_RANGE_SHARE + _AXIS_SHARE)
    share -= 1.0 - curator.remaining
    C = C * rows.weights.mean
    length, n_steps = _length_of_descent(curator, rows, share, C, loss)
    penalty = 1 / (C * rows.n_rows * rows.unit**2)
    coef, size, before = _shares_alone(rows, binary, loss), length / n_steps, None
    if start is not None:
        coef = _in_units(rows, start, coef.shape)
    aim = 0.0 if center is None else _in_units(rows, center, coef.shape)
    shrink = np.append(np.ones(curator.n_features), 0.0) * penalty
    for _ in range(n_steps):
        clip = rows.clip / _CONSTANT
        query = LossGradient(rows.box, coef, clip, rows.weights.by_class, loss=loss)
        slopes = curator.release(query, share=share / n_steps).reshape(coef.shape)
        slopes /= rows.n_rows
        if not binary:  # slopes of a row add up to zero: what does not is noise
            slopes -= slopes.mean(axis=0)
        noise = curator.noise_of(query) / rows.n_rows
        if before is not None and _turns(before, slopes, noise):
            size /= 2
        coef = (coef - size * (slopes - shrink * aim)) / (1 + size * shrink)
        before = slopes
    coef = np.atleast_2d(coef)
    return np.column_stack([coef[:, :-1] / rows.unit, coef[:, -1]])


def _in_units(rows, coef, shape):
    """Coefficients of features in units of the box."""
    return np.column_stack([coef[:, :-1] * rows.unit, coef[:, -1]]).reshape(shape)


def _length_of_descent(curator, rows, share, C, loss):
    """Total length of all steps, and their number.

    Lengths are in units of the squared constant: a row has the norm ``1 / _CONSTANT``.
    """
    unit = _CONSTANT**2
    noise = curator.noise_of(
        LossGradient(rows.box, np.zeros(rows.box.n_features + 1), rows.clip),
        share=share,
    )
    length = min(
        _FARTHEST * rows.n_rows / max(noise, 1e-9),
        _CONVERGED * C * rows.n_rows * rows.radius**2,
    )
    n_steps = int(
        np.clip(ceil(length * loss.curvature_bound / _SAFE_STEP), 1, _MOST_STEPS)
    )
    return length * unit, n_steps


def _shares_alone(rows, binary, loss):
    """Coefficients of the model that knows the shares of the classes, nothing else."""
    margins = np.log(rows.prior)
    if binary:
        start = np.zeros(rows.box.n_features + 1)
        start[-1] = loss.link(rows.prior[1])
        return start
    start = np.zeros((len(margins), rows.box.n_features + 1))
    start[:, -1] = margins - margins.mean()
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
