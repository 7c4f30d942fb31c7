"""Least squares with penalties that have corners, from a Gram matrix."""

from dataclasses import dataclass

import numpy as np

_MOST_SWEEPS = 1000
_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Penalty:
    """``l1 * sum(|coef|) + l2 / 2 * sum(coef**2)``, perhaps of positive ones only.

    Besides half the sum of squared residuals; of coefficients in the units of features.
    Intercepts are free.

    Attributes
    ----------
    l1, l2 : float
        Not negative.
    positive : bool
        Whether coefficients must not be negative.
    """

    l1: float = 0.0
    l2: float = 0.0
    positive: bool = False

    @property
    def smooth(self):
        """Whether a linear system gives the solution."""
        return self.l1 == 0 and not self.positive


def cornered_solution(gram, right, l1, positive, start=None):
    """Minimize ``w'Gw / 2 - r'w + l1'|w|``, some entries of ``w`` not negative.

    Coordinates descend one after another. As soon as a sweep changes no sign, the
    linear system of these signs is solved, which is exact if its solution has them
    (Lee, Battle, Raina and Ng 2007): collinear columns, on which descents are slow, are
    no slower then.

    Parameters
    ----------
    gram : ndarray of shape (n, n)
        Symmetric and positive semidefinite.
    right, l1 : ndarray of shape (n,)
    positive : ndarray of bool of shape (n,)
    start : ndarray of shape (n,), default=None
        Of the same solution with other penalties.

    Returns
    -------
    ndarray of shape (n,)
    """
    w = np.zeros(len(right)) if start is None else start.copy()
    slopes, signs = gram @ w - right, None
    for _ in range(_MOST_SWEEPS):
        farthest = _sweep(w, slopes, gram, l1, positive)
        before, signs = signs, np.sign(w)
        if before is not None and (signs == before).all():
            exact = _of_signs(gram, right, l1, positive, signs)
            if exact is not None:
                return exact
        if farthest <= _TOLERANCE * np.max(np.abs(w), initial=0.0):
            break
    return w


def _sweep(w, slopes, gram, l1, positive):
    """Let every coordinate descend once, in place; the longest way one has gone."""
    farthest = 0.0
    for j in np.flatnonzero(np.diag(gram) > 0):
        aim = w[j] * gram[j, j] - slopes[j]
        aim = max(aim - l1[j], 0.0) - (0.0 if positive[j] else max(-aim - l1[j], 0.0))
        move = aim / gram[j, j] - w[j]
        if move != 0.0:
            w[j] = aim / gram[j, j]
            slopes += move * gram[j]
            farthest = max(farthest, abs(move))
    return farthest


def _of_signs(gram, right, l1, positive, signs):
    """The solution, if its signs are these; None if they are not."""
    bound = (l1 > 0) | positive
    active = (signs != 0) | ~bound
    aim = (right - l1 * signs)[active]
    part = np.linalg.lstsq(gram[np.ix_(active, active)], aim, rcond=None)[0]
    w = np.zeros(len(right))
    w[active] = part
    slopes = gram @ w - right
    least = np.where(positive, -np.inf, -l1)  # of minus the slope, where w is zero
    slack = _TOLERANCE * np.max(np.abs(right), initial=0.0)
    rests = active | ((-slopes <= l1 + slack) & (-slopes >= least - slack))
    kept = ~(bound & active) | (np.sign(w) == signs)
    solved = np.abs(slopes[active] + (l1 * signs)[active]) <= 1e3 * slack
    return w if rests.all() and kept.all() and solved.all() else None
