"""Descents of a loss, by the kind of its rows and classes."""

from functools import partial

import numpy as np

from skprivate.base._shares import equal_share
from skprivate.linear_model._newton import Curvature, NormalRows, newton_descent
from skprivate.linear_model._stages import standard_units
from skprivate.linear_model._steps import (
    MOST_PASSES,
    accelerated_descent,
    enough_accelerated,
    enough_newton,
    number_of_steps,
    quasi_newton,
)
from skprivate.queries import LossGradient

_NEWTON_EAGERNESS = 1.75
# Penalty of Newton's steps, in units of the noise of margins; and what, in units of the
# largest eigenvalue that noise alone has, is added to moments and to the Hessian.
_NOISE_PENALTY = 0.2
_POSSIBLE = 0.1
_DAMPING = 0.25
_MOST_LEVELS = 2.0**36  # grid steps to which kernels cut a gradient at most
_LOGISTIC = 1 / 4  # the curvature of the loss on which these were chosen


def descend(curator, rows, moments, task, penalty, known=None):
    """Coefficients in standard units, a row for each margin.

    Parameters
    ----------
    curator : Curator
    rows : StandardRows
    moments : SeenMoments or UnseenMoments
    task : Task
    penalty : ndarray of shape (n_features + 1,)
        Of each coefficient; see `penalty_of`.
    known : ndarray of shape (n_margins, n_features + 1), default=None
        Where to start, in units of the features; None: at the best constant.
    """
    start = task.start
    if known is not None:
        start = standard_units(rows, known).reshape(start.shape)
    longest = task.steepest * rows.longest * rows.weights.largest
    longest = min(longest, _MOST_LEVELS / rows.box.one)
    clip = rows.relative_clip * rows.weights.typical * task.typical
    clip = min(clip * np.sqrt(rows.n_columns), longest)
    if np.isinf(rows.mu):
        share = curator.remaining / MOST_PASSES
        gradient = partial(_gradient, curator, rows, task, penalty, longest, share)
        metric = moments.metric(task.curvature, penalty)
        coef = quasi_newton(gradient, start, metric)
    elif task.expected is not None and moments.known:
        coef = _newton(curator, rows, task, moments, penalty, clip, start)
    else:
        coef = _accelerated(curator, rows, task, moments, penalty, clip, start)
    return np.atleast_2d(coef)


def _newton(curator, rows, task, moments, penalty, clip, start):
    """Newton's steps, for one margin.

    Where there is signal for twice as many steps as are mostly enough, each gets only
    as much of the budget as if they were all needed, and the last one all that is left.
    """
    steep = float(task.expected(np.zeros(1))[0]) / _LOGISTIC
    noise = rows.noise_of_margins(clip) / steep
    of_noise = _NOISE_PENALTY * noise * steep
    penalty = penalty + of_noise * (np.arange(len(start)) < len(start) - 1)
    enough = enough_newton(noise, moments.edge)
    n_steps = number_of_steps(noise, _NEWTON_EAGERNESS, enough)
    most_steps = number_of_steps(noise, _NEWTON_EAGERNESS / 2, 2 * enough)
    most_steps = max(n_steps, most_steps)
    query = _query(rows, task, start, clip)
    share = equal_share(curator.remaining, most_steps)
    deviation = curator.noise_of(query, share=share) / rows.n_rows

    def gradient(coef, last):
        # Sums of shares are rounded: all steps that are taken in full are alike.
        early = last and curator.remaining > 1.5 * share
        part = curator.remaining if early else share
        slopes = _gradient(curator, rows, task, penalty, clip, part, coef)
        return slopes, deviation * np.sqrt(share / part)

    possible = moments.raised(_POSSIBLE)
    normal_rows = NormalRows(possible, task.expected, task.farthest)
    damping = _DAMPING * steep * moments.edge
    curvature = Curvature(normal_rows, penalty, damping, deviation)
    return newton_descent(
        gradient, start, curvature, most_steps, patient=most_steps > n_steps
    )


def _accelerated(curator, rows, task, moments, penalty, clip, start):
    """Accelerated steps in one metric, for any number of classes and features."""
    noise = rows.noise_of_margins(clip)
    enough = enough_accelerated(noise, moments.edge)
    n_steps = number_of_steps(noise, task.eagerness, enough)
    share = equal_share(curator.remaining, n_steps)
    gradient = partial(_gradient, curator, rows, task, penalty, clip, share)
    metric = moments.metric(task.curvature, penalty)
    return accelerated_descent(gradient, start, metric, n_steps)


def _query(rows, task, coef, clip):
    weights = rows.weights.by_class
    return LossGradient(
        rows.box, coef, clip, weights, loss=task.loss, target=task.target
    )


def _gradient(curator, rows, task, penalty, clip, share, coef):
    """Noisy gradient of the penalized mean loss at ``coef``."""
    query = _query(rows, task, coef, clip)
    total = curator.release(query, share=share).reshape(coef.shape)
    if coef.ndim == 2:
        # Slopes of a row add up to zero over the classes; what does not is noise.
        total = total - total.mean(axis=0)
    slopes = total / rows.n_rows
    noise = curator.noise_of(query) / rows.n_rows
    rows.seen.append((coef, slopes, noise, clip))
    return slopes + penalty * coef
