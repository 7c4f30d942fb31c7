"""Kernels look at sizes and codes before compiled code reads and writes by them."""

import numpy as np
import pytest

from skprivate import kernels
from skprivate.kernels._center_residuals import nearest_center_residuals

X = np.random.default_rng(0).random((6, 3))
BOX = np.array([np.zeros(3), np.ones(3), np.full(3, 0.5), np.full(3, 8.0)])
NONE, CODES = np.empty(0), np.zeros(6, np.int32)
EDGES = np.tile([0.2, 0.5], (3, 1))
TABLE = kernels.interval_table(EDGES, np.zeros(3), np.ones(3))
CSR = np.ones(4), np.array([0, 1, 2, 1]), np.array([0, 1, 2, 3, 4, 4, 4]), np.int64(3)


def of_rows(X, box, weight):
    """All kernels that read rows of three features."""
    flat, target = np.zeros((2, 3)), np.zeros(6)
    coef = np.zeros(4)
    return [
        lambda: kernels.histogram(X, box, 4, weight, 8.0),
        lambda: kernels.norm_histogram(X, box, np.ones(2), weight, 8.0),
        lambda: kernels.interval_counts(X, TABLE, weight, 8.0),
        lambda: kernels.magnitude_histogram(X, weight, 8.0, range(-4, 5)),
        lambda: kernels.moments(X, box, weight, CODES, 2, 8.0),
        lambda: kernels.clipped_sum(X, box, weight, 2, 8.0),
        lambda: kernels.second_moments(X, NONE, box, NONE, weight, 8.0, 8.0),
        lambda: kernels.gradient(X, target, box, coef, 8.0, 0, 0.0, 8.0, weight),
        lambda: kernels.gradient_softmax(
            X, CODES, box, np.zeros((2, 4)), 8.0, 8.0, weight
        ),
        lambda: kernels.nearest_center_sums(X, box, flat, 8.0, weight),
        lambda: nearest_center_residuals(X, box, flat, 8.0, weight, 8.0, 8.0),
    ]


N_KERNELS = len(of_rows(X, BOX, NONE))
each = pytest.mark.parametrize("number", range(N_KERNELS))


def refuse(call):
    with pytest.raises(ValueError, match="of the sizes they document"):
        call()


@each
def test_right_sizes_are_read(number):
    for chunk in (X, X.astype(np.float32), CSR):
        of_rows(chunk, BOX, NONE)[number]()
        of_rows(chunk, BOX, np.ones(6))[number]()


@each
def test_weights_of_other_rows_are_refused(number):
    for weight in (np.ones(5), np.ones(7), np.ones((6, 1))):
        refuse(of_rows(X, BOX, weight)[number])


@each
def test_rows_of_another_width_are_refused(number):
    wide = np.random.default_rng(1).random((6, 400))
    if number != 3:  # which asks for no box
        refuse(of_rows(wide, BOX, NONE)[number])
        refuse(of_rows(X[:, :2].copy(), BOX, NONE)[number])
    refuse(of_rows(np.empty((6, 0)), BOX, NONE)[number])
    refuse(of_rows(X.ravel(), BOX, NONE)[number])


@pytest.mark.parametrize("number", set(range(N_KERNELS)) - {2, 3})  # which have none
def test_a_box_of_another_size_or_with_nan_is_refused(number):
    refuse(of_rows(X, BOX[:, :2], NONE)[number])
    if number:  # cells of equal width have no center
        refuse(of_rows(X, np.full((4, 3), np.nan), NONE)[number])


@each
@pytest.mark.parametrize(
    "bad",
    [
        (CSR[0][:2], CSR[1], CSR[2], CSR[3]),
        (CSR[0], CSR[1][:2], CSR[2], CSR[3]),
        (CSR[0], CSR[1], np.array([0, 1, 2, 3, 4, 4, 400]), CSR[3]),
        (CSR[0], CSR[1], np.array([0, 300, 2, 3, 4, 4, 4]), CSR[3]),
        (CSR[0], CSR[1], np.array([-3, 1, 2, 3, 4, 4, 4]), CSR[3]),
        (CSR[0], CSR[1], np.empty(0, np.int64), CSR[3]),
    ],
    ids=["data", "indices", "beyond the end", "descending", "negative", "empty"],
)
def test_csr_parts_that_do_not_go_together_are_refused(number, bad):
    refuse(of_rows(bad, BOX, NONE)[number])


def test_column_indices_outside_are_ignored():
    outside = CSR[0], np.array([0, 10**6, -5, 1]), CSR[2], CSR[3]
    counts = kernels.magnitude_histogram(outside, NONE, 1.0, range(-4, 5))
    assert counts.sum() == 18


@pytest.mark.parametrize(
    "codes", [None, CODES[:5], CODES.astype(float), CODES[:, None]]
)
def test_codes_are_integers_one_of_each_row(codes):
    refuse(lambda: kernels.moments(X, BOX, NONE, codes, 2, 8.0))
    refuse(
        lambda: kernels.gradient_softmax(
            X, codes, BOX, np.zeros((2, 4)), 8.0, 8.0, NONE
        )
    )


def test_codes_that_are_no_class_write_nowhere():
    codes = np.array([-1, -(2**31), 2**31 - 1, 2, 5, 1], np.int32)
    assert kernels.class_counts(codes, 2, NONE, 1.0).tolist() == [0.0, 1.0]
    assert kernels.moments(X, BOX, NONE, codes, 2, 8.0)[:, 0].tolist() == [0.0, 8.0]
    gradient = kernels.gradient_softmax(X, codes, BOX, np.ones((2, 4)), 8.0, 8.0, NONE)
    assert np.linalg.norm(gradient) <= 8.0


def test_other_arguments_have_sizes_too():
    flat = np.zeros((0, 3))
    refuse(lambda: kernels.nearest_center_sums(X, BOX, flat, 8.0, NONE))
    refuse(lambda: nearest_center_residuals(X, BOX, flat, 8.0, NONE, 8.0, 8.0))
    refuse(lambda: kernels.nearest_center_sums(X, BOX, np.zeros((2, 4)), 8.0, NONE))
    refuse(lambda: kernels.class_counts(CODES, 0, NONE, 1.0))
    refuse(lambda: kernels.class_counts(CODES, -5, NONE, 1.0))
    refuse(lambda: kernels.class_counts(CODES, 2, np.ones(5), 1.0))
    refuse(lambda: kernels.moments(X, BOX, NONE, CODES, 0, 8.0))
    refuse(lambda: kernels.histogram(X, BOX, 0, NONE, 8.0))
    refuse(lambda: kernels.magnitude_histogram(X, NONE, 8.0, ()))
    refuse(lambda: kernels.interval_table(EDGES, np.zeros(2), np.ones(3)))
    refuse(lambda: kernels.row_norms((CSR[0], CSR[1], CSR[2] + 9, CSR[3]), 2))
    for target in (np.zeros(5), NONE):
        refuse(
            lambda target=target: kernels.gradient(
                X, target, BOX, np.zeros(4), 8.0, 0, 0.0, 8.0, NONE
            )
        )
        refuse(
            lambda target=target: kernels.second_moments(
                X, target, BOX, BOX[:, 0], NONE, 8.0, 8.0
            )
        )
    refuse(
        lambda: kernels.gradient(
            X, np.zeros(6), BOX, np.zeros(3), 8.0, 0, 0.0, 8.0, NONE
        )
    )
