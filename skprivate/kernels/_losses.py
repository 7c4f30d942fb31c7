"""Derivatives of losses with respect to the margin, block by block.

Every value is computed by the same IEEE operations in the same order, whatever its
place in a block: no sum runs over rows, so vector instructions change no bit.
"""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import INNER, inner, kernel, python_of
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_shape

LOGISTIC, SQUARED, HUBER, SQUARED_HINGE, POISSON, GAMMA, QUANTILE, TWEEDIE = range(8)
HINGE = 8

LOG2_E = 1.4426950408889634
# ln 2 in two parts; products of the first with integers below 2**21 are exact.
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
LARGEST_EXPONENT = 700.0
_BLOCK_ROWS = 1024


@inner
def _exponential(x):
    """A number and k with ``exp(x) = number * 2**k``; also of arrays."""
    k = np.floor(x * LOG2_E + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    s = r * r
    t = s * s
    low = (1.0 + r) + s * (0.5 + r * (1.0 / 6.0))
    middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + s * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + s * (
        1.0 / 3628800.0 + r * (1.0 / 39916800.0)
    )
    return low + t * (middle + t * high), k


@kernel(**INNER)
def exponentials(values, m, out):
    """``out[i] = exp(values[i])``, relative error below 1e-13, |value| cut to 700.

    Cody and Waite's reduction to |r| <= ln(2) / 2 and the Taylor polynomial of degree
    11, whose remainder there is below 1e-14; in three parts, which do not wait for each
    other. The power of two is written as the bits of a double: unlike a call of the
    library's exp, all of it vectorises.
    """
    bits = out.view(np.int64)
    for i in range(m):
        x = min(max(values[i], -LARGEST_EXPONENT), LARGEST_EXPONENT)
        values[i], k = _exponential(x)
        bits[i] = (np.int64(k) + 1023) << 52
    for i in range(m):
        out[i] *= values[i]


@inner
def _parts(x):
    """A number, and the bits of a power of two: their product is ``exp(x)``."""
    x = min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT)
    number, k = _exponential(x)
    return number, (np.int64(k) + 1023) << 52


@inner
def _ends(loss, param):
    """To what the difference of margin and target is cut."""
    if loss == HUBER:
        return -param, param
    if loss == QUANTILE:
        return -param, 1.0 - param
    return -np.inf, np.inf


@inner
def residuals(loss, param, margins, targets, start, m, work):
    """Replace ``margins[i]`` by the derivative of the loss, the target at start + i.

    ============== ======================================= =========================
    loss           derivative                              target
    ============== ======================================= =========================
    LOGISTIC       ``1 / (1 + exp(-margin)) - target``     0 or 1, or a probability
    SQUARED        ``margin - target``                     any number
    HUBER          the same cut to ``[-param, param]``     any number
    SQUARED_HINGE  ``-s max(0, 1 - s margin)``             0 or 1; ``s`` is -1 or 1
    POISSON        ``exp(margin) - target``                counts
    GAMMA          ``1 - target exp(-margin)``             positive numbers
    QUANTILE       as SQUARED, cut to -param, 1 - param    any number
    TWEEDIE        ``exp((2 - param) margin)``, less        zero, or positive numbers
                   ``target exp((1 - param) margin)``
    HINGE          as SQUARED_HINGE, cut to ``param``      0 or 1
    ============== ======================================= =========================

    ``work`` is scratch memory of the size of ``margins``.
    """
    if loss == LOGISTIC:  # a branch inside a loop would keep it from vectorising
        exponentials(margins, m, work)
        for i in range(m):
            margins[i] = (1.0 - targets[start + i]) - 1.0 / (1.0 + work[i])
    elif loss == POISSON:
        exponentials(margins, m, work)
        for i in range(m):
            margins[i] = work[i] - targets[start + i]
    elif loss == GAMMA:
        for i in range(m):
            margins[i] = -margins[i]
        exponentials(margins, m, work)
        for i in range(m):
            margins[i] = 1.0 - targets[start + i] * work[i]
    elif loss == TWEEDIE:
        bits = work.view(np.int64)
        for i in range(m):
            number, bits[i] = _parts(margins[i] * (2.0 - param))
            mean = work[i] * number
            number, bits[i] = _parts(margins[i] * (1.0 - param))
            margins[i] = mean - targets[start + i] * (work[i] * number)
    elif loss == SQUARED_HINGE:
        for i in range(m):
            s = 1.0 if targets[start + i] > 0.5 else -1.0
            margins[i] = -s * max(0.0, 1.0 - s * margins[i])
    elif loss == HINGE:
        for i in range(m):
            s = 1.0 if targets[start + i] > 0.5 else -1.0
            margins[i] = -s * min(max(0.0, 1.0 - s * margins[i]), param)
    else:
        low, high = _ends(loss, param)
        for i in range(m):
            r = margins[i] - targets[start + i]
            margins[i] = min(max(r, low), high)


def derivatives(loss, param, margins, targets):
    """What `residuals` makes of rows, in an array of its own.

    Parameters
    ----------
    loss : int
    param : float
    margins, targets : ndarray of float64 of shape (n,)

    Returns
    -------
    ndarray of float64 of shape (n,)
    """
    if spared(_derivatives, margins.size):
        return plain_residuals(loss, param, margins, targets)
    found = np.array(margins)
    check_shape("targets", targets, found.shape)
    _derivatives(loss, param, found, lent(np.ascontiguousarray(targets)))
    return found


@kernel
def _derivatives(loss, param, found, targets):
    work, block = np.empty(_BLOCK_ROWS), np.empty(_BLOCK_ROWS)
    for start in range(0, found.size, _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, found.size - start)
        for i in range(m):
            block[i] = found[start + i]
        residuals(loss, param, block, targets, start, m, work)
        for i in range(m):
            found[start + i] = block[i]


def plain_exponentials(values):
    """The twin of `exponentials`."""
    x = np.minimum(np.maximum(values, -LARGEST_EXPONENT), LARGEST_EXPONENT)
    number, k = python_of(_exponential)(x)
    return ((k.astype(np.int64) + 1023) << 52).view(np.float64) * number


def plain_residuals(loss, param, margins, targets):
    """The twin of `residuals`; returns the derivatives."""
    if loss == LOGISTIC:
        return (1.0 - targets) - 1.0 / (1.0 + plain_exponentials(margins))
    if loss == POISSON:
        return plain_exponentials(margins) - targets
    if loss == GAMMA:
        return 1.0 - targets * plain_exponentials(-margins)
    if loss == TWEEDIE:
        mean = plain_exponentials(margins * (2.0 - param))
        return mean - targets * plain_exponentials(margins * (1.0 - param))
    if loss == SQUARED_HINGE:
        s = np.where(targets > 0.5, 1.0, -1.0)
        return -s * np.maximum(0.0, 1.0 - s * margins)
    if loss == HINGE:
        s = np.where(targets > 0.5, 1.0, -1.0)
        return -s * np.minimum(np.maximum(0.0, 1.0 - s * margins), param)
    low, high = python_of(_ends)(loss, param)
    return np.minimum(np.maximum(margins - targets, low), high)
