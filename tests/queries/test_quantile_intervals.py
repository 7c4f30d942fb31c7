"""Intervals of quantiles hold the exact ones as often as they say."""

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.mechanisms import Entropy
from skprivate.queries import private_quantiles
from skprivate.queries._intervals import (
    FAN_OUT,
    IntervalTree,
    consistent_counts,
    depth_of,
    level_variances,
)
from skprivate.queries._quantile_intervals import quantiles_with_intervals
from skprivate.rows import ArrayRows

WANTED = np.array([0.02, 0.25, 0.5, 0.9])
SHAPES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "ages": lambda rng, n: np.rint(17 + 70 * rng.beta(2, 4, n)),
    "constant": lambda rng, n: np.full(n, 37.3),
    "two lumps": lambda rng, n: np.where(rng.random(n) < 0.3, -90.0, 90.0),
    "beyond the bounds": lambda rng, n: 1e3 * rng.normal(size=n),
}


def asked(x, seed, delta, z=1.96, epsilon=1.0):
    curator = Curator(ArrayRows(x[:, None]), Budget(epsilon, delta), Entropy(seed))
    ends = np.array([-100.0]), np.array([100.0])
    return quantiles_with_intervals(curator, WANTED, *ends, share=1.0, z=z)


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_rows", [50, 20_000])
def test_intervals_hold_the_quantiles(shape, delta, n_rows):
    x = SHAPES[shape](np.random.default_rng(0), n_rows)
    exact = np.quantile(np.clip(x, -100, 100), WANTED, method="inverted_cdf")
    held = []
    for seed in range(50):
        found = asked(x, seed, delta)
        assert (found.low <= found.values).all()
        assert (found.values <= found.high).all()
        held.append((found.low[0] <= exact) & (exact <= found.high[0]))
    assert np.mean(held) > 0.93


def test_they_are_not_much_wider_than_they_need_be():
    x = np.random.default_rng(0).normal(size=20_000)
    found = asked(x, 0, 1e-6)
    ranks = np.searchsorted(np.sort(x), [found.low[0], found.high[0]])
    assert (ranks[1] - ranks[0]).max() < 500


def test_the_values_are_those_without_intervals():
    x = np.random.default_rng(0).normal(size=5000)
    curator = Curator(ArrayRows(x[:, None]), Budget(1.0, 1e-6), Entropy(3))
    ends = np.array([-100.0]), np.array([100.0])
    values = private_quantiles(curator, WANTED, *ends, share=1.0)
    np.testing.assert_array_equal(values, asked(x, 3, 1e-6).values)


def test_variance_of_totals_is_that_of_the_levels(rng):
    tree = IntervalTree(np.zeros((1, 63)), np.zeros(1), np.ones(1))
    totals = [
        consistent_counts(rng.normal(size=(1, tree.size))).sum() for _ in range(4000)
    ]
    expected = FAN_OUT * level_variances(depth_of(64))[0]
    assert np.var(totals) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("wrong", [[0.9, 0.1], [-0.5], [2.0], [np.nan], 0.5])
def test_wrong_quantiles_are_refused(wrong):
    curator = Curator(ArrayRows(np.zeros((9, 1))), Budget(1.0, 1e-6), Entropy(0))
    with pytest.raises(ValueError, match="ascending"):
        private_quantiles(curator, wrong, np.zeros(1), np.ones(1), share=1.0)
