"""Newton's method with noisy gradients and a Hessian that costs nothing.

The Hessian follows from second moments that were released before, by post-processing.
"""

import numpy as np
from scipy.special import expit

from skprivate.linear_model._steps import mean_of_last

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_FARTHEST = 1.5
_DOUBT = 2.0  # moves are compared with this many times the square of their noise
_LOWEST = 0.2  # part of the Hessian that is left in any direction
_LONGER = 6.0  # times the square of the length of the shortest gradient
_LITTLE = 4e-4  # of the mean loss, which a further step is not worth
_TINY = 1e-300


def logistic_curvature(margins):
    """Second derivative of the log loss."""
    return expit(margins) * expit(-margins)


class NormalRows:
    """Rows that are normal, with given second moments: what they say of the loss.

    Margins are then normal too, so that the Hessian of the mean loss, the mean of
    ``s v v'`` with ``s`` the curvature of the loss, is that of a row's part along the
    margin, an integral over one dimension, and of the rest, which is independent of
    ``s`` (compare Stein 1981, Annals of Statistics 9(6), lemma 2).

    Parameters
    ----------
    moments : ndarray of shape (n_columns, n_columns)
        Mean of ``v v'`` over rows ``v = (z, 1)``, positive definite.
    curvature : callable, default=None
        What the loss is expected to have, at margins; None: the logistic loss.
    farthest : float, default=1.5
        A step may always move margins by as much, in the mean square.
    """

    def __init__(self, moments, curvature=None, farthest=_FARTHEST):
        self.moments, self.farthest = moments, farthest
        self._curvature = curvature or logistic_curvature
        self._mean = moments[:, -1] / np.sqrt(moments[-1, -1])
        self._covariance = moments - np.outer(self._mean, self._mean)

    def hessian(self, coef):
        """Second derivatives of the mean loss at ``coef``."""
        along = self._covariance @ coef
        deviation = np.sqrt(max(float(along @ coef), 1e-12))
        margins = self._mean @ coef + deviation * _NODES
        rows = self._mean[:, None] + np.outer(along / deviation, _NODES)
        slopes = self._curvature(margins)
        typical = _WEIGHTS @ slopes
        return (
            typical * self.moments + (rows * (_WEIGHTS * (slopes - typical))) @ rows.T
        )

    def square(self, move):
        """Mean square of the change of margins when coefficients change."""
        return max(float(move @ self.moments @ move), _TINY)


class Curvature:
    """The Hessian of the penalized mean loss, as moments and gradients tell it.

    Steps add ``damping`` to it. Directions that are weaker than that, or not known to
    be stronger, gather what many gradients say instead of averaging it.

    Where gradients turn out to change faster than the Hessian of normal rows tells, by
    more than noise explains, it is raised in the direction of that step, from then on.
    Where they change less, as they do if rows have heavy tails, it is lowered for the
    next step.

    Parameters
    ----------
    rows : NormalRows
    penalty : ndarray of shape (n_columns,)
        Second derivatives of the penalty.
    damping : float
        Not negative.
    noise : float
        Standard deviation of the noise in each entry of a gradient.
    """

    def __init__(self, rows, penalty, damping, noise):
        self.rows, self.noise = rows, noise
        self.damping = damping * np.eye(len(penalty))
        self._penalty = np.diag(penalty)
        self._stiffer = np.zeros_like(rows.moments)
        self._last = None

    def at(self, point, slopes):
        """The Hessian at a point, without the damping, after the gradient there."""
        hessian = self.rows.hessian(point) + self._penalty
        last, self._last = self._last, (point, slopes, hessian)
        if last is None:
            return hessian
        move, change = point - last[0], slopes - last[1]
        self._stiffer += self._excess(move, change, last[2] + self.damping)
        least = min(move @ hessian @ move, move @ last[2] @ move)
        told = hessian + self._stiffer
        return told + self._lack(move, change, max(float(least), _TINY), told)

    def _excess(self, move, change, hessian):
        """What the change of gradients along ``move`` shows that ``hessian`` lacks."""
        expected = hessian @ move
        product = max(float(move @ expected), _TINY)
        ratio = max((float(move @ change) - self._doubt(move)) / product, 1.0)
        return (ratio - 1) / product * np.outer(expected, expected)

    def _lack(self, move, change, least, hessian):
        """What is to be taken off: the change is less than Hessians tell, the least."""
        expected = hessian @ move
        product = max(float(move @ expected), _TINY)
        ratio = (float(move @ change) + self._doubt(move)) / least
        ratio = min(max(ratio, _LOWEST), 1.0)
        return (ratio - 1) / product * np.outer(expected, expected)

    def _doubt(self, move):
        """Deviation of the noise in the change of gradients along ``move``."""
        return self.noise * np.sqrt(2 * float(move @ move))


