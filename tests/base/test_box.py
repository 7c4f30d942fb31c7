"""The box takes every feature to [-1, 1], and its arithmetic is what kernels do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skprivate.base import Box

finite = st.floats(-1e300, 1e300)


def grid_values(box, X):
    """What a kernel makes of ``X``."""
    low, high, center, scale = box.array
    return np.rint((np.clip(X, low, high) - center) * scale)


@given(finite, finite, st.floats(allow_nan=False))
def test_no_value_leaves_the_unit_interval(a, b, x):
    low, high = np.array([min(a, b)]), np.array([max(a, b)])
    for box in (Box.between(low, high, 17), Box.around_zero(low, high, 17)):
        q = grid_values(box, np.array([x]))
        assert np.all(np.abs(q) <= box.one * np.minimum(box.reach, 1))


def test_ends_go_to_plus_and_minus_one():
    box = Box.between(np.array([2.0, 5.0]), np.array([4.0, 5.0]), 17)
    ends = grid_values(box, np.array([[2.0, 5.0], [4.0, 5.0]])) / box.one
    assert ends.tolist() == [[-1, 0], [1, 0]]
    assert box.reach.tolist() == [1, 0]


def test_zero_stays_zero_around_zero():
    box = Box.around_zero(np.array([-1.0, 0.0]), np.array([3.0, 2.0]), 10)
    assert grid_values(box, np.zeros(2)).tolist() == [0, 0]


def test_a_center_off_the_middle_reaches_further():
    low, high = np.array([0.0]), np.array([10.0])
    box = Box(low, high, np.array([2.0]), np.array([4.0]), 10)
    assert box.reach.tolist() == [2.0]
