"""Losses of a margin, as values: what a row may add to a gradient is public.

Every loss has

- ``link(mean)`` and ``inverse_link(margin)``, from a mean to a margin and back;
- ``value``, ``gradient`` and ``curvature`` of ``(margin, target)``: the loss of each
  row and its derivatives with respect to the margin;
- ``gradient_bound`` and ``curvature_bound``: no row has larger ones, for any margin and
  any target that the loss is for; infinite where there is no such bound;
- ``n_margins`` of a row; but for the focal loss, ``kernel``, its name among the losses
  of the kernels, and ``param``, which that takes.

Gradients are the bits of the kernels: functions of the row, whatever its company.
"""

from skprivate.losses._check import loss_problems
from skprivate.losses._classes import (
    Hinge,
    Logistic,
    Multinomial,
    OneVsRest,
    SquaredHinge,
)
from skprivate.losses._counts import Gamma, Poisson, Tweedie
from skprivate.losses._cut import logs_of_cut, margins_of_cut
from skprivate.losses._focal import Focal
from skprivate.losses._numbers import Huber, Quantile, Squared
from skprivate.losses._rows import kernel_task, largest_gradient

__all__ = [
    "Focal",
    "Gamma",
    "Hinge",
    "Huber",
    "Logistic",
    "Multinomial",
    "OneVsRest",
    "Poisson",
    "Quantile",
    "Squared",
    "SquaredHinge",
    "Tweedie",
    "kernel_task",
    "largest_gradient",
    "logs_of_cut",
    "loss_problems",
    "margins_of_cut",
]
