"""Private cross-validation and learning curves: one price for everything."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.model_selection import GridSearchCV

from skprivate.accounting import Budget
from skprivate.composition import privacy_cost
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.linear_model import DPRidge
from skprivate.model_selection import (
    IndependentFolds,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.naive_bayes import DPGaussianNB


@pytest.fixture(scope="module")
def classes_and_rows():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 1500)
    return np.clip(rng.normal(size=(1500, 3)) + 2 * y[:, None], -5, 5), y


def bayes(**params):
    return DPGaussianNB(bounds=(-5, 5), classes=[0, 1], **params)


def of_part(report, part):
    """Square of mu of all releases about a part of the rows."""
    return [
        r.mechanism.mu**2 for r in report.releases if r.query.startswith(f"{part}:")
    ]


@pytest.mark.parametrize("cv", [2, 3, 5, IndependentFolds(4)])
def test_a_unit_pays_for_the_fits_and_the_score_that_it_is_in(cv, classes_and_rows):
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        scores = dp_cross_val_score(bayes(), *classes_and_rows, cv=cv)
    k = cv if isinstance(cv, int) else cv.n_splits
    whole = Budget(1.0, 1e-6)
    assert len(scores) == k
    assert scores.privacy.events == [whole.event]
    assert [record.event for record in ledger.records] == [whole.event]
    fits, scored = (sum(of_part(scores.privacy, part)) for part in ("fit", "score"))
    assert_allclose(fits, whole.mu**2)  # k fits
    assert_allclose(scored, whole.mu**2)  # k scores
    assert (k - 1) / k * fits + scored / k <= whole.mu**2 * (1 + 1e-12)


def test_pure(classes_and_rows):
    scores = dp_cross_val_score(bayes(), *classes_and_rows, cv=3, delta=0.0)
    assert scores.privacy.epsilon(0.0) <= 1.0
    fits = [r for r in scores.privacy.releases if r.query.startswith("fit")]
    assert sum(r.mechanism.epsilon for r in fits) <= 1.0


def test_scores_are_floats_with_intervals(classes_and_rows):
    scores = dp_cross_val_score(bayes(), *classes_and_rows, epsilon=20.0)
    assert 0.8 < np.mean(scores) < 1.01
    assert np.asarray(scores).shape == (5,)
    assert scores.mean() == np.asarray(scores).mean()
    assert scores.std() == np.asarray(scores).std()
    for score in scores:
        low, high = score.interval
        assert low <= score <= high
    again = pickle.loads(pickle.dumps(scores))
    assert again == scores
    assert again[0].interval == scores[0].interval
    assert again.privacy.epsilon() == scores.privacy.epsilon()


def test_a_seed_repeats_it(classes_and_rows):
    first, second = (
        dp_cross_val_score(bayes(), *classes_and_rows, cv=2, random_state=3)
        for _ in range(2)
    )
    assert first == second
    assert first.privacy.seeded


def test_folds_with_a_seed_are_marked(classes_and_rows):
    folds = IndependentFolds(2, random_state=0)
    scores = dp_cross_val_score(bayes(), *classes_and_rows, cv=folds)
    assert scores.privacy.seeded
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        dp_cross_val_score(bayes(), *classes_and_rows, cv=folds)


def test_groups_and_regressors(classes_and_rows):
    X, _ = classes_and_rows
    ridge = DPRidge(bounds=(-5, 5), target_bounds=(-15, 15))
    groups = np.arange(1500) // 2
    scores = dp_cross_val_score(ridge, X, X.sum(axis=1), groups=groups, cv=2)
    assert len(scores) == 2
    assert scores.privacy.unit.startswith("group")


def test_a_learning_curve_is_paid_once(classes_and_rows):
    with PrivacyLedger(epsilon=2.0, delta=1e-6) as ledger:
        sizes, scores = dp_learning_curve(
            bayes(), *classes_and_rows, train_sizes=[1.0, 0.1, 0.5], epsilon=2.0
        )
    whole = Budget(2.0, 1e-6)
    assert sizes.tolist() == [0.1, 0.5, 1.0]
    assert len(scores) == 3
    assert [record.event for record in ledger.records] == [whole.event]
    for part in ("fit", "score"):
        assert_allclose(sum(of_part(scores.privacy, part)), whole.mu**2)


@pytest.mark.parametrize("sizes", [[10, 20], [], "all"])
def test_sizes_that_are_no_fractions(sizes, classes_and_rows):
    with pytest.raises(TypeError, match="fractions"):
        dp_learning_curve(bayes(), *classes_and_rows, train_sizes=sizes)


@pytest.mark.parametrize("sizes", [[0.0], [0.5, 1.5], [float("nan")]])
def test_sizes_outside(sizes, classes_and_rows):
    with pytest.raises(ValueError, match="outside"):
        dp_learning_curve(bayes(), *classes_and_rows, train_sizes=sizes)


def test_searches_of_scikit_learn_work_and_count_every_fit(classes_and_rows):
    search = GridSearchCV(
        bayes(epsilon=0.5), {"var_smoothing": [1e-9, 0.1]}, cv=IndependentFolds(3)
    )
    with PrivacyLedger() as ledger:
        search.fit(*classes_and_rows)
    assert sum(1 for _ in ledger.records) == 2 * 3 + 1
    cost = privacy_cost(search)
    assert cost.fits <= 7
    assert any("score" in str(leak) for leak in cost.leaks)
