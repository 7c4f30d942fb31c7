"""Defects of sums over cells, planted under trees, forests and boosting."""

import numpy as np

from skprivate import kernels
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPHistGradientBoostingRegressor,
    DPRandomForestClassifier,
)
from skprivate.queries import CellTotals, LossSteps, NodeCells, TargetParts
from skprivate.tree import DPDecisionTreeClassifier
from tests.testing.planting import caught_by


class OfTwoClasses(DPHistGradientBoostingClassifier):
    """Examples for it are of two classes, which a kernel of their own is for."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def not_shortened(vectors, noise, rooms, weight, step, shorten=kernels.shortened):
    """Vectors of rows, in whatever length they have."""
    return shorten(vectors, noise, (1e300, 1e300), weight, step)


@caught_by("check_hostile_rows_stay_within_bounds")
def bound_of_a_forest_is_that_of_a_tree(monkeypatch):
    monkeypatch.setattr(CellTotals, "bound", property(lambda self: self.terms.largest))
    return DPRandomForestClassifier(n_estimators=5)


@caught_by("check_hostile_rows_stay_within_bounds")
def gradients_are_not_cut(monkeypatch):
    monkeypatch.setattr(kernels, "shortened", not_shortened)
    return DPHistGradientBoostingRegressor(max_iter=2, trees_per_iter=3)


@caught_by("check_hostile_rows_stay_within_bounds")
def gradients_of_classes_are_not_cut(monkeypatch):
    def not_cut(margins, targets, by_class, noise, rooms, *rest):
        return original(margins, targets, 4.0 * by_class, noise, (1e300, 1e300), *rest)

    original = kernels.logistic_steps
    monkeypatch.setattr(kernels, "logistic_steps", not_cut)
    return OfTwoClasses(max_iter=2, trees_per_iter=3)


@caught_by("check_hostile_rows_stay_within_bounds")
def curvatures_are_as_long_as_they_like(monkeypatch):
    def longer(self, margins, y):
        vector = original(self, margins, y)
        return vector / self.weights**2

    original = LossSteps._vector
    monkeypatch.setattr(LossSteps, "_vector", longer)
    monkeypatch.setattr(kernels, "shortened", not_shortened)
    return DPHistGradientBoostingRegressor(max_iter=2, trees_per_iter=3)


@caught_by("check_hostile_weights_stay_within_bounds")
def weights_are_rounded_away_from_zero(monkeypatch):
    def parts(self, columns, y, weight):
        return original(self, columns, y, weight) + (len(weight) > 0)

    original = TargetParts.parts
    monkeypatch.setattr(TargetParts, "parts", parts)
    return DPDecisionTreeClassifier(max_depth=1)


@caught_by("check_rows_that_are_not_finite_contribute_nothing")
def infinity_has_a_bin(monkeypatch):
    from skprivate.binning import _maps

    monkeypatch.setattr(_maps, "_says_nothing", lambda X: np.zeros(len(X), dtype=bool))
    return DPDecisionTreeClassifier(max_depth=1, epsilon=100.0)


@caught_by("check_queries_add_up")
def cells_depend_on_company(monkeypatch):
    def shifted(self, codes):
        cells = original(self, codes)
        return np.where(cells >= 0, (cells + len(codes)) % self.sizes, cells).astype(
            np.int32
        )

    original = NodeCells.__call__
    monkeypatch.setattr(NodeCells, "__call__", shifted)
    return DPDecisionTreeClassifier(max_depth=1)
