"""Gradients of a loss of rows that an adversary has moved, each row's clipped."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from skprivate.base._query_check import box_problems
from skprivate.losses import Logistic, SquaredHinge
from skprivate.queries._gradients import LossGradient


@dataclass(frozen=True, eq=False)
class AdversarialGradient(LossGradient):
    """Sum over rows of the clipped gradient of a loss, of rows moved against a margin.

    Rows of the second class are moved by ``-move``, those of the first by ``move``. If
    that is the longest move within a norm along which the margin of ``coef`` grows
    fastest, these are the worst rows within that distance, and the gradient is that of
    the worst loss (Danskin 1966).

    Every row is in the sum of one class, as a row of :class:`LossGradient` of a box
    whose center is moved, and adds zero to that of the other, where its class has the
    weight zero. So one row changes the total by ``clip`` at most, as there: what it
    adds depends on that row, and on ``coef`` and ``move``, which are public or were
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
        """The grid must be exact for both moved boxes, and there are two classes."""
        if self.loss not in (Logistic(), SquaredHinge()) or self.coef.ndim != 1:
            yield "the loss is none of two classes"
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
        """The gradient of the rows of each class."""
        weights = np.ones(2) if self.by_class is None else self.by_class
        centers = self.box.center - self.move, self.box.center + self.move
        return [
            LossGradient(
                replace(self.box, center=center),
                self.coef,
                self.clip,
                np.where(np.arange(2) == k, weights, 0.0),
                loss=self.loss,
                in_norm=self.in_norm,
            )
            for k, center in enumerate(centers)
        ]

    def __call__(self, X, y, weight):
        first, second = self._parts
        return first(X, y, weight) + second(X, y, weight)

    def by_unit(self, X, y, weight, unit):
        """The same integers, of a dense chunk, summed up by the unit of each row."""
        first, second = self._parts
        return first.by_unit(X, y, weight, unit) + second.by_unit(X, y, weight, unit)
