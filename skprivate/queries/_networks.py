"""Gradients of the loss of a network, each row's clipped."""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from skprivate.base import Box, Query, grid_step

BITS = 12  # of rows and activations
MOST_WEIGHTS = 2**24
MOST_LAYERS = 8
MOST_UNITS = 2**16  # of a hidden layer
FARTHEST = 2.0**20  # weights, and differences of margins and targets
_LEVEL_BITS = 33
ACTIVATIONS = "identity", "logistic", "relu", "tanh"
RANGES = {
    "identity": (-16.0, 16.0),
    "logistic": (0.0, 1.0),
    "relu": (0.0, 16.0),
    "tanh": (-1.0, 1.0),
}
LOSSES = "classes", "numbers", "rows"


@dataclass(frozen=True)
class Network:
    """The shape of a network of full layers; all of it is public.

    Parameters
    ----------
    widths : tuple of int
        Number of features, of units in each hidden layer, of outputs.
    activation : {"identity", "logistic", "relu", "tanh"}, default="relu"
        Of hidden units. Those of no range of their own are cut to 16.
    loss : {"classes", "numbers", "rows"}, default="classes"
        The log loss of classes (of two, if there is one output), half the square of the
        distance of a number, or of the row itself, which has as many outputs.
    skip : bool, default=False
        Whether outputs also read the features.

    Examples
    --------
    >>> from skprivate.queries._networks import Network
    >>> Network((5, 8, 1), skip=True).shapes
    [(8, 6), (1, 14)]
    """

    widths: tuple
    activation: str = "relu"
    loss: str = "classes"
    skip: bool = False

    @property
    def shapes(self):
        """Of the matrices of each layer, a row for each unit, constants last."""
        shapes = [
            (n_out, n_in + 1)
            for n_in, n_out in zip(self.widths, self.widths[1:], strict=False)
        ]
        if self.skip:
            n_out, n_in = shapes[-1]
            shapes[-1] = n_out, n_in + self.widths[0]
        return shapes

    @property
    def n_weights(self):
        """Of all layers together."""
        return sum(map(prod, self.shapes))

    def matrices(self, weights):
        """The matrix of each layer, of all weights in one vector."""
        ends = np.cumsum([prod(shape) for shape in self.shapes])[:-1]
        parts = zip(np.split(weights, ends), self.shapes, strict=True)
        return [part.reshape(shape) for part, shape in parts]

    def problems(self):
        """Yield what is wrong with the fields."""
        whole = all(isinstance(n, int | np.integer) and n >= 1 for n in self.widths)
        if not whole or not 3 <= len(self.widths) <= MOST_LAYERS + 2:
            yield "widths are not those of one to eight hidden layers"
        elif self.n_weights > MOST_WEIGHTS or max(self.widths[1:-1]) > MOST_UNITS:
            yield "there are too many weights, or units"
        elif self.activation not in ACTIVATIONS or self.loss not in LOSSES:
            yield "its activation or its loss is none that is known"
        elif not isinstance(self.skip, bool):
            yield "skip is neither true nor false"
        elif self.loss == "numbers" and self.widths[-1] != 1:
            yield "a number has one output"
        elif self.loss == "rows" and self.widths[-1] != self.widths[0]:
            yield "a row has an output for each feature"

    def rounded(self, weights, box, *, largest=1.0, keep=1.0, more=(0, 0.0)):
        """Layers as kernels read them."""
        from skprivate.kernels._networks import rounded_layers

        matrices, number = self.matrices(weights), ACTIVATIONS.index(self.activation)
        kinds = {"largest": largest, "keep": keep, "more": more}
        return rounded_layers(matrices, box.one, box.reach, number, **kinds)

    def outputs(self, X, box, layers, *, hidden=None):
        """Of each row, by itself; or activations of a hidden layer.

        **Guarantee.** A row of the result depends on that row and on the network alone,
        bit for bit.
        """
        from skprivate.kernels._networks import network_outputs

        geometry = box.array, box.one, box.reach
        number = ACTIVATIONS.index(self.activation)
        kinds = {"skip": self.skip, "hidden": hidden}
        return network_outputs(X, *geometry, layers, number, **kinds)


