"""Checks that all estimators pass, with options that are off by default."""

from itertools import product

import numpy as np
import pytest

from skprivate.neural_network import DPAutoencoder, DPMLPClassifier, DPMLPRegressor
from skprivate.testing import dp_checks

STEPS = {"max_iter": 2, "learning_rate_init": 0.3}
MODELS = {
    "sampled": DPMLPClassifier(6, rate=0.5, dropout=0.4, **STEPS),
    "ball": DPMLPClassifier((4, 3), "logistic", adversarial=(2, 0.3), **STEPS),
    "box": DPMLPRegressor(6, "tanh", adversarial=(np.inf, 0.2), **STEPS),
    "numbers": DPMLPRegressor(6, skip=False, dropout=0.3, solver="sgd", max_iter=2),
    "disturbed": DPAutoencoder((4, 2), noise=0.5, sparsity=0.5, dropout=0.2, **STEPS),
}
CHECKS = [
    "check_replay_as_given",
    "check_queries_add_up",
    "check_contributions_do_not_depend_on_company",
]
HOSTILE = [
    ("ball", "check_hostile_rows_stay_within_bounds"),
    ("disturbed", "check_hostile_rows_stay_within_bounds"),
    ("sampled", "check_hostile_weights_stay_within_bounds"),
]


@pytest.mark.parametrize(("name", "check"), [*product(MODELS, CHECKS), *HOSTILE])
def test_options_change_no_promise(name, check):
    model = MODELS[name]
    dp_checks(model)[check](model)
