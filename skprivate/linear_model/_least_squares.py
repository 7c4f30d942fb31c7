"""The problem that linear regressions solve, as far as it is released."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from skprivate.base import Box
from skprivate.base._utility import noise_exceeds_signal
from skprivate.linear_model._known import COUNT_SHARE
from skprivate.linear_model._penalized import cornered_solution
from skprivate.linear_model._shrinkage import drawn_back
from skprivate.queries import Moments
from skprivate.queries._moments import BITS
from skprivate.queries._second_moments import symmetric
from skprivate.queries._spread import Spread, first_look, rows_in_ball
from skprivate.queries._standardized import (
    refuse_many,
    standardized_box,
    standardized_query,
)
from skprivate.queries._target_moments import TargetMoments

_BOUNDS_SHARE = 0.1  # each, of features and of target, if they are to be searched for
_SHORTEST = 0.7
_NOISE_PENALTY = 1.2
_LENGTH = 4.0  # of rows of an announced norm, beside a constant and a target of one
_STIFF = 1e100  # a penalty that leaves nothing of a coefficient, yet can be solved


@dataclass(frozen=True, eq=False)
class Columns:
    """Noisy products of all columns that have weights, the same for all targets.

    Parameters
    ----------
    products : ndarray of shape (n_columns, n_columns)
        The Gram matrix.
    noise : float
        Standard deviation of the noise on the diagonal.
    """

    products: np.ndarray
    noise: float

    @cached_property
    def kept(self):
        """The Gram matrix without what noise turned negative."""
        values, vectors = self._spectrum
        return (vectors * values) @ vectors.T

    @cached_property
    def damped(self):
        """Gram matrix in which directions that may be noise are stiffer.

        Each eigenvalue ``w`` becomes ``hypot(max(w, 0), e)``, with ``e`` of the size of
        the spectral norm of the noise. Strong directions thus keep their strength, and
        those that noise made up, or turned negative, are damped. A constant ridge
        shrinks the former too.
        """
        values, vectors = self._spectrum
        strength = _NOISE_PENALTY * self.noise * np.sqrt(len(values))
        return (vectors * np.hypot(values, strength)) @ vectors.T

    @cached_property
    def _spectrum(self):
        """Eigenvalues of the Gram matrix, none of them negative, and eigenvectors."""
        values, vectors = np.linalg.eigh(self.products)
        return np.maximum(values, 0.0), vectors


@dataclass(frozen=True, eq=False)
class LeastSquares:
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
    row_bound : float
        Norm to which rows were shortened.
    columns : Columns
        What is known of all but the target.
    joint : ndarray of shape (n_columns + n_targets, n_columns + n_targets)
        Moments of all targets together, which were shortened together.
    number : int
        Which of the targets this is.
    center : ndarray of shape (n_columns,), default=None
        Public weights in standard units, to which penalties and noise draw; None: to
        zero.
    """

    moments: np.ndarray
    noise: float
    n_rows: float
    rows: Spread
    target: Spread
    box: tuple
    row_bound: float
    columns: Columns
    joint: np.ndarray
    number: int
    center: np.ndarray | None = None

    @classmethod
    def released(
        cls, curator, bounds, target_bounds, fit_intercept, norm=None, known=None
    ):
        """Ask for all of it: the whole budget of a fit.

        Returns
        -------
        list of LeastSquares
            One for each target, of one release.
        """
        refuse_many(curator.n_features, curator.n_targets or 1)
        if known is not None:
            bounds = known.bounds_or(bounds)
            target_bounds = known.target_bounds_or(target_bounds)
        low, high = curator.bounds(bounds, share=_BOUNDS_SHARE, norm=norm)
        ends = curator.target_bounds(target_bounds, share=_BOUNDS_SHARE)
        target_low, target_high = map(np.atleast_1d, ends)
        rows, target = _look(curator, low, high, target_low, target_high, norm, known)
        if not fit_intercept:
            rows, target = rows.around_zero, target.around_zero
        query = standardized_query(
            curator,
            rows,
            standardized_box(low, high, rows, rows.scale),
            standardized_box(target_low, target_high, target, target.scale),
            shortest=_SHORTEST,
        )
        moments = symmetric(curator.release(query, share=curator.remaining))
        noise = curator.noise_of(query)
        n_features = len(rows.scale)
        n_rows = max(float(moments[n_features, n_features]), 1.0)
        if not fit_intercept:
            moments = np.delete(np.delete(moments, n_features, 0), n_features, 1)
        first = n_features + fit_intercept
        columns = Columns(moments[:first, :first], noise)
        found = []
        for j in range(len(target.scale)):
            one, kept = target.of_column(j), np.r_[:first, first + j]
            facts = n_rows, rows, one, (low, high), query.row_bound, columns, moments, j
            center = None if known is None else _center(known, rows, one, j, first)
            found.append(cls(moments[np.ix_(kept, kept)], noise, *facts, center))
        return found

    def solve(self, penalty, start=None):
        """Coefficients for a penalty.

        Parameters
        ----------
        penalty : Penalty
        start : Solution, default=None
            Of another penalty, where that is at hand.

        Returns
        -------
        Solution
        """
        n_features, right = len(self.rows.scale), self._right
        l1, l2 = np.zeros((2, len(right)))
        with np.errstate(over="ignore"):
            l1[:n_features] = np.minimum(penalty.l1 * self.per_unit, _STIFF)
            l2[:n_features] = np.minimum(penalty.l2 * self.per_unit**2, _STIFF)
        l1 /= self.target.scale[0] or 1.0  # a target of one unit
        gram = self.columns.damped + np.diag(l2)
        if penalty.smooth:  # of all solutions the shortest: columns may be collinear
            weights = np.linalg.lstsq(gram, right, rcond=None)[0]
            free = np.ones(len(right), dtype=bool)
            return self._about_center(Solution(self, weights, gram, free))
        positive = penalty.positive & (np.arange(len(right)) < n_features)
        known = None if start is None or self.center is not None else start.weights
        weights = cornered_solution(gram, right, l1, positive, known)
        free = ~(positive | (l1 > 0)) | (weights != 0)
        return self._about_center(Solution(self, weights, gram, free))

    @property
    def _right(self):
        """Products with what public weights leave of the target."""
        right = self.moments[:-1, -1]
        if self.center is None:
            return right
        return right - self.columns.products @ self.center

    def _about_center(self, solution):
        """Of a solution for the difference from public weights, the weights.

        As far as the difference stands out; see :func:`drawn_back`. Noise of an entry
        of the right side, whose entries deviate by ``noise / sqrt(2)`` off the diagonal
        of the moments, is that of all entries that weights multiply.
        """
        if self.center is None:
            return solution
        center, inverse = self.center, np.linalg.pinv(solution.gram, hermitian=True)
        weights = center + solution.weights
        square = self.moments[-1, -1] - 2 * weights @ self.moments[:-1, -1]
        square = max(square + weights @ self.moments[:-1, :-1] @ weights, 0.0)
        kept = self.columns.kept
        each = kept * (square / self.n_rows)
        each = each + np.eye(len(weights)) * self.noise**2 / 2 * (1 + weights @ weights)
        constant = len(weights) > len(self.rows.scale)
        noise = inverse @ each @ inverse
        weights, (part, _) = drawn_back(center, weights, kept, noise, constant)
        return replace(solution, weights=weights, part=part)

    @cached_property
    def constant_error(self):
        """Mean squared error of the best constant, or of zero without an intercept."""
        square = self.moments[-1, -1] / self.n_rows
        if len(self.moments) - 1 > len(self.rows.scale):
            square -= (self.moments[-2, -1] / self.n_rows) ** 2
        return float(square * self.target.scale[0] ** 2)

    @cached_property
    def largest_l1(self):
        """The smallest ``l1`` of which all coefficients are zero, or public ones."""
        n_features, right = len(self.rows.scale), self._right
        slopes, damped = right[:n_features], self.columns.damped
        if len(right) > n_features and damped[-1, -1] > 0:
            slopes = slopes - right[-1] / damped[-1, -1] * damped[:n_features, -1]
        per_unit = self.per_unit
        known = np.abs(slopes[per_unit > 0]) / per_unit[per_unit > 0]
        most = np.max(known, initial=0.0) * self.target.scale[0]
        return float(np.clip(most, 1 / _STIFF, _STIFF))

    @property
    def per_unit(self):
        """Standard units in a unit of each feature; zero for constant features."""
        per_unit = np.zeros_like(self.rows.scale)
        np.divide(1.0, self.rows.scale, out=per_unit, where=self.rows.scale > 0)
        return per_unit


