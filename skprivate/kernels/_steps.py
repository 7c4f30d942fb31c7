"""Steps of the logistic loss, made so short that no row counts for more than it may."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._losses import LOGISTIC, plain_residuals, residuals
from skprivate.kernels._plain import spared
from skprivate.kernels._shortened import _plain_shortened
from skprivate.kernels._sizes import check_shape

_BLOCK_ROWS = 1024


def logistic_steps(
    margins: np.ndarray,
    targets: np.ndarray,
    by_class: np.ndarray,
    noise: np.ndarray,
    rooms: tuple[float, ...],
    weight: np.ndarray,
    step: float,
) -> np.ndarray:
    """Gradient of the logistic loss of each row, and its curvature, in grid steps.

    Guarantee: row i is what `shortened` makes of the vector ``c (g, |g| (1 - |g|))``,
    or of its first number, to the bit, where ``g`` is the gradient of `derivatives` and
    ``c`` the weight of its class. It is zero unless the target is 0 or 1, and the
    margin finite.

    Parameters
    ----------
    margins, targets : ndarray of float64 of shape (n,)
    by_class : ndarray of float64 of shape (2,)
    noise : ndarray of float64 of shape (1,) or (2,)
    rooms, weight : as for `shortened`
    step : float
        A power of two.

    Returns
    -------
    ndarray of int64 of shape (n, len(noise))
    """
    n = len(margins)
    check_shape("targets", targets, (n,))
    check_shape("by_class", by_class, (2,))
    check_shape("weight", weight, (n,) if len(weight) else (0,))
    check_shape("noise", noise, (2,) if len(noise) > 1 else (1,))
    parts = np.empty((n, len(noise)), dtype=np.int64)
    few = spared(_logistic_steps, n, margins)
    make = _plain_logistic_steps if few else _logistic_steps
    arrays = (margins, targets, by_class, noise, weight)
    arrays = (lent(np.ascontiguousarray(a, np.float64)) for a in arrays)
    make(*arrays, float(rooms[0]), float(rooms[1]), float(step), parts)
    return parts


@kernel
def _logistic_steps(margins, targets, by_class, noise, weight, room, room_l1, step,
                    parts):  # fmt: skip
    work, steps = np.empty(_BLOCK_ROWS), np.empty(_BLOCK_ROWS)
    target, heavy = np.empty(_BLOCK_ROWS), np.ones(_BLOCK_ROWS)
    first = np.empty(_BLOCK_ROWS, np.int64)
    second = np.empty(_BLOCK_ROWS, np.int64)
    n_parts = parts.shape[1]
    sizes = noise[0], noise[n_parts - 1]
    for start in range(0, len(margins), _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, len(margins) - start)
        for i in range(m):
            steps[i] = margins[np.uintp(start + i)]
            target[i] = targets[np.uintp(start + i)]
            known = (target[i] == 0.0) | (target[i] == 1.0)
            # Whatever is made of NaN is left out below.
            target[i] = target[i] if known & (abs(steps[i]) < np.inf) else np.nan
        residuals(LOGISTIC, 0.0, steps, target, 0, m, work)
        if weight.size:
            for i in range(m):
                heavy[i] = weight[np.uintp(start + i)]
        _cut(steps, target, by_class, n_parts == 2, sizes, heavy, room, room_l1,
             1.0 / step, m, first, second)  # fmt: skip
        for i in range(m):
            parts[np.uintp(start + i), 0] = first[i]
        if n_parts == 2:
            for i in range(m):
                parts[np.uintp(start + i), 1] = second[i]


@inner
def _cut(steps, target, by_class, curved, noise, heavy, room, room_l1, per_step, m,
         first, second):  # fmt: skip
    """What `_shortened` does to the vectors of a block; a weight of one changes none.

    A row of NaN is zero.
    """
    light, weighty = by_class[0], by_class[1]
    for i in range(m):
        g = steps[i]
        scale = weighty if target[i] == 1.0 else light
        one, away = scale * g, abs(g)
        two = scale * (away * (1.0 - away)) if curved else 0.0
        sized, other = one / noise[0], two / noise[1]
        length = np.sqrt(sized * sized + other * other)
        total = abs(sized) + abs(other)
        factor = min(room / max(length, room), room_l1 / max(total, room_l1))
        factor *= heavy[i]
        one, two = factor * one, factor * two
        finite = (abs(one) < np.inf) & (abs(two) < np.inf)
        first[i] = np.int64(one * per_step if finite else 0.0)
        second[i] = np.int64(two * per_step if finite else 0.0)


def _plain_logistic_steps(margins, targets, by_class, noise, weight, room, room_l1,
                          step, parts):  # fmt: skip
    """The twin of `_logistic_steps`."""
    with np.errstate(all="ignore"):
        known = np.isfinite(margins) & ((targets == 0.0) | (targets == 1.0))
        g = plain_residuals(LOGISTIC, 0.0, margins, targets)
        away = np.abs(g)
        vectors = np.column_stack([g, away * (1.0 - away)])[:, : len(noise)]
        scale = np.where(known, by_class[(targets == 1.0).astype(np.intp)], np.nan)
        vectors = scale[:, None] * vectors
    _plain_shortened(vectors, noise, weight, room, room_l1, step, parts)
