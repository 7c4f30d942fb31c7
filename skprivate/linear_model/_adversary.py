"""Training for the worst rows within a distance: the adversary of a linear margin."""

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np

from skprivate.linear_model._stages import MOST_FEATURES
from skprivate.queries import LossGradient
from skprivate.queries._adversarial import AdversarialGradient
from skprivate.rows import refused

_SMALL = 0.02  # coefficients in standard units that are not told from zero
_SLOPE = 0.3  # of a loss, in the mean
_TINY = 1e-300
_MOST = 2.0**20  # deviations of a feature, beyond which it is of no use anyway
_MEND = (
    "Give a norm, 2 or inf, and a radius, a positive number in the units of the "
    "features: adversarial=(np.inf, 0.1)."
)


@dataclass(frozen=True)
class Adversary:
    """Who may move a row by a radius to make its margin, or its residual, worse.

    The margin of a row of class ``s`` is at worst ``s * margin - radius * ||coef||`` of
    the dual norm: the largest sum of products with a vector of that length (Hoelder).
    So the loss of the worst case is that of a row moved by ``-s * move(coef)``, and its
    gradient is the gradient there (Danskin 1966): a function of one row and of
    coefficients, as any other. Residuals are at worst ``|r| + radius * ||coef||``:
    those of rows moved by ``sign(r) * move(coef)``.

    Attributes
    ----------
    norm : {2, inf}
    radius : float
        In units of the features.
    """

    norm: float
    radius: float

    @classmethod
    def of(cls, adversarial):
        """The adversary that a parameter asks for."""
        pair = isinstance(adversarial, (tuple, list)) and len(adversarial) == 2
        real = pair and all(
            isinstance(v, Real) and not isinstance(v, bool) for v in adversarial
        )
        if not real:
            raise refused(TypeError, f"adversarial is no pair of numbers. {_MEND}")
        norm, radius = map(float, adversarial)
        if norm not in (2.0, np.inf) or not 0 < radius < np.inf:
            raise refused(ValueError, f"adversarial has other numbers. {_MEND}")
        return cls(norm, radius)

    def move(self, coef, per_unit):
        """Where a row moves from that is made worse, in units of the features.

        Up to the radius; against the infinity norm, less along coefficients of almost
        zero, so that steps do not jump where their sign changes.

        Parameters
        ----------
        coef : ndarray of shape (n_features,)
            In standard units.
        per_unit : ndarray of shape (n_features,)
            Standard units in a unit of each feature.
        """
        with np.errstate(divide="ignore", over="ignore"):
            most = np.minimum(self.radius, _MOST / per_unit)
        if self.norm == np.inf:
            return most * coef / np.sqrt(coef**2 + _SMALL**2)
        slopes = coef * per_unit
        slopes = slopes / max(np.max(np.abs(slopes)), _TINY)  # squares are numbers
        slopes /= max(np.linalg.norm(slopes), _TINY)
        return np.clip(self.radius * slopes, -most, most)

    def reach(self, per_unit):
        """How far a row may be moved, in standard units."""
        with np.errstate(over="ignore"):
            return np.minimum(self.radius * per_unit, _MOST)

    def against(self, task, rows):
        """A task and rows for which gradients are those of the worst rows.

        Parameters
        ----------
        task : Task
        rows : StandardRows
            Of which the grid becomes as coarse as moved rows need it.

        Returns
        -------
        task : Task
        rows : StandardRows
        """
        farther = self.reach(rows.per_unit)
        bits = LossGradient.bits(rows.box.reach + np.ceil(farther) + 1.0)
        box = replace(rows.box, bits=min(bits, rows.box.bits))
        moved = 1 + float(np.linalg.norm(farther)) / rows.longest
        task = replace(task, adversary=self, steepest=task.steepest * moved)
        if task.target is not None:  # residuals grow with coefficients
            curvature = min(task.curvature * (1 + farther @ farther), _MOST)
            task = replace(task, curvature=curvature)
        return task, replace(rows, box=box)

    def rows(self, rows, per_unit):
        """What normal rows say of the loss, if an adversary moves them."""
        return MovedRows(rows, self.reach(per_unit)) if self.norm == np.inf else rows

    def rows_of_numbers(self, rows, per_unit):
        """The same where targets are numbers, in units of residuals."""
        return FartherRows(rows, self.reach(per_unit), self.norm)

    def query(self, rows, task, coef, clip):
        """The gradient of the worst rows at ``coef``."""
        return AdversarialGradient(
            rows.box,
            coef,
            clip,
            rows.weights.by_class,
            loss=task.loss,
            target=task.target,
            in_norm=rows.in_norm,
            move=self.move(coef[:-1], rows.per_unit),
        )


class MovedRows:
    """Normal rows which the infinity norm moves: the loss is steeper near zero.

    To that of the rows comes the mean slope of the loss times the radius times absolute
    values of coefficients, of which this is the curvature of a parabola above them.

    Parameters
    ----------
    rows : NormalRows
    reach : ndarray of shape (n_features,)
        The radius in standard units.
    """

    def __init__(self, rows, reach):
        self.moments, self.farthest, self.square = (
            rows.moments,
            rows.farthest,
            rows.square,
        )
        self._rows, self._reach = rows, reach

    def hessian(self, coef):
        """Second derivatives of the mean loss at ``coef``."""
        size = np.sqrt(coef[:-1] ** 2 + _SMALL**2)
        return self._rows.hessian(coef) + np.diag(
            np.append(_SLOPE * self._reach / size, 0.0)
        )


class FartherRows(MovedRows):
    """Normal rows of which residuals grow by a norm of coefficients, ``c``.

    The mean of ``(|r| + c) ** 2 / 2`` has, beside the Hessian of rows, the square of
    the slopes of ``c``, and its curvature times the mean of ``|r| + c``; of which this
    is a bound, for ``r`` that deviate by one and are cut at twice as much.

    Parameters
    ----------
    rows : NormalRows
    reach : ndarray of shape (n_features,)
        The radius in standard units.
    norm : {2, inf}
        Of the adversary.
    """

    def __init__(self, rows, reach, norm):
        super().__init__(rows, reach)
        self._norm = norm

    def hessian(self, coef):
        """Second derivatives of the mean loss at ``coef``."""
        reach, weights = self._reach, coef[:-1]
        sizes = np.sqrt(weights**2 + _SMALL**2)
        slopes, curved, farther = reach * weights / sizes, reach / sizes, reach @ sizes
        if self._norm == 2:
            farther = max(np.linalg.norm(reach * sizes), _TINY)
            slopes, curved = reach**2 * weights / farther, reach**2 / farther
        more = np.outer(slopes, slopes) + min(1 + farther, 2.0) * np.diag(curved)
        return self._rows.hessian(coef) + np.pad(more, (0, 1))


def adversary_of(adversarial, n_classes, n_features):
    """The adversary, if there is one; refused where there is no closed form."""
    if adversarial is None:
        return None
    adversary = Adversary.of(adversarial)
    if n_classes > 2:
        raise refused(
            ValueError,
            "adversarial is for two classes: with more, the worst row has no closed "
            "form. Use adversarial=None, or one classifier for each class.",
        )
    if n_features > MOST_FEATURES:
        raise refused(
            ValueError,
            f"adversarial is for at most {MOST_FEATURES} features. Put a "
            "SparseRandomProjection before, which is free, or use adversarial=None.",
        )
    return adversary
