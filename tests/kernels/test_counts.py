"""Histograms: NumPy twins, edges, and one cell for each row."""

import numpy as np
import pytest
from hypothesis import given

from skprivate.kernels import (
    class_counts,
    histogram,
    magnitude_edges,
    magnitude_histogram,
    norm_histogram,
)
from tests.kernels.hostile import NONE, box_of, boxed, matrices, on_grid


@pytest.mark.parametrize("weighted", [False, True])
def test_class_counts_agree_with_bincount(weighted, rng):
    codes = rng.integers(-1, 4, 200).astype(np.int32)
    weight = rng.random(200) if weighted else NONE
    value = np.rint(weight * 1024.0) if weighted else np.full(200, 1024.0)
    known = (codes >= 0) & (codes < 3)
    expected = np.bincount(codes[known], value[known], minlength=3)
    np.testing.assert_array_equal(class_counts(codes, 3, weight, 1024.0), expected)


def test_histogram_agrees_with_numpy(rng):
    X = rng.uniform(-4.0, 4.0, size=(200, 3))
    expected = [
        np.histogram(np.clip(column, -3.0, 3.0), bins=7, range=(-3.0, 3.0))[0]
        for column in X.T
    ]
    np.testing.assert_array_equal(histogram(X, box_of(3, 1), 7, NONE, 1.0), expected)


def test_a_value_on_an_edge_counts_above_it():
    X = np.arange(11.0)[:, None] / 10.0
    box = boxed(np.zeros(1), np.ones(1), 1)
    counts = histogram(X, box, 10, NONE, 1.0)
    np.testing.assert_array_equal(counts, [[1.0] * 9 + [2.0]])


def test_flat_and_endless_boxes():
    low = np.array([2.0, -1.7e308, 5e-324])
    high = np.array([2.0, 1.7e308, 1e-323])
    X = np.array([[9.0, -1.7e308, 1.0], [-9.0, 1.7e308, -1.0]])
    counts = histogram(X, boxed(low, high, 1), 4, NONE, 1.0)
    np.testing.assert_array_equal(counts.sum(axis=1), [2.0, 2.0, 2.0])
    np.testing.assert_array_equal(counts[0], [2.0, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(counts[1], [1.0, 0.0, 0.0, 1.0])


@given(X=matrices())
def test_each_finite_row_is_in_one_cell_of_every_feature(X):
    finite = np.isfinite(X).all(axis=1).sum()
    counts = histogram(X, box_of(X.shape[1], 1), 5, NONE, 1.0)
    np.testing.assert_array_equal(counts.sum(axis=1), np.full(X.shape[1], finite))
    counts = magnitude_histogram(X, NONE, 1.0, range(-3, 3))
    np.testing.assert_array_equal(counts.sum(axis=1), np.full(X.shape[1], finite))
    assert norm_histogram(X, box_of(X.shape[1], 9), [40.0], NONE, 1.0).sum() == finite


@given(X=matrices())
def test_magnitudes_agree_with_a_search_in_their_edges(X):
    X = X[np.isfinite(X).all(axis=1)]
    edges = magnitude_edges(range(-3, 3))
    # A cell holds its edge of smaller magnitude.
    cells = np.where(
        X >= 0, np.searchsorted(edges, X, "right"), np.searchsorted(edges, X, "left")
    )
    expected = [np.bincount(column, minlength=13) for column in cells.T]
    counts = magnitude_histogram(X, NONE, 1.0, range(-3, 3))
    np.testing.assert_array_equal(counts, expected)


def test_magnitudes_of_the_widest_range():
    X = np.array([[1.7e308], [-1.7e308], [0.0], [5e-324], [2.3e-308]])
    counts = magnitude_histogram(X, NONE, 1.0, range(-1022, 1024))[0]
    assert counts[0] == counts[-1] == 1.0
    middle = counts.size // 2
    np.testing.assert_array_equal(counts[middle : middle + 2], [2.0, 1.0])


def test_norm_histogram_agrees_with_its_twin(rng):
    X, box = rng.normal(size=(200, 3)), box_of(3, 16)
    edges = np.array([0.25, 0.5, 0.7, 1.0]) * 2.0**16
    q, _ = on_grid(X, box)
    cells = np.searchsorted(edges, np.linalg.norm(q, axis=1), "left")
    expected = np.bincount(cells, minlength=5) * 8.0
    np.testing.assert_array_equal(norm_histogram(X, box, edges, NONE, 8.0), expected)


def test_a_norm_on_an_edge_counts_below_it():
    X = np.array([[3.0], [1.5], [0.0]])
    counts = norm_histogram(X, box_of(1, 4), [8.0, 16.0], NONE, 1.0)
    np.testing.assert_array_equal(counts, [2.0, 1.0, 0.0])
