"""What one row can change in releases about models, whatever the rows are."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from skprivate.exploration._measured import Statistic
from skprivate.exploration._moments import Means
from skprivate.inspection._dependence import Answer, Curves
from skprivate.inspection._importance import Drops
from skprivate.inspection._measured import RowNumbers
from skprivate.metrics import get_dp_scorer
from skprivate.testing import dp_checks

FAST = (
    "check_budget_is_spent_exactly",
    "check_hostile_weights_stay_within_bounds",
    "check_hostile_rows_stay_within_bounds",
    "check_queries_add_up",
    "check_contributions_do_not_depend_on_company",
    "check_contributions_do_not_depend_on_the_table",
    "check_replay_as_given",
    "check_replay_pure",
    "check_replay_of_unrelated_rows",
    "check_replay_of_groups",
    "check_replay_of_clipped_groups",
    "check_replay_of_very_few_rows",
)
WIDTH = 5  # of the rows that the checks make


class Model(ClassifierMixin, BaseEstimator):
    """A fitted model that has an answer to any row."""

    classes_ = np.array([0, 1])

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        if isinstance(X, pd.DataFrame):  # which may be of types that know gaps
            X = X.to_numpy(dtype=np.float64, na_value=np.nan)
        with np.errstate(all="ignore"):
            margin = np.asarray(X, dtype=np.float64)[:, :2].sum(axis=1)
            share = np.nan_to_num(1 / (1 + np.exp(-margin)), nan=0.5)
        return np.column_stack([1 - share, share])

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)


class Strange(Model):
    """One whose answers are sometimes none."""

    def predict_proba(self, X):
        found = super().predict_proba(X)
        return np.where(found > 0.999, np.nan, found)


def shown():
    return np.random.default_rng(0).normal(size=(30, WIDTH))


def curves():
    places, points = ((0,), (1, 2)), ([(-1.0,), (1.0,)], [(0.0, 1.0), (2.0, 3.0)])
    asked = Curves(Answer.of(Strange(), None), places, points)
    return RowNumbers(asked, 4, np.zeros(4), np.ones(4))


def drops(scoring):
    scorer = get_dp_scorer(scoring)
    question = scorer.question_for(Model())
    of_rows = Drops(Model(), scorer, shown(), ((0,), (1, 2)), 4, question.row_scale)

    def with_targets(X, y):  # of the row itself: so that all of it may be hostile
        return of_rows(X, (np.asarray(X)[:, 3] > 0).astype(int))

    end = np.full(2, question.row_scale)
    return RowNumbers(with_targets, 2, -end, end)


NUMBERS = {
    "partial dependence": curves(),
    "importance, accuracy": drops("accuracy"),
    "importance, log loss": drops("neg_log_loss"),
    "importance, Brier": drops("neg_brier_score"),
}
every_release = pytest.mark.parametrize("name", list(NUMBERS))


class Probe(Statistic):
    """Rows to numbers, and these to noisy means: a release as an estimator."""

    def fit(self, X, y=None, *, sample_weight=None, groups=None):
        """As :func:`mean_numbers` does, for rows that are paid for."""
        table, weight = NUMBERS[self.name].table(X, y, sample_weight)
        return super().fit(table, sample_weight=weight, groups=groups)


def probe(name):
    numbers = NUMBERS[name]
    question = Means(None, None, "private", (numbers.low, numbers.high)).checked()
    question, _ = question.of_table(np.empty((0, numbers.width)), {})
    return Probe(question, name)


@pytest.mark.parametrize("check", FAST)
@every_release
def test_privacy(name, check):
    checks = dp_checks(probe(name))
    if check in checks:
        checks[check](probe(name))


HOSTILE = np.array(
    [[1e308, -1e308, 0, 0, 0], [5e-324] * WIDTH, [60.0, 0, 0, 0, 0], [-1e308] * WIDTH]
)


@every_release
def test_a_row_is_alone_in_any_company(name):
    X = np.vstack([shown(), HOSTILE])
    whole = NUMBERS[name].table(X, None, None)[0]
    assert np.isfinite(whole).all()
    for take in (slice(3, 4), slice(10, None), slice(None, None, -1), [33, 1, 33]):
        assert np.array_equal(NUMBERS[name].table(X[take], None, None)[0], whole[take])


@every_release
def test_frames_say_the_same(name):
    X = shown()
    frame = pd.DataFrame(X)
    numbers = NUMBERS[name]
    if name == "partial dependence":
        found = numbers.table(frame, None, None)[0]
        assert np.array_equal(found, numbers.table(X, None, None)[0])


def test_a_model_that_fails_tells_no_value():
    class Loud(Model):
        def predict_proba(self, X):
            raise ValueError(f"cannot take {X[0, 0]}")

    asked = Curves(Answer.of(Loud(), None), ((0,),), ([(1.0,)],))
    numbers = RowNumbers(asked, 1, np.zeros(1), np.ones(1))
    X = np.full((3, WIDTH), 736251.5)
    with pytest.raises(ValueError) as told:
        numbers.table(X, None, None)
    assert "736251" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None
