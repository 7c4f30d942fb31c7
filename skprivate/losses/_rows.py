"""What all losses of one margin share: their kernel, and bounds on a range."""

from itertools import product
from numbers import Real

import numpy as np


def kernel_task(loss):
    """Number and parameter by which kernels know a loss.

    Parameters
    ----------
    loss : one of the losses of one margin

    Returns
    -------
    number : int
    param : float
    """
    from skprivate import kernels  # numba is loaded at first use

    return getattr(kernels, loss.kernel), float(loss.param)


def row_gradient(loss, margin, target):
    """Derivative of the loss of each row, with the bits of the kernel."""
    from skprivate.kernels._losses import plain_residuals

    margin, target = np.broadcast_arrays(*map(_floats, (margin, target)))
    with np.errstate(all="ignore"):  # as in a kernel
        return plain_residuals(*kernel_task(loss), margin, target)


def exponential(margin):
    """``exp(margin)``, the same bits wherever in an array a row is."""
    from skprivate.kernels._losses import plain_exponentials

    with np.errstate(all="ignore"):
        return plain_exponentials(_floats(margin))


def largest_gradient(loss, margins, targets):
    """Largest ``|gradient|`` of margins and targets in two ranges, up to rounding.

    Proof. All losses of one margin are convex, so the gradient ascends in the margin;
    and it is monotone in the target. So both ends of it are at corners.

    Parameters
    ----------
    loss : one of the losses of one margin
    margins, targets : tuple (low, high)
        Public ends of the ranges.

    Returns
    -------
    float
    """
    corners = np.array(list(product(margins, targets)), dtype=np.float64)
    return float(np.max(np.abs(loss.gradient(corners[:, 0], corners[:, 1]))))


def loss_problems(loss):
    """Yield what is wrong with the fields of a loss that came from elsewhere."""
    param = getattr(loss, "param", None)
    if not isinstance(param, Real) or isinstance(param, bool) or not param >= 0:
        yield "loss has no usable parameter"
    elif loss.kernel == "HUBER" and not 0 < param < np.inf:
        yield "the delta of the loss is not positive and finite"
    elif loss.kernel == "QUANTILE" and not 0 < param < 1:
        yield "the quantile of the loss is not between 0 and 1"


def _floats(values):
    return np.asarray(values, dtype=np.float64)
