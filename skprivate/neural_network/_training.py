"""A network by noisy gradients."""

from dataclasses import dataclass
from functools import partial
from math import ceil, sqrt

import numpy as np

from skprivate.base._shares import equal_share
from skprivate.neural_network._steps import SOLVERS, Average, Patience, lengths_of
from skprivate.queries._networks import FARTHEST, NetworkGradient

_FEWEST, _MOST = 40, 200  # steps, unless somebody says otherwise
_STEPS = 8.0  # times the root of how clear one weight of many is
_KEYS = 16  # of a step: one for each layer, and more
_LEAST_CLIP, _MOST_CLIP = 0.2, 8.0  # of typical lengths; the latter without noise
_MOST_SLOPE = {"classes": 1.0, "numbers": 64.0, "rows": 64.0}
_CURVATURE = {"classes": 0.5, "numbers": 1.0, "rows": 1.0}
_PATHS = 0.05, 0.2, 0.4  # length of a step, times the root of their number

# Of activations of standardized rows.
_MEAN_SQUARE = {"identity": 2.0, "logistic": 0.3, "relu": 1.0, "tanh": 0.5}


@dataclass(frozen=True)
class Recipe:
    """How to train; all of it is public. Names are those of parameters."""

    solver: str = "adam"
    alpha: float = 0.0001
    rate: float = 1.0
    learning_rate: str = "constant"
    learning_rate_init: float | None = None
    power_t: float = 0.5
    max_iter: int | None = None
    momentum: float = 0.9
    max_norm: float | None = None
    average: bool | float = True
    early_stopping: bool = False
    n_iter_no_change: int = 10

    def n_steps(self, signal, n_weights):
        """So many as are asked for; else the more, the clearer each is."""
        if self.max_iter is not None:
            return max(1, ceil(self.max_iter / self.rate))
        wanted = min(_MOST, _STEPS * sqrt(signal / sqrt(n_weights)))
        return int(max(_FEWEST, wanted))


def train(curator, network, look, recipe, start, **more):
    """Weights after noisy steps, and how many there were.

    **Guarantee.** Each gradient is a release: cut to a norm that follows from public
    facts and from what was released, and paid for by its share, or, on samples, by the
    rounds together. No weight is beyond ``2**20``, so the model is finite whatever the
    rows and the noise are.

    Parameters
    ----------
    curator : Curator
    network : Network
    look : Look
    recipe : Recipe
    start : ndarray of shape (n_weights,)
    **more : dict
        Further fields of NetworkGradient.

    Returns
    -------
    weights : ndarray of shape (n_weights,)
    n_steps : int
    """
    clip = _clip_of(curator, network, look)
    n_steps = recipe.n_steps(look.signal, network.n_weights)
    ask = _asking(curator, recipe.rate, n_steps)
    question = partial(
        NetworkGradient,
        look.box,
        network,
        clip=clip,
        target=look.target,
        by_class=look.by_class,
        far=_MOST_SLOPE[network.loss],
        in_norm=1 if curator.budget.pure else 2,
        **more,
    )
    n_rows, here = recipe.rate * look.n_rows, start
    first = recipe.learning_rate_init or _first_length(recipe, network, look, n_steps)
    lengths = lengths_of(recipe.learning_rate, first, n_steps, recipe.power_t)
    solver = SOLVERS[recipe.solver](recipe.momentum)
    average = Average(recipe.average, n_steps)
    patience = Patience(recipe.n_iter_no_change if recipe.early_stopping else None)
    decay = recipe.alpha / look.n_rows * _penalized(network)
    for number, length in enumerate(lengths):
        query = question(coef=here, key=_KEYS * number % 2**31)
        slopes = ask(query) / n_rows
        noise = curator.noise_of(query) / n_rows
        move = solver(slopes + decay * here, noise, length)
        here = _constrained(here + move, network, recipe.max_norm)
        average.add(here, number)
        if patience.is_over(slopes, noise):
            break
    return average.value, number + 1


def _asking(curator, rate, n_steps):
    """What answers a query for an equal part of what is left of the budget."""
    if rate < 1:
        return curator.rounds(n_steps, rate, share=curator.remaining).release
    share = equal_share(curator.remaining, n_steps)
    return lambda query: curator.release(query, share=share)


def _clip_of(curator, network, look):
    """Norm to which gradients are cut: some part of what is typical of long ones."""
    length = look.typical * _typical_length(network, curator.budget.pure)
    if not curator.budget.private:
        return _MOST_CLIP * length
    relative = (look.signal / network.n_weights) ** 0.2 / 3
    return float(np.clip(relative, _LEAST_CLIP, _MOST_CLIP)) * length


def _typical_length(network, pure=False):
    """Norm of all that layers read of a typical row, constants included."""
    n_features, *hidden, n_outputs = network.widths
    reads = 1.0 + len(hidden) + _MEAN_SQUARE[network.activation] * sum(hidden)
    reads += n_features * network.skip
    if network.loss == "rows":
        reads *= n_outputs
    return reads if pure else sqrt(reads)


def _first_length(recipe, network, look, n_steps):
    """Of a step: of slopes in units of their own, or such that none overshoots.

    In units of their own steps of noise are as long as others, and add up to the root
    of their number: the less noise there is, the longer may be what they add up to.
    """
    if recipe.solver == "sgd":
        return 1 / (_CURVATURE[network.loss] * _typical_length(network) ** 2)
    least, usual, most = _PATHS
    path = usual * (look.signal / network.n_weights) ** 0.25
    return min(max(path, least), most) / sqrt(n_steps)


def _penalized(network):
    """One for each weight, zero for constants."""
    parts = [np.ones(shape) for shape in network.shapes]
    for part in parts:
        part[:, -1] = 0.0
    return np.concatenate([part.ravel() for part in parts])


def _constrained(weights, network, max_norm):
    """Weights within their limits; of each hidden unit within a ball, if there is one.

    What comes in but for the constant, as in Srivastava et al. 2014.
    """
    weights = np.clip(weights, -FARTHEST, FARTHEST)
    if max_norm is None:
        return weights
    for matrix in network.matrices(weights)[:-1]:  # views
        norms = np.linalg.norm(matrix[:, :-1], axis=1, keepdims=True)
        matrix[:, :-1] *= np.minimum(1.0, max_norm / np.maximum(norms, 1e-300))
    return weights
