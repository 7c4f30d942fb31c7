"""Second moments: a NumPy twin, and the Frobenius norm of a row, exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.kernels import second_moments, second_moments_bits
from tests.kernels.hostile import (
    NONE,
    as_csr,
    box_of,
    exactly,
    matrices,
    on_grid,
    squared,
)


def twin(X, target, box, target_box, weight, levels, one):
    """Row by row, as the docstring says."""
    q, finite = on_grid(X, box)
    v = np.column_stack([q, np.full(len(q), one)])
    if len(target_box):
        extra, known = on_grid(target[:, None], target_box[:, None])
        assert known.all()
        v = np.column_stack([v, extra[finite]])
    w = np.sqrt(weight[finite] if weight.size else np.ones(len(q)))
    length = np.sqrt((v * v).sum(axis=1))
    f = np.where(length <= levels, w, w * (levels / length * (1 - 2.0**-50)))
    u = np.trunc(f[:, None] * v).astype(np.int64)
    return (u.T @ u).astype(np.float64)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("with_target", [False, True])
@pytest.mark.parametrize("levels", [2.0**15, 2.0**18])
def test_agrees_with_its_twin(weighted, with_target, levels, rng):
    X, y, box = rng.normal(size=(150, 4)), rng.random(150), box_of(4, 16)
    target_box = np.array([0.0, 1.0, 0.5, 2.0**17]) if with_target else NONE
    weight = rng.random(150) if weighted else NONE
    arguments = (X, y, box, target_box, weight, levels, 2.0**14)
    np.testing.assert_array_equal(second_moments(*arguments), twin(*arguments))


@pytest.mark.parametrize("d", [1, 2, 3, 7, 70, 200])
@pytest.mark.parametrize("part", [0.0, 0.02, 0.5])  # of the values that are not zero
def test_rows_of_any_width_agree_with_the_twin(d, part, rng):
    X = rng.normal(size=(600, d)) * (rng.random((600, d)) < part)
    y, target_box = rng.random(600), np.array([0.0, 1.0, 0.5, 2.0**17])
    arguments = (X, y, box_of(d, 16), target_box, rng.random(600), 2.0**16, 2.0**14)
    np.testing.assert_array_equal(second_moments(*arguments), twin(*arguments))


@pytest.mark.parametrize("kind", [np.asarray, as_csr])
@pytest.mark.parametrize("d", [20, 200])
def test_rows_that_are_not_finite_add_nothing_at_any_width(d, kind, rng):
    X, y = rng.normal(size=(600, d)), rng.random(600)
    odd = rng.random(600) < 0.1
    X[odd, 3] = rng.choice([np.nan, np.inf, -np.inf], odd.sum())
    y[:5] = np.nan
    kept = ~odd & np.isfinite(y)
    rest = box_of(d, 16), np.array([0.0, 1.0, 0.5, 2.0**17]), NONE, 2.0**16, 2.0**14
    total = second_moments(kind(X), y, *rest)
    np.testing.assert_array_equal(total, twin(X[kept], y[kept], *rest))


@given(
    X=matrices(max_rows=1),
    y=st.sampled_from([0.0, 1e308, -3.0, 0.3]),
    levels=st.floats(0.5, 2.0**18),
    weight=st.sampled_from([1.0, 0.999, 0.3]),
)
def test_no_row_is_longer_than_levels(X, y, levels, weight):
    box = box_of(X.shape[1], 17)
    target_box = np.array([-1.0, 1.0, 0.0, 2.0**17])
    w = np.array([weight])
    total = second_moments(X, np.array([y]), box, target_box, w, levels, 2.0**17)
    np.testing.assert_array_equal(total, total.T)
    assert sum(int(v) for v in np.diag(total)) <= exactly(levels) ** 2
    assert squared(total) <= exactly(levels) ** 4


@pytest.mark.parametrize("n_features", [1, 20, 90])
def test_rows_at_the_largest_bits_are_not_clipped(n_features):
    one = 2.0 ** second_moments_bits(n_features)
    X, y = np.full((2, n_features), 3.0), np.ones(2)
    box = box_of(n_features, np.log2(one))
    target_box = np.array([-1.0, 1.0, 0.0, one])
    total = second_moments(X, y, box, target_box, NONE, 2.0**18, one)
    np.testing.assert_array_equal(total, np.full(total.shape, 2 * one * one))


def test_levels_that_are_not_exact_are_refused():
    X = np.ones((1, 2))
    with pytest.raises(ValueError, match="use a coarser grid"):
        second_moments(X, NONE, box_of(2, 17), NONE, NONE, 2.0**19, 1.0)
