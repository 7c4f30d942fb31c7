"""Forests: one release for all leaves, and what is made of it."""

import numpy as np
import pandas as pd
import pytest

from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPRandomForestClassifier,
    DPRandomForestRegressor,
)
from skprivate.ensemble._calibration import fitted_line

BOX = {"bounds": (0, 1), "random_state": 0}


def rows(rng, n=4000):
    X = rng.random((n, 3))
    p = 1 / (1 + np.exp(-6 * (X[:, 0] + X[:, 1] - 1)))
    return X, (rng.random(n) < p).astype(int), p


def test_leaves_of_all_trees_are_one_release(rng):
    X, y, p = rows(rng)
    forest = DPRandomForestClassifier(classes=[0, 1], n_estimators=60, **BOX).fit(X, y)
    sums = [r for r in forest.privacy_.releases if r.query == "CellTotals"]
    look, leaves, line = sums
    assert look.sensitivity == pytest.approx(3**0.5)
    assert leaves.sensitivity == pytest.approx(60**0.5)
    assert line.sensitivity == 1.0
    assert len(forest.forest_.trees) == 60
    found = forest.predict_proba(X)[:, 1]
    assert np.corrcoef(found, p)[0, 1] > 0.85
    assert abs(found.mean() - y.mean()) < 0.05  # calibrated
    assert forest.feature_importances_[2] < forest.feature_importances_[:2].min()


def test_more_trees_do_not_make_the_mean_noisier(rng):
    X, y, p = rows(rng)
    params = {"classes": [0, 1], "epsilon": 0.3, "max_depth": 4} | BOX
    few, many = (
        DPRandomForestClassifier(n_estimators=n, **params).fit(X, y).predict_proba(X)
        for n in (2, 150)
    )
    errors = [np.abs(found[:, 1] - p).mean() for found in (few, many)]
    assert errors[1] < errors[0]


def test_pure_privacy_with_a_schema(rng):
    X, y, p = rows(rng)
    forest = DPRandomForestClassifier(
        classes=[0, 1], delta=0, find_categories=False, epsilon=2.0, **BOX
    ).fit(X, y)
    assert forest.privacy_.budget.pure
    assert np.corrcoef(forest.predict_proba(X)[:, 1], p)[0, 1] > 0.7


def test_small_models_cut_off_leaves_of_few_rows(rng):
    X, y, _ = rows(rng)
    params = {"classes": [0, 1], "n_estimators": 20, "max_depth": 7} | BOX
    small = DPRandomForestClassifier(min_samples_leaf=200, **params).fit(X, y)
    large = DPRandomForestClassifier(**params).fit(X, y)
    n_small, n_large = (sum(t.n_nodes for t in f.forest_.trees) for f in (small, large))
    assert n_small < n_large / 3


def test_leaves_that_noise_hides_can_be_cut_off(rng):
    X, y, p = rows(rng)
    params = {"classes": [0, 1], "n_estimators": 50, "max_depth": 9} | BOX
    small = DPRandomForestClassifier(min_samples_leaf="noise", **params).fit(X, y)
    large = DPRandomForestClassifier(**params).fit(X, y)
    n_small, n_large = (sum(t.n_nodes for t in f.forest_.trees) for f in (small, large))
    assert n_small < n_large / 5
    alike = [np.corrcoef(f.predict_proba(X)[:, 1], p)[0, 1] for f in (small, large)]
    assert alike[0] > max(0.85, alike[1] - 0.08)
    targets = {"target_bounds": (0, 1), "n_estimators": 20} | BOX
    numbers = DPRandomForestRegressor(min_samples_leaf="noise", **targets)
    assert numbers.fit(X, X[:, 0]).score(X, X[:, 0]) > 0.4
    with pytest.raises(ValueError, match="min_samples_leaf"):
        DPRandomForestRegressor(min_samples_leaf="none", **targets).fit(X, X[:, 0])


@pytest.mark.parametrize("n", [3000, 20_000])
def test_a_category_without_rows_gets_the_base_rate(n):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"c": rng.choice(["a", "b"], n), "x": rng.random(n)})
    y = (rng.random(n) < np.where(X["c"] == "a", 0.06, 0.14)).astype(int)
    schema = {"c": ["a", "b", "never", "nor this"], "x": (0, 1)}
    new, gaps = X.iloc[:200].assign(c="never"), X.iloc[:200].assign(c="nor this")
    gaps["x"] = np.nan
    for model in (DPRandomForestClassifier, DPHistGradientBoostingClassifier):
        model = model(schema=schema, classes=[0, 1], random_state=1).fit(X, y)
        for table in (new, gaps):
            found = model.predict_proba(table)[:, 1].mean()
            assert 0.04 < found < 0.25, type(model)


def test_columns_that_tell_are_split_more_often(rng):
    X = rng.random((8000, 12))
    y = (X[:, 0] > 0.5).astype(int)
    params = {"classes": [0, 1], "n_estimators": 40, "max_depth": 5} | BOX
    forest = DPRandomForestClassifier(**params).fit(X, y)
    splits = np.concatenate([t.feature[~t.is_leaf] for t in forest.forest_.trees])
    drawn = np.bincount(splits, minlength=12) / len(splits)
    assert drawn[0] > 2.5 * drawn[1:].max() > 0
    assert drawn[1:].min() > 0.02  # but others may tell something with it
    assert forest.score(X, y) > 0.9


def test_several_classes_weights_and_gaps(rng):
    X = rng.random((3000, 3))
    y = np.digitize(X[:, 0], [0.2, 0.9])
    X[rng.random(X.shape) < 0.1] = np.nan
    forest = DPRandomForestClassifier(
        classes=[0, 1, 2], class_weight="balanced", epsilon=4.0, **BOX
    ).fit(X, y)
    assert forest.score(X, y) > 0.6
    assert forest.predict_proba(X).shape == (3000, 3)
    np.testing.assert_allclose(forest.predict_proba(X).sum(axis=1), 1.0)


def test_numbers(rng):
    X = rng.random((4000, 2))
    y = 10 * X[:, 0] - 5
    forest = DPRandomForestRegressor(target_bounds=(-5, 5), **BOX).fit(X, y)
    assert forest.score(X, y) > 0.5
    assert forest.predict(X).min() >= -5
    searched = DPRandomForestRegressor(**BOX).fit(X, y)
    assert searched.target_bounds_[0] < 0 < searched.target_bounds_[1]


def test_a_line_is_fitted_to_counts():
    places = np.linspace(-2, 2, 21)
    p = 1 / (1 + np.exp(-(2.5 * places - 0.7)))
    counts = 5000 * np.column_stack([1 - p, p])
    np.testing.assert_allclose(fitted_line(places, counts, 1.0), [2.5, -0.7], atol=0.01)
    assert fitted_line(places, np.zeros_like(counts), 9.0) == (1.0, 0.0)
    doubtful = fitted_line(places, counts, 1e6)
    assert doubtful == (1.0, 0.0)
