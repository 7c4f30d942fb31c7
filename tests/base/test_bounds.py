"""Declared bounds are checked, and refused in words."""

import numpy as np
import pytest

from skprivate.base import check_bounds


def test_numbers_stand_for_every_column():
    low, high = check_bounds((-1, 2), 3)
    assert low.tolist() == [-1, -1, -1]
    assert high.tolist() == [2, 2, 2]


def test_arrays_are_kept():
    low, high = check_bounds(([0, 1], [2, 1]), 2)
    assert low.tolist() == [0, 1]
    assert high.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("bounds", "error"),
    [
        ("public", TypeError),
        (3.0, TypeError),
        ({"age": (0, 1)}, TypeError),
        ({"age": (0, 1), "pay": (0, 9)}, TypeError),
        ((0, 1, 2), ValueError),
        ((1, 0), ValueError),
        ((0, np.nan), ValueError),
        ((np.nan, 1), ValueError),
        ((-np.inf, np.inf), ValueError),
        ((np.inf, np.inf), ValueError),
        ((-1e308, 1e308), ValueError),
        (("a", "b"), TypeError),
        (([0, 0], [1, 1, 1]), ValueError),
        (([[0]], [[1]]), ValueError),
        ((0j, 1j), TypeError),
        ((False, True), TypeError),
    ],
)
def test_others_are_refused_with_what_to_do(bounds, error):
    with pytest.raises(error, match="Give two finite numbers"):
        check_bounds(bounds, 2)


@pytest.mark.parametrize("name", ["bounds", "target_bounds", "range"])
@pytest.mark.parametrize("ends", [(2, 1), (0, np.inf), 3, (1, 2, 3), ([0, 0, 0], 1)])
def test_refusals_speak_of_the_parameter_that_is_meant(name, ends):
    with pytest.raises((TypeError, ValueError)) as caught:
        check_bounds(ends, 1, name)
    words = str(caught.value)
    assert words.startswith(name)
    assert words.endswith(f"or {name}='private' to pay for a search.")
    assert ("per column" in words) == (name == "bounds")
    assert " are reversed" not in words.replace("the ends are reversed", "")
