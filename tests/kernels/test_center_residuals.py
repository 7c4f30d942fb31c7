"""Clipped differences to nearest centres: a twin, exact norms, order, sparsity."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.kernels import center_bits
from skprivate.kernels._center_residuals import nearest_center_residuals
from tests.kernels.hostile import NONE, as_csr, box_of, matrices, on_grid, squared


def twin(X, box, centers, one, weight, radius, count):
    """Row by row, as the docstring says."""
    q, finite = on_grid(X, box)
    weight = weight[finite] if weight.size else np.ones(len(q))
    nearest = ((q[:, None, :] - centers[None]) ** 2).sum(axis=2).argmin(axis=1)
    rest = q - centers[nearest]
    size = (rest**2).sum(axis=1)
    factor = np.where(size > radius**2, radius / np.sqrt(np.maximum(size, 1)), 1.0)
    factor = np.where(size > radius**2, factor * (1 - 2.0**-50), factor) * weight
    rows = np.column_stack([np.trunc(factor[:, None] * rest), np.trunc(weight * count)])
    return np.stack([rows[nearest == c].sum(axis=0) for c in range(len(centers))])


@pytest.mark.parametrize("radius", [2.0**14, 2.0**22])
@pytest.mark.parametrize("weighted", [False, True])
def test_agrees_with_its_twin(weighted, radius, rng):
    X, box, one = rng.normal(size=(150, 4)), box_of(4, 18), 2.0**18
    centers = np.rint(rng.uniform(-one, one, size=(5, 4)))
    weight = rng.random(150) if weighted else NONE
    arguments = (X, box, centers, one, weight, radius, 1000.0)
    np.testing.assert_allclose(
        nearest_center_residuals(*arguments), twin(*arguments), atol=150
    )


def test_short_differences_are_exact(rng):
    X, box, one = rng.normal(size=(70, 3)), box_of(3, 18), 2.0**18
    centers = np.rint(rng.uniform(-one, one, size=(2, 3)))
    arguments = (X, box, centers, one, NONE, 4 * one, 7.0)
    np.testing.assert_array_equal(
        nearest_center_residuals(*arguments), twin(*arguments)
    )


@given(X=matrices(max_rows=1), radius=st.floats(1.0, 2.0**24), weight=st.floats(0, 1))
def test_a_row_stays_within_the_radius(X, radius, weight):
    d = X.shape[1]
    one = 2.0 ** center_bits(d)
    centers = np.stack([np.full(d, one), np.full(d, -one), np.zeros(d)])
    box = box_of(d, center_bits(d))
    total = nearest_center_residuals(
        X, box, centers, one, np.array([weight]), radius, 1000.0
    )
    assert (np.abs(total).sum(axis=1) > 0).sum() <= 1
    assert squared(total[:, :d]) <= Fraction(radius) ** 2
    assert np.abs(total[:, d]).sum() <= 1000


@given(X=matrices())
def test_neither_order_nor_sparsity_shows(X):
    d = X.shape[1]
    one = 2.0**16
    centers = np.rint(np.linspace(-one, one, 3 * d)).reshape(3, d)
    rest = (box_of(d, 16), centers, one, NONE, one / 3, 11.0)
    whole = nearest_center_residuals(X, *rest)
    np.testing.assert_array_equal(
        nearest_center_residuals(X[::-1].copy(), *rest), whole
    )
    np.testing.assert_array_equal(nearest_center_residuals(as_csr(X), *rest), whole)
    parts = [nearest_center_residuals(X[i : i + 1], *rest) for i in range(len(X))]
    np.testing.assert_array_equal(sum(parts), whole)
