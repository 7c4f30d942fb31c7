"""Clipped sums: the norm of a row, exactly, and a NumPy twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.kernels import clipped_sum, clipped_sum_bits
from skprivate.kernels._rows import square_limit
from tests.kernels.hostile import (
    NONE,
    box_of,
    boxed,
    exactly,
    matrices,
    on_grid,
    squared,
)


def twin(X, box, weight, norm, levels):
    """Row by row, as the docstring says."""
    q, finite = on_grid(X, box)
    w = np.ones(len(X)) if weight.size == 0 else weight
    if norm == 0:
        q = np.clip(q, -np.floor(levels), np.floor(levels))
        return np.trunc(w[finite, None] * q).sum(axis=0)
    length = np.linalg.norm(q, ord=norm, axis=1)
    ratio = levels / np.maximum(length, 1.0) * (1 - 2.0**-50)
    f = np.where(length <= levels, w[finite], w[finite] * ratio)
    return np.trunc(f[:, None] * q).sum(axis=0)


@pytest.mark.parametrize("norm", [0, 1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_agrees_with_its_twin(norm, weighted, rng):
    X = rng.normal(size=(150, 4)) * np.logspace(-2, 1, 150)[:, None]
    box = boxed(np.array([-3.0, -1.0, 0.0, 2.0]), np.array([3.0, 5.0, 0.0, 2.5]), 20)
    weight = rng.random(150) if weighted else NONE
    total = clipped_sum(X, box, weight, norm, 2.0**19)
    np.testing.assert_array_equal(total, twin(X, box, weight, norm, 2.0**19))


@given(
    X=matrices(max_rows=1),
    bits=st.integers(0, 24),
    levels=st.floats(0.5, 2.0**26),
    weight=st.sampled_from([1.0, 0.999999, 1 / 3, 1e-9]),
)
def test_no_row_is_longer_than_levels(X, bits, levels, weight):
    box, w = box_of(X.shape[1], bits), np.array([weight])
    bound = exactly(levels)
    assert squared(clipped_sum(X, box, w, 2, levels)) <= bound**2
    assert sum(abs(int(v)) for v in clipped_sum(X, box, w, 1, levels)) <= bound
    assert max(abs(int(v)) for v in clipped_sum(X, box, w, 0, levels)) <= bound


@pytest.mark.parametrize("norm", [0, 1, 2])
def test_a_row_on_the_sphere_is_not_touched(norm):
    X = np.array([[3.0, -0.0, 0.0]])
    total = clipped_sum(X, box_of(3, 20), NONE, norm, 2.0**20)
    np.testing.assert_array_equal(total, [2.0**20, 0.0, 0.0])


def test_zero_width_box_and_huge_centres_give_zero():
    low = np.array([1.7e308, -1.7e308, 0.0])
    X = np.array([[-1.7e308, 1.7e308, 5e-324]])
    assert not clipped_sum(X, boxed(low, low, 20), NONE, 2, 2.0**20).any()


def test_the_widest_box_there_is():
    box = np.array([[-1.7e308], [1.7e308], [0.0], [2.0**20 / 1.7e308]])
    total = clipped_sum(np.array([[1.7e308], [1e308]]), box, NONE, 2, 2.0**20)
    assert total[0] == 2.0**20 + np.rint(1e308 * box[3, 0])


@given(st.floats(0.5, 2.0**26))
def test_square_limit_never_exceeds_the_square(levels):
    assert exactly(np.floor(square_limit(levels))) <= exactly(levels) ** 2


@pytest.mark.parametrize("n_features", [1, 20, 1000])
def test_longest_rows_are_exact_at_the_largest_bits(n_features):
    bits = clipped_sum_bits(n_features)
    X = np.full((3, n_features), 3.0)
    total = clipped_sum(X, box_of(n_features, bits), NONE, 2, 2.0**40)
    np.testing.assert_array_equal(total, np.full(n_features, 3 * 2.0**bits))


@pytest.mark.parametrize("center", [-9.0, 0.5, 9.0])
@pytest.mark.parametrize("norm", [0, 2])
def test_the_centre_may_lie_anywhere(center, norm, rng):
    low, high = np.array([0.0, 0.0, 2.0]), np.array([1.0, 1.0, 2.0])
    scale = np.array([1024.0, 1024.0, 0.0])
    box = np.stack([low, high, np.full(3, center), scale])
    X = rng.normal(size=(60, 3))
    total = clipped_sum(X, box, NONE, norm, 2000.0)
    np.testing.assert_array_equal(total, twin(X, box, NONE, norm, 2000.0))
    assert total[2] == 0.0
