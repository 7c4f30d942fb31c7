"""Sum of per-row gradients of the loss of a network, each clipped."""

from dataclasses import dataclass

import numpy as np

from skprivate.kernels._blocks import (
    clean_target,
    clean_weights,
    open_block,
    open_chunk,
    tile_box,
)
from skprivate.kernels._losses import plain_exponentials
from skprivate.kernels._networks import exact_product, few_rows, forward
from skprivate.kernels._plain import plain_blocks
from skprivate.kernels._row_words import kept_units, normal_numbers, row_words
from skprivate.kernels._sizes import check_codes, check_shape, check_sizes
from skprivate.kernels._unit_gradients import sums_of_units

OF_CLASSES, OF_NUMBERS, OF_ROWS = range(3)
_FEW_VALUES = 2**20  # of outer products that are held at a time


@dataclass(frozen=True, eq=False)
class NetworkTask:
    """What is asked of each row; all of it is public.

    Attributes
    ----------
    activation : int
    kind : int
        Whether the loss is of classes (logistic for one margin, else of the softmax),
        of numbers (half the square), or of the row itself (half the sum of squares).
    far : float
        To which differences of margins and numbers are cut.
    skip : bool
        Whether the last layer also reads the row.
    norm : {2, 1}
        In which gradients are clipped.
    key : int
        Of coins and noise.
    dropout : float
        Part of the hidden units that each row leaves out.
    noise : float
        Deviation of what is added to a row before it is read.
    sparsity : float
        Weight of the absolute values of the activations of layer ``code``.
    code : int
    move : ndarray of shape (d,) or None
        How far, in grid steps, each value may be moved against the row's interest.
    in_ball : bool
        Whether these are the half axes of a ball, and not of a box.
    by_class : ndarray of shape (n_classes,) or None
        Weight of each class in the loss.
    """

    activation: int
    kind: int
    far: float
    skip: bool
    norm: int = 2
    key: int = 0
    dropout: float = 0.0
    noise: float = 0.0
    sparsity: float = 0.0
    code: int = 0
    move: np.ndarray | None = None
    in_ball: bool = False
    by_class: np.ndarray | None = None


@np.errstate(all="ignore")
def network_gradient(X, target, box, one, reach, layers, task, clip, step, weight):
    """Sum over rows of the gradient by all weights, each clipped to norm ``clip``.

    That of a layer is the product of the derivatives by its margins and of what it
    reads, ``D (a, 1)'``; all layers of a row are clipped together.

    Guarantee: a row contributes integers whose L2 norm, or L1 norm if ``norm`` is 1, is
    at most ``clip / step`` in exact arithmetic, and which are a function of that row
    and of public facts; a row that is not finite, target included, whose code is no
    class, or whose weight is not positive and finite, contributes zero.

    Proof. The entry of a layer is ``trunc(f t d_k) a_j``, with integers d and a, a
    power of two t, and ``f = w min(1, room / size)``. ``size**2`` is the sum over the L
    layers of ``t**2 |d|**2 |a|**2``: sums of squares are exact (`rounded_layers`), so
    each term is off by one part in 2**53, their sum by L parts, the root by one more
    than half of that. Quotient, weight and product with d round by one part each, and
    the room is short by ``L + 16``: so the product of norms, added up over layers, is
    at most ``clip / step`` before truncation, which shortens d. It holds for any
    derivatives d, whatever forward and backward passes made of the row; a factor that
    is no number counts as zero. The L1 norm of an outer product is that of L1 norms:
    the same with ``size`` in place of its square.

    All products of matrices are exact (`rounded_layers`), and all else takes numbers
    one by one: so company changes no bit.

    Parameters
    ----------
    X : chunk
    target : ndarray of shape (n,) or None
        Codes of classes, numbers in units of the margin, or nothing.
    box : ndarray of shape (4, d)
    one : float
    reach : ndarray of shape (d,)
    layers : list of Layer
        Rounded for a largest derivative that covers the loss.
    task : NetworkTask
    clip : float
    step : float
        A power of two, at least ``clip * 2**-36``.
    weight : ndarray of shape (n,) or (0,)

    Returns
    -------
    ndarray of shape (n_weights,)
        Integers in float64: of each layer a matrix of shape (n_out, n_in + 1).
    """
    totals = [np.zeros(layer.weights.T.shape) for layer in layers]
    geometry, rest = (box, one, reach), (layers, task, clip, step, weight)
    for _, inputs, deltas in _factors_of_rows(X, target, *geometry, *rest):
        for total, a, d in zip(totals, inputs, deltas, strict=True):
            total[:, :-1] += exact_product(d.T, a)
            total[:, -1] += one * d.sum(axis=0)
    return np.concatenate([total.ravel() for total in totals])


