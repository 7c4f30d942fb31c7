"""Defects by which a row depends on other rows, their number, or its own place."""

import numpy as np

import skprivate.base._products as products
import skprivate.rows._array as array
from skprivate.rows import checked_input
from skprivate.testing import all_estimators
from tests.testing.planting import caught_by, variant, with_query, wrap
from tests.testing.toys import ClassSums

CONTRIBUTIONS = "check_contributions_do_not_depend_on_company"
TABLES = "check_contributions_do_not_depend_on_the_table"
ANSWERS = "check_answers_do_not_depend_on_company"


def with_steps(change):
    """A toy of which contributions are changed by ``change(steps, X)``."""

    def steps(self, X, weight):
        return change(ClassSums.steps(self, X, weight), X)

    return with_query(steps=steps)


@caught_by(CONTRIBUTIONS)
def many_rows_are_rounded_otherwise(monkeypatch):
    return with_steps(lambda steps, X: steps - (len(X) > 100) * np.sign(steps))


@caught_by(CONTRIBUTIONS)
def rows_are_compared_with_the_first(monkeypatch):
    return with_steps(lambda steps, X: steps * (X[:, :1] <= X[0, 0]))


@caught_by(CONTRIBUTIONS)
def rows_are_scaled_by_the_largest(monkeypatch):
    return with_steps(lambda steps, X: np.trunc(steps / np.max(np.abs(X))))


@caught_by(CONTRIBUTIONS)
def every_fourth_row_is_rounded_otherwise(monkeypatch):
    """As the leftover of unrolled loops, if they fused products and sums."""

    def change(steps, X):
        left = np.arange(len(X)) >= len(X) - len(X) % 4
        return steps - left[:, None] * np.sign(steps)

    return with_steps(change)


@caught_by(CONTRIBUTIONS)
def a_huge_row_takes_the_digits_of_others(monkeypatch):
    def clipped(self, X):
        shift = np.max(np.where(np.isfinite(X), X, 0.0))
        return ClassSums.clipped(self, (X + shift) - shift)

    return with_query(clipped=clipped)


@caught_by(TABLES)
def short_numbers_count_as_less(monkeypatch):
    return with_steps(lambda steps, X: steps - (X.dtype == np.float32) * np.sign(steps))


@caught_by(TABLES)
def the_first_row_of_a_chunk_is_left_out(monkeypatch):
    return with_steps(lambda steps, X: steps * (np.arange(len(X)) > 0)[:, None])


@caught_by(TABLES)
def a_chunk_of_an_array_in_fortran_order_is_transposed(monkeypatch):
    def make(original):
        def read_only(values):
            if values.ndim == 2 and values.flags.f_contiguous and len(values) > 1:
                values = values.ravel(order="K").reshape(values.shape)
            return original(values)

        return read_only

    wrap(monkeypatch, array, "read_only", make)


def with_margins(margins):
    """A toy with ``decision_function``."""
    return variant(decision_function=lambda self, X: margins(checked_input(self, X)))


@caught_by(ANSWERS)
def answers_are_centred_by_the_mean_of_the_rows(monkeypatch):
    return with_margins(lambda X: X[:, 0] - X.mean())


@caught_by(ANSWERS)
def answers_of_many_rows_are_rounded_otherwise(monkeypatch):
    return with_margins(lambda X: X[:, 0] * (1 + 2.0**-50 * (len(X) > 600)))


@caught_by(ANSWERS)
def the_last_answer_is_rounded_otherwise(monkeypatch):
    def margins(X):
        last = np.arange(len(X)) == len(X) - 1
        return np.where(last & (len(X) > 1), np.nextafter(X[:, 0], 9), X[:, 0])

    return with_margins(margins)


@caught_by(ANSWERS)
def rows_in_fortran_order_are_added_in_another(monkeypatch):
    """As NumPy does where there are eight columns or more, but for a single row."""
    return with_margins(lambda X: np.square(X).sum(axis=1))


@caught_by(ANSWERS)
def ranks_among_the_rows_are_answers(monkeypatch):
    return with_margins(lambda X: np.argsort(np.argsort(X[:, 0])))


@caught_by(ANSWERS)
def real_products_depend_on_the_number_of_rows(monkeypatch):
    """As those of BLAS, whose other code for many rows is not on every machine."""

    def make(original):
        def row_products(X, matrix):
            return original(X, matrix) * (1 + (X.shape[0] > 600) * 2.0**-20)

        return row_products

    import skprivate.decomposition._pca as pca

    monkeypatch.setattr(pca, "row_products", make(products.row_products))
    return dict(all_estimators())["DPPCA"]()
