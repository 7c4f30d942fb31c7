"""The nearest centroid: scikit-learn's without noise, sensible in any noise."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_iris, make_blobs
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import Normalizer

from skprivate.neighbors import DPNearestCentroid
from skprivate.pipeline import make_dp_pipeline

X, Y = make_blobs(6000, n_features=5, centers=3, cluster_std=3.0, random_state=0)
BOUNDS = X.min(axis=0) - 1, X.max(axis=0) + 1
FACTS = {"bounds": BOUNDS, "classes": [0, 1, 2]}


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("data", ["blobs", "iris"])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(data, form):
    A, y = load_iris(return_X_y=True) if data == "iris" else (X, Y)
    bounds = A.min(axis=0), A.max(axis=0)
    model = DPNearestCentroid(bounds=bounds, epsilon=np.inf).fit(form(A), y)
    twin = NearestCentroid().fit(A, y)
    np.testing.assert_allclose(model.centroids_, twin.centroids_, rtol=1e-3, atol=1e-3)
    assert np.mean(model.predict(form(A)) == twin.predict(A)) > 0.99


@pytest.mark.parametrize("facts", [FACTS, {}], ids=["declared", "private"])
def test_at_epsilon_one_little_is_lost(facts):
    best = NearestCentroid().fit(X, Y).score(X, Y)
    models = [DPNearestCentroid(**facts, random_state=seed) for seed in range(5)]
    scores = [model.fit(X, Y).score(X, Y) for model in models]
    assert np.median(scores) > best - 0.03


def test_weights_count():
    weight = np.where(Y == 0, 0.25, 1.0)
    model = DPNearestCentroid(**FACTS).fit(X, Y, sample_weight=weight)
    assert model.class_prior_[0] == pytest.approx(1 / 9, abs=0.05)


def test_rows_of_an_announced_norm_stay_sparse():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 3000)
    places = rng.integers(0, 1000, (3000, 10))
    places[:, :5] = rng.integers(0, 20, (3000, 5)) + 20 * y[:, None]
    ends = np.arange(0, places.size + 1, 10)
    A = sparse.csr_matrix((np.ones(places.size), places.ravel(), ends), (3000, 1000))
    pipe = make_dp_pipeline(Normalizer(), DPNearestCentroid(classes=[0, 1]), epsilon=2)
    assert pipe.fit(A, y).score(A, y) > 0.8
    names = [r.query for r in pipe[-1].privacy_.releases]
    assert names == ["Count", "ClassCounts", "RowSumsByClass"]


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize(
    "data",
    [np.zeros((2, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["two rows", "huge", "tiny", "constant"],
)
@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
def test_degenerate_rows_give_finite_models(data, delta):
    y = np.arange(len(data)) % 2
    for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
        for epsilon in (1e-3, 1.0):
            for norm in (None, 1e-9, 1e30):
                model = DPNearestCentroid(
                    classes=[0, 1], bounds=bounds, delta=delta, epsilon=epsilon
                )
                model.set_params(row_norm=norm).fit(data, y)
                assert np.isfinite(model.centroids_).all()
                model.predict(np.ones((1, 3)))


def test_a_class_that_noise_hides_is_said():
    with pytest.warns(UserWarning, match="1 of 4 classes"):
        DPNearestCentroid(bounds=BOUNDS, classes=[0, 1, 2, 3]).fit(X, Y)


@pytest.mark.parametrize("option", ["metric", "shrink_threshold"])
def test_what_is_not_supported_is_refused(option):
    with pytest.raises(TypeError, match=option):
        DPNearestCentroid(**{option: None})
