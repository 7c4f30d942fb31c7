"""Private codes of a column of numbers stand for the values that are in it."""

import numpy as np
import pytest

from skprivate.rows._values import codes_of

NUMBERS = [
    np.array([3.0, -0.0, 0.0, 7.0, 3.0]),
    np.array([3.0, np.nan, 0.0]),
    np.array([3.0, 0.5, 2000.0]),
    np.array([2047.0, 2048.0]),
    np.array([2047.0, 1.0]),
    np.array([-1, 5, 5]),
    np.array([200, 5, 5], dtype=np.uint8),
    np.array([100, 5], dtype=np.int8),
    np.array([2**63 + 1, 2**63], dtype=np.uint64),
    np.array([7.0, 2.0], dtype=np.float16),
    np.array([], dtype=float),
    np.array([np.inf, 1.0]),
    np.array([np.nan]),
]


@pytest.mark.parametrize("column", NUMBERS, ids=str)
def test_codes_stand_for_what_is_there(column):
    codes, values = codes_of(column[:, None], 0)
    assert codes.dtype == np.float64
    assert len(set(values)) == len(values)
    for code, value in zip(codes, column.tolist(), strict=True):
        if np.isnan(value):
            assert np.isnan(code)
        else:
            assert values[int(code)] == value
            assert type(values[int(code)]) is type(value)
    assert set(codes[~np.isnan(codes)]) == set(range(len(values)))
