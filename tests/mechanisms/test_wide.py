"""Totals and noisy sums that leave int64."""

import numpy as np
import pytest

from skprivate.mechanisms import Entropy, Gaussian, Laplace, exact_sum, is_exact
from skprivate.mechanisms._additive import add_noise_to_wide
from skprivate.mechanisms._exact_tail import round_exactly
from skprivate.mechanisms._wide import WIDEST

END = 2**63
EDGES = [0, 1, -1, 2**62, -(2**62), 2**62 - 1, END - 1, END, -END, -END - 1, 2**72]
both = pytest.mark.parametrize("mechanism", [Gaussian(0.5), Laplace(0.5)], ids=repr)


def wide(values):
    return np.array(values, dtype=object)


@pytest.mark.parametrize("seed", range(5))
def test_sums_are_those_of_python_in_every_order(rng, seed):
    numbers = [int(v) << int(shift) for v, shift in zip(
        rng.integers(-(2**62), 2**62, 40), rng.integers(0, 9, 40), strict=True
    )]  # fmt: skip
    parts = [exact_sum([wide([v, 1])]) for v in numbers]
    assert {part.dtype for part in parts} == {np.dtype(object), np.dtype(np.int64)}
    order = np.random.default_rng(seed).permutation(40)
    total = exact_sum(parts[i] for i in order)
    assert total.tolist() == [sum(numbers), 40]
    assert is_exact(total)


@pytest.mark.parametrize("a", EDGES)
@pytest.mark.parametrize("b", EDGES)
def test_sums_at_the_ends_of_int64(a, b):
    parts = [exact_sum([wide([v])]) for v in (a, b)]
    total = exact_sum(parts)
    assert total.tolist() == [a + b]
    assert (total.dtype == np.int64) == (-END <= a + b < END)


def test_what_is_no_exact_sum():
    assert is_exact(np.array([1]))
    assert is_exact(wide([2**63]))
    for bad in (wide([1]), wide([2**63, 1.0]), wide([2**63, True]), wide([None]),
                np.ones(1), np.ones(1, np.int32), [1], 1, None,
                np.ma.array([1])):  # fmt: skip
        assert not is_exact(bad)


@both
def test_noise_is_the_same_whatever_holds_the_total(mechanism):
    """Far from the ends nothing changes: not a bit, and not the type."""
    total = np.arange(-500, 500)
    plain = mechanism(total, 2.0**20, Entropy(0))
    given = mechanism(total.astype(object), 2.0**20, Entropy(0))
    assert given.dtype == np.int64
    np.testing.assert_array_equal(given, plain)


@both
def test_noise_is_added_to_totals_beyond_int64(mechanism):
    values = [2**72 + 3, -(2**80), 5, END, -END - 1] * 400
    noisy = mechanism(wide(values), 1000.0, Entropy(1))
    moves = np.array([n - v for n, v in zip(noisy, values, strict=True)], float)
    assert {type(v) for v in noisy} == {int}
    deviation = mechanism.deviation(1000.0)
    assert abs(moves.std() / deviation - 1) < 0.2  # seeded: it cannot fail by chance
    assert abs(moves.mean()) < 0.2 * deviation
    other = mechanism(wide(values), 1000.0, Entropy(2))
    assert noisy.tolist() != other.tolist()
    assert noisy.tolist() == mechanism(wide(values), 1000.0, Entropy(1)).tolist()
    one_more = mechanism(wide([2**72 + 4, *values[1:]]), 1000.0, Entropy(1))
    assert one_more[1] != noisy[1]  # seeded noise depends on the total


class Words:
    """A stream with one word of its own, and then always the same."""

    def __init__(self, first, then):
        self.next, self.then = first, then

    def words(self, n):
        word, self.next = self.next, self.then
        return np.full(n, word, np.uint64)


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("scale", [1e3, 2.0**61, 2.0**63, 2.0**98, 2.0**101, 2.0**900])
def test_what_comes_out_is_one_function_of_the_noisy_sum(kind, scale):
    """Whether a total fits in int64 or not: it is the sum that stops, at 2**100."""
    for word in (2**62 + 5, 2**20, 2**63 - 1, 2**63 + 2**20, 2**64 - 1, 3 * 2**62):
        noise = round_exactly(kind, scale, word, Words(12345, 12345))
        for total in (*EDGES, WIDEST, -WIDEST):
            given = add_noise_to_wide(
                kind, np.array([scale]), exact_sum([wide([total])]),
                Words(word, 12345),
            )  # fmt: skip
            stops = min(max(total + noise, -WIDEST), WIDEST)
            assert given.tolist() == [stops]
            assert is_exact(given)


def test_far_and_near_noise_together():
    """Integers on both sides of uint64 are no floats."""
    noisy = Gaussian(1.0)(wide([0] * 200), 2.0**64, Entropy(3))
    assert {type(v) for v in noisy} == {int}
    assert min(noisy) < -END < END < max(noisy)
    assert len({v % 1024 for v in noisy}) > 100  # all digits are there


def test_no_noise_and_no_values():
    free = Gaussian(np.inf)
    assert free(wide([2**70, 1]), 1.0, Entropy()).tolist() == [2**70, 1]
    assert free(wide([2, 1]), 1.0, Entropy()).dtype == np.int64
    assert Gaussian(1.0)(wide([]), 1.0, Entropy()).shape == (0,)
    assert Gaussian(1.0)(wide([[2**70]]), 0.0, Entropy()).tolist() == [[2**70]]
