"""Coins may leave a part of a fit no rows: whether they did must not show."""

import numpy as np
import pytest

from skprivate import make_dp_pipeline
from skprivate.model_selection import DPGridSearchCV, DPTunedThresholdClassifier
from skprivate.naive_bayes import DPGaussianNB
from skprivate.testing._examples import quiet
from skprivate.under_sampling import DPRandomUnderSampler
from tests.test_wrappers import WRAPPERS, target


def bayes():
    return DPGaussianNB(bounds=(-1, 1), classes=[0, 1])


MORE = {
    "sampler": lambda: make_dp_pipeline(DPRandomUnderSampler(classes=[0, 1]), bayes()),
    "search": lambda: DPGridSearchCV(bayes(), {"var_smoothing": [1e-9, 0.1]}),
    "threshold": lambda: DPTunedThresholdClassifier(bayes(), validation_fraction=0.2),
}
ALL = {name: (make, lambda X: np.arange(len(X)) % 2) for name, make in MORE.items()}
ALL |= {name: (make, lambda X, n=name: target(n, X)) for name, make in WRAPPERS.items()}


@pytest.mark.parametrize("n_rows", [1, 2])
@pytest.mark.parametrize("name", ALL)
def test_a_part_without_rows_is_fitted(name, n_rows):
    make, target_of = ALL[name]
    for seed in range(4):
        X = np.random.default_rng(seed).uniform(-1, 1, (n_rows, 3))
        with quiet():
            make().set_params(epsilon=2.0).fit(X, target_of(X))


@pytest.mark.parametrize("name", ALL)
def test_a_whole_without_rows_is_refused(name):
    make, target_of = ALL[name]
    X = np.zeros((1, 3))
    with quiet(), pytest.raises(ValueError, match=r"0 sample|no rows|least one row"):
        make().set_params(epsilon=2.0).fit(X[:0], target_of(X)[:0])
