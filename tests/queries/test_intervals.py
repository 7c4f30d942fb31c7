"""Counts on several levels: what a row adds, and the best estimate from all levels."""

import numpy as np
import pytest

from skprivate.queries import IntervalTree
from skprivate.queries._intervals import consistent_counts, depth_of


def tree_of(n_features, depth):
    edges = np.tile(np.linspace(0.0, 1.0, 8**depth + 1)[1:-1], (n_features, 1))
    return IntervalTree(edges, np.zeros(n_features), np.ones(n_features))


def design(depth):
    """Matrix that maps the lowest level to all levels."""
    n_intervals = 8**depth
    levels = [
        np.kron(np.eye(8**level), np.ones(8 ** (depth - level)))
        for level in range(1, depth + 1)
    ]
    return np.vstack(levels).reshape(-1, n_intervals)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_row_touches_one_interval_of_each_level_and_column(depth, rng):
    tree = tree_of(3, depth)
    for value in (0.0, 1.0, 0.5, -1e308, 1e308, 5e-324, rng.random()):
        added = tree(np.full((1, 3), value), None, np.empty(0)) * tree.step
        assert np.count_nonzero(added) == 3 * depth == tree.l1_bound
        assert np.linalg.norm(added) == pytest.approx(tree.bound)
        assert added.size == tree.size


def test_levels_are_sums_of_the_lowest(rng):
    tree = tree_of(2, 2)
    counts = tree(rng.random((300, 2)), None, np.empty(0)) * tree.step
    np.testing.assert_array_equal(counts, counts[:, 8:] @ design(2).T)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_consistent_counts_are_the_least_squares_estimate(depth, rng):
    A = design(depth)
    noisy = rng.normal(size=(2, len(A)))
    expected = np.linalg.lstsq(A, noisy.T, rcond=None)[0].T
    np.testing.assert_allclose(consistent_counts(noisy), expected, atol=1e-9)


def test_depths():
    assert [depth_of(8**depth) for depth in (1, 2, 3, 4)] == [1, 2, 3, 4]
