"""Least squares with penalties that have corners, from a Gram matrix."""

from dataclasses import dataclass

import numpy as np

_MOST_SWEEPS = 1000
_TOLERANCE = 1e-10
_RIDGE = 1e-11


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
    strength = np.diag(gram)
    ridge = _RIDGE * np.where(strength > 0, strength, 1.0)
    gram = gram + np.diag(ridge)  # of equal solutions the shortest
    w = np.zeros(len(right)) if start is None else start.copy()
    slopes, signs = gram @ w - right, None
    for _ in range(_MOST_SWEEPS):
        farthest = _sweep(w, slopes, gram, l1, positive)
        before, signs = signs, np.sign(w)
        if before is not None and (signs == before).all():
            while _turns_on_the_way(w, gram, right, l1, positive):
                pass  # each time one coordinate less
            slopes = gram @ w - right
            if _is_solution(w, slopes, right, l1, positive):
                break
        if farthest <= _TOLERANCE * np.max(np.abs(w), initial=0.0):
            break
    return w


def _sweep(w, slopes, gram, l1, positive):
    """Let every coordinate descend once, in place; the longest way one has gone."""
    farthest = 0.0
    for j in range(len(w)):
        aim = w[j] * gram[j, j] - slopes[j]
        aim = max(aim - l1[j], 0.0) - (0.0 if positive[j] else max(-aim - l1[j], 0.0))
        move = aim / gram[j, j] - w[j]
        if move != 0.0:
            w[j] = aim / gram[j, j]
            slopes += move * gram[j]
            farthest = max(farthest, abs(move))
    return farthest


def _turns_on_the_way(w, gram, right, l1, positive):
    """Go to the solution of these signs, in place, or as far as signs stay."""
    signs = np.sign(w)
    held = (l1 > 0) | positive
    active = (signs != 0) | ~held
    aim = (right - l1 * signs)[active]
    ahead = np.linalg.solve(gram[np.ix_(active, active)], aim)
    here, held = w[active], held[active]
    turns = held & (np.sign(ahead) != signs[active])
    if turns.any():
        parts = here[turns] / (here - ahead)[turns]
        part = np.min(parts)
        ahead = here + part * (ahead - here)
        ahead[np.flatnonzero(turns)[parts == part]] = 0.0
    w[active] = ahead
    return turns.any()


def _is_solution(w, slopes, right, l1, positive):
    """Whether no coordinate could descend, up to rounding (Karush, Kuhn, Tucker)."""
    down = -slopes - l1 * np.sign(w)
    least = np.where(positive, -np.inf, -l1)  # where w is zero
    slack = _TOLERANCE * np.max(np.abs(right), initial=0.0)
    rests = (down <= l1 + slack) & (down >= least - slack)
    return bool(np.where(w == 0.0, rests, np.abs(down) <= slack).all())
