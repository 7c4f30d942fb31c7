"""What private networks share: their parameters, and what they keep."""

from dataclasses import fields, replace
from numbers import Integral, Real

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import DPEstimator
from skprivate.base._products import chunk_of
from skprivate.base._utility import noise_exceeds_signal
from skprivate.neural_network._initial import initial_weights
from skprivate.neural_network._training import Recipe, train
from skprivate.queries._networks import (
    ACTIVATIONS,
    FARTHEST,
    MOST_LAYERS,
    MOST_UNITS,
    MOST_WEIGHTS,
    Network,
)
from skprivate.rows import refused

COUNT_SHARE = 0.03
_NEEDED = 0.25  # rows times mu for each weight

CONSTRAINTS = {
    **DPEstimator._parameter_constraints,
    "hidden_layer_sizes": "no_validation",  # `_hidden` does
    "activation": [StrOptions({*ACTIVATIONS})],
    "solver": [StrOptions({"sgd", "adam", "rmsprop"})],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "rate": [Interval(Real, 0, 1, closed="right")],
    "learning_rate": [StrOptions({"constant", "invscaling", "warmup", "cosine"})],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither"), None],
    "power_t": [Interval(Real, 0, None, closed="left")],
    "max_iter": [Interval(Integral, 1, 10**6, closed="both"), None],
    "momentum": [Interval(Real, 0, 1, closed="left")],
    "dropout": [Interval(Real, 0, 0.9, closed="both")],
    "init": [StrOptions({"he", "glorot"})],
    "max_norm": [Interval(Real, 0, None, closed="neither"), None],
    "average": ["boolean", Interval(Real, 0, 1, closed="neither")],
    "skip": ["boolean"],
    "early_stopping": ["boolean"],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "bounds": "no_validation",  # the curator checks them
    "target_bounds": "no_validation",
    "adversarial": "no_validation",  # `_adversary` does
    "warm_start": ["boolean"],
}


class NetworkMixin:
    """A network of full layers by noisy gradients, of standardized rows.

    **Guarantee.** All that depends on rows are the releases: counts and moments, which
    tell where rows lie, and sums of gradients, each of which is cut to a norm that is
    public or follows from what was released before.
    """

    # The steps of a fit follow a noisy count, so those of a plan differ.
    _plan_varies = True
    skip, adversarial = False, None  # of those that have no such parameters
    init = "glorot"

    def _discovers(self):
        """Rounds on samples take a part of delta, too."""
        return self.rate < 1

    def _shape(self, n_features, n_outputs, loss):
        """The network that is asked for, or an error; all of it is public."""
        widths = n_features, *_hidden(self.hidden_layer_sizes), n_outputs
        network = Network(widths, self.activation, loss, bool(self.skip))
        if network.n_weights > MOST_WEIGHTS:
            raise refused(
                ValueError,
                "hidden_layer_sizes makes a network of more than 2**24 weights, which "
                "noise would bury. Take fewer units, or fewer features.",
            )
        return network

    def _learn(self, curator, network, look, start, **more):
        """Train, and keep the weights."""
        if look.signal < _NEEDED * network.n_weights:
            curator.doubt(noise_exceeds_signal(look.n_rows, network.n_weights))
        names = {field.name for field in fields(Recipe)} & {
            *self.get_params(deep=False)
        }
        recipe = Recipe(**{name: getattr(self, name) for name in names})
        if isinstance(recipe.average, np.bool_):
            recipe = replace(recipe, average=bool(recipe.average))
        weights, self.n_iter_ = train(curator, network, look, recipe, start, **more)
        matrices = network.matrices(weights)
        self.coefs_ = [matrix[:, :-1].T.copy() for matrix in matrices]
        self.intercepts_ = [matrix[:, -1].copy() for matrix in matrices]
        self.mean_, self.scale_ = look.box.center, look.box.half
        self.n_layers_, self.n_outputs_ = len(network.widths), network.widths[-1]
        self._network_, self._look_ = network, look

    def _first_weights(self, network):
        """Where a fit starts that knows nothing."""
        seed = self.random_state if isinstance(self.random_state, Integral) else None
        return initial_weights(network, self.init, seed)

    def _known_weights(self, network):
        """Those of the last fit."""
        if network != self._network_:
            raise refused(
                ValueError,
                "The last fit was of a network of another shape. Leave its parameters "
                "as they were, or make a new estimator.",
            )
        return self._weights()

    def _weights(self):
        """All weights in one vector."""
        layers = zip(self.coefs_, self.intercepts_, strict=True)
        parts = [np.column_stack([coef.T, constant]) for coef, constant in layers]
        weights = np.concatenate([part.ravel() for part in parts])
        return np.clip(weights, -FARTHEST, FARTHEST)

    def _outputs(self, X, hidden=None):
        """Margins of checked rows, each by itself."""
        network, box = self._network_, self._look_.box
        layers = network.rounded(self._weights(), box)
        return network.outputs(chunk_of(X), box, layers, hidden=hidden)

    def _n_subtasks(self):
        """Unknown before the noisy number of rows is."""
        return None

    def _adversary(self):
        """The norm and the radius that the parameter says, checked; or None."""
        if self.adversarial is None:
            return None
        pair = self.adversarial
        pair = pair if isinstance(pair, (tuple, list)) and len(pair) == 2 else ()
        if not pair or not all(map(_is_number, pair)):
            raise refused(TypeError, f"adversarial is no pair of numbers. {_MEND}")
        norm, radius = map(float, pair)
        if norm not in (2.0, np.inf) or not 0 < radius < np.inf:
            raise refused(ValueError, f"adversarial has other numbers. {_MEND}")
        if self.dropout:
            raise refused(
                ValueError, "adversarial goes with no dropout. Use dropout=0.0."
            )
        return norm, radius

    def _moves(self, adversary, box):
        """The same in standard units."""
        if adversary is None:
            return {"dropout": float(self.dropout)}
        norm, radius = adversary
        with np.errstate(over="ignore"):
            move = np.minimum(radius * box.array[3] / box.one, FARTHEST)
        return {"move": move, "in_ball": norm == 2.0}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


_MEND = (
    "Give a norm, 2 or inf, and a radius, a positive number in the units of the "
    "features: adversarial=(np.inf, 0.1)."
)


def _hidden(sizes):
    """Widths of the hidden layers, from a number or several."""
    listed = [sizes] if isinstance(sizes, Integral) else sizes
    whole = isinstance(listed, (list, tuple, np.ndarray)) and all(
        isinstance(n, Integral) and not isinstance(n, bool | np.bool_) for n in listed
    )
    if not whole:
        raise refused(
            TypeError,
            "hidden_layer_sizes must be whole numbers, one for each hidden layer. Give "
            "a tuple such as (32,).",
        )
    fits = 1 <= len(listed) <= MOST_LAYERS
    if not fits or not all(1 <= n <= MOST_UNITS for n in listed):
        raise refused(
            ValueError,
            "hidden_layer_sizes must be one to eight numbers from 1 to 65,536. Give a "
            "tuple such as (32,).",
        )
    return tuple(map(int, listed))


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
