"""Rows that draw from urns: each order is as likely, and no value is drawn twice."""

from itertools import permutations

import numpy as np
import pytest

from skprivate.kernels import drawn_from_urns, without_twins


def naive(lines, numbers, chances):
    """Urns as lists of balls: the last one goes where one was taken out."""
    urns = [[v for v, m in enumerate(line) for _ in range(m)] for line in numbers]
    drawn = []
    for line, chance in zip(lines, chances, strict=True):
        urn = urns[line]
        place = int(chance * len(urn))
        drawn.append(urn[place])
        urn[place] = urn[-1]
        urn.pop()
    return drawn


def task(seed, n_lines=7, n_values=5):
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, 4, (n_lines, n_values))
    lines = np.repeat(np.arange(n_lines, dtype=np.int32), numbers.sum(axis=1))
    return rng.permutation(lines), numbers, rng.random(len(lines))


@pytest.mark.parametrize("seed", range(5))
def test_the_kernel_and_its_twin_draw_what_lists_of_balls_do(seed):
    given = task(seed)
    wanted = naive(*given)
    assert drawn_from_urns(*given).tolist() == wanted
    with without_twins():
        assert drawn_from_urns(*given).tolist() == wanted
        assert drawn_from_urns(given[0].astype(np.int64), *given[1:]).tolist() == wanted


def test_every_urn_is_empty_in_the_end():
    lines, numbers, chances = task(0, n_lines=20)
    with without_twins():
        drawn = drawn_from_urns(lines, numbers, chances)
    found = np.zeros_like(numbers)
    np.add.at(found, (lines, drawn), 1)
    np.testing.assert_array_equal(found, numbers)


@pytest.mark.parametrize("chance", [-0.1, 1.0, np.nan, np.inf])
def test_chances_that_are_none_are_refused(chance):
    lines, numbers, chances = task(0)
    chances[-1] = chance
    with pytest.raises(ValueError, match="chances"):
        drawn_from_urns(lines, numbers, chances)


def test_each_order_is_as_likely():
    n_urns = 60_000
    lines = np.tile(np.arange(n_urns, dtype=np.int32), 3)  # none draws twice in a row
    chances = np.random.default_rng(0).random(len(lines))
    with without_twins():
        drawn = drawn_from_urns(lines, np.ones((n_urns, 3), np.int64), chances)
    orders = drawn.reshape(3, n_urns).T @ [9, 3, 1]
    found = [np.sum(orders == a * 9 + b * 3 + c) for a, b, c in permutations(range(3))]
    squares = np.sum((np.array(found) - n_urns / 6) ** 2) / (n_urns / 6)
    assert sum(found) == n_urns
    assert squares < 36.0  # of chi-squared with 5 degrees of freedom: p below 1e-6


def test_no_memory_is_touched_that_is_none_of_an_urn():
    lines = np.array([-1, 2, 0, 0, 1], np.int32)
    numbers = np.array([[0, 1], [0, 0]])
    chances = np.full(5, np.nextafter(1.0, 0.0))
    assert drawn_from_urns(lines, numbers, chances).tolist() == [0, 0, 1, 0, 0]
    with without_twins():
        assert drawn_from_urns(lines, numbers, chances).tolist() == [0, 0, 1, 0, 0]


def test_sizes_that_do_not_go_together_are_refused():
    lines, numbers, chances = task(0)
    with pytest.raises(ValueError, match="chances must have the shape"):
        drawn_from_urns(lines, numbers, chances[:-1])
    with pytest.raises(ValueError, match="codes must be integers"):
        drawn_from_urns(chances, numbers, chances)
    with pytest.raises(ValueError, match="numbers must be at least 0"):
        drawn_from_urns(lines, numbers - 5, chances)
