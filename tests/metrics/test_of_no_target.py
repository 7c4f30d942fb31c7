"""Scores of clusterings and densities, alone and in searches that choose by them."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from skprivate.cluster import DPKMeans
from skprivate.ledger import PrivacyLedger
from skprivate.metrics import (
    dp_log_likelihood,
    dp_silhouette_score,
    get_dp_scorer,
    make_dp_scorer,
)
from skprivate.metrics._clusters import BelowTheTop, NearestOfTwo
from skprivate.mixture import DPGaussianMixture
from skprivate.model_selection import DPGridSearchCV

CENTERS = [[-6, -6], [-6, 6], [6, -6], [6, 6]]
X, _ = make_blobs(6000, centers=CENTERS, cluster_std=1.0, random_state=0)
BOUNDS = (-12, 12)
without_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")


@without_noise
def test_silhouettes_are_means_of_ratios():
    distances = KMeans(4, n_init=1, random_state=0).fit(X).transform(X)
    near = np.sort(distances, axis=1)[:, :2]
    expected = np.mean(1 - near[:, 0] / near[:, 1])
    score = dp_silhouette_score(distances, epsilon=np.inf)
    assert score == pytest.approx(expected, abs=1e-5)
    assert score.interval[0] < expected < score.interval[1]
    assert dp_silhouette_score(distances[:, :1], epsilon=np.inf) == 0
    same = np.zeros((500, 3))
    assert dp_silhouette_score(same, epsilon=np.inf) == 0


@without_noise
def test_likelihoods_are_means_between_ends():
    scores = np.linspace(-10, 2, 1001)
    score = dp_log_likelihood(scores, score_bounds=(-5, 0), epsilon=np.inf)
    assert score == pytest.approx(np.clip(scores, -5, 0).mean(), abs=1e-4)
    found = dp_log_likelihood(scores, epsilon=np.inf)
    assert found == pytest.approx(-4.0, abs=1e-3)
    for bounds in ((0, 0), (1, 0), "wide", (0, np.inf)):
        with pytest.raises((ValueError, TypeError), match="score_bounds"):
            dp_log_likelihood(scores, score_bounds=bounds)


def test_a_row_adds_one_at_most():
    rows = np.array(
        [[0, 0], [np.nan, 1], [1e308, 1e-308], [-1, 5], [3, 2], [1, np.inf]]
    )
    for query in (NearestOfTwo(), BelowTheTop(-1.0, 1.0)):
        for row in rows:
            total = query(row[None], None, np.empty(0))
            assert np.linalg.norm(total) <= query.levels
            assert total.any() == np.isfinite(row).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_search_chooses_the_number_of_clusters(seed):
    search = DPGridSearchCV(
        DPKMeans(bounds=BOUNDS),
        {"n_clusters": [2, 4, 12]},
        scoring="silhouette",
        epsilon=4.0,
        random_state=seed,
    ).fit(X)
    assert search.best_params_ == {"n_clusters": 4}
    assert search.best_estimator_.cluster_centers_.shape == (4, 2)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_search_chooses_the_number_of_components(seed):
    search = DPGridSearchCV(
        DPGaussianMixture(bounds=BOUNDS, covariance_type="spherical"),
        {"n_components": [1, 4]},
        scoring=make_dp_scorer("log_likelihood", score_bounds=(-12, -2)),
        epsilon=4.0,
        random_state=seed,
    ).fit(X)
    assert search.best_params_ == {"n_components": 4}


def test_a_search_that_has_to_find_bounds_does_not_guess():
    """Means between ends that are searched for anew are scores of each model."""
    search = DPGridSearchCV(
        DPGaussianMixture(bounds=BOUNDS, covariance_type="spherical"),
        {"n_components": [1, 4]},
        scoring="log_likelihood",
        epsilon=8.0,
    )
    found = [search.set_params(random_state=s).fit(X).best_params_ for s in range(5)]
    assert found == [{"n_components": 4}] * 5


def test_scorers_ask_a_model_of_rows_alone():
    model = DPKMeans(4, bounds=BOUNDS, random_state=0).fit(X[:3000])
    with PrivacyLedger() as ledger:
        score = get_dp_scorer("silhouette")(model, X[3000:])
    assert len(ledger.records) == 1
    assert 0.7 < score < 1
    mixture = DPGaussianMixture(4, bounds=BOUNDS, random_state=0).fit(X[:3000])
    scorer = make_dp_scorer("log_likelihood", score_bounds=(-20, 0))
    assert scorer(mixture, X[3000:], None) == pytest.approx(
        mixture.score(X[3000:]), abs=0.3
    )
