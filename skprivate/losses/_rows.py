"""What all losses of one margin share: their kernel, and bounds on a range."""

from itertools import product
from typing import Any

import numpy as np

from skprivate._typing import BoundsLike


def kernel_task(loss: Any) -> tuple[int, float]:
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
    from skprivate.kernels._losses import derivatives

    margin, target = np.broadcast_arrays(*map(_floats, (margin, target)))
    with np.errstate(all="ignore"):  # as in a kernel
        found = derivatives(*kernel_task(loss), margin.ravel(), target.ravel())
    return found.reshape(margin.shape)[()]


def exponential(margin):
    """``exp(margin)``, the same bits wherever in an array a row is."""
    from skprivate.kernels._losses import plain_exponentials

    with np.errstate(all="ignore"):
        return plain_exponentials(_floats(margin))


def largest_gradient(loss: Any, margins: BoundsLike, targets: BoundsLike) -> float:
    """Largest ``|gradient|`` of margins and targets in two ranges, up to rounding.

    Proof. But for the focal loss, of which the bound of any margin is returned, all
    losses of one margin are convex, so the gradient ascends in the margin; and it is
    monotone in the target. So both ends of it are at corners.

    Parameters
    ----------
    loss : one of the losses of one margin
    margins, targets : tuple (low, high)
        Public ends of the ranges.

    Returns
    -------
    float
    """
    if not getattr(loss, "convex", True):
        return float(loss.gradient_bound)
    corners = np.array(list(product(margins, targets)), dtype=np.float64)
    return float(np.max(np.abs(loss.gradient(corners[:, 0], corners[:, 1]))))


def _floats(values):
    return np.asarray(values, dtype=np.float64)
