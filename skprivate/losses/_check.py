"""Whether a loss that came from elsewhere is one of these."""

from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any

from skprivate.losses._classes import (
    MOST_HINGE,
    Hinge,
    Logistic,
    Multinomial,
    OneVsRest,
    SquaredHinge,
)
from skprivate.losses._counts import Gamma, Poisson, Tweedie
from skprivate.losses._focal import Focal
from skprivate.losses._numbers import Huber, Quantile, Squared

LOSSES = (
    Focal, Gamma, Hinge, Huber, Logistic, Multinomial, OneVsRest, Poisson, Quantile,
    Squared, SquaredHinge, Tweedie,
)  # fmt: skip


def loss_problems(loss: Any) -> Iterator[Any]:
    """Yield what is wrong with a loss, or with its fields."""
    if type(loss) not in LOSSES:
        yield "loss is none of skprivate.losses"
    elif isinstance(loss, Focal):
        yield from loss.problems()
    elif isinstance(loss, Huber | Hinge) and not _within(loss.delta, float("inf")):
        yield "the delta of the loss is not positive and finite"
    elif isinstance(loss, OneVsRest) and not _within(loss.delta, 2 * MOST_HINGE):
        yield "the delta of the loss is not positive, or beyond 2**64"
    elif isinstance(loss, Quantile) and not _within(loss.quantile, 1.0):
        yield "the quantile of the loss is not between 0 and 1"
    elif isinstance(loss, Tweedie) and not _is_between(loss.power):
        yield "the power of the loss is not between 1 and 2"
    n_classes = loss.n_classes if isinstance(loss, Multinomial | OneVsRest) else 0
    if not isinstance(n_classes, Integral):
        yield "the number of classes of the loss is no whole number"


def _is_between(power):
    """Whether it is a number between 1 and 2."""
    return isinstance(power, Real) and 1 < power < 2


def _within(number, end):
    """Whether it is a number above zero and below the end."""
    real = isinstance(number, Real) and not isinstance(number, bool)
    return real and 0 < number < end
