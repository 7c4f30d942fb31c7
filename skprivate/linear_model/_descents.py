"""Descents of a loss, by the kind of its rows and classes."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from skprivate.base._shares import equal_share
from skprivate.linear_model._newton import (
    Curvature,
    NormalRows,
    inverse_of,
    newton_descent,
)
from skprivate.linear_model._proximal import (
    Corners,
    exact_proximal_descent,
    proximal_descent,
)
from skprivate.linear_model._shrinkage import drawn_back
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
_NO_NOISE = 1e-12
_FLATTEST = 1e-9
_AVERAGED = 0.3  # of the points of a descent
_LOGISTIC = 1 / 4  # the curvature of the loss on which these were chosen


@dataclass(frozen=True, eq=False)
class Aim:
    """Where a penalty draws coefficients.

    Attributes
    ----------
    penalty : ndarray of shape (n_columns,)
        Of the square of each coefficient.
    center : ndarray of the shape of coefficients, or None
        From which the squares are; None: zero.
    corners : Corners or None
        Of a penalty that has some, at zero.
    """

    penalty: np.ndarray
    center: np.ndarray | None = None
    corners: Corners | None = None

    def slopes(self, coef):
        """Derivatives of the squares."""
        return self.penalty * (coef if self.center is None else coef - self.center)


def descend(
    curator, rows, moments, task, penalty, known=None, corners=None, center=None
):
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
    center : ndarray of shape (n_margins, n_features + 1), default=None
        Public coefficients in units of the features, to which squares draw; None: to
        zero.
    """
    start = start_of(rows, task, known)
    if center is not None:
        center = standard_units(rows, center).reshape(start.shape)
    aim = Aim(penalty, center, corners)
    clip, longest = clip_of(rows, task)
    if np.isinf(rows.mu):
        share = curator.remaining / MOST_PASSES
        gradient = partial(_gradient, curator, rows, task, aim, longest, share)
        coef = _exactly(gradient, rows, moments, task, aim, start)
    elif task.expected is not None and moments.known:
        coef = _newton(curator, rows, task, moments, aim, clip, start)
    else:
        coef = _accelerated(curator, rows, task, moments, aim, clip, start)
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


def _exactly(gradient, rows, moments, task, aim, start):
    """Coefficients by gradients without noise."""
    if task.adversary is not None:
        return _exact_newton(gradient, task, rows, moments, aim, start)
    metric = moments.metric(task.curvature, aim.penalty)
    if aim.corners is None:
        return quasi_newton(gradient, start, metric)
    return exact_proximal_descent(gradient, start, metric, aim.corners)


def _newton(curator, rows, task, moments, aim, clip, start):
    """Newton's steps, for one margin.

    Where there is signal for twice as many steps as are mostly enough, each gets only
    as much of the budget as if they were all needed, and the last one all that is left.
    """
    steep = float(task.expected(np.zeros(1))[0]) / _LOGISTIC
    noise = rows.noise_of_margins(clip) / steep
    of_noise = _NOISE_PENALTY * noise * steep
    penalty = aim.penalty + of_noise * (np.arange(len(start)) < len(start) - 1)
    aim = replace(aim, penalty=penalty)
    enough = enough_newton(noise, moments.edge)
    n_steps = number_of_steps(noise, _NEWTON_EAGERNESS, enough, rows.pure)
    most_steps = number_of_steps(noise, _NEWTON_EAGERNESS / 2, 2 * enough, rows.pure)
    most_steps = max(n_steps, most_steps)
    query = gradient_query(rows, task, start, clip)
    share = equal_share(curator.remaining, most_steps)
    deviation = curator.noise_of(query, share=share) / rows.n_rows
    of_mean = deviation / np.sqrt(max(_AVERAGED * most_steps, 1.0))

    def gradient(coef, last):
        # Sums of shares are rounded: all steps that are taken in full are alike.
        early = last and curator.remaining > 1.5 * share
        part = curator.remaining if early else share
        slopes = _gradient(curator, rows, task, aim, clip, part, coef)
        return slopes, curator.noise_of(query, share=part) / rows.n_rows

    possible = moments.raised(_POSSIBLE)
    normal_rows = NormalRows(possible, task.expected, task.farthest)
    normal_rows = _moved(normal_rows, task, rows)
    damping = _DAMPING * steep * moments.edge
    curvature = Curvature(normal_rows, penalty, damping, deviation)
    patient = most_steps > n_steps
    corners = _loud(aim.corners, deviation, most_steps)
    coef = newton_descent(
        gradient, start, curvature, most_steps, patient=patient, corners=corners
    )
    if aim.center is None:
        return coef
    curved = [normal_rows.hessian(point) for point in (coef, aim.center)]
    found = [_drawn_back(aim, coef, hessian, of_mean, rows) for hessian in curved]
    return min(found, key=lambda pair: sum(pair[1]))[0]  # as the larger noise has it


