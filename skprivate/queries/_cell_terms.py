"""What a row adds to each of its cells: a count, its target, or steps of a loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real
from typing import Any, Self

import numpy as np

from skprivate.base import grid_step
from skprivate.base._class_weights import factors_of
from skprivate.losses import Focal, Logistic, Multinomial, loss_problems
from skprivate.mechanisms import root_above
from skprivate.queries._cell_problems import is_whole
from skprivate.queries._target_cells import target_parts
from skprivate.rows import Frozen, refused

_STEP = 2.0**-20
_HEAVIEST = 2.0**20
_SLACK = 2.0**-40  # more than sums of twice as many numbers as this are off by
MOST_MARGINS = 4000
_OF_CLASSES = Focal, Logistic, Multinomial


@dataclass(frozen=True, eq=False)
class RowCounts(Frozen):
    """One, or the weight of the row.

    **Guarantee.** A number from 0 to 1.
    """

    n_parts = 1
    step = _STEP
    largest = largest_l1 = 1.0
    weights = None

    def parts(self, columns: Any, y: np.ndarray | None, weight: np.ndarray) -> Any:
        """A number of each row, in grid steps."""
        return _ones(columns, weight)[:, None]

    def problems(self) -> tuple[Any, ...]:
        """Nothing can be wrong."""
        return ()


@dataclass(frozen=True, eq=False)
class TargetParts(Frozen):
    """The target, spread over a few parts that add up to one: see `TargetCells`.

    A class is a part. A number is ``t`` in [0, 1] between its bounds: ``1 - t`` and
    ``t``, or with three parts ``(1 - t)**2``, ``2 t (1 - t)`` and ``t**2``.

    **Guarantee.** Parts are at least zero, and add up to one, or to the weight of the
    row, rounding included (`target_parts`). So both norms are at most one.

    Parameters
    ----------
    n_parts : int
        Number of classes; of a number two or three.
    bounds : tuple (low, high) or None
        Public range of a number; None: classes.
    """

    n_parts: int
    bounds: tuple | None = None
    step = _STEP
    largest = largest_l1 = 1.0
    weights = None

    def parts(self, columns: Any, y: np.ndarray | None, weight: np.ndarray) -> Any:
        """Numbers of each row, in grid steps; zeros where the target is none."""
        y = _numbers(y)
        parts = target_parts(y, _ones(columns, weight), self.n_parts, self.bounds)
        return np.where(np.isfinite(y)[:, None], parts, 0.0)

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with fields that came from elsewhere."""
        if not is_whole(self.n_parts):
            yield "the number of parts is not positive and whole"
        elif self.bounds is not None:
            if self.n_parts not in (2, 3):
                yield "parts of a number are not two or three"
            if not _is_range(self.bounds):
                yield "bounds are in the wrong order"
            elif not isfinite(self.bounds[1] - self.bounds[0]):
                yield "bounds are too far apart"


