"""Moments: a NumPy twin, and the bound of every integer, one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.kernels import moments
from tests.kernels.hostile import NO_CODES, NONE, box_of, matrices, on_grid, squared


def twin(X, box, weight, codes, n_groups, one):
    """Group by group, as the docstring says."""
    q, finite = on_grid(X, box)
    rows = np.column_stack([np.full(len(q), one), q, np.rint(2.0 * q * q / one) - one])
    rows = np.rint((weight[finite] if weight.size else np.ones(len(q)))[:, None] * rows)
    groups = codes[finite] if codes.size else np.zeros(len(q), dtype=int)
    return np.stack([rows[groups == g].sum(axis=0) for g in range(n_groups)])


@pytest.mark.parametrize("n_features", [1, 5, 70])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_agrees_with_its_twin(weighted, grouped, n_features, rng):
    X, box = rng.normal(size=(203, n_features)), box_of(n_features, 17)
    weight = rng.random(203) if weighted else NONE
    codes = rng.integers(-1, 4, 203).astype(np.int32) if grouped else NO_CODES
    n_groups = 3 if grouped else 1
    total = moments(X, box, weight, codes, n_groups, 2.0**17)
    np.testing.assert_array_equal(total, twin(X, box, weight, codes, n_groups, 2.0**17))


@pytest.mark.parametrize("bits", [0, 1, 2, 3, 8, 17])
def test_every_integer_keeps_the_bound(bits):
    one = 2**bits
    q = np.arange(-one, one + 1)
    t = np.rint(2.0 * q * q / one).astype(np.int64) - one
    assert (np.abs(t) <= one).all()
    assert (q**2 + t**2 <= 2 * one**2).all()


@given(X=matrices(max_rows=1), weight=st.sampled_from([1.0, 0.7, 1e-6]))
def test_no_row_is_longer_than_stated(X, weight):
    one = 2**17
    box, w = box_of(X.shape[1], 17), np.array([weight])
    total = moments(X, box, w, NO_CODES, 1, float(one))
    assert squared(total) <= one**2 * (1 + 2 * X.shape[1])


def test_the_bound_is_reached():
    total = moments(np.full((1, 4), 3.0), box_of(4, 10), NONE, NO_CODES, 1, 2.0**10)
    assert squared(total) == 4**10 * (1 + 2 * 4)


@pytest.mark.parametrize("n_rows", [1, 31, 34, 403])
def test_two_groups_agree_with_the_twin(n_rows, rng):
    """Two groups have a loop of their own, for blocks where nothing is odd."""
    X, codes = rng.normal(size=(n_rows, 7)), rng.integers(0, 2, n_rows)
    box, codes = box_of(7, 17), codes.astype(np.int32)
    for spoil in (None, "value", "code"):
        if spoil == "value":
            X[n_rows // 2, 3] = np.nan
        elif spoil == "code":
            codes[-1] = 2
        arguments = X, box, NONE, codes, 2, 2.0**17
        np.testing.assert_array_equal(moments(*arguments), twin(*arguments))
