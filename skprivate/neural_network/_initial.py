"""Weights to start from: drawn by a public seed, so they tell nothing of the rows."""

import numpy as np

_SEED = 0  # of all networks that are told no other
_SPREAD = 1.0  # of constants: where units bend


def initial_weights(network, init, seed=None):
    """One vector of all weights; those of the last layer are zero.

    So a network starts as a constant, and nothing that was drawn has to be unlearned.
    A function of public facts.

    Parameters
    ----------
    network : Network
    init : {"he", "glorot"}
        Variance of a weight: ``2 / n_in``, or ``2 / (n_in + n_out)``.
    seed : int or None
        Public.

    Returns
    -------
    ndarray of shape (n_weights,)
    """
    rng = np.random.default_rng(_SEED if seed is None else [_SEED, seed])
    parts = []
    for n_out, n_more in network.shapes[:-1]:
        n_in = n_more - 1
        fan = n_in if init == "he" else n_in + n_out
        part = rng.normal(size=(n_out, n_more)) * np.sqrt(2.0 / fan)
        part[:, -1] = rng.uniform(-_SPREAD, _SPREAD, n_out)
        parts.append(part.ravel())
    n_out, n_in = network.shapes[-1]
    return np.concatenate([*parts, np.zeros(n_out * n_in)])