def _look(curator, low, high, target_low, target_high, norm, known):
    """Where rows and targets lie: what is public, or a tenth of the budget."""
    if known is not None and known.of_rows:
        rows = known.spread(low, high, curator.count(share=COUNT_SHARE))
        return rows, known.spread_of_target(target_low[0], target_high[0])
    of_target = TargetMoments(Box.between(target_low, target_high, BITS))
    rows = rows_in_ball(curator, norm, _LENGTH)
    if rows is None:
        return first_look(curator, Moments(Box.between(low, high, BITS)), of_target)
    return rows, *first_look(curator, of_target)


def _center(known, rows, target, number, n_columns):
    """Public weights in standard units."""
    coef, intercept = known.coef[number, :-1], known.coef[number, -1]
    unit = target.scale[0] or 1.0
    weights = coef * rows.scale / unit
    if n_columns == len(weights):
        return weights
    return np.append(
        weights, (intercept + coef @ rows.center - target.center[0]) / unit
    )


@dataclass(frozen=True, eq=False)
class Solution:
    """Coefficients, and what is known of their error.

    Attributes
    ----------
    problem : LeastSquares
    weights : ndarray of shape (n_columns,)
        In standard units; the intercept, if there is one, is last.
    gram : ndarray of shape (n_columns, n_columns)
        Second derivatives of the penalized problem.
    free : ndarray of bool of shape (n_columns,)
        Weights that no corner of the penalty holds.
    part : float, default=1.0
        How far weights went from public ones to those that solve the problem.
    """

    problem: LeastSquares
    weights: np.ndarray
    gram: np.ndarray
    free: np.ndarray
    part: float = 1.0

    @property
    def coef(self):
        """Weights of the features, in their units."""
        n_features = len(self.problem.rows.scale)
        scale = self.problem.target.scale
        return self.weights[:n_features] * scale * self.problem.per_unit

    @property
    def intercept(self):
        """The constant term; zero if there is none."""
        rows, target = self.problem.rows, self.problem.target
        if len(self.weights) == len(rows.scale):
            return 0.0
        constant = self.weights[-1] * target.scale[0]
        return constant + (target.center[0] - self.coef @ rows.center)

    @cached_property
    def validation_error(self):
        """Generalized cross-validation: what the squared error of new rows would be.

        ``n * RSS / (n - df) ** 2`` with ``df`` the trace of the matrix that takes
        targets to predictions (Golub, Heath and Wahba 1979), all of which are functions
        of second moments. It estimates the error of leaving out one row after another,
        in the units of the target. Rows count for as much as is left of them. Weights
        that a corner of the penalty holds at zero have no part in ``df`` (Zou, Hastie
        and Tibshirani 2007).

        A solution also fits the noise of the moments, so their residual is too small.
        With symmetric noise ``E`` that deviates by ``s`` on the diagonal and by
        ``s / sqrt(2)`` off it, ``E A E`` is on average ``s**2 / 2 * (trace(A) + A)``.
        So to second order the residual of ``w = A r`` lacks, as in Stein (1981),
        ``s**2`` times ``trace(A) * (1 + w'w) + w'Aw``.
        """
        problem, w, free = self.problem, self.weights, np.ix_(self.free, self.free)
        moments = problem.moments
        inverse = self.part * np.linalg.pinv(self.gram[free], hermitian=True)
        residual = moments[-1, -1] - 2 * w @ moments[:-1, -1]
        residual += w @ moments[:-1, :-1] @ w
        fitted = np.trace(inverse) * (1 + w @ w)
        along = w[self.free] @ inverse @ w[self.free]
        residual += problem.noise**2 * (fitted + along)
        freedom = np.trace(inverse @ problem.columns.kept[free])
        n_rows = problem.n_rows
        error = n_rows * residual / max(n_rows - freedom, 1.0) ** 2
        return float(error * problem.target.scale[0] ** 2)

    def doubts(self):
        """Yield what its own numbers say against it."""
        problem = self.problem
        n_columns = len(self.weights)
        if problem.noise * np.sqrt(n_columns) > problem.n_rows:
            yield noise_exceeds_signal(problem.n_rows, n_columns)
        if self.validation_error >= problem.constant_error:
            yield "this model cannot beat a constant by its own numbers"
