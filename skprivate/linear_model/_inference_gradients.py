"""How sure coefficients are that descended by noisy gradients."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.linear_model._inference import CoefficientLaw, nothing_known
from skprivate.linear_model._newton import inverse_of
from skprivate.linear_model._shortening import shortening_of

_N_ROWS = 2048  # that stand for all rows
_ROUNDS = 4
_HESSIAN_ERROR = 0.15  # relative; a step of Newton's is wrong by so much of its length
_LEAST = 1e-3
_SIGNAL = 25.0  # rows times mu for each column, below which steps are mostly noise
_UNKNOWN = "its correlations were not asked for"
_FEW = "there are too few rows for so much noise"
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Gradients:
    """Noisy gradients of a fit, and the geometry of its rows, in standard units.

    Attributes
    ----------
    points, slopes : ndarray of shape (n_steps, n_columns)
        Where gradients of the mean loss were asked for, and what the answers were.
    noise, clip : ndarray of shape (n_steps,)
        Deviation of the noise of each entry; norm to which rows' parts were cut.
    moments : ndarray of shape (n_columns, n_columns)
        Noisy second moments of rows.
    edge : float
        Largest eigenvalue that noise alone has in them.
    penalty : ndarray of shape (n_columns,)
    n_rows : float
    row_bound : float
        Norm to which rows were shortened before their moments were released.
    coef : ndarray of shape (n_columns,)
        Where the fit ended.
    signal : float
        Rows times mu.
    per_unit, center : ndarray of shape (n_features,)
        What takes features to standard units.
    """

    points: np.ndarray
    slopes: np.ndarray
    noise: np.ndarray
    clip: np.ndarray
    moments: np.ndarray
    edge: float
    penalty: np.ndarray
    n_rows: float
    row_bound: float
    coef: np.ndarray
    signal: float
    per_unit: np.ndarray
    center: np.ndarray

    @classmethod
    def of(cls, rows, moments, penalty, coef):
        """What a fit has seen; None if it knows nothing of correlations."""
        if not moments.known:
            return None
        points, slopes, noise, clip = map(np.array, zip(*rows.seen, strict=True))
        return cls(
            points,
            slopes,
            noise,
            clip,
            moments.raised(0.0),
            moments.edge,
            penalty,
            rows.n_rows,
            rows.row_bound,
            np.ravel(coef),
            rows.signal,
            rows.per_unit,
            rows.box.center,
        )

    @cached_property
    def _normal(self):
        """Mean and covariance of features, freed of shortening and drawn to a sphere.

        Features are standardized: what noise may have made of correlations is left out.
        """
        moments, p = self.moments, len(self.penalty) - 1
        kept = 1.0
        for _ in range(_ROUNDS):
            mean = moments[:-1, -1] / kept
            seen = shortening_of(
                moments[:-1, :-1] / kept - np.outer(mean, mean), self.row_bound
            )
            kept = seen.kept
        mean = seen.undone() @ mean
        left = moments[:-1, :-1] / kept - np.outer(mean, mean)
        covariance = seen.undone(0.5) @ left @ seen.undone(0.5)
        away = covariance - np.eye(p)
        noise = self.edge**2 * p / 4  # mean square of the noise of a matrix
        part = min(1.0, noise / max(float(np.sum(away**2)), _TINY))
        return mean, covariance - part * away

    @cached_property
    def typical(self):
        """Second moments of normal rows."""
        mean, covariance = self._normal
        mean = np.append(mean, 1.0)
        moments = np.outer(mean, mean)
        moments[:-1, :-1] += covariance
        return moments

    @cached_property
    def sample(self):
        """Normal rows of exactly this mean and covariance; the seed is public."""
        mean, covariance = self._normal
        n_half = max(_N_ROWS, 8 * len(mean)) // 2
        draws = np.random.default_rng(0).standard_normal((n_half, len(mean)))
        draws = draws @ np.linalg.cholesky(np.linalg.inv(draws.T @ draws / n_half))
        draws = np.vstack([draws, -draws])
        values, axes = np.linalg.eigh(covariance)
        root = axes * np.sqrt(np.maximum(values, _LEAST))
        return np.column_stack([mean + draws @ root.T, np.ones(2 * n_half)])


@dataclass(frozen=True, eq=False)
class LawOfGradients:
    """The estimate that all gradients of a fit suggest, and its covariances.

    Each gradient ``g`` at a point ``t`` suggests ``t - K^-1 (g - b)``: one step of
    Newton's. ``b`` is what cutting gradients leaves of their mean at the solution, and
    ``K`` how that changes with the coefficients; by Bartlett's identity ``K`` is the
    mean product of cut gradients and scores. Rows and targets are taken for normal and
    for those of the model. Noise of gradients is independent from step to step, so
    that suggestions are averaged by their precision: an early one counts little, as
    its step is long.

    Parameters
    ----------
    gradients : Gradients
    outcomes : callable
        From margins to residuals of targets, and their probabilities, each of shape
        (n_rows, n_outcomes), to curvatures, and to the inverse of the dispersion.
    """

    gradients: Gradients
    outcomes: object

    def _parts(self, coef, clip):
        """``b``, ``K`` and the covariance of cut gradients of rows."""
        v = self.gradients.sample
        residuals, chances, curvature, precision = self.outcomes(v @ coef)
        lengths = np.abs(residuals) * np.linalg.norm(v, axis=1)[:, None]
        cut = np.minimum(1.0, clip / np.maximum(lengths, _TINY))
        n = len(v)
        bias = -((chances * (1 - cut) * residuals).sum(axis=1) @ v) / n
        once = (chances * (1 - cut) * residuals**2).sum(axis=1) * precision
        twice = (chances * (1 - cut**2) * residuals**2).sum(axis=1)
        sharp = (v.T * (curvature - once)) @ v / n
        return bias, sharp, (v.T * (curvature / precision - twice)) @ v / n

    @cached_property
    def _found(self):
        seen = self.gradients
        coef, penalty = seen.coef, np.diag(seen.penalty)
        clip = float(seen.clip[-1])
        for _ in range(_ROUNDS):
            bias, sharp, square = self._parts(coef, clip)
            inverse = inverse_of(sharp + penalty)
            far = seen.points - coef
            far = np.sum((far @ seen.typical) * far, axis=1)
            of_noise = seen.noise**2 * np.sum((inverse @ seen.typical) * inverse)
            of_rows = np.sum((inverse @ square) * (inverse @ seen.typical).T)
            floor = 1e-3 * of_rows / seen.n_rows
            weights = 1 / (of_noise + _HESSIAN_ERROR**2 * far + floor)
            weights /= weights.sum()
            slopes = weights @ (seen.slopes + seen.points * seen.penalty) - bias
            coef = weights @ seen.points - inverse @ slopes
        return coef, inverse, square, weights

    @property
    def weights(self):
        """Estimates of the coefficients, intercept last."""
        return self._found[0]

    @cached_property
    def by_noise(self):
        """Covariance that the noise of gradients makes."""
        _, inverse, _, weights = self._found
        return float(weights**2 @ self.gradients.noise**2) * inverse @ inverse

    @cached_property
    def by_rows(self):
        """Covariance that the choice of rows makes."""
        _, inverse, square, _ = self._found
        return inverse @ square @ inverse / self.gradients.n_rows


def law_of_gradients(seen, n_features, outcomes, constant=0.0):
    """What a descent knows of coefficients, in units of the features.

    Parameters
    ----------
    seen : Gradients or None
    n_features : int
    outcomes : callable
        See `LawOfGradients`.
    constant : float, default=0.0
        What margins have besides.
    """
    if seen is None:
        return nothing_known(n_features, _UNKNOWN)
    if seen.signal < _SIGNAL * len(seen.penalty) or not np.all(seen.per_unit > 0):
        return nothing_known(n_features, _FEW)
    law = LawOfGradients(seen, outcomes)
    known = law.weights, law.by_rows, law.by_noise
    return CoefficientLaw.in_units(*known, seen.per_unit, seen.center, constant)