def _moved(normal_rows, task, rows):
    """What normal rows say of the loss, if an adversary moves them."""
    if task.adversary is None:
        return normal_rows
    if task.target is None:
        return task.adversary.rows(normal_rows, rows.per_unit)
    return task.adversary.rows_of_numbers(normal_rows, rows.per_unit)


def _exact_newton(gradient, task, rows, moments, aim, start):
    """Newton's steps of gradients without noise, where the loss is no smooth one."""
    normal_rows = NormalRows(moments.raised(0.0), task.expected, task.farthest)
    normal_rows = _moved(normal_rows, task, rows)
    curvature = Curvature(normal_rows, aim.penalty, 0.0, _NO_NOISE)
    return newton_descent(
        lambda coef, last: (gradient(coef), _NO_NOISE),
        start,
        curvature,
        MOST_PASSES,
        corners=aim.corners,
    )


def _drawn_back(aim, coef, hessian, of_mean, rows):
    """Coefficients between public ones and those of a descent, and how far between.

    ``of_mean`` is the deviation of the noise in the mean of those gradients whose
    points are averaged; that of sampling is added.
    """
    # Far from all rows, as public coefficients may be, a loss has no curvature at all.
    inverse = inverse_of(hessian + np.diag(aim.penalty + _FLATTEST))
    each = of_mean**2 * np.eye(len(hessian)) + hessian / rows.n_rows
    return drawn_back(aim.center, coef, hessian, inverse @ each @ inverse)


def _accelerated(curator, rows, task, moments, aim, clip, start):
    """Accelerated steps in one metric, for any number of classes and features."""
    noise = rows.noise_of_margins(clip)
    enough = enough_accelerated(noise, moments.edge)
    n_steps = number_of_steps(noise, task.eagerness, enough, rows.pure)
    share = equal_share(curator.remaining, n_steps)
    query = gradient_query(rows, task, start, clip)
    deviation = curator.noise_of(query, share=share) / rows.n_rows
    of_mean = deviation / np.sqrt(max(_AVERAGED * n_steps, 1.0))
    gradient = partial(_gradient, curator, rows, task, aim, clip, share)
    metric = moments.metric(task.curvature, aim.penalty)
    if aim.corners is None:
        coef = accelerated_descent(gradient, start, metric, n_steps)
    else:
        corners = _loud(aim.corners, deviation, n_steps)
        coef = proximal_descent(gradient, start, metric, corners, n_steps)
    if aim.center is None or not moments.known:
        return coef
    ridge, drawn = moments.raised(2.0), coef.copy()
    for k, prior in enumerate(rows.prior):
        one = replace(aim, center=aim.center[k])
        hessian = prior * (1 - prior) * ridge
        drawn[k] = _drawn_back(one, coef[k], hessian, of_mean, rows)[0]
    return drawn


def _loud(corners, deviation, n_steps):
    """Corners no smaller than noise, of which the mean of some steps is left."""
    if corners is None:
        return None
    return corners.beside_noise(deviation / np.sqrt(max(_AVERAGED * n_steps, 1.0)))


def gradient_query(rows, task, coef, clip):
    """The question for the sum of gradients at ``coef``."""
    if task.adversary is not None:
        return task.adversary.query(rows, task, coef, clip)
    weights = rows.weights.by_class
    kinds = {"loss": task.loss, "target": task.target, "in_norm": rows.in_norm}
    return LossGradient(rows.box, coef, clip, weights, **kinds)


def _gradient(curator, rows, task, aim, clip, share, coef):
    """Noisy gradient of the penalized mean loss at ``coef``."""
    query = gradient_query(rows, task, coef, clip)
    total = curator.release(query, share=share).reshape(coef.shape)
    if isinstance(task.loss, Logistic) and coef.ndim == 2:
        # Slopes of a row add up to zero over the classes; what does not is noise.
        total = total - total.mean(axis=0)
    slopes = total / rows.n_rows
    noise = curator.noise_of(query) / rows.n_rows
    rows.seen.append((coef, slopes, noise, clip))
    return slopes + aim.slopes(coef)
