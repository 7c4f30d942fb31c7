"""How sure coefficients are that were solved from one release of second moments."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from skprivate._typing import TableLike
from skprivate.base._confidence import quantile_of
from skprivate.linear_model._inference import (
    CoefficientLaw,
    InferenceMixin,
    check_of,
    nothing_known,
)
from skprivate.linear_model._shortening import shortening_of
from skprivate.rows import checked_input

_SAFE = 0.25  # what second order adds to deviations, up to where first order is enough
_MODEL_ERROR = 0.25  # of what shortening does, by rows that are not normal
_THIN = 1e-9
_FEW = "by the noise of the moments, columns may be collinear"


@dataclass(frozen=True, eq=False)
class FreedMoments:
    """Moments as they would be of rows in their full length.

    Attributes
    ----------
    moments : ndarray of shape (n_columns + 1, n_columns + 1)
        The target is the last column.
    n_rows : float
    spread : ndarray of shape (n_columns + 1, n_columns + n_targets)
        What noise of the moments of all targets is multiplied by, from both sides.
    uneven : float
        By how much rows that count unequally add to the variance of coefficients.
    """

    moments: np.ndarray
    n_rows: float
    spread: np.ndarray
    uneven: float

    @classmethod
    def of(cls, problem):
        """Of rows shortened with all their targets; see `shortening_of`."""
        moments, n_rows = problem.joint, problem.n_rows
        n_columns, n_features = len(moments), len(problem.rows.scale)
        first = len(problem.moments) - 1  # of the targets
        kept = np.r_[:n_features, first:n_columns]
        constant = n_columns > len(kept)
        center = moments[kept, n_features] / n_rows if constant else np.zeros(len(kept))
        covariance = moments[np.ix_(kept, kept)] / n_rows - np.outer(center, center)
        seen = shortening_of(covariance, problem.row_bound)
        longer, center = seen.undone(0.5), seen.undone() @ center
        square = longer @ covariance @ longer + np.outer(center, center)
        n_rows = n_rows / seen.kept
        freed = np.full((n_columns, n_columns), n_rows)
        freed[np.ix_(kept, kept)] = n_rows * square
        if constant:
            freed[n_features, kept] = freed[kept, n_features] = n_rows * center
        spread = np.eye(n_columns) / np.sqrt(seen.kept)
        spread[np.ix_(kept, kept)] = seen.stretched()
        own = np.r_[:first, first + problem.number]
        return cls(freed[np.ix_(own, own)], n_rows, spread[own], seen.spread)


def law_of_moments(problem, alpha, coef, intercept):
    """What a release of second moments tells of the coefficients of a ridge.

    With the Gram matrix ``A`` of columns, the penalty included, and ``q = (-w, 1)``, a
    change ``E`` of the moments changes the solution by ``A^-1 E q`` to first order,
    without the entry of the target. Symmetric noise that deviates by ``s`` on the
    diagonal and by ``s / sqrt(2)`` off it has ``cov(E q) = s**2 / 2 (q'q I + q q')``.
    Second order changes it by ``A^-1 E`` times that, which relative to it deviates by
    the Frobenius norm of ``A^-1``, times ``s / sqrt(2)``. Where this is not small, or
    ``A`` is not positive, noise dominates.

    Rows vary as those of a linear model with equal errors do: by the variance ``v`` of
    residuals times ``A^-1 G A^-1``, with ``G`` the matrix without the penalty. Of what
    shortening did to coefficients a quarter is counted, too: rows may not be normal.

    Parameters
    ----------
    problem : LeastSquares
    alpha : float
        The penalty.
    coef, intercept : ndarray, float
        Of the fit.
    """
    n_features, n_columns = len(problem.rows.scale), len(problem.moments) - 1
    if not np.all(problem.per_unit > 0) or problem.target.scale[0] == 0:
        return nothing_known(n_features, "a column does not vary within its bounds")
    freed, noise = FreedMoments.of(problem), problem.noise
    square = freed.moments[:-1, :-1]
    penalty = np.zeros(n_columns)
    penalty[:n_features] = alpha * problem.per_unit**2
    gram = square + np.diag(penalty)
    if np.linalg.eigvalsh(gram)[0] <= _THIN * max(freed.n_rows, 1.0):
        return nothing_known(n_features, _FEW)
    inverse, spread = np.linalg.inv(gram), freed.spread[:-1]
    second = noise / np.sqrt(2) * np.linalg.norm(spread @ spread.T @ inverse)
    if second > _SAFE:
        return nothing_known(n_features, _FEW)
    w = inverse @ freed.moments[:-1, -1]
    along = np.append(-w, 1.0) @ freed.spread
    to = inverse @ spread
    step = to @ along
    by_noise = noise**2 / 2 * ((along @ along) * to @ to.T + np.outer(step, step))
    residual = _residual(freed, w, inverse, noise, along @ along)
    by_rows = residual * freed.uneven * inverse @ square @ inverse
    return _in_units(problem, freed, w, by_rows, by_noise, residual, (coef, intercept))


def _residual(freed, w, inverse, noise, along):
    """Variance of residuals; where noise hides it, what noise leaves possible."""
    away = np.append(-w, 1.0)
    rest = float(away @ freed.moments @ away)
    typical = noise * float(np.mean(np.sum(freed.spread**2, axis=1)))
    rest += typical**2 * (np.trace(inverse) * (1 + w @ w) + w @ inverse @ w)
    left = max(freed.n_rows - len(w), 1.0)
    return max(rest, 2 * noise * along, 0.0) / left


def _in_units(problem, freed, w, by_rows, by_noise, residual, used):
    """The law in units of features and target."""
    n_features, unit = len(problem.rows.scale), problem.target.scale[0]
    if len(w) == n_features:  # no intercept: it is known to be zero
        w = np.append(w, 0.0)
        by_rows, by_noise = (np.pad(c, (0, 1)) for c in (by_rows, by_noise))
        centers = np.zeros(n_features), 0.0
    else:
        centers = problem.rows.center, problem.target.center[0]
    constant = freed.moments[-1, -1] / freed.n_rows
    if len(freed.moments) - 1 > n_features:
        constant -= (freed.moments[-2, -1] / freed.n_rows) ** 2
    explained = 1 - residual / max(constant, _THIN)
    facts = (
        f"by the noisy moments R² is about {max(explained, 0.0):.2f}, and residuals "
        f"deviate by {np.sqrt(residual) * unit:.3g}",
    )
    law = CoefficientLaw.in_units(
        unit * w,
        unit**2 * by_rows,
        unit**2 * by_noise,
        problem.per_unit,
        *centers,
        facts=facts,
        residual=float(residual * unit**2),
    )
    moved = _MODEL_ERROR * (law.estimate - np.append(*used))
    return replace(law, by_rows=law.by_rows + np.outer(moved, moved))


class MomentsInferenceMixin(InferenceMixin):
    """Intervals of a ridge, and of the targets of rows."""

    _plain = {"public": None, "positive": False}

    def _fit(self, curator):
        super()._fit(curator)
        alphas = np.ravel(getattr(self, "alpha", 0.0)).astype(np.float64)
        self._options_["alpha"] = np.broadcast_to(alphas, len(self._problems_))

    def _laws(self):
        coefs, intercepts = np.atleast_2d(self.coef_), np.ravel(self.intercept_)
        each = self._problems_, self._options_["alpha"], coefs, intercepts
        return [law_of_moments(*one) for one in zip(*each, strict=True)]

    def predict_interval(
        self,
        X: TableLike,
        level: float = 0.95,
        *,
        of: Literal["target", "mean"] = "target",
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ends of an interval of the target of each row, or of its mean.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        level : float, default=0.95
            How often such an interval holds the target of a new row whose error is
            normal, with the variance of all.
        of : {"target", "mean"}, default="target"
            Whether it is of a new target, or of the mean of all targets of such rows.

        Returns
        -------
        low, high : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Without end where noise dominates.
        """
        check_of(of)
        laws, ends = self._checked_laws(level), []
        X = checked_input(self, X, accept_sparse=True)
        for law in laws:
            middle, variance = law.margins(X, self._box_)
            if of == "target":
                variance = variance + law.residual
            reach = quantile_of(level) * np.sqrt(variance)
            ends.append((middle - reach, middle + reach))
        low, high = (self._of_targets([end[i] for end in ends]).T for i in (0, 1))
        return low, high
