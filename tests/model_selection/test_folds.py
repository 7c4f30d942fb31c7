"""Folds and splits: a unit goes where its own coin sends it, and nowhere else."""

import numpy as np
import pytest
from scipy.stats import binomtest, chi2
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score

from skprivate.base._coins import coins
from skprivate.mechanisms import Entropy
from skprivate.model_selection import IndependentFolds, dp_train_test_split

ALPHA = 1e-6


def folds_of(n_rows, groups=None, seed=0, n_splits=5):
    folds = IndependentFolds(n_splits, random_state=seed)
    return folds.fold_of_rows(np.zeros((n_rows, 1)), groups)


def test_each_row_is_in_one_fold_only():
    folds = IndependentFolds(4)
    scored = np.zeros(100, int)
    for train, test in folds.split(np.zeros((100, 2))):
        assert np.intersect1d(train, test).size == 0
        assert len(train) + len(test) == 100
        scored[test] += 1
    assert np.all(scored == 1)


def test_a_row_more_moves_no_other():
    before, after = folds_of(200), folds_of(201)
    assert np.array_equal(before, after[:200])


def test_a_group_more_moves_no_other():
    groups = np.repeat(np.arange(50)[::-1], 3)
    before = folds_of(150, groups)
    after = folds_of(153, np.append(groups, [7777, 7777, 7777]))
    assert np.array_equal(before, after[:150])


@pytest.mark.parametrize("kind", [int, str, float])
def test_rows_of_a_group_stay_together(kind):
    groups = np.array([kind(g) for g in np.arange(300) % 37])
    fold = folds_of(300, groups)
    for group in np.unique(groups):
        assert len(set(fold[groups == group])) == 1
    assert len(set(fold)) == 5


def test_folds_are_equally_likely():
    counts = np.bincount(folds_of(50_000), minlength=5)
    statistic = np.sum((counts - 10_000) ** 2 / 10_000)
    assert statistic < chi2.isf(ALPHA, 4)


def test_neighbouring_rows_are_independent():
    fold = folds_of(50_000, n_splits=2)
    same = int(np.sum(fold[1:] == fold[:-1]))
    assert binomtest(same, 49_999, 0.5).pvalue > ALPHA


def test_without_a_seed_coins_are_new_each_time():
    folds = IndependentFolds(5)
    X = np.zeros((500, 1))
    assert np.any(folds.fold_of_rows(X) != folds.fold_of_rows(X))


def test_coins_do_not_look_at_the_groups():
    """Any names of the groups get the same coins, in order of appearance."""
    first = coins(6, np.array([5, 5, 1, 9, 1, 9]), Entropy(0), b"")
    second = coins(6, np.array(["a", "a", "z", "b", "z", "b"]), Entropy(0), b"")
    assert np.array_equal(first, second)


def test_scikit_learn_takes_it_as_a_splitter():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = (X[:, 0] > 0).astype(int)
    folds = IndependentFolds(3, random_state=0)
    assert clone(folds).n_splits == 3
    assert folds.get_n_splits(X) == 3
    assert len(cross_val_score(LogisticRegression(), X, y, cv=folds)) == 3
    assert len(cross_val_predict(LogisticRegression(), X, y, cv=folds)) == 300
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=folds)
    assert search.fit(X, y).n_splits_ == 3


@pytest.mark.parametrize("n_splits", [1, 0, -3, True, 2.5, "5", None])
def test_a_number_of_folds_that_makes_no_sense_is_refused(n_splits):
    with pytest.raises(ValueError, match="n_splits must be"):
        next(IndependentFolds(n_splits).split(np.zeros((10, 1))))


def test_lengths_that_differ_are_refused_without_numbers():
    with pytest.raises(ValueError, match="inconsistent") as caught:
        IndependentFolds().fold_of_rows(np.zeros((137, 1)), np.zeros(41))
    assert "137" not in str(caught.value)


def test_rows_elsewhere_are_refused():
    with pytest.raises(TypeError, match="in memory"):
        IndependentFolds().fold_of_rows(iter([1, 2]))


def test_split_keeps_rows_and_tables_aligned():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame({"a": np.arange(200.0)})
    y = np.arange(200)
    X_train, X_test, y_train, y_test = dp_train_test_split(X, y, test_size=0.3)
    assert isinstance(X_train, pd.DataFrame)
    assert np.array_equal(X_train["a"], y_train)
    assert np.array_equal(X_test["a"], y_test)
    assert sorted([*y_train, *y_test]) == list(range(200))


def test_split_has_the_fraction_that_was_asked_for():
    _, test = dp_train_test_split(np.arange(20_000), test_size=0.1, random_state=0)
    assert binomtest(len(test), 20_000, 0.1).pvalue > ALPHA


def test_split_keeps_groups_together():
    groups = np.arange(300) % 30
    train, test = dp_train_test_split(groups, groups=groups)
    assert not set(train) & set(test)


@pytest.mark.parametrize("size", [0.0, 1.0, -0.1, float("nan"), 7.0])
def test_split_refuses_fractions_outside(size):
    with pytest.raises(ValueError, match="test_size is outside"):
        dp_train_test_split(np.arange(9), test_size=size)


def test_split_refuses_nothing_and_booleans():
    with pytest.raises(ValueError, match="nothing to split"):
        dp_train_test_split()
    with pytest.raises(TypeError, match="test_size must be"):
        dp_train_test_split(np.arange(9), test_size=True)
