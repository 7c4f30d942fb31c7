"""The problem that ridge regression solves, as far as it is released."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.base import Box
from skprivate.base._utility import noise_exceeds_signal
from skprivate.queries import Moments
from skprivate.queries._moments import BITS
from skprivate.queries._spread import Spread, first_look, rows_in_ball
from skprivate.queries._standardized import (
    refuse_many,
    standardized_box,
    standardized_moments,
)
from skprivate.queries._target_moments import TargetMoments

_BOUNDS_SHARE = 0.1  # each, of features and of target, if they are to be searched for
_SHORTEST = 0.7
_NOISE_PENALTY = 1.2
_LENGTH = 4.0  # of rows of an announced norm, beside a constant and a target of one
_STIFF = 1e100  # a penalty that leaves nothing of a coefficient, yet can be solved


@dataclass(frozen=True, eq=False)
class RidgeProblem:
    """Noisy second moments of rows ``(x, 1, y)`` in standard units.

    All that is made of it is post-processing: any number of penalties, at one price.

    Parameters
    ----------
    moments : ndarray of shape (n_columns + 1, n_columns + 1)
        The target is the last column, the intercept, if there is one, the last but one.
    noise : float
        Standard deviation of the noise on the diagonal.
    n_rows : float
        Sum of the squares of what rows were multiplied by to shorten them.
    rows, target : Spread
        The units.
    box : tuple (low, high) of ndarray
        Bounds of the features, to which values were moved.
    """

    moments: np.ndarray
    noise: float
    n_rows: float
    rows: Spread
    target: Spread
    box: tuple

    @classmethod
    def released(cls, curator, bounds, target_bounds, fit_intercept, norm=None):
        """Ask for all of it: the whole budget of a fit."""
        refuse_many(curator.n_features)
        low, high = curator.bounds(bounds, share=_BOUNDS_SHARE, norm=norm)
        ends = curator.target_bounds(target_bounds, share=_BOUNDS_SHARE)
        target_low, target_high = (np.array([end]) for end in ends)
        of_target = TargetMoments(Box.between(target_low, target_high, BITS))
        rows = rows_in_ball(curator, norm, _LENGTH)
        if rows is None:
            of_rows = Moments(Box.between(low, high, BITS))
            rows, target = first_look(curator, of_rows, of_target)
        else:
            (target,) = first_look(curator, of_target)
        if not fit_intercept:
            rows, target = rows.around_zero, target.around_zero
        moments, noise = standardized_moments(
            curator,
            rows,
            standardized_box(low, high, rows, rows.scale),
            standardized_box(target_low, target_high, target, target.scale),
            shortest=_SHORTEST,
        )
        n_features = len(rows.scale)
        n_rows = max(float(moments[n_features, n_features]), 1.0)
        keep = np.r_[np.arange(n_features + fit_intercept), -1]
        return cls(
            moments[np.ix_(keep, keep)], noise, n_rows, rows, target, (low, high)
        )

    def solution(self, alpha):
        """Coefficients and intercept for a penalty, in the units of the rows."""
        solution = self._least_squares(alpha) * self.target.scale
        n_features = len(self.rows.scale)
        coef = solution[:n_features] * self._per_unit
        if len(solution) == n_features:
            return coef, 0.0
        return coef, solution[-1] + (self.target.center[0] - coef @ self.rows.center)

    def validation_error(self, alpha):
        """Generalized cross-validation: what the squared error of new rows would be.

        ``n * RSS / (n - df) ** 2`` with ``df`` the trace of the matrix that takes
        targets to predictions (Golub, Heath and Wahba 1979), all of which are functions
        of second moments. It estimates the error of leaving out one row after another,
        in the units of the target. Rows count for as much as is left of them.

        A solution also fits the noise of the moments, so their residual is too small.
        With symmetric noise ``E`` that deviates by ``s`` on the diagonal and by
        ``s / sqrt(2)`` off it, ``E A E`` is on average ``s**2 / 2 * (trace(A) + A)``.
        So to second order the residual of ``w = A r`` lacks, as in Stein (1981),
        ``s**2`` times ``trace(A) * (1 + w'w) + w'Aw``.
        """
        gram, right = self.moments[:-1, :-1], self.moments[:-1, -1]
        damped, kept = self._damped_gram(alpha)
        inverse = np.linalg.pinv(damped, hermitian=True)
        solution, square = inverse @ right, self.moments[-1, -1]
        residual = square - 2 * solution @ right + solution @ gram @ solution
        fitted = np.trace(inverse) * (1 + solution @ solution)
        residual += self.noise**2 * (fitted + solution @ inverse @ solution)
        freedom = np.trace(inverse @ kept)
        error = self.n_rows * residual / max(self.n_rows - freedom, 1.0) ** 2
        return float(error * self.target.scale[0] ** 2)

    def doubts(self, alpha):
        """Yield what its own numbers say against a solution."""
        n_columns = len(self.moments) - 1
        if self.noise * np.sqrt(n_columns) > self.n_rows:
            yield noise_exceeds_signal(self.n_rows, n_columns)
        square = self.moments[-1, -1] / self.n_rows
        if n_columns > len(self.rows.scale):
            square -= (self.moments[-2, -1] / self.n_rows) ** 2
        if self.validation_error(alpha) >= square * self.target.scale[0] ** 2:
            yield "this model cannot beat a constant by its own numbers"

    def _least_squares(self, alpha):
        """Solution in standard units.

        Of all solutions the shortest: without noise, columns may be collinear.
        """
        damped, _ = self._damped_gram(alpha)
        return np.linalg.lstsq(damped, self.moments[:-1, -1], rcond=None)[0]

    def _damped_gram(self, alpha):
        """Gram matrix with both penalties, and without any.

        Each eigenvalue ``w`` becomes ``hypot(max(w, 0), e)``, with ``e`` of the size of
        the spectral norm of the noise. Strong directions thus keep their strength, and
        those that noise made up, or turned negative, are damped. A constant ridge
        shrinks the former too.
        """
        values, vectors = self._spectrum
        strength = _NOISE_PENALTY * self.noise * np.sqrt(len(values))
        penalty = np.zeros(len(values))
        with np.errstate(over="ignore"):
            squares = alpha * self._per_unit**2
        penalty[: len(squares)] = np.minimum(squares, _STIFF)
        damped = (vectors * np.hypot(values, strength)) @ vectors.T + np.diag(penalty)
        return damped, (vectors * values) @ vectors.T

    @cached_property
    def _spectrum(self):
        """Eigenvalues of the Gram matrix, none of them negative, and eigenvectors."""
        values, vectors = np.linalg.eigh(self.moments[:-1, :-1])
        return np.maximum(values, 0.0), vectors

    @property
    def _per_unit(self):
        """Standard units in a unit of each feature; zero for constant features."""
        per_unit = np.zeros_like(self.rows.scale)
        np.divide(1.0, self.rows.scale, out=per_unit, where=self.rows.scale > 0)
        return per_unit
