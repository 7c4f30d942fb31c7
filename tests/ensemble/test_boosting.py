"""Boosting: losses, constraints, and agreement with scikit-learn without noise."""

import numpy as np
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.metrics import mean_pinball_loss, roc_auc_score

from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPHistGradientBoostingRegressor,
)

BOX = {"bounds": (0, 1), "random_state": 0}
without_noise = pytest.mark.filterwarnings("ignore::skprivate.base.PrivacyWarning")


def rows(rng, n=2000):
    X = rng.random((n, 3))
    margin = 8 * (X[:, 0] - 0.5) * (1 + (X[:, 1] > 0.5))
    return X, margin, (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(int)


def test_classes_with_noise(rng):
    X, _, y = rows(rng)
    model = DPHistGradientBoostingClassifier(classes=[0, 1], epsilon=2.0, **BOX).fit(
        X, y
    )
    assert roc_auc_score(y, model.decision_function(X)) > 0.75
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    rounds = [r for r in model.privacy_.releases if r.query == "CellTotals"][1:]
    assert len(rounds) == model.n_iter_
    # A row has one gradient in each tree; the curvature is free.
    n_trees = len(model.boosted_.trees) // model.n_iter_
    assert rounds[0].sensitivity == pytest.approx(n_trees**0.5)


@without_noise
def test_without_noise_classes_are_those_of_the_namesake(rng):
    X, _, y = rows(rng)
    X[rng.random(X.shape) < 0.05] = np.nan
    params = {"max_iter": 10, "max_leaf_nodes": 8, "max_bins": 32}
    ours = DPHistGradientBoostingClassifier(
        epsilon=np.inf, classes=[0, 1], **params, **BOX
    )
    other = HistGradientBoostingClassifier(**params).fit(X, y)
    found = roc_auc_score(y, ours.fit(X, y).predict_proba(X)[:, 1])
    assert abs(found - roc_auc_score(y, other.predict_proba(X)[:, 1])) < 0.01


@without_noise
def test_without_noise_several_classes_are_those_of_the_namesake(rng):
    X, margin, _ = rows(rng, 1000)
    y = np.digitize(margin, [-2, 2])
    ours = DPHistGradientBoostingClassifier(
        epsilon=np.inf, classes=[0, 1, 2], max_iter=8, max_depth=2, max_bins=16, **BOX
    )
    other = HistGradientBoostingClassifier(max_iter=8, max_depth=2, max_bins=16).fit(
        X, y
    )
    assert ours.fit(X, y).score(X, y) > other.score(X, y) - 0.02


@without_noise
@pytest.mark.parametrize(
    "loss", ["squared_error", "absolute_error", "poisson", "quantile"]
)
def test_without_noise_numbers_are_those_of_the_namesake(loss, rng):
    X = rng.random((1000, 3))
    y = rng.poisson(np.exp(1 + X[:, 0] + (X[:, 1] > 0.5))).astype(float)
    params = {"loss": loss, "max_iter": 20, "max_depth": 2, "max_bins": 16}
    params["quantile"] = 0.8 if loss == "quantile" else None
    ours = DPHistGradientBoostingRegressor(
        epsilon=np.inf, target_bounds=(0, 60), **params, **BOX
    )
    other = HistGradientBoostingRegressor(**params)
    found, known = ours.fit(X, y).predict(X), other.fit(X, y).predict(X)
    if loss in ("quantile", "absolute_error"):
        alpha = params["quantile"] or 0.5
        assert abs((y <= found).mean() - alpha) < 0.06
        ours, theirs, none = (
            mean_pinball_loss(y, p, alpha=alpha)
            for p in (found, known, np.full(len(y), np.quantile(y, alpha)))
        )
        assert none - ours > 0.65 * (none - theirs)
    else:
        assert np.corrcoef(y, found)[0, 1] > np.corrcoef(y, known)[0, 1] - 0.03


def test_numbers_with_noise(rng):
    X, margin, _ = rows(rng)
    model = DPHistGradientBoostingRegressor(target_bounds=(-8, 8), epsilon=2.0, **BOX)
    assert model.fit(X, margin).score(X, margin) > 0.4
    assert model.predict(X).max() <= 8
    with pytest.raises(ValueError, match="quantile"):
        DPHistGradientBoostingRegressor(quantile=0.5, **BOX).fit(X, margin)


@pytest.mark.parametrize("splits", ["random", "learned"])
@pytest.mark.parametrize("cst", [[1, -1, 0], {"x0": 1, "x1": -1}])
def test_predictions_go_one_way(splits, cst, rng):
    X, _, y = rows(rng, 1000)
    model = DPHistGradientBoostingClassifier(
        monotonic_cst=cst, splits=splits, max_iter=4, trees_per_iter=5, max_depth=3,
        classes=[0, 1], epsilon=0.5, **BOX,
    ).fit(X, y)  # fmt: skip
    for column, sign in ((0, 1), (1, -1)):
        along = np.repeat(X[:20], 50, axis=0)
        along[:, column] = np.tile(np.linspace(0, 1, 50), 20)
        steps = np.diff(model.decision_function(along).reshape(20, 50), axis=1)
        assert (sign * steps >= -1e-12).all()


@pytest.mark.parametrize("splits", ["random", "learned"])
def test_only_columns_that_may_meet_do(splits, rng):
    X, _, y = rows(rng, 1000)

    def columns(cst):
        model = DPHistGradientBoostingClassifier(
            interaction_cst=cst, splits=splits, max_iter=6, trees_per_iter=3,
            classes=[0, 1], **BOX,
        ).fit(X, y)  # fmt: skip
        return [{*t.feature[~t.is_leaf].tolist()} for t in model.boosted_.trees]

    assert all(len(found) <= 1 for found in columns("no_interactions"))
    assert all(len(found) <= 2 for found in columns("pairwise"))
    assert all(found <= {0, 2} or found <= {1} for found in columns([[0, 2]]))


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"monotonic_cst": [1, 0]}, "each column"),
        ({"monotonic_cst": [2, 0, 0]}, "1, 0 and -1"),
        ({"monotonic_cst": {"a": 1}}, "column"),
        ({"interaction_cst": [[3]]}, "interaction_cst"),
        ({"interaction_cst": []}, "interaction_cst"),
        ({"class_weight": {5: 1.0}}, "class_weight"),
    ],
)
def test_constraints_that_make_no_sense_are_refused(params, word, rng):
    X, _, y = rows(rng, 50)
    model = DPHistGradientBoostingClassifier(classes=[0, 1], **params, **BOX)
    with pytest.raises(ValueError, match=word):
        model.fit(X, y)


def test_classes_can_weigh_more(rng):
    X, _, y = rows(rng)
    y = y * (rng.random(len(y)) < 0.3)
    plain, balanced = (
        DPHistGradientBoostingClassifier(
            class_weight=weight, classes=[0, 1], epsilon=4.0, **BOX
        )
        .fit(X, y)
        .predict_proba(X)[:, 1]
        .mean()
        for weight in (None, "balanced")
    )
    assert abs(plain - y.mean()) < 0.1
    assert balanced > plain + 0.1


@without_noise
def test_a_constant_target_and_a_target_of_no_range(rng):
    X = rng.random((200, 2))
    for bounds in ((3, 3), (0, 6)):
        model = DPHistGradientBoostingRegressor(
            target_bounds=bounds, epsilon=np.inf, max_iter=3, **BOX
        )
        np.testing.assert_allclose(
            model.fit(X, np.full(200, 3.0)).predict(X), 3.0, atol=0.1
        )
