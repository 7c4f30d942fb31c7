"""Codes of rows: what is kept, what is announced, and what noise is good for."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skprivate import make_dp_pipeline
from skprivate.linear_model import DPLogisticRegression
from skprivate.neural_network import DPAutoencoder

rng = np.random.default_rng(0)
N, D = 2000, 6
HIDDEN = rng.uniform(-1, 1, (N, 2))
X = np.clip(HIDDEN @ rng.normal(size=(2, D)) + 0.05 * rng.normal(size=(N, D)), -3, 3)
FACTS = {"bounds": (-3, 3), "random_state": 0}
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")
few = pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")


def coder(*args, **params):
    return DPAutoencoder(*args, **(FACTS | params))


def explained(model, X):
    left = ((model.reconstruct(X) - X) ** 2).sum()
    return 1 - left / ((X - X.mean(axis=0)) ** 2).sum()


@no_noise
@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_without_noise_codes_keep_what_components_do(activation):
    model = coder(2, activation, epsilon=np.inf).fit(X)
    best = PCA(2).fit(X).explained_variance_ratio_.sum()
    assert explained(model, X) > best - 0.03


def test_rows_are_made_again_from_noisy_gradients():
    assert explained(coder(2, epsilon=4.0).fit(X), X) > 0.85
    assert explained(coder((8, 2, 8), epsilon=8.0).fit(X), X) > 0.6


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("tanh", -1, 1), ("logistic", 0, 1), ("relu", 0, 16), ("identity", -16, 16)],
)
def test_ranges_of_codes_are_announced_and_kept(activation, low, high):
    model = coder((5, 3), activation, max_iter=3).fit(X)
    codes = model.transform(np.vstack([X, 1e300 * X[:9], -1e300 * X[:9]]))
    assert codes.shape == (N + 18, 3)
    assert_array_equal(model.output_bounds_, [[low] * 3, [high] * 3])
    assert low <= codes.min() <= codes.max() <= high
    names = ["dpautoencoder0", "dpautoencoder1", "dpautoencoder2"]
    assert model.get_feature_names_out().tolist() == names


def test_what_follows_knows_the_range_of_codes():
    y = (HIDDEN[:, 0] > 0).astype(int)
    head = DPLogisticRegression(classes=[0, 1], random_state=0)
    pipeline = make_dp_pipeline(coder(3, max_iter=30), head, epsilon=8.0).fit(X, y)
    asked = [release.query for release in pipeline[-1].privacy_.releases]
    assert "ValueCells" not in asked  # nothing is paid for finding bounds
    assert pipeline.score(X, y) > 0.8


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_of_codes_and_codes_of_rows(dtype):
    model = coder((4, 2), max_iter=4).fit(X)
    rows = X.astype(dtype)
    codes = model.transform(rows)
    assert codes.dtype == dtype
    assert_array_equal(model.inverse_transform(codes), model.reconstruct(rows))
    assert_array_equal(model.transform(rows[5:6]), codes[5:6])
    made = model.inverse_transform(np.array([[1e300, -1e300], [0.0, 0.0]]))
    assert np.abs(made).max() <= 3
    with pytest.raises(ValueError, match="columns"):
        model.inverse_transform(X)
    layer = model.coefs_[-1], model.intercepts_[-1]
    by_hand = model.mean_ + model.scale_ * (codes @ layer[0] + layer[1])
    assert_allclose(model.inverse_transform(codes), np.clip(by_hand, -3, 3), atol=0.01)


def test_sparsity_makes_codes_smaller():
    dense = coder(4, epsilon=8.0, max_iter=40).fit(X)
    sparse = clone(dense).set_params(sparsity=2.0).fit(X)
    size = [np.abs(model.transform(X)).mean() for model in (dense, sparse)]
    assert size[1] < 0.5 * size[0]


@few
@pytest.mark.parametrize("noise", [0.0, 1.0, 2.0**20])
@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_nothing_diverges(noise, delta):
    hostile = np.where(rng.random((40, D)) < 0.5, 1e300, -1e300)
    model = coder(epsilon=0.01, noise=noise, sparsity=0.1, dropout=0.3, delta=delta)
    model.set_params(max_iter=3)
    for rows in (hostile, X[:1]):
        made = model.fit(rows).reconstruct(hostile)
        assert np.isfinite(made).all()
        assert np.abs(made).max() <= 3


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"hidden_layer_sizes": 0}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": 10**8}, "hidden_layer_sizes"),
        ({"noise": -1.0}, "noise"),
        ({"noise": np.nan}, "noise"),
        ({"sparsity": -1.0}, "sparsity"),
        ({"skip": True}, "skip"),
    ],
    ids=repr,
)
def test_bad_parameters_are_refused(params, match):
    with pytest.raises((ValueError, TypeError), match=match):
        coder(**params).fit(X)


def test_denoising_makes_codes_that_noise_changes_less():
    digits = load_digits().data
    blotted = np.clip(digits + 8 * rng.normal(size=digits.shape), 0, 16)
    apart = []
    for noise in (0.0, 1.0):
        model = DPAutoencoder(16, noise=noise, bounds=(0, 16), random_state=0)
        model.set_params(epsilon=8.0, max_iter=40).fit(digits)
        moved = model.transform(blotted) - model.transform(digits)
        spread = model.transform(digits).std(axis=0)
        apart.append(np.sqrt(np.mean(moved**2) / np.mean(spread**2)))
    assert apart[1] < apart[0]
