"""Leaves of trees over ranges: what a row adds, and where leaves end."""

import numpy as np
import pytest

from skprivate.queries import EqualCells, deepest

NONE = np.empty(0)
LOW, HIGH = np.array([0.0, -1.0]), np.array([8.0, 1.0])


@pytest.mark.parametrize("weight", [[], [0.25]])
@pytest.mark.parametrize(
    "row", [[0.0, 0.0], [8.0, 1.0], [-9e300, 9e300], [1e-300, -0.0], [7.999, 5.0]]
)
def test_a_row_adds_at_most_one_to_one_leaf_of_each_tree(row, weight):
    query = EqualCells(LOW, HIGH, 4)
    added = query(np.array([row]), None, np.array(weight)) * query.step
    assert added.shape == (query.n_trees, 2**4)
    assert (added >= 0).all()
    assert added.sum(axis=1).tolist() == [*(weight or [1.0])] * 2
    assert (added > 0).sum(axis=1).tolist() == [1, 1]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_adds_nothing(value):
    assert not EqualCells(LOW, HIGH, 4)(np.array([[1.0, value]]), None, NONE).any()


def test_leaves_end_where_nodes_were_split():
    splits = np.array([[True, False, True], [False, False, False]])
    first, second = EqualCells(LOW, HIGH, 2).edges(splits)
    assert first.tolist() == [0, 4, 6, 8]
    assert second.tolist() == [-1, 1]


def test_ranges_that_floats_hardly_hold():
    query = EqualCells(np.array([-1.7e308]), np.array([1.7e308]), 1)
    assert query.edges(np.array([[True]]))[0].tolist() == [-1.7e308, 0.0, 1.7e308]


@pytest.mark.parametrize("depth", [0, 16, -1])
def test_depths_that_make_no_sense_are_refused(depth):
    with pytest.raises(ValueError, match="EqualCells"):
        EqualCells(LOW, HIGH, depth).check(2)


def test_many_columns_have_shallower_trees():
    assert [deepest(n) for n in (1, 256, 1024, 10**8)] == [15, 15, 14, 1]
