"""What a descent minimizes: a loss, in units in which one rule suits all of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from skprivate.base import Box
from skprivate.linear_model._newton import logistic_curvature
from skprivate.losses import (
    Huber,
    Logistic,
    OneVsRest,
    Squared,
    SquaredHinge,
    largest_gradient,
)
from skprivate.losses._classes import MOST_HINGE

_FARTHEST = 1.5
_FAR = 10.0
_NO_THRESHOLD = 2.0**64  # Huber's, in units
_UNBOUNDED = 64.0  # margins beside which the gradient of a squared hinge is cut


@dataclass(frozen=True, eq=False)
class Task:
    """A loss of standardized rows.

    Attributes
    ----------
    loss : one of skprivate.losses
    start : ndarray of shape (n_columns,) or (n_classes, n_columns)
        The best constant, as far as it is known.
    expected : callable or None
        From margins to the curvature that the loss is expected to have there; None:
        only an upper bound is known.
    curvature : float
        Upper bound of the Hessian by the margins, or of what is typical of it.
    steepest : float
        Largest derivative of the loss, by public bounds of the target.
    typical : float
        Its size, relative to that of the log loss.
    eagerness : float
        How many accelerated steps to take; see `number_of_steps`.
    target : Box or None
        Units of the target, if it is a number.
    farthest : float
        How far a first step may move margins.
    adversary : Adversary or None
        Who moves rows before their loss counts.
    """

    loss: object
    start: np.ndarray
    expected: Callable | None
    curvature: float
    steepest: float = 1.0
    typical: float = 1.0
    eagerness: float = 2.0
    target: Box | None = None
    farthest: float = _FARTHEST
    adversary: object = None


def logistic_task(rows):
    """The log loss of as many classes as there are shares.

    Upper bounds of the Hessian by the margins are those of Boehning (1992), 1/4 and
    1/2, of which three quarters keep accelerated steps stable. The mean of
    ``diag(p) - p p'`` over rows is at most that of ``diag(p)``, too: the largest share
    of a class, which is less where there are many.
    """
    margins = np.log(rows.prior)
    if len(margins) == 2:
        start = _constant(rows, margins[1] - margins[0])
        return Task(Logistic(), start, logistic_curvature, 1 / 4)
    start = np.zeros((len(margins), rows.n_columns))
    start[:, -1] = margins - margins.mean()
    steepest = np.sqrt(2.0)
    curvature = min(3 / 8, float(max(rows.prior)))
    return Task(Logistic(), start, None, curvature, steepest, eagerness=2.5)


def hinge_task(rows, loss=None):
    """Half the squared hinge of two classes, or one of each of several classes.

    Parameters
    ----------
    rows : StandardRows
    loss : Hinge, default=None
        One that is cut.
    """
    cut = MOST_HINGE if loss is None else loss.delta
    steepest, typical = min(cut, _UNBOUNDED), min(cut, 2.0)
    if len(rows.prior) == 2:
        loss = loss or SquaredHinge()
        start = _constant(rows, loss.link(rows.prior[1]))
        return Task(loss, start, ones, 1.0, steepest, typical)
    loss = OneVsRest(len(rows.prior), cut)
    start = np.zeros((len(rows.prior), rows.n_columns))
    start[:, -1] = loss.link(rows.prior)
    return Task(loss, start, None, 1.0, 2 * steepest, typical)


def without_intercept(task):
    """The same from coefficients of zero, as no constant is allowed."""
    return replace(task, start=np.zeros_like(task.start))


def number_task(loss, target, start, **others):
    """A loss of numbers, in the units of ``target``.

    Parameters
    ----------
    loss : one of skprivate.losses
    target : Box
    start : ndarray of shape (n_columns,)
    **others
        Further fields.
    """
    steepest = loss.gradient_bound
    if isinstance(loss, Squared):  # of margins twice as far as targets
        steepest = 2.0 * float(np.max(target.reach)) + 1.0
    elif np.isinf(steepest):
        steepest = _largest_derivative(loss, target)
    return Task(loss, start, steepest=steepest, target=target, **others)


def huber_loss(threshold):
    """Huber's loss, in units of which the threshold is one or more.

    Thresholds beyond all residuals are alike; the largest of them is a number still.
    """
    return Huber(float(min(max(threshold, 1.0), _NO_THRESHOLD)))


def _largest_derivative(loss, target):
    """Of targets in their bounds, and of means up to twice as large as these."""
    ends = np.array([target.low[0], target.high[0]])
    low, high = ends / target.half[0]
    # The logarithm of a mean: the smallest is a hundredth of the mean of all.
    margins = -np.log(100.0), np.log(2.0 * max(high, 1.0))
    return largest_gradient(loss, margins, (low, high))


def ones(margins):
    """The curvature of squares."""
    return np.ones_like(margins)


def power_of_mean(power, margins):
    """The curvature of a Tweedie deviance, of means that are logarithms."""
    return np.exp(np.clip(power * margins, -_FAR, _FAR))


def _constant(rows, margin):
    start = np.zeros(rows.n_columns)
    start[-1] = margin
    return start