def newton_descent(gradient, start, curvature, n_steps, *, patient=False, corners=None):
    """Nesterov's steps in the metric of the Hessian, the shorter the noisier they are.

    A step that may be all noise goes only ``1 / (k + 1)`` of the way, as in a running
    mean of where steps aim at; one far above noise goes all the way (after James and
    Stein 1961). Where gradients have become much longer again, momentum starts anew
    (O'Donoghue and Candes 2015). The result is the mean of the last three tenths of the
    points, weighted by the precision of their gradients.

    Parameters
    ----------
    gradient : callable
        From a point, and whether this is the last step, to a noisy gradient there,
        penalty included, and the standard deviation of the noise in each entry.
    start : ndarray of shape (n_columns,)
    curvature : Curvature
    n_steps : int
        Number of gradients to take.
    patient : bool, default=False
        Whether there are steps for hard cases among them: one step is the last as soon
        as the gradient before says that little is left to gain.
    corners : Corners, default=None
        Of a penalty that has some.

    Returns
    -------
    ndarray of shape (n_columns,)
    """
    rows, damping = curvature.rows, curvature.damping
    here, before, path, precision = start, start, [], []
    momentum, shortest, last = 0, np.inf, False
    for k in range(n_steps):
        ahead = here + momentum / (momentum + 3) * (here - before)
        last = last or k == n_steps - 1
        slopes, noise = gradient(ahead, last)
        hessian = curvature.at(ahead, slopes)
        inverse = inverse_of(hessian + damping)
        steep = slopes if corners is None else corners.flattest(ahead, slopes)
        length, of_noise = steep @ inverse @ steep, noise**2 * np.trace(inverse)
        momentum = 0 if length > _LONGER * shortest + 4 * of_noise else momentum + 1
        gain = _gain(k, inverse, steep, rows, noise)
        stiffness = hessian / gain + damping
        if corners is None:
            move = -inverse_of(stiffness) @ slopes
        else:
            move = corners.ahead(ahead, slopes, stiffness) - ahead
        far, most = np.sqrt(rows.square(move)), _farthest(ahead, rows)
        before, here = here, ahead + min(1.0, most / far) * move
        path.append(here)
        precision.append((curvature.noise / noise) ** 2)
        if last:
            break
        little = max(length - of_noise, of_noise) < 2 * _LITTLE
        shortest, last = min(shortest, length), patient and little and far < most
    mean = mean_of_last if corners is None else corners.mean
    return mean(path, precision)


def _farthest(point, rows):
    """How far a step may move margins, in the mean square: at most twice as far."""
    return max(rows.farthest, np.sqrt(rows.square(np.append(point[:-1], 0.0))))


def _gain(k, inverse, slopes, rows, noise):
    """How far to go in step number ``k``, by how clearly it is more than noise."""
    of_noise = noise**2 * float(np.sum((inverse @ rows.moments) * inverse))
    doubt = min(1.0, _DOUBT * of_noise / rows.square(inverse @ slopes))
    return 1 - k / (k + 1) * doubt


def inverse_of(matrix):
    """Inverse of a positive definite matrix whose diagonal spans many magnitudes."""
    scale = 1 / np.sqrt(np.diag(matrix))
    scale = scale[:, None] * scale
    return np.linalg.inv(matrix * scale) * scale
