"""Single trees: splits that tell, leaves that hold, texts that show both."""

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from skprivate.ensemble import DPRandomForestRegressor
from skprivate.linear_model import DPRidge
from skprivate.tree import (
    DPDecisionTreeClassifier,
    DPDecisionTreeRegressor,
    export_text,
)

BOX = {"bounds": (0, 1), "random_state": 0}


def rows(rng, n=4000):
    X = rng.random((n, 3))
    y = (X[:, 0] > 0.5) ^ (X[:, 1] > 0.7)
    return X, y.astype(int)


def test_an_interaction_is_found(rng):
    X, y = rows(rng)
    tree = DPDecisionTreeClassifier(epsilon=4.0, max_depth=3, classes=[0, 1], **BOX)
    assert tree.fit(X, y).score(X, y) > 0.9
    assert tree.feature_importances_[:2].sum() > 0.9
    assert tree.tree_.depth <= 3
    few = DPDecisionTreeClassifier(epsilon=4.0, max_leaf_nodes=2, classes=[0, 1], **BOX)
    assert few.fit(X, y).tree_.n_leaves == 2


@pytest.mark.filterwarnings("ignore::skprivate.base.PrivacyWarning")
def test_without_noise_it_is_as_good_as_the_namesake(rng):
    X, y = rows(rng)
    y = np.where(rng.random(len(y)) < 0.1, 1 - y, y)
    tree = DPDecisionTreeClassifier(epsilon=np.inf, max_depth=5, classes=[0, 1], **BOX)
    other = DecisionTreeClassifier(max_depth=5, min_samples_leaf=5).fit(X, y)
    assert tree.fit(X, y).score(X, y) > other.score(X, y) - 0.02


def test_random_splits_leave_all_to_the_leaves(rng):
    X, y = rows(rng)
    tree = DPDecisionTreeClassifier(
        splitter="random", max_depth=6, classes=[0, 1], **BOX
    )
    tree.fit(X, y)
    assert sum(r.query == "CellTotals" for r in tree.privacy_.releases) == 1
    again = DPDecisionTreeClassifier(
        splitter="random", max_depth=6, classes=[0, 1], **BOX
    )
    assert np.array_equal(again.fit(X, y).tree_.feature, tree.tree_.feature)


def test_classes_can_weigh_more(rng):
    X = rng.random((4000, 2))
    y = (rng.random(4000) < 0.1 + 0.2 * X[:, 0]).astype(int)
    plain, balanced = (
        DPDecisionTreeClassifier(class_weight=w, classes=[0, 1], epsilon=4.0, **BOX)
        .fit(X, y).predict(X).mean()
        for w in (None, "balanced")
    )  # fmt: skip
    assert plain < 0.1 < 0.2 < balanced
    wrong = DPDecisionTreeClassifier(class_weight={7: 2.0}, classes=[0, 1], **BOX)
    with pytest.raises(ValueError, match="class_weight"):
        wrong.fit(X, y)


def test_several_classes_and_numbers(rng):
    X = rng.random((4000, 2))
    y = np.digitize(X[:, 1], [0.3, 0.6])
    tree = DPDecisionTreeClassifier(classes=["a", "b", "c"], epsilon=4.0, **BOX)
    assert tree.fit(X, np.array(["a", "b", "c"])[y]).predict_proba(X).shape == (4000, 3)
    numbers = DPDecisionTreeRegressor(target_bounds=(0, 2), epsilon=4.0, **BOX)
    assert numbers.fit(X, 2 * X[:, 1]).score(X, 2 * X[:, 1]) > 0.8
    assert numbers.predict(X).min() >= 0


def test_text_of_any_tree(rng):
    X, y = rows(rng)
    tree = DPDecisionTreeClassifier(max_depth=1, classes=[0, 1], epsilon=4.0, **BOX)
    text = export_text(tree.fit(X, y))
    assert text.startswith("|--- x")
    forest = DPRandomForestRegressor(n_estimators=3, target_bounds=(0, 1), **BOX)
    forest.fit(X, X[:, 0])
    assert export_text(forest, number=2) != export_text(forest, number=0)
    ridge = DPRidge(target_bounds=(0, 1), **BOX).fit(X, X[:, 0])
    ridge.table_bins_ = None
    with pytest.raises(TypeError, match="no tree"):
        export_text(ridge)


def test_dates_are_shown_as_dates(rng):
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 4000), "D")
    table = pd.DataFrame({"when": days})
    tree = DPDecisionTreeClassifier(max_depth=1, epsilon=4.0, classes=[0, 1], **BOX)
    tree.set_params(bounds="private")
    late = (days > pd.Timestamp("2021-01-01")).astype(int)
    rule = export_text(tree.fit(table, late)).splitlines()[0]
    found = pd.Timestamp(rule.removeprefix("|--- when < ").removesuffix(", or missing"))
    assert abs(found - pd.Timestamp("2021-01-01")) < pd.Timedelta(60, "D")


def test_columns_of_dask_are_not_taken_for_others():
    table = pd.DataFrame({"a": np.arange(40.0), "b": 0.0})
    tree = DPDecisionTreeRegressor(bounds=(0, 40), target_bounds=(0, 40))
    tree.fit(table, table["a"])
    from_pandas = pytest.importorskip("dask.dataframe").from_pandas
    lazy = from_pandas(table[["b", "a"]], npartitions=2)
    with pytest.raises(TypeError, match=r"in memory here.*map_partitions"):
        tree.predict(lazy)
    blocks = from_pandas(table, npartitions=2).map_partitions(tree.predict)
    assert np.array_equal(blocks.compute(), tree.predict(table))


@pytest.mark.parametrize("number", [1, -1, 0.0, "a", False])
def test_a_tree_that_there_is_not_is_no_index_error(number):
    X = np.arange(40.0)[:, None]
    tree = DPDecisionTreeRegressor(bounds=(0, 40), target_bounds=(0, 40)).fit(
        X, X[:, 0]
    )
    with pytest.raises(ValueError, match=r"number must be .* from 0 to 0"):
        export_text(tree, number=number)


@pytest.mark.parametrize("decimals", [-1, 1.5, "a", True])
def test_decimals_are_a_whole_number(decimals):
    tree = DPDecisionTreeRegressor(bounds=(0, 1), target_bounds=(0, 1))
    tree.fit(np.zeros((9, 1)), np.zeros(9))
    assert isinstance(export_text(tree, decimals=np.int64(1)), str)
    with pytest.raises(ValueError, match=r"decimals .* Give 2"):
        export_text(tree, decimals=decimals)


@pytest.mark.parametrize("model", [5, None, DPRidge(), DPDecisionTreeRegressor])
def test_what_holds_no_tree_is_refused_as_such(model):
    with pytest.raises(TypeError, match=r"no tree .* Give a fitted"):
        export_text(model)
