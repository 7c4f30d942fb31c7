"""A first look at the rows, and second moments that rely on it."""

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.base import Box, Count, Curator
from skprivate.mechanisms import Entropy
from skprivate.queries._spread import look_at_features
from skprivate.queries._standardized import standardized_box, standardized_moments
from skprivate.rows import ArrayRows

LOW, HIGH = np.array([-10.0, 0.0, 3.0]), np.array([10.0, 1.0, 3.0])


def curator_of(X, epsilon=1.0, delta=1e-6, **options):
    return Curator(ArrayRows(X), Budget(epsilon, delta), Entropy(), **options)


def rows(rng, n_rows=5000):
    X = np.column_stack([rng.normal(4, 1, n_rows), rng.random(n_rows), np.ones(n_rows)])
    X[:, 2] = 3.0
    return X


def test_a_first_look_finds_where_the_rows_lie(rng):
    spread = look_at_features(curator_of(rows(rng)), LOW, HIGH)
    assert abs(spread.count - 5000) < 6 * 36
    np.testing.assert_allclose(spread.center, [4.0, 0.5, 3.0], atol=0.6)
    assert 0.8 < spread.scale[0] < 2.5
    assert spread.scale[2] == 0.0


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_noise_is_known_ahead(delta, rng):
    options = {"max_weight": 3.0, "max_rows": 2}
    curator = curator_of(rows(rng), delta=delta, **options)
    spread = look_at_features(curator, LOW, HIGH)
    ahead = curator.noise_of(Count(), share=0.25)
    assert ahead == pytest.approx(
        6 * curator.budget.mechanism(0.25, 2 if delta else 1).deviation(1.0)
    )
    box = standardized_box(LOW, HIGH, spread, spread.scale)
    _, noise = standardized_moments(curator, spread, box, shortest=1.0)
    last = curator.releases[-1]
    assert noise == last.mechanism.deviation(last.sensitivity)
    assert curator.remaining == 0.0


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_second_moments_are_exact_and_nothing_is_clipped(rng):
    X = rows(rng, 500)
    X[0, 0] = 1e6  # moved to the bound, and no farther
    curator = curator_of(X, epsilon=np.inf)
    spread = look_at_features(curator, LOW, HIGH)
    box = standardized_box(LOW, HIGH, spread, np.array([1.0, 0.1, 0.0]))
    moments, noise = standardized_moments(curator, spread, box, shortest=0.1)
    Z = (np.clip(X, LOW, HIGH) - spread.center) / [1.0, 0.1, 1.0]
    V = np.column_stack([Z, np.ones(len(X))])
    assert noise == 0.0
    np.testing.assert_allclose(moments, V.T @ V, rtol=1e-3, atol=0.05)


def test_squared_norms_stay_exact_however_thin_the_features_are(rng):
    X = np.column_stack([np.full(3000, 1e-4)] * 40)
    curator = curator_of(X, epsilon=np.inf)
    low, high = np.full(40, -1.0), np.full(40, 1.0)
    spread = look_at_features(curator, low, high)
    box = standardized_box(low, high, spread, spread.scale)
    seen = []
    release = curator.release
    curator.release = lambda query, share: (
        seen.append(query) or release(query, share=share)
    )
    standardized_moments(curator, spread, box, shortest=1.0)
    grid = seen[0].box
    assert isinstance(grid, Box)
    assert 42 * (grid.reach.max() * grid.one) ** 2 < 2**53
