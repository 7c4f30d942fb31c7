"""Defects of networks: in norms, in company, in coins."""

import numpy as np

from skprivate.kernels import _network_gradients, _networks
from skprivate.neural_network import DPAutoencoder, DPMLPClassifier
from tests.testing.planting import caught_by, wrap


@caught_by("check_hostile_rows_stay_within_bounds")
def a_network_is_clipped_by_its_last_layer(monkeypatch):
    def make(original):
        def of_last(inputs, deltas, layers, *rest):
            return original(inputs[-1:], deltas[-1:], layers[-1:], *rest)

        return of_last

    wrap(monkeypatch, _network_gradients, "_factors", make)
    return DPMLPClassifier(max_iter=3, learning_rate_init=1.0)


@caught_by("check_queries_add_up")
def a_network_has_a_batch_norm(monkeypatch):
    def make(original):
        def centered(inputs, layer, one):
            values = original(inputs, layer, one)
            return values - values.mean(axis=0)

        return centered

    wrap(monkeypatch, _networks, "margins", make)
    return DPMLPClassifier(max_iter=3)


@caught_by("check_queries_add_up")
def coins_of_dropout_go_by_place(monkeypatch):
    def make(original):
        return lambda q, key: np.arange(len(q), dtype=np.uint64)

    wrap(monkeypatch, _network_gradients, "row_words", make)
    return DPAutoencoder(max_iter=3, dropout=0.5)
