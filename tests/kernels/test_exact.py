"""The largest bits: what they promise, by arithmetic in Python integers."""

import numpy as np
import pytest

from skprivate.kernels import (
    CHUNK_ROWS,
    center_bits,
    clipped_sum_bits,
    gradient_bits,
    moments_bits,
    second_moments_bits,
)

EXACT = 2**53
sizes = pytest.mark.parametrize("d", [1, 2, 3, 16, 17, 20, 200, 784, 10**5])


@sizes
def test_squares_of_a_row_and_a_chunk_of_rows_are_exact(d):
    bits = clipped_sum_bits(d)
    assert d * 4**bits < EXACT
    assert CHUNK_ROWS * 2**bits < EXACT
    assert d * 2 ** clipped_sum_bits(d, norm=1) < EXACT


@sizes
def test_moments_are_exact(d):
    bits = moments_bits(d)
    assert 2 * 4**bits < EXACT
    assert CHUNK_ROWS * 2**bits < EXACT


@sizes
def test_second_moments_of_unclipped_rows_are_exact(d):
    bits = second_moments_bits(d)
    assert CHUNK_ROWS * (d + 2) * 4**bits < EXACT
    assert (d + 2) * 4**bits <= 4**18


@sizes
def test_gradients_are_exact_and_keep_most_bits_of_the_coefficients(d):
    bits = gradient_bits(d)
    assert (d + 1) * 4**bits < EXACT
    assert 52 - bits >= 28


def test_gradients_of_far_reaching_features_are_exact():
    reach = np.array([1.0, 200.0, 3.5])
    one = 2 ** gradient_bits(3, reach)
    assert sum(int(one * r) ** 2 for r in reach) + one**2 < EXACT


@sizes
def test_distances_to_centres_are_exact(d):
    assert 3 * d * 4 ** center_bits(d) < EXACT
