"""Splits of trees: the law, the guarantee by exact probabilities, and the cost."""

import math
import pickle
from itertools import product

import numpy as np
import pytest
from dp_accounting import dp_event

from skprivate.accounting import Budget, epsilon_of_events
from skprivate.mechanisms import Entropy, Splits
from skprivate.mechanisms._costs import mu_of_pure

SIX = 6.0  # deviations: a level below 1e-6


def log_odds(held, scale):
    """Logarithms of the probabilities that a node is split, and that it is not."""
    gap = (np.asarray(held, dtype=float) - 0.5) / scale
    small = np.log(0.5) - np.abs(gap)
    large = np.log1p(-np.exp(small))
    return np.where(gap > 0, large, small), np.where(gap > 0, small, large)


def log_of_path(counts, scale, decay):
    """Of each way in which a path can end: logarithm of its probability."""
    depths = np.arange(len(counts))
    held = np.maximum(np.asarray(counts) - depths * decay, 1 - decay)
    split, kept = log_odds(held, scale)
    before = np.concatenate([[0.0], np.cumsum(split)])
    return np.append(before[:-1] + kept, before[-1])


@pytest.mark.parametrize("epsilon", [0.02, 0.5, 1.0, 2.0, 3.0, 5.0, 9.0, 30.0])
@pytest.mark.parametrize("levels", [1, 7, 2**20])
def test_no_path_tells_more_than_epsilon_of_a_unit(epsilon, levels):
    # All ways in which counts can fall along a path are too many: those at which the
    # terms of the proof are large are counts that fall by about one decay, and end
    # near the least that counts.
    scale, decay = Splits(epsilon)._scale_and_decay(levels)
    rng = np.random.default_rng(0)
    worst = 0.0
    for trial in range(400):
        depth = int(rng.integers(1, 13))
        last = 1 - decay + depth * decay + rng.integers(-levels, 3 * levels + 1)
        steps = rng.integers(0, 2, depth) * rng.integers(0, levels + decay, depth)
        counts = np.concatenate([[0], np.cumsum(steps if trial % 2 else 0 * steps)])
        counts = max(last, levels) + counts[::-1]
        if trial % 4 < 2:  # on the spot: each level has just what it needs
            counts = np.maximum(last, levels) + np.zeros(depth + 1, dtype=int)
        w = int(rng.integers(1, levels + 1)) if trial % 3 else levels
        with_unit = log_of_path(counts, scale, decay)
        without = log_of_path(counts - w, scale, decay)
        worst = max(worst, np.abs(with_unit - without).max())
    assert worst <= epsilon * (1 + 1e-9)
    assert worst > 0.3 * min(epsilon, 1.0)  # else it was not tried


def test_a_smaller_decay_would_tell_more():
    # The test can fail: without decay each level of a deep tree tells something.
    scale, decay = Splits(1.0)._scale_and_decay(100)
    counts = np.full(13, 60)
    shift = np.subtract(
        log_of_path(counts, scale, 0 * decay),
        log_of_path(counts - 60, scale, 0 * decay),
    )
    assert np.abs(shift).max() > 1.0


def test_trees_have_the_law_that_the_proof_is_about():
    # N is fixed; six deviations are a level below 1e-6 for each of 9 shapes.
    counts, n = np.array([5, 0, 3, 6]), 8000
    mechanism = Splits(1.5, n_trees=n)
    found = mechanism(np.tile(counts, n), 1.0, Entropy(0))
    scale, decay = mechanism._scale_and_decay(1.0)
    nodes = np.array([14, 5, 9])
    held = np.maximum(nodes - np.array([0, 1, 1]) * decay, 1 - decay)
    split, kept = (np.exp(v) for v in log_odds(held, scale))
    for shape in product([False, True], repeat=3):
        wanted = np.prod(np.where(shape, split, kept))
        if not shape[0]:  # nobody has looked at the children
            wanted = 0.0 if any(shape) else kept[0]
        rate = (found == shape).all(axis=1).mean()
        assert abs(rate - wanted) <= SIX * math.sqrt(0.25 / n), shape


def test_trees_follow_the_rows_and_are_deep_where_these_are():
    counts = np.zeros(2**10, dtype=np.int64)
    counts[700] = 10**6
    (found,) = Splits(1.0)(counts, 1.0, Entropy(1))
    leaf = 700 + 2**10
    path = [(leaf >> k) - 1 for k in range(1, 11)]
    assert found[path].all()
    assert found.sum() < 20  # a few by noise


def test_what_is_below_a_leaf_is_not_split():
    rng = np.random.default_rng(0)
    found = Splits(0.5, n_trees=50)(rng.integers(0, 9, 50 * 64), 1.0, Entropy(2))
    parents = (np.arange(1, found.shape[1]) - 1) // 2
    assert not (found[:, 1:] & ~found[:, parents]).any()


def test_without_noise_all_that_holds_rows_is_split():
    found = Splits(math.inf)(np.array([0, 0, 0, 5]), 1.0, Entropy())
    assert found.tolist() == [[True, False, True]]


def test_equal_seeds_and_rows_give_equal_trees():
    counts = np.arange(32)
    trees = [Splits(0.1, 4)(counts, 1.0, Entropy(s)).tolist() for s in (3, 3, 4)]
    assert trees[0] == trees[1]


@pytest.mark.parametrize("size", [1, 3, 12, 0])
def test_leaves_that_make_no_tree_are_refused(size):
    with pytest.raises(ValueError, match="pad them"):
        Splits(1.0)(np.zeros(size, dtype=np.int64), 1.0, Entropy())


def test_the_cost_is_that_of_as_many_pure_mechanisms():
    mechanism = Splits(0.8, n_trees=4)
    assert mechanism.mu == pytest.approx(2 * mu_of_pure(0.8))
    assert mechanism.rho == pytest.approx(4 * 0.32)
    assert epsilon_of_events([mechanism.event], 1e-12) == pytest.approx(3.2, abs=0.01)
    assert Splits(math.inf).mu == math.inf
    assert isinstance(Splits(math.inf).event, dp_event.NonPrivateDpEvent)
    assert pickle.loads(pickle.dumps(mechanism)) == mechanism
    assert "n_trees=4" in repr(mechanism)


@pytest.mark.parametrize("delta", [0.0, 1e-6])
@pytest.mark.parametrize("n_trees", [1, 7, 300])
def test_a_budget_pays_for_all_trees(delta, n_trees):
    budget = Budget(2.0, delta)
    mechanism = budget.splits(n_trees, 0.25)
    if delta:
        assert 0.999 < mechanism.mu / (0.5 * budget.mu) <= 1 + 1e-12
    else:
        assert 0.999 < n_trees * mechanism.epsilon / 0.5 <= 1
    assert Budget(math.inf, delta).splits(n_trees).epsilon == math.inf