@dataclass(frozen=True, eq=False)
class NetworkGradient(Query):
    """Sum over rows of the gradient of the loss of a network, clipped to a norm.

    A row's gradient is a function of that row and of public fields: forward and
    backward passes multiply integers on grids, where products are exact in any order.
    Of each layer it is an outer product, whose norm is the product of norms of its
    factors; from these, as they are on their grids, the kernel, which proves the bound,
    finds how much the gradient of all layers together must be shortened to be no longer
    than ``clip``. Coins of dropout and what noise is added to a row are hashes of the
    row under a public key; so is an adversary's move, which follows from the gradient
    of that row.

    Parameters
    ----------
    box : Box
        Geometry of the features, of at most 12 bits.
    network : Network
    coef : ndarray of shape (n_weights,)
        Where to take the gradient, in units of ``z``; at most ``2**20``.
    clip : float
        Largest norm of the gradient of one row, after its weight.
    target : Box or None, default=None
        Geometry of the target, a box of one column, where the loss is of numbers.
    by_class : ndarray of shape (n_classes,), default=None
        Weight of each class in the loss, at most ``2**20``; None: all are one. It
        multiplies a gradient before it is clipped.
    far : float, default=64.0
        Differences of margins and numbers are cut to this, at most ``2**20``.
    in_norm : {2, 1}, default=2
        The norm that ``clip`` is about; 1 for ``delta=0``.
    key : int, default=0
        Of coins; public.
    dropout : float, default=0.0
        Part of the hidden units that a row leaves out.
    noise : float, default=0.0
        Deviation of what is added to a row, in units of ``z``; it is still the row
        itself that a loss of rows asks for.
    sparsity : float, default=0.0
        Weight, in the loss, of absolute values of activations of layer ``code``.
    code : int, default=0
        Number of a hidden layer.
    move : ndarray of shape (n_features,), default=None
        How far an adversary may move each feature, in units of ``z``.
    in_ball : bool, default=False
        Whether these are half axes of a ball, instead of half widths of a box.
    """

    box: Box
    network: Network
    coef: np.ndarray
    clip: float
    target: Box | None = None
    by_class: np.ndarray | None = None
    far: float = 64.0
    in_norm: int = 2
    key: int = 0
    dropout: float = 0.0
    noise: float = 0.0
    sparsity: float = 0.0
    code: int = 0
    move: np.ndarray | None = None
    in_ball: bool = False

    @property
    def step(self):
        """So fine that what truncation takes away is nothing beside the clip."""
        return grid_step(self.clip, _LEVEL_BITS)

    @property
    def width(self):
        """A column for each feature of the box."""
        return self.box.n_features

    @property
    def bound(self):
        """Norm to which gradients are clipped."""
        return self.clip

    @property
    def l1_bound(self):
        """The same, where the 1-norm is clipped."""
        return self.clip if self.in_norm == 1 else None

    @property
    def size(self):
        """Number of weights, constants included."""
        return self.network.n_weights

    def problems(self):
        """Grids must be exact, and fields in the ranges that proofs rest on."""
        from skprivate.kernels import gradient_bits

        yield from self.network.problems()
        if self.network.widths[0] != self.box.n_features:
            yield "the network reads another number of features"
        fine = min(BITS, gradient_bits(self.box.n_features, self.box.reach))
        if not 0 < self.box.bits <= fine:
            yield "box has more bits than are exact"
        if self.coef.shape != (self.network.n_weights,):
            yield "coef is not one of each weight"
        if not (np.abs(self.coef) <= FARTHEST).all():
            yield "coef has weights that are too large"
        if not 2.0**-100 <= self.clip <= 2.0**100 or not 0 < self.far <= FARTHEST:
            yield "clip or far is out of range"
        if self.in_norm not in (1, 2):
            yield "in_norm is neither 1 nor 2"
        if not 0 <= self.dropout <= 0.99 or not 0 <= self.noise <= FARTHEST:
            yield "dropout or noise is out of range"
        if not 0 <= self.sparsity <= FARTHEST:
            yield "sparsity is out of range"
        if self.code >= len(self.network.widths) - 2:
            yield "code is no hidden layer"
        yield from self._problems_of_parts()

    def _problems_of_weights(self):
        if self.by_class is None:
            return
        if self.network.loss != "classes":
            yield "by_class is about classes, and the loss has none"
        if self.by_class.shape != (max(self.network.widths[-1], 2),):
            yield "by_class is not one of each class"
        elif not 0 <= self.by_class.min() <= self.by_class.max() <= FARTHEST:
            yield "by_class has weights that are negative, or too large"

    def _problems_of_parts(self):
        yield from self._problems_of_weights()
        target = self.target
        if target is not None and self.network.loss != "numbers":
            yield "target is about numbers, and the loss is not"
        if target is not None and not (target.n_features == 1 and target.varies[0]):
            yield "target is not of one column that varies"
        if self.move is None:
            return
        if self.move.shape != (self.box.n_features,):
            yield "move is not one of each feature"
        if not ((self.move >= 0) & (self.move <= FARTHEST)).all():
            yield "move is negative, or too far"
        if self.dropout or self.noise or self.network.loss == "rows":
            yield "rows are moved, and disturbed otherwise"

    @cached_property
    def layers(self):
        """The network on its grids."""
        largest = 1.0 if self.network.loss == "classes" else self.far
        if self.by_class is not None:
            largest = max(1.0, float(self.by_class.max()))
        more, keep = (self.code, self.sparsity), 1.0 - self.dropout
        return self.network.rounded(
            self.coef, self.box, largest=largest, keep=keep, more=more
        )

    @cached_property
    def _task(self):
        from skprivate.kernels._network_gradients import NetworkTask

        network, move = self.network, self.move
        return NetworkTask(
            activation=ACTIVATIONS.index(network.activation),
            kind=LOSSES.index(network.loss),
            far=self.far,
            skip=network.skip,
            norm=self.in_norm,
            key=self.key,
            dropout=self.dropout,
            noise=self.noise,
            sparsity=self.sparsity,
            code=self.code,
            move=None if move is None else np.rint(move * self.box.one),
            in_ball=self.in_ball,
            by_class=self.by_class,
        )

    def __call__(self, X, y, weight):
        from skprivate.kernels._network_gradients import network_gradient

        return network_gradient(X, self._in_units(y), *self._asked, weight)

    def by_unit(self, X, y, weight, unit):
        """The same integers, of a dense chunk, summed up by the unit of each row."""
        from skprivate.kernels._network_gradients import network_gradient_by_unit

        rest = *self._asked, weight, unit
        return network_gradient_by_unit(X, self._in_units(y), *rest)

    @property
    def _asked(self):
        geometry = self.box.array, self.box.one, self.box.reach
        return *geometry, self.layers, self._task, self.clip, self.step

    def _in_units(self, y):
        """Targets in the units of the box; NaN, which adds nothing, where none is."""
        if self.target is None:
            return y
        y, box = np.asarray(y, dtype=np.float64), self.target
        units = (np.clip(y, box.low[0], box.high[0]) - box.center[0]) / box.half[0]
        return np.where(np.isfinite(y), units, np.nan)
