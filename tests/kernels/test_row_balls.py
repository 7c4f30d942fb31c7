"""Rows scaled into a ball: lengths, directions, and rows that are left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.kernels import clip_rows, row_norms
from tests.kernels.hostile import as_csr, exactly, matrices

NORMS = pytest.mark.parametrize("norm", [0, 1, 2])


def length(row, norm):
    """Exact norm, squared if L2."""
    sizes = [abs(exactly(v)) for v in row]
    return {0: max, 1: sum, 2: lambda s: sum(v * v for v in s)}[norm](sizes)


@NORMS
@given(X=matrices(), bound=st.floats(1e-3, 1e6))
def test_rows_fit_in_the_ball(norm, X, bound):
    out = clip_rows(X, bound, norm)
    limit = exactly(bound) ** (2 if norm == 2 else 1)
    for row, kept in zip(X, out, strict=True):
        changed = not np.array_equal(row, kept)
        assert length(kept, norm) <= limit * (1 if changed else 1 + exactly(1e-14))
        if not np.isfinite(row).all():
            assert not kept.any()


@NORMS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_its_twin(norm, dtype, rng):
    X = rng.normal(size=(60, 4)).astype(dtype)
    size = np.linalg.norm(X.astype(float), ord=norm or np.inf, axis=1)
    expected = X * np.minimum(1.0, 1.5 / size)[:, None]
    out = clip_rows(X, 1.5, norm)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, expected, rtol=1e-13 if out.itemsize == 8 else 1e-5)
    np.testing.assert_array_equal(out[size < 1.4], X[size < 1.4])
    assert (np.linalg.norm(out.astype(float), ord=norm or np.inf, axis=1) <= 1.5).all()


@NORMS
@given(X=matrices())
def test_sparse_rows_give_the_same_bits(norm, X):
    _, indices, indptr, _ = as_csr(X)
    out = clip_rows(as_csr(X), 1.5, norm)
    dense = np.zeros_like(X)
    for i in range(len(X)):
        entries = slice(indptr[i], indptr[i + 1])
        dense[i, indices[entries]] = out[entries]
    np.testing.assert_array_equal(dense, clip_rows(X, 1.5, norm))


@pytest.mark.parametrize("size", [1.7e308, 1e-300, 5e-324])
def test_huge_and_tiny_rows_keep_their_direction(size):
    out = clip_rows(np.array([[size, -size]]), size / 2 if size > 1 else 1.0, 2)
    expected = size / 2 * np.sqrt(0.5) if size > 1 else size
    np.testing.assert_allclose(out, [[expected, -expected]], rtol=1e-12)


@NORMS
@given(X=matrices())
def test_norms_are_those_of_numpy_dense_or_sparse(norm, X):
    found = row_norms(X, norm)
    np.testing.assert_array_equal(found, row_norms(as_csr(X), norm))
    odd = ~np.isfinite(X).all(axis=1)
    np.testing.assert_array_equal(np.isnan(found), odd)
    rows = X[~odd].astype(float)
    peak = np.maximum(abs(rows).max(axis=1, initial=0.0), np.finfo(float).tiny)
    size = np.linalg.norm(rows / peak[:, None], ord=norm or np.inf, axis=1)
    with np.errstate(over="ignore"):
        expected = np.minimum(size * peak, np.finfo(float).max)
    np.testing.assert_allclose(found[~odd], expected, rtol=1e-13, atol=1e-307)
