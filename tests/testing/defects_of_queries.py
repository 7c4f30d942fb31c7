"""Defects of queries: what a row contributes."""

import numpy as np

from skprivate.queries import Moments, SecondMoments
from tests.testing.planting import caught_by, with_query
from tests.testing.toys import ClassSums, ToyMoments, ToyTriangle


@caught_by("check_hostile_rows_stay_within_bounds")
def kernel_without_clip(monkeypatch):
    def clipped(self, X):
        X = np.where(np.isfinite(X), X, 0.0)
        return np.clip(X / 2, -1e3, 1e3)

    return with_query(clipped=clipped)


@caught_by("check_hostile_rows_stay_within_bounds")
def half_the_sensitivity_in_the_query(monkeypatch):
    return with_query(bound=property(lambda self: ClassSums.bound.fget(self) / 2))


@caught_by("check_hostile_rows_stay_within_bounds")
def sensitivity_forgets_the_count(monkeypatch):
    return with_query(bound=property(lambda self: np.sqrt(len(self.low))))


@caught_by("check_hostile_rows_stay_within_bounds")
def count_of_a_row_is_not_clipped(monkeypatch):
    def steps(self, X, weight):
        steps = ClassSums.steps(self, X, weight)
        steps[:, 0] *= 1 + len(self.low)
        return steps

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def bound_of_the_1_norm_is_that_of_the_2_norm(monkeypatch):
    return with_query(l1_bound=ClassSums.bound)


@caught_by("check_hostile_weights_stay_within_bounds")
def rounding_lengthens_a_row(monkeypatch):
    def steps(self, X, weight):
        return ClassSums.steps(self, X, weight) + (len(weight) > 0)

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def nan_passes_the_clip(monkeypatch):
    def clipped(self, X):
        return np.clip(X, self.low, self.high) / 2

    return with_query(clipped=clipped)


@caught_by("check_rows_that_are_not_finite_contribute_nothing")
def guard_against_nan_is_compiled_away(monkeypatch):
    def steps(self, X, weight):
        return ClassSums.steps(self, np.nan_to_num(X), weight)

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def chebyshev_map_has_the_wrong_slope(monkeypatch):
    def call(self, X, y, weight):
        answer = original(self, X, y, weight)
        half = 1 + self.box.n_features
        answer[:, half:] = 2 * answer[:, half:]
        return answer

    original = Moments.__call__
    monkeypatch.setattr(Moments, "__call__", call)
    return ToyMoments()


@caught_by("check_hostile_rows_stay_within_bounds")
def noise_off_the_diagonal_is_too_small(monkeypatch):
    def half(self):
        rows, columns = np.triu_indices(self.n_columns)
        return np.where(rows == columns, 1.0, 0.5)

    monkeypatch.setattr(SecondMoments, "weights", property(half))
    return ToyTriangle()


@caught_by("check_queries_add_up")
def clip_after_the_sum(monkeypatch):
    def call(self, X, y, weight):
        return np.clip(ClassSums.__call__(self, X, y, weight), -(2**19), 2**19)

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def mean_of_chunks_instead_of_sum(monkeypatch):
    def call(self, X, y, weight):
        return np.rint(ClassSums.__call__(self, X, y, weight) / max(1, len(X)))

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def rows_are_rounded_after_the_sum(monkeypatch):
    def call(self, X, y, weight):
        total = np.zeros((self.n_classes, 1 + len(self.low)))
        np.add.at(total[:, 1:], y, self.clipped(X))
        return np.rint(total / self.step)

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def float_sums_depend_on_order(monkeypatch):
    def call(self, X, y, weight):
        total = ClassSums.__call__(self, X, y, weight)
        running = np.cumsum(self.clipped(X)[:, 0].astype(np.float32))
        return total + np.rint(2.0**23 * running[-1:].sum())

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def contribution_depends_on_the_position(monkeypatch):
    def steps(self, X, weight):
        steps = ClassSums.steps(self, X, weight)
        steps[1::4] -= np.sign(steps[1::4])  # the last bit, in every fourth row
        return steps

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def sums_of_floats(monkeypatch):
    def steps(self, X, weight):
        return ClassSums.steps(self, X, weight) * (1 - 1e-9)

    return with_query(steps=steps)


@caught_by("check_same_bits_from_every_layout")
def single_precision_is_computed_in_single_precision(monkeypatch):
    def clipped(self, X):
        rows = ClassSums.clipped(self, X)
        return rows.astype(np.float16).astype(float) if X.itemsize == 4 else rows

    return with_query(clipped=clipped)
