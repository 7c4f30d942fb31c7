"""Nearest centres: a NumPy twin in integers, ties, and the norm of a row."""

import numpy as np
import pytest
from hypothesis import given

from skprivate.kernels import center_bits, nearest_center_sums
from tests.kernels.hostile import NONE, box_of, matrices, on_grid, squared


def twin(X, box, centers, one, weight, count_weight):
    """Row by row, as the docstring says."""
    q, finite = on_grid(X, box)
    distance = ((q[:, None, :] - centers[None]) ** 2).sum(axis=2)
    nearest = distance.argmin(axis=1)
    rows = np.column_stack([q, np.full(len(q), np.rint(count_weight * one))])
    rows = np.rint((weight[finite] if weight.size else np.ones(len(q)))[:, None] * rows)
    return np.stack([rows[nearest == c].sum(axis=0) for c in range(len(centers))])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_centers", [1, 8])
def test_agrees_with_its_twin(weighted, n_centers, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 18), 2.0**18
    centers = np.rint(rng.uniform(-one, one, size=(n_centers, 4)))
    arguments = (X, box, centers, one, rng.random(150) if weighted else NONE, 0.37)
    np.testing.assert_array_equal(nearest_center_sums(*arguments), twin(*arguments))


def test_ties_go_to_the_first_centre():
    centers = np.array([[4.0], [-4.0], [4.0]])
    total = nearest_center_sums(np.zeros((1, 1)), box_of(1, 4), centers, 16.0, NONE)
    np.testing.assert_array_equal(total, [[0.0, 16.0], [0.0, 0.0], [0.0, 0.0]])


@given(X=matrices(max_rows=1))
def test_a_row_adds_to_one_centre_only(X):
    d = X.shape[1]
    one = 2.0 ** center_bits(d)
    centers = np.stack([np.full(d, one), np.full(d, -one), np.zeros(d)])
    box = box_of(d, center_bits(d))
    total = nearest_center_sums(X, box, centers, one, NONE, 0.5)
    assert (np.abs(total).sum(axis=1) > 0).sum() <= 1
    assert (np.abs(total[:, :d]) <= one).all()
    assert squared(total) <= d * int(one) ** 2 + int(one / 2) ** 2
