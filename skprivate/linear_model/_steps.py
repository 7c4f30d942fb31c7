"""Two ways to descend when all that can be had are gradients, noisy or exact."""

from collections import deque
from math import log, sqrt

import numpy as np

MOST_PASSES = 250
_TOLERANCE = 1e-6
_MEMORY = 20
_TRIALS = 12
_PATIENCE = 20
_VISIBLE = 1e-150  # smaller numbers cannot be divided by
_POWER_IF_PURE = 2 / 3


def number_of_steps(noise, eagerness, enough, pure=False):
    """How many noisy gradients to take: each gets less of the budget if there are more.

    Parameters
    ----------
    noise : float
        How far the noise of one gradient that has the whole budget moves a margin.
    eagerness : float
        Number of steps where that is one.
    enough : float
        Number of steps after which more do not help.
    pure : bool, default=False
        Whether the noise of each grows with their number, not with the root of it.

    Returns
    -------
    int
    """
    wanted = eagerness / sqrt(noise)
    return int(np.clip(np.rint(wanted**_POWER_IF_PURE if pure else wanted), 2, enough))


def enough_accelerated(noise, edge):
    """Number of accelerated steps that converge as far as noise lets them.

    ``edge`` is the largest eigenvalue of the noise in the metric: if it is large, so is
    the number of steps in weak directions.
    """
    return max(8.0, -4 * log(noise) - 9) + 25 * sqrt(2 * edge)


def enough_newton(noise, edge):
    """The same for Newton's steps, which leave less to later ones."""
    return max(8.0, -2 * log(noise) - 10) + 4 * sqrt(2 * edge)


def accelerated_descent(gradient, start, metric, n_steps):
    """Nesterov's steps; the mean of the last three tenths of them.

    Parameters
    ----------
    gradient : callable
        Noisy gradient at a point.
    start : ndarray of shape (..., n_columns)
    metric : ndarray of shape (n_columns, n_columns) or (n_columns,)
        Symmetric; a vector is the diagonal.
    n_steps : int
        Number of gradients to take.

    Returns
    -------
    ndarray of the shape of ``start``
    """
    here, before, path = start, start, []
    for k in range(n_steps):
        ahead = here + k / (k + 3) * (here - before)
        before, here = here, ahead - times(gradient(ahead), metric)
        path.append(here)
    return mean_of_last(path)


def times(slopes, metric):
    """Gradients times a metric: a matrix, or the diagonal of one."""
    return slopes * metric if metric.ndim == 1 else slopes @ metric


def mean_of_last(path, weights=None):
    """Mean of the last three tenths of the points, which averages noise."""
    first = min(int(np.ceil(0.7 * len(path))), len(path) - 1)
    weights = None if weights is None else weights[first:]
    return np.average(path[first:], axis=0, weights=weights)


def quasi_newton(gradient, start, metric):
    """Minimize by L-BFGS (Liu and Nocedal 1989) without values of the function.

    The same parameters, for exact gradients: of these it takes ``MOST_PASSES`` at most.
    It ends where the gradient is a millionth of the first one, or where rounding to the
    grid keeps it from becoming shorter.
    """
    here, slopes = start, gradient(start)
    pairs, n_passes, n_idle = deque(maxlen=_MEMORY), 1, 0
    length = _length(slopes, metric)
    best, shortest, enough = here, length, _TOLERANCE * length
    while length > enough and n_idle < _PATIENCE and n_passes + _TRIALS <= MOST_PASSES:
        direction = -_newton_direction(slopes, pairs, metric)
        move, others, n_trials = _step_along(gradient, here, slopes, direction)
        change = others - slopes
        if min(np.vdot(move, change), _length(change, metric)) > _VISIBLE:
            pairs.append((move, change))
        here, slopes, n_passes = here + move, others, n_passes + n_trials
        length, n_idle = _length(slopes, metric), n_idle + 1
        if length < shortest:
            best, shortest, n_idle = here, length, 0
    return best


def _step_along(gradient, here, slopes, direction):
    """A step after which the function is flatter along ``direction``.

    Returns
    -------
    move, slopes : ndarray
        The step, and the gradient behind it.
    n_trials : int
        Number of gradients taken.
    """
    slope = np.vdot(slopes, direction)
    size, low, high, n_trials = 1.0, 0.0, np.inf, 0
    while n_trials < _TRIALS:
        n_trials += 1
        move = size * direction
        slopes = gradient(here + move)
        new_slope = np.vdot(slopes, direction)
        if abs(new_slope) <= 0.9 * abs(slope):
            break
        low, high = (low, size) if new_slope > 0 else (size, high)
        size = (low + high) / 2 if high < np.inf else 2 * size
    return move, slopes, n_trials


def _length(slopes, metric):
    """Norm of a gradient in units of the metric."""
    return sqrt(max(0.0, np.vdot(slopes, times(slopes, metric))))


def _newton_direction(slopes, pairs, metric):
    """Inverse Hessian, as far as ``pairs`` of moves tell it, times the gradient."""
    direction, factors = slopes, []
    for move, change in reversed(pairs):
        factor = np.vdot(move, direction) / np.vdot(move, change)
        direction = direction - factor * change
        factors.append(factor)
    direction = times(direction, metric)
    if pairs:
        move, change = pairs[-1]
        scale = np.vdot(move, change) / np.vdot(change, times(change, metric))
        direction = direction * scale
    for (move, change), factor in zip(pairs, reversed(factors), strict=True):
        other = np.vdot(change, direction) / np.vdot(move, change)
        direction = direction + move * (factor - other)
    return direction
