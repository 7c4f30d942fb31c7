"""Newton's method with noisy gradients and a Hessian that costs nothing.

The Hessian follows from second moments that were released before, by post-processing.
"""

import numpy as np
from scipy.special import expit

from skprivate.linear_model._steps import mean_of_last

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_FARTHEST = 1.5  # a step moves margins by no more, in the mean square
_DOUBT = 2.0  # moves are compared with this many times the square of their noise
_TINY = 1e-300


class NormalRows:
    """Rows that are normal, with given second moments: what they say of the loss.

    Margins are then normal too, so that the Hessian of the mean logistic loss, the mean
    of ``s v v'`` with ``s`` the derivative of the probability, is that of a row's part
    along the margin, an integral over one dimension, and of the rest, which is
    independent of ``s`` (compare Stein 1981, Annals of Statistics 9(6), lemma 2).

    Parameters
    ----------
    moments : ndarray of shape (n_columns, n_columns)
        Mean of ``v v'`` over rows ``v = (z, 1)``, positive definite.
    """

    def __init__(self, moments):
        self.moments = moments
        self._mean = moments[:, -1] / np.sqrt(moments[-1, -1])
        self._covariance = moments - np.outer(self._mean, self._mean)

    def hessian(self, coef):
        """Second derivatives of the mean loss at ``coef``."""
        along = self._covariance @ coef
        deviation = np.sqrt(max(float(along @ coef), 1e-12))
        margins = self._mean @ coef + deviation * _NODES
        rows = self._mean[:, None] + np.outer(along / deviation, _NODES)
        slopes = expit(margins) * expit(-margins)
        typical = _WEIGHTS @ slopes
        return (
            typical * self.moments + (rows * (_WEIGHTS * (slopes - typical))) @ rows.T
        )

    def square(self, move):
        """Mean square of the change of margins when coefficients change."""
        return max(float(move @ self.moments @ move), _TINY)


def newton_descent(gradient, start, rows, penalty, damping, noise, n_steps):
    """Nesterov's steps in the metric of the Hessian, the shorter the noisier they are.

    A step that may be all noise goes only ``1 / (k + 1)`` of the way, as in a running
    mean of where steps aim at; one far above noise goes all the way (after James and
    Stein 1961). The result is the mean of the last three tenths of the points.

    ``damping`` is added to the Hessian. Directions that are weaker than that, or not
    known to be stronger, gather what many gradients say instead of averaging it. Where
    gradients turn out to change faster than the damped Hessian tells, by more than
    noise explains, it is raised in the direction of that step.

    Parameters
    ----------
    gradient : callable
        Noisy gradient at a point, penalty included.
    start : ndarray of shape (n_columns,)
    rows : NormalRows
    penalty : ndarray of shape (n_columns,)
        Second derivatives of the penalty.
    damping : float
        Not negative.
    noise : float
        Standard deviation of the noise in each entry of a gradient.
    n_steps : int
        Number of gradients to take.

    Returns
    -------
    ndarray of shape (n_columns,)
    """
    here, before, path = start, start, []
    penalty, damping = np.diag(penalty), damping * np.eye(len(start))
    stiffer, last = np.zeros_like(rows.moments), None
    for k in range(n_steps):
        ahead = here + k / (k + 3) * (here - before)
        slopes = gradient(ahead)
        if last is not None:
            stiffer += _excess(ahead - last[0], slopes - last[1], last[2], noise)
        hessian = rows.hessian(ahead) + penalty
        last = ahead, slopes, hessian + damping
        gain = _gain(k, hessian + damping + stiffer, slopes, rows, noise)
        move = -inverse_of((hessian + stiffer) / gain + damping) @ slopes
        far = np.sqrt(rows.square(move))
        before, here = here, ahead + min(1.0, _FARTHEST / far) * move
        path.append(here)
    return mean_of_last(path)


def _gain(k, hessian, slopes, rows, noise):
    """How far to go in step number ``k``, by how clearly it is more than noise."""
    inverse = inverse_of(hessian)
    of_noise = noise**2 * float(np.sum((inverse @ rows.moments) * inverse))
    doubt = min(1.0, _DOUBT * of_noise / rows.square(inverse @ slopes))
    return 1 - k / (k + 1) * doubt


def _excess(move, change, hessian, noise):
    """What the change of gradients along ``move`` shows that ``hessian`` lacks."""
    expected = hessian @ move
    product = max(float(move @ expected), _TINY)
    measured = float(move @ change) - noise * np.sqrt(2 * float(move @ move))
    ratio = max(measured / product, 1.0)
    return (ratio - 1) / product * np.outer(expected, expected)


def inverse_of(matrix):
    """Inverse of a positive definite matrix whose diagonal spans many magnitudes."""
    scale = 1 / np.sqrt(np.diag(matrix))
    scale = scale[:, None] * scale
    return np.linalg.inv(matrix * scale) * scale