@np.errstate(all="ignore")
def network_gradient_by_unit(
    X, target, box, one, reach, layers, task, clip, step, weight, unit
):
    """What `network_gradient` adds for each unit.

    Parameters
    ----------
    X, target, box, one, reach, layers, task, clip, step, weight
        As there.
    unit : ndarray of int of shape (n,)
        Number of the unit of each row, from zero on without gaps.

    Returns
    -------
    ndarray of shape (n_units, n_weights)
        Integers in float64.
    """
    check_codes(unit, open_chunk(X)[1])
    n_units, sizes = int(unit.max(initial=-1)) + 1, [la.weights.size for la in layers]
    total = np.zeros((n_units, sum(sizes)))
    geometry, rest = (box, one, reach), (layers, task, clip, step, weight)
    for rows, inputs, deltas in _factors_of_rows(X, target, *geometry, *rest):
        few = max(_FEW_VALUES // total.shape[1], 1)
        for start in range(0, len(inputs[0]), few):
            some = slice(start, start + few)
            parts = [
                (d[some, :, None] * _with_one(a[some], one)[:, None]).reshape(-1, size)
                for a, d, size in zip(inputs, deltas, sizes, strict=True)
            ]
            total += sums_of_units(unit[rows][some], n_units) @ np.hstack(parts)
    return total


def _with_one(a, one):
    return np.column_stack([a, np.full(len(a), one)])


def _factors_of_rows(X, target, box, one, reach, layers, task, clip, step, weight):
    """Yield slices of rows, and of each layer the factors of what each row adds.

    Integers that the layer reads, and integers of derivatives by its margins, shortened
    and in steps of which products with the former are in units of ``step``.
    """
    source, n_rows, n_features = open_chunk(X)
    check_sizes(n_rows, n_features, weight, box=box)
    check_shape("weights", layers[0].weights[:-1, :1], (n_features, 1))
    target, weight = _clean(target, weight, task, layers, n_rows)
    tile = tile_box(box, one * reach)
    room = clip * (1.0 - (len(layers) + 16) * 2.0**-53)
    memory = open_block(n_features)
    blocks = plain_blocks(source, n_rows, tile, weight, *memory)
    for rows, q, w in few_rows(blocks, layers):
        of_rows = None if target is None else target[rows]
        if task.move is not None:
            ends = np.clip(tile[2:4, :n_features], -one * reach, one * reach)
            q = _moved(q, of_rows, layers, task, one, ends)
        inputs, deltas = _passes(q, of_rows, layers, task, one, reach)
        factor = _factors(inputs, deltas, layers, task.norm, one, room) * w
        shortened = []
        for layer, d in zip(layers, deltas, strict=True):
            times = factor * (layer.unit / (step * one))
            times = np.where(np.isfinite(times), times, 0.0)
            shortened.append(np.trunc(d * times[:, None]))
        yield rows, inputs, shortened


def _clean(target, weight, task, layers, n_rows):
    """Targets that are numbers, and weights that are zero where there was none."""
    if task.kind == OF_ROWS:
        return None, clean_weights(weight)
    if task.kind == OF_NUMBERS:
        check_shape("target", target, (n_rows,))
        return clean_target(target, weight)
    check_codes(target, n_rows)
    n_classes = max(layers[-1].weights.shape[1], 2)
    known = (target >= 0) & (target < n_classes)
    weight = clean_weights(weight)
    weight = np.where(known, weight if weight.size else 1.0, 0.0)
    return np.where(known, target, 0), weight


def _passes(q, target, layers, task, one, reach):
    """Integers that each layer reads, and integers of derivatives by its margins."""
    asked, kept = q, None
    if task.dropout or task.noise:
        words = row_words(q, task.key)
    if task.noise:
        noise = normal_numbers(words, q.shape[1], task.key + 1)
        most = reach * one
        q = np.clip(q + np.rint(noise * (task.noise * one)), -most, most)
    if task.dropout:

        def kept(number, n):
            return kept_units(words, n, task.key + 2 + number, task.dropout)

    inputs, slopes, outputs = forward(
        q, layers, task.activation, one, skip=task.skip, kept=kept
    )
    if task.kind == OF_ROWS:
        target = asked / one
    differences = _differences(outputs, target, task)
    if task.by_class is not None:
        differences = differences * task.by_class[target][:, None]
    deltas = [np.rint(differences / layers[-1].unit)]
    for number in range(len(layers) - 2, -1, -1):
        layer, after = layers[number], layers[number + 1]
        back = after.back[:, : layer.weights.shape[1]]
        passed = exact_product(deltas[0], back) * (after.unit * after.back_step)
        if task.sparsity and number == task.code:
            units = inputs[number + 1][:, : passed.shape[1]]
            passed = passed + task.sparsity * np.sign(units)
        deltas.insert(0, np.rint(passed * slopes[number] / layer.unit))
    return inputs, deltas


def _differences(outputs, target, task):
    """Derivatives of the loss by the margins of the last layer, of each row."""
    if task.kind == OF_ROWS:
        return np.clip(outputs - target, -task.far, task.far)
    if task.kind == OF_NUMBERS:
        return np.clip(outputs - target[:, None], -task.far, task.far)
    if outputs.shape[1] == 1:
        return (1.0 - target[:, None]) - 1.0 / (1.0 + plain_exponentials(outputs))
    parts = plain_exponentials(outputs - outputs.max(axis=1, keepdims=True))
    total = np.zeros(len(parts))
    for part in parts.T:  # in the order of classes
        total += part
    shares = parts / total[:, None]
    return shares - (np.arange(parts.shape[1]) == target[:, None])


def _factors(inputs, deltas, layers, norm, one, room):
    """What shortens the gradient of each row that is longer than ``room``."""
    size = np.zeros(len(inputs[0]))
    for layer, a, d in zip(layers, inputs, deltas, strict=True):
        if norm == 1:
            lengths = np.abs(a).sum(axis=1) + one, np.abs(d).sum(axis=1)
            size += lengths[0] * lengths[1] * (layer.unit / one)
        else:
            lengths = (a * a).sum(axis=1) + one * one, (d * d).sum(axis=1)
            size += lengths[0] * lengths[1] * (layer.unit / one) ** 2
    size = size if norm == 1 else np.sqrt(size)
    return np.minimum(room / size, 1.0)


def _moved(q, target, layers, task, one, ends):
    """Rows moved to where their loss is larger: one step along its gradient.

    In a box each value goes to its end (Goodfellow, Shlens and Szegedy 2015); in a ball
    rows go straight along the gradient. None leaves the bounds of the rows.
    """
    d = q.shape[1]
    _, deltas = _passes(q, target, layers, task, one, ends[1] / one)
    first, last = layers[0], layers[-1]
    slopes = exact_product(deltas[0], first.back[:, :d]) * (
        first.unit * first.back_step
    )
    if task.skip:
        skipping = last.back[:, -d:]
        slopes = slopes + exact_product(deltas[-1], skipping) * (
            last.unit * last.back_step
        )
    if not task.in_ball:
        return np.clip(q + task.move * np.sign(slopes), *ends)
    slopes = slopes * task.move
    largest = np.abs(slopes).max(axis=1, keepdims=True)
    most = 2.0 ** min(24, (52 - int(d).bit_length()) // 2)
    whole = np.rint(slopes / np.where(largest > 0.0, largest, 1.0) * most)
    length = np.sqrt((whole * whole).sum(axis=1, keepdims=True))
    share = whole / np.where(length > 0.0, length, 1.0)
    return np.clip(q + np.rint(task.move * share), *ends)
