"""Defects of scores of codes and of pairs, planted under additive models."""

import numpy as np

from skprivate.additive import DPAdditiveClassifier
from skprivate.queries import OfScores
from skprivate.queries._pair_scores import PairScores
from skprivate.rows import DerivedColumns
from tests.testing.planting import caught_by, wrap


def _with_pairs():
    return DPAdditiveClassifier(interactions=1)


@caught_by("check_replay_as_given")
def bound_of_a_pair_is_that_of_a_few_steps(monkeypatch):
    monkeypatch.setattr(PairScores, "bound", property(lambda self: 0.1))
    return _with_pairs()


@caught_by("check_replay_as_given")
def scores_of_pairs_count_each_column_of_cells(monkeypatch):
    def scores(self, total):
        cells = self.totals.by_table(np.abs(total))
        return np.array([len(cell) * cell.sum() for cell in cells])

    monkeypatch.setattr(PairScores, "scores", scores)
    return _with_pairs()


@caught_by("check_queries_add_up")
def totals_of_pairs_are_made_positive_too_early(monkeypatch):
    wrap(monkeypatch, PairScores, "__call__", lambda call: lambda *a: abs(call(*a)))
    return _with_pairs()


@caught_by("check_queries_add_up")
def scores_of_codes_are_less_their_mean(monkeypatch):
    def centred(self, X, y, weight):
        values = self.values[X.codes.astype(np.intp)].mean() if len(X.codes) else 0.0
        return original(
            OfScores(self.query, self.tables, self.values - values), X, y, weight
        )

    original = OfScores.__call__
    monkeypatch.setattr(OfScores, "__call__", centred)
    return DPAdditiveClassifier()


@caught_by("check_rows_that_are_not_finite_contribute_nothing")
def infinity_has_a_score(monkeypatch):
    def known(self, X, y, weight):
        X = DerivedColumns(X.codes, np.nan_to_num(X.margins))
        return original(self, X, y, weight)

    original = OfScores.__call__
    monkeypatch.setattr(OfScores, "__call__", known)
    return DPAdditiveClassifier(epsilon=100.0)


@caught_by("check_hostile_rows_stay_within_bounds")
def bound_of_moments_of_scores_is_that_of_one_column(monkeypatch):
    monkeypatch.setattr(OfScores, "bound", 1.0)
    return DPAdditiveClassifier()
