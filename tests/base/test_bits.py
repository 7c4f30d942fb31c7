"""Equal bits mean equal values, and nothing else does."""

import copy
import functools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from skprivate.base._bits import bits_of


def named_alike(value):
    """Functions, classes and objects that go by the same names."""

    class Local:
        def __call__(self):
            return value

    def function():
        return value

    return [lambda: value, function, Local, Local(), functools.partial(function)]


class Whole(int):
    """A number with nothing else in it."""


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def table(n_columns, last):
    names = [f"column{i}" for i in range(n_columns)]
    return pd.DataFrame(np.zeros((2, n_columns)), columns=[*names[:-1], last])


LONG = np.zeros(5000)
OTHER = np.where(np.arange(5000) == 2500, 1.0, LONG)
DIFFERENT = [
    *zip(named_alike(1), named_alike(2), strict=True),
    (np.sin, np.cos),
    (len, sum),
    (np.random.default_rng(0), np.random.default_rng(1)),
    (stats.norm(0, 1), stats.norm(0, 2)),
    (LONG, OTHER),
    (list(LONG), list(OTHER)),
    (functools.partial(max, LONG), functools.partial(max, OTHER)),
    (np.rec.array([1.0]), np.array([1.0])),
    (np.ma.array([1.0, 2.0], mask=[0, 1]), np.ma.array([1.0, 2.0], mask=[0, 0])),
    (Whole(1), Whole(2)),
    (Slotted(1), Slotted(2)),
    (Fraction(1, 3), Fraction(2, 3)),
    (pd.Series([1], index=[0]), pd.Series([1], index=[1])),
    (pd.Series(["a"], dtype="category"), pd.Series(["a"], dtype=object)),
    (table(300, "a"), table(300, "b")),
    (0.0, -0.0),
    (1, 1.0),
    (1, True),
    (np.float64(1), np.float32(1)),
    ((1,), [1]),
    ([1, 2], [2, 1]),
    ({"a": LONG}, {"a": OTHER}),
]


@pytest.mark.parametrize(
    ("one", "other"), DIFFERENT, ids=[type(one).__name__ for one, _ in DIFFERENT]
)
def test_different_values_have_different_bits(one, other):
    assert bits_of(one) != bits_of(other)
    assert bits_of(one) == bits_of(one)
    assert bits_of([one]) == bits_of([one])
    hash(bits_of(one))  # searches use them as keys


@pytest.mark.parametrize(
    "value",
    [np.nan, LONG, Fraction(1, 3), "a", {1, 2}, np.sin, Whole],
)
def test_equal_values_have_equal_bits(value):
    assert bits_of(copy.deepcopy(value)) == bits_of(value)
