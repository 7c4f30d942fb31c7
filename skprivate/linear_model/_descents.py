"""Descents of a logistic regression, by the kind of its rows and classes."""

from functools import partial

import numpy as np

from skprivate.base._shares import equal_share
from skprivate.linear_model._newton import Curvature, NormalRows, newton_descent
from skprivate.linear_model._stages import look_at_moments, penalty_of, standard_units
from skprivate.linear_model._steps import (
    MOST_PASSES,
    accelerated_descent,
    enough_accelerated,
    enough_newton,
    number_of_steps,
    quasi_newton,
)
from skprivate.queries import LogisticGradient

# Upper bounds of the Hessian of the loss by the margins (Boehning 1992: 1/4 and 1/2;
# three quarters of the latter keep accelerated steps stable), and what tests of many
# tables found best for the number of steps.
_BINARY = {"curvature": 1 / 4, "eagerness": 2.0, "steepest": 1.0}
_MULTINOMIAL = {"curvature": 3 / 8, "eagerness": 2.5, "steepest": np.sqrt(2.0)}
_NEWTON_EAGERNESS = 1.75
# Penalty of Newton's steps, in units of the noise of margins; and what, in units of the
# largest eigenvalue that noise alone has, is added to moments and to the Hessian.
_NOISE_PENALTY = 0.2
_POSSIBLE = 0.1
_DAMPING = 0.25


def descend(curator, rows, C, known=None):
    """Coefficients in standard units, a row for each margin.

    Parameters
    ----------
    curator : Curator
    rows : StandardRows
    C : float
        Inverse of the strength of the penalty.
    known : ndarray of shape (n_margins, n_features + 1), default=None
        Where to start, in units of the features; None: at the shares alone.
    """
    binary = len(rows.prior) == 2
    rule = _BINARY if binary else _MULTINOMIAL
    start, penalty = _constant_model(rows, binary), penalty_of(rows, C)
    if known is not None:
        start = standard_units(rows, known).reshape(start.shape)
    moments = look_at_moments(curator, rows)
    longest = rule["steepest"] * rows.longest * rows.weights.largest
    clip = rows.relative_clip * rows.weights.typical
    clip = min(clip * np.sqrt(rows.n_columns), longest)
    if np.isinf(rows.mu):
        share = curator.remaining / MOST_PASSES
        gradient = partial(_gradient, curator, rows, penalty, longest, share)
        metric = moments.metric(rule["curvature"], penalty)
        coef = quasi_newton(gradient, start, metric)
    elif binary and moments.known:
        coef = _newton(curator, rows, moments, penalty, clip, start)
    else:
        coef = _accelerated(curator, rows, moments, penalty, clip, start, rule)
    return np.atleast_2d(coef)


def _constant_model(rows, binary):
    """Coefficients of the model that knows the shares of the classes, nothing else."""
    margins = np.log(rows.prior)
    if binary:
        return np.append(np.zeros(rows.box.n_features), margins[1] - margins[0])
    start = np.zeros((len(margins), rows.n_columns))
    start[:, -1] = margins - margins.mean()
    return start


def _newton(curator, rows, moments, penalty, clip, start):
    """Newton's steps, for two classes.

    Where there is signal for twice as many steps as are mostly enough, each gets only
    as much of the budget as if they were all needed, and the last one all that is left.
    """
    noise = rows.noise_of_margins(clip)
    penalty = penalty + _NOISE_PENALTY * noise * (
        np.arange(len(start)) < len(start) - 1
    )
    enough = enough_newton(noise, moments.edge)
    n_steps = number_of_steps(noise, _NEWTON_EAGERNESS, enough)
    most_steps = number_of_steps(noise, _NEWTON_EAGERNESS / 2, 2 * enough)
    most_steps = max(n_steps, most_steps)
    query = _query(rows, start, clip)
    share = equal_share(curator.remaining, most_steps)
    deviation = curator.noise_of(query, share=share) / rows.n_rows

    def gradient(coef, last):
        # Sums of shares are rounded: all steps that are taken in full are alike.
        early = last and curator.remaining > 1.5 * share
        part = curator.remaining if early else share
        slopes = _gradient(curator, rows, penalty, clip, part, coef)
        return slopes, deviation * np.sqrt(share / part)

    normal_rows = NormalRows(moments.raised(_POSSIBLE))
    damping = _DAMPING * moments.edge
    curvature = Curvature(normal_rows, penalty, damping, deviation)
    return newton_descent(
        gradient, start, curvature, most_steps, patient=most_steps > n_steps
    )


def _accelerated(curator, rows, moments, penalty, clip, start, rule):
    """Accelerated steps in one metric, for any number of classes and features."""
    noise = rows.noise_of_margins(clip)
    enough = enough_accelerated(noise, moments.edge)
    n_steps = number_of_steps(noise, rule["eagerness"], enough)
    share = equal_share(curator.remaining, n_steps)
    gradient = partial(_gradient, curator, rows, penalty, clip, share)
    metric = moments.metric(rule["curvature"], penalty)
    return accelerated_descent(gradient, start, metric, n_steps)


def _query(rows, coef, clip):
    return LogisticGradient(rows.box, coef, clip, rows.weights.by_class)


def _gradient(curator, rows, penalty, clip, share, coef):
    """Noisy gradient of the penalized mean loss at ``coef``."""
    query = _query(rows, coef, clip)
    total = curator.release(query, share=share).reshape(coef.shape)
    if coef.ndim == 2:
        # Slopes of a row add up to zero over the classes; what does not is noise.
        total = total - total.mean(axis=0)
    return total / rows.n_rows + penalty * coef
