"""Gradients of a loss of rows that an adversary has moved, each row's clipped."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from skprivate.base._query_check import box_problems
from skprivate.losses import Huber, Logistic, Squared, SquaredHinge
from skprivate.queries._gradients import LossGradient


@dataclass(frozen=True, eq=False)
class AdversarialGradient(LossGradient):
    """Sum over rows of the clipped gradient of a loss, of rows moved against a margin.

    Rows of the second class are moved by ``-move``, those of the first by ``move``. If
    that is the longest move within a norm along which the margin of ``coef`` grows
    fastest, these are the worst rows within that distance, and the gradient is that of
    the worst loss (Danskin 1966).

    Where targets are numbers, rows are moved so that the margin goes farther from the
    target: by ``move`` if it is not below it, else by ``-move``. That makes the worst
    of a loss of the size of residuals.

    Every row is in one of two sums, as a row of :class:`LossGradient` of a box whose
    center is moved, and adds zero to the other, where its class has the weight zero, or
    it has no target. So one row changes the total by ``clip`` at most, as there: what
    it adds depends on that row, and on ``coef`` and ``move``, which are public or were
    released.

    Parameters
    ----------
    move : ndarray of shape (n_features,)
        In units of the features.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.base import Box
    >>> from skprivate.queries._adversarial import AdversarialGradient
    >>> box = Box.between(np.zeros(1), np.ones(1), 10)
    >>> query = AdversarialGradient(box, np.zeros(2), 4.0, move=np.array([0.5]))
    >>> [*query.problems()], query.bound
    ([], 4.0)
    """

    move: np.ndarray = field(default=None, kw_only=True)

    def problems(self):
        """The grid must be exact for both moved boxes, and there is one margin."""
        of_classes = self.target is None and self.loss in (Logistic(), SquaredHinge())
        of_size = self.target is not None and isinstance(self.loss, (Squared, Huber))
        if not (of_classes or of_size) or self.coef.ndim != 1:
            yield "the loss is none of two classes, nor of the size of residuals"
            return
        if np.shape(self.move) != (self.box.n_features,):
            yield "move is not one of each feature"
            return
        if not np.isfinite(self.move).all():
            yield "move is not finite"
            return
        for part in self._parts:
            yield from (f"a moved box {text}" for text in box_problems(part.box))
            yield from part.problems()

    @cached_property
    def _parts(self):
        """The gradient of rows that are moved ahead, and of those moved back."""
        by_class = [self.by_class] * 2
        if self.target is None:
            weights = np.ones(2) if self.by_class is None else self.by_class
            by_class = [weights * [1.0, 0.0], weights * [0.0, 1.0]]
        centers = self.box.center - self.move, self.box.center + self.move
        return [
            LossGradient(
                replace(self.box, center=center),
                self.coef,
                self.clip,
                weights,
                loss=self.loss,
                target=self.target,
                in_norm=self.in_norm,
            )
            for center, weights in zip(centers, by_class, strict=True)
        ]

    def __call__(self, X, y, weight):
        pairs = zip(self._parts, self._targets(X, y), strict=True)
        return sum(part(X, own, weight) for part, own in pairs)

    def by_unit(self, X, y, weight, unit):
        """The same integers, of a dense chunk, summed up by the unit of each row."""
        pairs = zip(self._parts, self._targets(X, y), strict=True)
        return sum(part.by_unit(X, own, weight, unit) for part, own in pairs)

    def _targets(self, X, y):
        """Targets of both parts: of numbers, each is in one of them only.

        A margin is a sum of its own, in the order of columns, whatever its rounding.
        """
        if self.target is None:
            return y, y
        from skprivate.kernels import row_products

        box, units = self.box, np.where(self.box.varies, self.box.half, np.inf)
        rows = (np.clip(X, box.low, box.high) - box.center) / units
        margins = row_products(rows, self.coef[:-1, np.newaxis])[:, 0] + self.coef[-1]
        above = margins >= self._in_units(y)
        y = np.asarray(y, dtype=np.float64)
        return np.where(above, y, np.nan), np.where(above, np.nan, y)