@dataclass(frozen=True, eq=False)
class LossSteps(Frozen):
    """Gradient of a loss at the margins of the row, and its curvature.

    There is a gradient for each margin, then a curvature for each. Both are multiplied
    by the weight of the class, if classes have weights. Then the vector is scaled down
    so that, divided by ``noise``, its 2-norm is at most ``largest``, and its 1-norm at
    most ``largest_l1``; last it is multiplied by the weight of the row.

    **Guarantee.** These two bounds, whatever the loss, margins and target, rounding
    included: nothing rests on the accuracy of a loss. A row adds nothing if the target
    is no number, or no class, or if one of its numbers is not finite.

    Proof. A norm is a sum of at most 8000 numbers in a fixed order, of which each
    operation is off by one part in 2**53: fewer than 2**13 - 50 parts in all. A row
    that seems longer than ``1 - 2**-40`` times a bound is scaled down to that, by
    fewer than ten operations more. Truncation to the grid shortens.

    *What does not cost anything.* The logistic gradient is ``g``, and the curvature
    ``|g| (1 - |g|)``; so ``g**2 + (a h)**2 <= 1`` for all ``a <= sqrt(8)``: with
    ``f(g) = g**2 (1 + a**2 (1 - g)**2)`` and g from 0 to 1, the derivative is
    ``2 g (1 + a**2 (1 - g) (1 - 2 g))``, which is at least ``2 g (1 - a**2 / 8)``. So
    curvatures may have ``1 / sqrt(8)`` of the noise of gradients, and gradients have
    no more than without them. In the 1-norm, ``g + a h <= 1`` for ``a <= 1``.

    Parameters
    ----------
    loss : one of skprivate.losses
    noise : tuple of float of length 1 or 2
        Of gradients, and of curvatures, relative; of one number: without curvatures.
    largest : float
        Bound of the 2-norm, in units of ``noise``.
    largest_l1 : float
        Bound of the 1-norm.
    bounds : tuple (low, high), default=None
        To which targets are cut, before ``unit``.
    unit : tuple (center, half), default=(0.0, 1.0)
        The target counts as ``(y - center) / half``.
    by_class : ndarray of shape (n_classes,), default=None
        Weight of each class in the loss.
    counts_rows : bool, default=False
        Whether ones stand in place of curvatures, where these are mostly zero.

    Examples
    --------
    >>> from skprivate.losses import Logistic
    >>> from skprivate.queries import LossSteps
    >>> steps = LossSteps.of(Logistic())
    >>> steps.n_parts, steps.largest, steps.weights.round(3).tolist()
    (2, 1.0, [1.0, 0.354])
    """

    loss: object
    noise: tuple
    largest: float
    largest_l1: float
    bounds: tuple | None = None
    unit: tuple = (0.0, 1.0)
    by_class: np.ndarray | None = None
    counts_rows: bool = False

    @classmethod
    def of(
        cls,
        loss: Any,
        noise: tuple[Any, ...] = (1.0, 8**-0.5),
        largest: float | None = None,
        **others: Any,
    ) -> Self:
        """With the bound of the gradient of the loss, unless a smaller one is given.

        Parameters
        ----------
        loss : one of skprivate.losses
        noise : tuple, default=(1.0, 8**-0.5)
        largest : float, default=None
            None: ``loss.gradient_bound``, which must be finite, by the noise of
            gradients.
        **others
            Further fields.
        """
        if largest is None:
            largest = loss.gradient_bound / noise[0]
        n = loss.n_margins * len(noise)
        in_l1 = root_above(n) * largest
        if isinstance(loss, Logistic) and noise[-1] >= noise[0]:
            in_l1 = min(in_l1, max(largest, 1.0 / noise[0]))
        return cls(loss, noise, float(largest), float(in_l1), **others)

    @property
    def n_parts(self) -> int:
        """As many as there are margins, or twice as many."""
        return self.loss.n_margins * len(self.noise)

    @property
    def step(self) -> Any:
        """A millionth of the bound, or less."""
        return grid_step(self.largest * min(self.noise))

    @property
    def weights(self) -> np.ndarray:
        """Noise of each part, relative."""
        return np.repeat(np.array(self.noise, np.float64), self.loss.n_margins)

    def parts(self, columns: Any, y: np.ndarray | None, weight: np.ndarray) -> Any:
        """Numbers of each row, in grid steps; zeros where one is not finite."""
        from skprivate.kernels import logistic_steps, shortened
        from skprivate.kernels._blocks import clean_weights

        rooms = self.largest * (1.0 - _SLACK), self.largest_l1 * (1.0 - _SLACK)
        weight = clean_weights(weight) if len(weight) else weight
        if self._is_logistic and columns.margins.shape[1] == 1:
            margins, rest = columns.margins[:, 0], (rooms, weight, self.step)
            by_class = np.ones(2) if self.by_class is None else self.by_class
            return logistic_steps(margins, _numbers(y), by_class, self.weights, *rest)
        with np.errstate(all="ignore"):
            vector = self._vector(columns.margins, y)
        return shortened(vector, self.weights, rooms, weight, self.step)

    @property
    def _is_logistic(self):
        """Whether one kernel makes it all: the same bits as the steps one by one."""
        plain = self.bounds is None and self.unit == (0.0, 1.0)
        return type(self.loss) is Logistic and plain and not self.counts_rows

    def _vector(self, margins, y):
        """Derivatives of each row; NaN where the target is none."""
        if margins.shape[1] != self.loss.n_margins:
            raise refused(
                ValueError,
                "A loss needs one column for each of its margins. Begin the view with "
                "as many.",
            )
        target = _numbers(y)
        known = np.isfinite(target)
        if isinstance(self.loss, _OF_CLASSES):
            n_classes = max(self.loss.n_margins, 2)
            known &= (target >= 0) & (target < n_classes) & (target == np.floor(target))
        factor = np.where(known, 1.0, np.nan)
        if self.by_class is not None:
            factor = factor * factors_of(self.by_class, target)
        if self.bounds is not None:
            target = np.clip(target, *self.bounds)
        center, half = self.unit
        target = (target - center) / half
        if not isinstance(self.loss, Multinomial):
            margins = margins[:, 0]
        steps = [self.loss.gradient(margins, target)]
        if len(self.noise) == 2 and self.counts_rows:
            steps.append(np.ones_like(steps[0]))
        elif len(self.noise) == 2 and isinstance(self.loss, Logistic):
            away = np.abs(steps[0])  # of the class from its probability
            steps.append(away * (1.0 - away))
        elif len(self.noise) == 2:
            steps.append(self.loss.curvature(margins, target))
        return factor[:, None] * np.column_stack(steps)

    def problems(self) -> Iterator[Any]:
        """Yield what is wrong with fields that came from elsewhere."""
        yield from loss_problems(self.loss)
        if not 0 < self.loss.n_margins <= MOST_MARGINS:
            yield "there are no margins, or too many"
        if not isinstance(self.noise, tuple) or len(self.noise) not in (1, 2):
            yield "noise is not one number, or two"
        elif not all(map(_is_positive, (*self.noise, self.largest, self.largest_l1))):
            yield "noise, or a bound, is not positive and finite"
        if self.bounds is not None and not _is_range(self.bounds):
            yield "bounds are in the wrong order"
        if not _is_range(self.unit[:1] + self.unit[:1]) or not 0 < self.unit[1] < inf:
            yield "the unit of targets is none"
        yield from self._problems_of_weights()

    def _problems_of_weights(self):
        if self.by_class is None:
            return
        n_classes = max(self.loss.n_margins, 2)
        if not isinstance(self.loss, _OF_CLASSES):
            yield "by_class is about classes, and the loss has none"
        elif np.shape(self.by_class) != (n_classes,):
            yield "by_class is not one of each class"
        elif not ((self.by_class >= 0) & (self.by_class <= _HEAVIEST)).all():
            yield "by_class has weights that are negative, or too large"


TERMS = RowCounts, TargetParts, LossSteps


def _ones(columns, weight):
    """Weights of rows in grid steps."""
    from skprivate.kernels._blocks import clean_weights

    if not len(weight):
        return np.full(len(columns), 1 / _STEP)
    return np.rint(clean_weights(weight) / _STEP)


def _numbers(y):
    """Targets as floats."""
    if y is None:
        raise refused(ValueError, "There is no target. Pass y to fit.")
    return np.asarray(y, dtype=np.float64)


def _is_positive(number):
    known = isinstance(number, Real) and not isinstance(number, bool)
    return known and isfinite(number) and 2.0**-30 <= number <= 2.0**30


def _is_range(bounds):
    if not isinstance(bounds, tuple) or len(bounds) != 2:
        return False
    known = all(isinstance(end, Real) and isfinite(end) for end in bounds)
    return known and bounds[0] <= bounds[1]
