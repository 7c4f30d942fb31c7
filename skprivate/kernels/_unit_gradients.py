"""Sums of clipped gradients over the rows of each privacy unit, for many small units.

One call for each unit would take longer than what it adds up. So these are the twins in
NumPy of the kernels, which tell what each row adds; and what a row adds are the bits of
the kernels.
"""

import numpy as np
from scipy.sparse import csr_array

from skprivate.kernels._blocks import clean_target, clean_weights, open_chunk, tile_box
from skprivate.kernels._gradients import plain_gradients
from skprivate.kernels._sizes import check_codes, check_shape, check_sizes
from skprivate.kernels._softmax import plain_softmax_slopes, room_of_softmax


@np.errstate(all="ignore")
def gradient_by_unit(
    X, target, box, one, loss, param, clip, weight, reach, grid, scale, unit, norm=2
):
    """What `gradient` adds for each unit.

    Parameters
    ----------
    X, target, box, one, loss, param, clip, weight, reach, scale, norm
        As for `gradient`.
    grid : tuple (ndarray of shape (d + 1,), float)
        Of `rounded_coef`.
    unit : ndarray of int of shape (n,)
        Number of the unit of each row, from zero on without gaps.

    Returns
    -------
    ndarray of shape (n_units, d + 1)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    coef, step = grid
    check_sizes(n_rows, n_features, weight, box=box, scale=scale)
    check_shape("target", target, (n_rows,))
    check_shape("coef", coef, (n_features + 1,))
    check_codes(unit, n_rows)
    target, weight = clean_target(target, weight)
    rows = source, n_rows, tile_box(box, one * reach), weight, target, scale
    task = (loss, float(param), float(one), float(clip), step, norm)
    total = np.zeros((int(unit.max(initial=-1)) + 1, n_features + 1))
    memory = np.empty((0, n_features)), np.zeros(1)
    for part, gradients in plain_gradients(*rows, coef, task, *memory):
        total += sums_of_units(unit[part], len(total)) @ gradients
    return total


@np.errstate(all="ignore")
def gradient_softmax_by_unit(
    X, codes, box, one, clip, weight, reach, grid, scale, unit, norm=2, hinge=0.0
):
    """What `gradient_softmax` adds for each unit.

    Parameters
    ----------
    X, codes, box, one, clip, weight, reach, scale, norm, hinge
        As for `gradient_softmax`.
    grid : tuple (ndarray of shape (K, d + 1), float)
        Of `rounded_coef`.
    unit : ndarray of int of shape (n,)
        Number of the unit of each row, from zero on without gaps.

    Returns
    -------
    ndarray of shape (n_units, K, d + 1)
        Integers in float64.
    """
    source, n_rows, n_features = open_chunk(X)
    coef, step = grid
    check_sizes(n_rows, n_features, weight, box=box, scale=scale)
    check_codes(codes, n_rows)
    check_shape("coef", coef, (len(coef), n_features + 1))
    check_codes(unit, n_rows)
    tile = tile_box(box, one * reach)
    rows = source, n_rows, tile, clean_weights(weight), codes, scale
    task = (float(one), room_of_softmax(clip, len(coef)), step, norm, float(hinge))
    total = np.zeros((int(unit.max(initial=-1)) + 1, *coef.shape))
    memory = np.empty((0, n_features)), np.zeros(1)
    for part, slopes, v in plain_softmax_slopes(*rows, coef, task, *memory):
        units = sums_of_units(unit[part], len(total))
        for k, slope in enumerate(slopes):
            total[:, k] += units @ np.trunc(slope[:, None] * v)
    return total


def sums_of_units(unit, n_units):
    """A matrix that adds up rows of each unit: sums of integers have no order."""
    places = unit, np.arange(unit.size)
    return csr_array((np.ones(unit.size), places), shape=(n_units, unit.size))
