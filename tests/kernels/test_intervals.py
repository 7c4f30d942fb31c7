"""Counts of intervals: a NumPy twin, edges of every kind, and hostile values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skprivate.kernels import interval_counts, interval_table
from tests.kernels.hostile import NONE, matrices


def twin(X, edges):
    """One binary search for each value."""
    X = X[np.isfinite(X).all(axis=1)]
    cells = [np.searchsorted(e, x, "right") for e, x in zip(edges, X.T, strict=True)]
    n_cells = edges.shape[1] + 1
    return np.array([np.bincount(cell, minlength=n_cells) for cell in cells])


def table_of(edges, low=-1.0, high=1.0):
    ends = np.full(len(edges), low), np.full(len(edges), high)
    return interval_table(np.ascontiguousarray(edges), *ends)


@settings(max_examples=60)
@given(
    X=matrices(),
    seed=st.integers(0, 2**32 - 1),
    low=st.sampled_from([-1.0, 0.0, 5e-324, -1e300]),
    length=st.sampled_from([0.0, 1.0, 5e-324, 1e300]),
)
def test_agrees_with_a_binary_search_whatever_the_buckets(X, seed, low, length):
    rng = np.random.default_rng(seed)
    known = np.append(X[np.isfinite(X)], [0.0, 1.0])
    edges = np.sort(rng.choice(known, (X.shape[1], 9)), axis=1)
    counts = interval_counts(X, table_of(edges, low, low + length), NONE, 1.0)
    np.testing.assert_array_equal(counts, twin(X, edges))


@pytest.mark.parametrize("n_edges", [1, 7, 511])
@pytest.mark.parametrize("kind", ["equal", "gathered", "alike"])
def test_agrees_with_a_binary_search_on_edges_as_they_are_used(n_edges, kind, rng):
    X = rng.normal(size=(500, 3))
    edges = np.tile(np.linspace(-1.0, 1.0, n_edges + 2)[1:-1], (3, 1))
    edges = {"equal": edges, "gathered": edges**5, "alike": edges * 0}[kind]
    X[: min(n_edges, 500), 0] = edges[0, :500]
    counts = interval_counts(X, table_of(edges), NONE, 1.0)
    np.testing.assert_array_equal(counts, twin(X, edges))


def test_an_interval_holds_its_lower_edge():
    X = np.array([[0.0], [np.nextafter(1.0, 0.0)], [1.0]])
    counts = interval_counts(X, table_of(np.array([[0.0, 1.0]])), NONE, 4.0)
    np.testing.assert_array_equal(counts, [[0.0, 8.0, 4.0]])


def test_a_row_adds_its_weight_on_the_grid():
    X, weight = np.zeros((3, 2)), np.array([0.3, 1.0, 0.0])
    counts = interval_counts(X, table_of(np.array([[1.0], [-1.0]])), weight, 10.0)
    np.testing.assert_array_equal(counts, [[13.0, 0.0], [0.0, 13.0]])
