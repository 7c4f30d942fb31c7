"""Descents of a loss, by the kind of its rows and classes."""

from functools import partial

import numpy as np

from skprivate.base._shares import equal_share
from skprivate.linear_model._newton import Curvature, NormalRows, newton_descent
from skprivate.linear_model._proximal import (
    exact_proximal_descent,
    proximal_descent,
)
from skprivate.linear_model._stages import standard_units
from skprivate.linear_model._steps import (
    MOST_PASSES,
    accelerated_descent,
    enough_accelerated,
    enough_newton,
    number_of_steps,
    quasi_newton,
)
from skprivate.losses import Logistic
from skprivate.queries import LossGradient

_NEWTON_EAGERNESS = 1.75
# Penalty of Newton's steps, in units of the noise of margins; and what, in units of the
# largest eigenvalue that noise alone has, is added to moments and to the Hessian.
_NOISE_PENALTY = 0.2
_POSSIBLE = 0.1
_DAMPING = 0.25
_MOST_LEVELS = 2.0**36  # grid steps to which kernels cut a gradient at most
_LOGISTIC = 1 / 4  # the curvature of the loss on which these were chosen


def descend(curator, rows, moments, task, penalty, known=None, corners=None):
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
    corners : Corners, default=None
        Of a penalty that has some.
    """
    start = start_of(rows, task, known)
    clip, longest = clip_of(rows, task)
    if np.isinf(rows.mu):
        share = curator.remaining / MOST_PASSES
        gradient = partial(_gradient, curator, rows, task, penalty, longest, share)
        metric = moments.metric(task.curvature, penalty)
        if corners is None:
            coef = quasi_newton(gradient, start, metric)
        else:
            coef = exact_proximal_descent(gradient, start, metric, corners)
    elif task.expected is not None and moments.known:
        coef = _newton(curator, rows, task, moments, penalty, clip, start, corners)
    else:
        coef = _accelerated(curator, rows, task, moments, penalty, clip, start, corners)
    return np.atleast_2d(coef)


def start_of(rows, task, known):
    """Where to start: what is known, or else the best constant."""
    if known is None:
        return task.start
    return standard_units(rows, known).reshape(task.start.shape)


def clip_of(rows, task):
    """The norm to which gradients are cut, and how long they can be at all."""
    longest = task.steepest * rows.longest * rows.weights.largest
    if rows.pure:  # the 1-norm of as many numbers, which may be larger
        longest *= np.sqrt(task.start.size)
    longest = min(longest, _MOST_LEVELS / rows.box.one)
    clip = rows.relative_clip * rows.weights.typical * task.typical
    return min(clip * rows.length, longest), longest


def _newton(curator, rows, task, moments, penalty, clip, start, corners):
    """Newton's steps, for one margin.

    Where there is signal for twice as many steps as are mostly enough, each gets only
    as much of the budget as if they were all needed, and the last one all that is left.
    """
    steep = float(task.expected(np.zeros(1))[0]) / _LOGISTIC
    noise = rows.noise_of_margins(clip) / steep
    of_noise = _NOISE_PENALTY * noise * steep
    penalty = penalty + of_noise * (np.arange(len(start)) < len(start) - 1)
    enough = enough_newton(noise, moments.edge)
    n_steps = number_of_steps(noise, _NEWTON_EAGERNESS, enough, rows.pure)
    most_steps = number_of_steps(noise, _NEWTON_EAGERNESS / 2, 2 * enough, rows.pure)
    most_steps = max(n_steps, most_steps)
    query = gradient_query(rows, task, start, clip)
    share = equal_share(curator.remaining, most_steps)
    deviation = curator.noise_of(query, share=share) / rows.n_rows

    def gradient(coef, last):
        # Sums of shares are rounded: all steps that are taken in full are alike.
        early = last and curator.remaining > 1.5 * share
        part = curator.remaining if early else share
        slopes = _gradient(curator, rows, task, penalty, clip, part, coef)
        return slopes, curator.noise_of(query, share=part) / rows.n_rows

    possible = moments.raised(_POSSIBLE)
    normal_rows = NormalRows(possible, task.expected, task.farthest)
    damping = _DAMPING * steep * moments.edge
    curvature = Curvature(normal_rows, penalty, damping, deviation)
    patient = most_steps > n_steps
    corners = _loud(corners, deviation, most_steps)
    return newton_descent(
        gradient, start, curvature, most_steps, patient=patient, corners=corners
    )


def _accelerated(curator, rows, task, moments, penalty, clip, start, corners):
    """Accelerated steps in one metric, for any number of classes and features."""
    noise = rows.noise_of_margins(clip)
    enough = enough_accelerated(noise, moments.edge)
    n_steps = number_of_steps(noise, task.eagerness, enough, rows.pure)
    share = equal_share(curator.remaining, n_steps)
    gradient = partial(_gradient, curator, rows, task, penalty, clip, share)
    metric = moments.metric(task.curvature, penalty)
    if corners is None:
        return accelerated_descent(gradient, start, metric, n_steps)
    query = gradient_query(rows, task, start, clip)
    deviation = curator.noise_of(query, share=share) / rows.n_rows
    corners = _loud(corners, deviation, n_steps)
    return proximal_descent(gradient, start, metric, corners, n_steps)


def _loud(corners, deviation, n_steps):
    """Corners no smaller than noise, of which the mean of some steps is left."""
    if corners is None:
        return None
    return corners.beside_noise(deviation / np.sqrt(max(0.3 * n_steps, 1.0)))


def gradient_query(rows, task, coef, clip):
    weights = rows.weights.by_class
    kinds = {"loss": task.loss, "target": task.target, "in_norm": rows.in_norm}
    return LossGradient(rows.box, coef, clip, weights, **kinds)


def _gradient(curator, rows, task, penalty, clip, share, coef):
    """Noisy gradient of the penalized mean loss at ``coef``."""
    query = gradient_query(rows, task, coef, clip)
    total = curator.release(query, share=share).reshape(coef.shape)
    if isinstance(task.loss, Logistic) and coef.ndim == 2:
        # Slopes of a row add up to zero over the classes; what does not is noise.
        total = total - total.mean(axis=0)
    return total / rows.n_rows + penalty * coef
