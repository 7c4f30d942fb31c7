"""Layers of a network on grids, on which every product of matrices is exact.

Rows, weights, activations and derivatives are rounded to integers so that all partial
sums of a product stay below 2**53. Such a product is the same in any order: BLAS may
take rows together as it likes, and still each row has the bits it would have alone.
Between products stand functions of one number each, made of IEEE operations.
"""

from dataclasses import dataclass

import numpy as np

from skprivate.kernels._blocks import open_block, open_chunk, tile_box
from skprivate.kernels._gradients import rounded_coef
from skprivate.kernels._losses import plain_exponentials
from skprivate.kernels._plain import plain_blocks
from skprivate.kernels._sizes import check_shape, check_sizes

IDENTITY, LOGISTIC_UNIT, RELU, TANH = range(4)
MOST_ACTIVE = 16.0  # activations are cut to this
_STEEPEST = {IDENTITY: 1.0, LOGISTIC_UNIT: 0.25, RELU: 1.0, TANH: 1.0}
_FINEST = 24
_FEW_VALUES = 2**16
_FEWEST_ROWS = 16
_LEAST = 2.0**-40  # what a layer passes back at least, for the sake of its grid


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer on its grids.

    Attributes
    ----------
    weights : ndarray of shape (n_in + 1, n_out)
        Integers; constants are last.
    step : float
        What takes ``(q, one) @ weights`` to margins; a power of two.
    back : ndarray of shape (n_out, n_in)
        Integers that take derivatives by margins to those by what came in.
    back_step, unit : float
        Steps of ``back``, and of derivatives by margins; powers of two.
    largest : float
        Of derivatives by margins.
    """

    weights: np.ndarray
    step: float
    back: np.ndarray
    back_step: float
    unit: float
    largest: float


def rounded_layers(
    matrices, one, reach, activation, largest=1.0, keep=1.0, more=(0, 0.0)
):
    """Layers on grids on which all products are exact.

    Guarantee: where inputs are integers of at most ``one * reach``, or ``one *
    MOST_ACTIVE`` in later layers, and derivatives by the margins of the last layer at
    most ``largest``, every partial sum of a product is an integer below 2**53, and so
    are sums of squares of derivatives of a row.

    Proof. Weights are scaled so that sums of absolute values, for largest inputs and
    derivatives, are at most 2**52. Inputs never exceed theirs. Rounding lengthens
    derivatives by half a step at most, of which the largest has 2**13 or more, so that
    those of nine layers become longer by one part in 2**10.

    Parameters
    ----------
    matrices : list of ndarray of shape (n_out, n_in + 1)
        Finite; constants are last. The last may have ``len(reach)`` columns more than
        units come in: those of inputs that skip the hidden layers.
    one : float
        Grid steps in a unit of rows and activations; a power of two.
    reach : ndarray of shape (d,)
    activation : int
    largest : float, default=1.0
    keep : float, default=1.0
        Part of the units that dropout leaves.
    more : tuple (int, float), default=(0, 0.0)
        Number of a hidden layer, and what a penalty adds to derivatives there.

    Returns
    -------
    list of Layer
    """
    layers, last = [], len(matrices) - 1
    for number in range(last, -1, -1):
        matrix = matrices[number]
        n_passed = len(matrices[number - 1]) if number else len(reach)
        skipping = reach[: matrix.shape[1] - 1 - n_passed]
        ends = np.append(np.full(n_passed, MOST_ACTIVE), skipping) if number else reach
        weights, step = rounded_coef(matrix, one, ends)
        most = 2.0 ** min(_FINEST, (52 - _log2_ceil(len(matrix))) // 2)
        unit = 2.0 ** _log2_ceil(largest / most)
        back, back_step, passed = _rounded_back(matrix[:, :-1], most, n_passed)
        weights = np.ascontiguousarray(weights.T)
        layers.insert(0, Layer(weights, step, back, back_step, unit, largest))
        largest *= passed / keep
        if number == more[0] + 1:
            largest += more[1] / keep
        largest *= _STEEPEST[activation]
    return layers


def _rounded_back(matrix, most, n_passed):
    """Weights for the way back, on a grid for derivatives of so many steps."""
    passed = np.maximum(np.sum(np.abs(matrix), axis=0), _LEAST)
    bits = 52 - _log2_ceil(float(passed.max()) * most)
    back = np.trunc(np.ldexp(matrix, bits))
    return back, 2.0**-bits, float(passed[:n_passed].max())


def _log2_ceil(value):
    """The least exponent of a power of two that is at least so large."""
    fraction, exponent = np.frexp(value)
    return int(exponent) - int(fraction == 0.5)


def exact_product(a, b):
    """Product of matrices of integers on such grids: exact, in whatever order."""
    return a @ b


def margins(inputs, layer, one):
    """What a layer makes of integers, before its activation."""
    weights = layer.weights
    return (exact_product(inputs, weights[:-1]) + one * weights[-1]) * layer.step


def activated(values, activation, one):
    """Integers of activations, and slopes there."""
    if activation == RELU:
        units = np.minimum(np.maximum(values, 0.0), MOST_ACTIVE)
        slopes = ((values > 0.0) & (values < MOST_ACTIVE)).astype(np.float64)
    elif activation == TANH:
        units = 1.0 - 2.0 / (1.0 + plain_exponentials(2.0 * values))
        slopes = 1.0 - units * units
    elif activation == LOGISTIC_UNIT:
        units = 1.0 / (1.0 + plain_exponentials(-values))
        slopes = units * (1.0 - units)
    else:
        units = np.minimum(np.maximum(values, -MOST_ACTIVE), MOST_ACTIVE)
        slopes = (np.abs(values) < MOST_ACTIVE).astype(np.float64)
    return np.rint(units * one), slopes


def forward(q, layers, activation, one, *, skip=False, kept=None):
    """All that the way back needs.

    Parameters
    ----------
    q : ndarray of shape (n, d)
        Integers.
    layers : list of Layer
    activation : int
    one : float
    skip : bool, default=False
        Whether the last layer also reads ``q``.
    kept : callable, default=None
        From the number of a hidden layer to a factor of each of its units for each row:
        zero where dropout leaves it out.

    Returns
    -------
    inputs : list of ndarray
        Integers that each layer reads.
    slopes : list of ndarray
        Of each hidden unit.
    outputs : ndarray of shape (n, n_outputs)
        Margins of the last layer.
    """
    inputs, slopes = [q], []
    for number, layer in enumerate(layers[:-1]):
        units, slope = activated(margins(inputs[-1], layer, one), activation, one)
        if kept is not None:
            factor = kept(number, units.shape[1])
            units, slope = np.rint(units * factor), slope * factor
            units = np.minimum(np.maximum(units, -MOST_ACTIVE * one), MOST_ACTIVE * one)
        if skip and number == len(layers) - 2:
            units = np.hstack([units, q])
        inputs.append(units)
        slopes.append(slope)
    return inputs, slopes, margins(inputs[-1], layers[-1], one)


def few_rows(blocks, layers):
    """Blocks of rows cut into so few that what layers make of them stays in a cache.

    Parameters
    ----------
    blocks : iterable of tuple (slice, ndarray, ndarray)
        As `plain_blocks` yields them.
    layers : list of Layer
    """
    widest = max(max(layer.weights.shape) for layer in layers)
    few = max(_FEW_VALUES // widest, _FEWEST_ROWS)
    for rows, q, w in blocks:
        for start in range(0, len(q), few):
            some = slice(start, start + few)
            first, last = rows.start + start, min(rows.start + start + few, rows.stop)
            yield slice(first, last), q[some], w[some]


def network_outputs(X, box, one, reach, layers, activation, *, skip=False, hidden=None):
    """Margins of the last layer for each row, or what a hidden layer makes of it.

    Guarantee: a row of the result is a function of that row and of the network.

    Parameters
    ----------
    X : chunk
    box : ndarray of shape (4, d)
    one, reach, layers, activation, skip
        As above.
    hidden : int, default=None
        Number of a hidden layer, of which activations are returned in units.

    Returns
    -------
    ndarray of shape (n, n_outputs)
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, np.empty(0), box=box)
    check_shape("weights", layers[0].weights[:-1, :1], (n_features, 1))
    layer = layers[-1 if hidden is None else hidden]
    out = np.zeros((n_rows, layer.weights.shape[1]))
    tile = tile_box(box, one * reach)
    blocks = plain_blocks(source, n_rows, tile, np.empty(0), *open_block(n_features))
    with np.errstate(all="ignore"):
        for rows, q, _ in few_rows(blocks, layers):
            inputs, _, outputs = forward(q, layers, activation, one, skip=skip)
            if hidden is not None:
                outputs = inputs[hidden + 1][:, : out.shape[1]] / one
            out[rows] = outputs
    return out
