"""Gradients of sparse rows add what those of the same dense rows add, bit for bit."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.base import Box
from skprivate.queries import LogisticGradient
from tests.kernels.hostile import NONE


def chunk_of(X):
    X = sparse.csr_array(X)
    return X.data, X.indices, X.indptr, np.int64(X.shape[1])


def query_of(n_features, n_classes, rng, clip=5.0, radius=1.0, by_class=None):
    reach = np.broadcast_to(10.0, n_features)
    bits = LogisticGradient.bits(reach)
    box = Box.around_ball(n_features, radius, radius / 10, bits)
    shape = n_features + 1 if n_classes == 2 else (n_classes, n_features + 1)
    return LogisticGradient(box, rng.normal(size=shape), clip, by_class)


@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("by_class", [False, True])
def test_same_integers_as_dense_rows(n_classes, dtype, weighted, by_class, rng):
    X = rng.normal(size=(200, 37)) * (rng.random((200, 37)) < 0.15)
    X[3], X[4, 5], X[5, 0], X[6, 1] = 0.0, 1e300, np.inf, np.nan
    with np.errstate(over="ignore"):
        X = X.astype(dtype)
    y = rng.integers(0, n_classes, 200)
    y = y.astype(float) if n_classes == 2 else y.astype(np.int32)
    weight = rng.random(200) if weighted else NONE
    by_class = np.geomspace(0.1, 20.0, n_classes) if by_class else None
    query = query_of(37, n_classes, rng, by_class=by_class)
    total = query(chunk_of(X), y, weight)
    np.testing.assert_array_equal(total, query(X, y, weight))
    assert np.any(total)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_false_norm_moves_no_row_beyond_its_levels(n_classes, rng):
    query = query_of(6, n_classes, rng, clip=0.7)
    for size in (0.0, 1e-9, 1.0, 30.0, 1e12, 1e300):
        X = rng.normal(size=(1, 6)) * size
        y = np.zeros(1, np.int32 if n_classes > 2 else float)
        added = query(chunk_of(X), y, NONE).ravel()
        assert np.array_equal(added, np.rint(added))
        assert np.linalg.norm(added) <= query.levels


def test_entries_outside_of_the_matrix_are_not_read(rng):
    query = query_of(4, 2, rng)
    chunk = np.array([0.3, 9.0]), np.array([1, 4]), np.array([0, 2]), np.int64(4)
    inside = np.array([0.3]), np.array([1]), np.array([0, 1]), np.int64(4)
    one = np.ones(1)
    np.testing.assert_array_equal(query(chunk, one, NONE), query(inside, one, NONE))
