"""Products and distances of rows: their twins in NumPy, and each row by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.kernels import row_products, squared_distances
from tests.kernels.hostile import as_csr, matrices

TYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
WIDTHS = pytest.mark.parametrize("n_outputs", [1, 2, 3, 7, 8, 19, 64])
KERNELS = {
    "products": lambda X, matrix: row_products(X, matrix),
    "distances": lambda X, matrix: squared_distances(X, matrix.T),
}
every_kernel = pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)


def one_by_one(X, matrix):
    """The sum in the order of columns, each product and each sum rounded."""
    total = np.zeros((len(X), matrix.shape[1]), matrix.dtype)
    for j, row in enumerate(matrix):
        total = total + X[:, j : j + 1] * row
    return total


@TYPES
@WIDTHS
@pytest.mark.parametrize("n_features", [1, 3, 4, 21])
def test_products_have_the_bits_of_the_plain_loop(dtype, n_outputs, n_features, rng):
    X = rng.normal(size=(50, n_features)).astype(dtype)
    matrix = rng.normal(size=(n_features, n_outputs)).astype(dtype)
    out = row_products(X, matrix)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, one_by_one(X, matrix))
    np.testing.assert_array_equal(out, row_products(np.asfortranarray(X), matrix))
    np.testing.assert_allclose(out, X @ matrix, rtol=1e-3, atol=1e-4)


@TYPES
@WIDTHS
def test_distances_have_the_bits_of_the_plain_loop(dtype, n_outputs, rng):
    X, points = rng.normal(size=(50, 5)).astype(dtype), rng.normal(size=(n_outputs, 5))
    expected = np.zeros((50, n_outputs))
    for x, p in zip(X.T, points.T, strict=True):
        expected = expected + (x[:, None] - p) ** 2
    np.testing.assert_array_equal(squared_distances(X, points), expected)


@every_kernel
@given(X=matrices(), n_outputs=st.integers(1, 9), seed=st.integers(0, 99))
def test_a_row_is_the_same_in_any_company(kernel, X, n_outputs, seed):
    matrix = np.random.default_rng(seed).normal(size=(X.shape[1], n_outputs))
    for form in (np.asarray, as_csr):
        together = kernel(form(np.vstack([X[::-1], X])), matrix)
        for row, found in zip(X, together[len(X) :], strict=True):
            np.testing.assert_array_equal(kernel(form(row[None]), matrix)[0], found)


@TYPES
@WIDTHS
def test_sparse_rows_give_the_same_bits(dtype, n_outputs, rng):
    X = rng.normal(size=(40, 13)) * (rng.random((40, 13)) < 0.3)
    matrix = rng.normal(size=(13, n_outputs)).astype(dtype)
    X = X.astype(dtype)
    found = row_products(as_csr(X), matrix)
    assert found.tobytes() == row_products(X, matrix).tobytes()
    near = squared_distances(X, matrix.T)
    np.testing.assert_allclose(squared_distances(as_csr(X), matrix.T), near, rtol=1e-10)
