"""How sure coefficients are that descended by noisy gradients."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skprivate.linear_model._inference import CoefficientLaw, nothing_known
from skprivate.linear_model._shortening import shortening_of

_N_ROWS = 2048  # that stand for all rows
_ROUNDS = 6
_MODEL_ERROR = 0.15  # of a gradient, relative to the way from its point
_FLOOR = 1e-3  # of the variance by rows, below which precision does not count
_NEGLIGIBLE = 1e-6
_LEAST = 1e-3
_SIGNAL = 40.0  # rows times mu for each column, below which steps are mostly noise
_UNKNOWN = "its correlations were not asked for"
_FEW = "there are too few rows for so much noise"
_FLAT = "the loss is flat, as if the model told targets exactly"
_FLATTEST = 1e-4  # curvature in standard units, below which a model is no estimate
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
        if not moments.known or moments.raw is None or np.size(coef) > len(penalty):
            return None
        points, slopes, noise, clip = map(np.array, zip(*rows.seen, strict=True))
        return cls(
            points,
            slopes,
            noise,
            clip,
            moments.raw,
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
        return mean, _unspread(covariance - part * away, (1 - part) * self.edge)

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
        root = axes * np.sqrt(values)
        return np.column_stack([mean + draws @ root.T, np.ones(2 * n_half)])


def _unspread(matrix, edge):
    """A covariance, positive definite, whose eigenvalues noise has driven apart.

    Noise with a spectrum in ``[-edge, edge]`` moves an eigenvalue ``l`` away from the
    others ``m`` by the mean of ``edge ** 2 / 4 / (l - m)``, twice as far as is best for
    eigenvectors that are noisy, too (Bun and others 2016). Close ones count less.
    """
    values, axes = np.linalg.eigh(matrix)
    gaps = values[:, None] - values
    moved = np.sum(gaps / (gaps**2 + edge**2 / 4 + _TINY), axis=1) / len(values)
    values = np.maximum(values - edge**2 / 2 * moved, max(_LEAST, edge / 4))
    return (axes * values) @ axes.T


@dataclass(frozen=True, eq=False)
class LawOfGradients:
    """The estimate that all gradients of a fit suggest, and its covariances.

    Each gradient at a point is compared with what it would be on average if targets
    were those of the model with some coefficients, rows were normal, and the gradient
    of each row were cut as the fit cut it. The estimate has all of them agree, averaged
    by their precision; those far from it count less, as rows may not be normal. Noise
    of gradients is independent from step to step. The penalty is added in the end.

    Parameters
    ----------
    gradients : Gradients
    family : of `skprivate.linear_model._inference_links`
        Of targets.
    """

    gradients: Gradients
    family: object

    def _parts(self, coef, weights):
        """Mean of averaged gradients, how it changes, and the covariance by rows.

        What is known exactly of residuals that are not cut, at ``coef``, is not
        simulated: their mean is zero, and their variance that of the family.
        """
        seen, v = self.gradients, self.gradients.sample
        n, margins = len(v), v @ coef
        targets, chances = self.family.draws(margins)
        lengths = np.linalg.norm(v, axis=1)[:, None]
        average = 0.0
        for k in np.flatnonzero(weights > _NEGLIGIBLE * weights.max()):
            residuals = self.family.mean(v @ seen.points[k])[:, None] - targets
            most = seen.clip[k] / lengths
            average = average + weights[k] * np.clip(residuals, -most, most)
        exact = self.family.mean(margins)[:, None] - targets
        curvature, precision = self.family.curvature(margins), self.family.precision
        mean = (chances * (average - exact)).sum(axis=1) @ v / n
        once = (chances * (average - exact) * exact).sum(axis=1) * precision
        twice = (chances * (average**2 - exact**2)).sum(axis=1)
        sharp = (v.T * (curvature + once)) @ v / n
        square = (v.T * (curvature / precision + twice)) @ v / n
        return mean, sharp, square - np.outer(mean, mean)

    @cached_property
    def _found(self):
        seen = self.gradients
        coef, typical = seen.coef, seen.typical
        weights = np.full(len(seen.noise), 1 / len(seen.noise))
        for k in range(_ROUNDS):
            mean, sharp, square = self._parts(coef, weights)
            sharp = (sharp + sharp.T) / 2
            if not np.isfinite(sharp).all() or np.linalg.eigvalsh(sharp)[0] < _FLATTEST:
                return None
            inverse = np.linalg.inv(sharp)
            if k > 0:
                coef = coef - inverse @ (weights @ seen.slopes - mean)
            far = seen.points - coef
            far = np.sum((far @ typical) * far, axis=1)
            of_noise = seen.noise**2 * np.sum((inverse @ typical) * inverse)
            of_rows = np.sum((inverse @ square) * (inverse @ typical).T)
            floor = _FLOOR * of_rows / seen.n_rows
            weights = 1 / (of_noise + _MODEL_ERROR**2 * far + floor)
            weights /= weights.sum()
        penalized = np.linalg.inv(sharp + np.diag(seen.penalty))
        coef = coef - penalized @ (seen.penalty * coef)
        # How the noise of moments moves the mean of gradients.
        way = np.trace(sharp) / np.trace(typical) * (weights @ seen.points - coef)
        return coef, penalized, square, weights, way

    @property
    def is_known(self):
        """Whether the loss is curved in all directions."""
        return self._found is not None and np.isfinite(self.weights).all()

    @property
    def weights(self):
        """Estimates of the coefficients, intercept last."""
        return self._found[0]

    @cached_property
    def by_noise(self):
        """Covariance that the noise of gradients makes, and that of moments."""
        _, inverse, _, weights, way = self._found
        of_moments = self.gradients.edge**2 / (4 * len(way))
        of_each = weights**2 @ self.gradients.noise**2 + of_moments * way @ way
        step = inverse @ way
        first = of_each * inverse @ inverse + of_moments * np.outer(step, step)
        # Curvature that is not known well: to second order, as in `law_of_moments`.
        flat = np.linalg.inv(self.gradients.typical)
        return first + 2 * of_moments * np.sum(flat**2) * (first + self.by_rows)

    @cached_property
    def by_rows(self):
        """Covariance that the choice of rows makes, and that these are not normal."""
        _, inverse, square, _, way = self._found
        wrong = _MODEL_ERROR * inverse @ way
        of_rows = inverse @ square @ inverse / self.gradients.n_rows
        return of_rows + np.outer(wrong, wrong)


def law_of_gradients(seen, n_features, family, constant=0.0):
    """What a descent knows of coefficients, in units of the features.

    Parameters
    ----------
    seen : Gradients or None
    n_features : int
    family : of `skprivate.linear_model._inference_links`
    constant : float, default=0.0
        What margins have besides.
    """
    if seen is None:
        return nothing_known(n_features, _UNKNOWN)
    if seen.signal < _SIGNAL * len(seen.penalty) or not np.all(seen.per_unit > 0):
        return nothing_known(n_features, _FEW)
    law = LawOfGradients(seen, family)
    if not law.is_known:
        return nothing_known(n_features, _FLAT)
    known = law.weights, law.by_rows, law.by_noise
    return CoefficientLaw.in_units(*known, seen.per_unit, seen.center, constant)
