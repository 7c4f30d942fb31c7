"""Boosting: losses, constraints, and agreement with scikit-learn without noise."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.metrics import mean_pinball_loss, roc_auc_score

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.additive import DPAdditiveClassifier
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPHistGradientBoostingRegressor,
)
from skprivate.ensemble._boosting import Spread, _loudness, _only_noise
from skprivate.ensemble._boosting_plan import plan_of, trees_wanted
from skprivate.testing import dp_checks
from skprivate.trees import Tree, newton_values

BOX = {"bounds": (0, 1), "random_state": 0}
without_noise = pytest.mark.filterwarnings("ignore::skprivate.base.PrivacyWarning")


def rows(rng, n=2000):
    X = rng.random((n, 3))
    margin = 8 * (X[:, 0] - 0.5) * (1 + (X[:, 1] > 0.5))
    return X, margin, (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(int)


def test_classes_with_noise(rng):
    X, _, y = rows(rng)
    model = DPHistGradientBoostingClassifier(classes=[0, 1], epsilon=4.0, **BOX).fit(
        X, y
    )
    assert roc_auc_score(y, model.decision_function(X)) > 0.75
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    # A look at each column, gradients of shapes, and then those of trees.
    sums = [r for r in model.privacy_.releases if r.query == "CellTotals"]
    assert sums[0].sensitivity == pytest.approx(3**0.5)
    rounds = [r for r in sums if r.sensitivity > 2]
    assert len(rounds) == model.n_iter_ < len(sums) - 1
    # A row has one gradient in each tree, cut to half of the longest one.
    n_trees = len(model.boosted_.trees)
    assert rounds[0].sensitivity == pytest.approx(0.5 * n_trees**0.5)


def test_rare_classes_keep_their_rate_where_gradients_are_cut(rng):
    X = rng.random((8000, 2))
    p = 0.1 * (X[:, 0] > 0.5) * (1 + (X[:, 1] > 0.5))
    y = (rng.random(len(X)) < p).astype(int)
    model = DPHistGradientBoostingClassifier(classes=[0, 1], epsilon=8.0, **BOX)
    found = model.fit(X, y).predict_proba(X)[:, 1]
    assert abs(found.mean() - y.mean()) < 0.01
    assert np.abs(found - p).mean() < 0.03


def test_rounds_that_have_trees_of_their_own_are_asked_for(rng):
    X, _, y = rows(rng, 500)
    params = {"classes": [0, 1], "trees_per_iter": 5, "max_iter": 3} | BOX
    kept = DPHistGradientBoostingClassifier(**params).fit(X, y)
    assert len(kept.boosted_.trees) == 5
    for own in ({"learning_rate": 1.0}, {"monotonic_cst": [1, 0, 0]},
                {"min_samples_leaf": 2}, {"early_stopping": True},
                {"delta": 0.0, "find_categories": False},
                {"trees_per_iter": 2}):  # fmt: skip
        model = DPHistGradientBoostingClassifier(**params | own).fit(X, y)
        assert len(model.boosted_.trees) == model.trees_per_iter * model.n_iter_


def test_trees_that_are_kept_leave_no_group_of_columns_out(rng):
    X, y = rng.random((300, 30)), rng.integers(0, 2, 300)
    params = {"classes": [0, 1], "interaction_cst": "no_interactions"} | BOX
    kept = DPHistGradientBoostingClassifier(**params).fit(X, y)
    assert len(kept.boosted_.trees) == 30
    own = DPHistGradientBoostingClassifier(trees_per_iter=20, **params).fit(X, y)
    assert len(own.boosted_.trees) == 20 * own.n_iter_


@pytest.mark.parametrize("numbers", [False, True])
def test_shapes_are_learned_only_where_rows_have_enough_to_say(numbers, rng):
    X, margin, y = rows(rng)

    def fit(epsilon):
        if not numbers:
            params = {"classes": [0, 1], "epsilon": epsilon} | BOX
            return DPHistGradientBoostingClassifier(**params).fit(X, y)
        params = {"target_bounds": (-8, 8), "epsilon": epsilon} | BOX
        return DPHistGradientBoostingRegressor(**params).fit(X, margin)

    for epsilon, some in ((0.5, False), (4.0, True)):
        model = fit(epsilon)
        assert (model.boosted_.shapes is not None) == some
        # Whether or not is a rule in a noisy count, which costs the same.
        assert "Count" in [r.query for r in model.privacy_.releases]


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


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e12, 1e140])
def test_counts_may_be_of_any_size(size, rng):
    X = rng.random((3000, 2))
    y = rng.poisson(np.exp(3.0 * X[:, 0])) * size
    model = DPHistGradientBoostingRegressor(
        loss="poisson", target_bounds=(0, 30 * size), epsilon=4.0, **BOX
    )
    found = model.fit(X, y).predict(X)
    assert np.corrcoef(found, y)[0, 1] > 0.5
    assert 0.8 < found.mean() / y.mean() < 1.25


def test_counts_below_zero(rng):
    X = rng.random((500, 2))
    model = DPHistGradientBoostingRegressor(loss="poisson", epsilon=4.0, **BOX)
    assert model.fit(X, -2.0 - X[:, 0]).predict(X).max() < 1e-300
    model.set_params(target_bounds=(-3, 0))
    with PrivacyLedger(epsilon=9.0, delta=1e-3) as ledger:
        with pytest.raises(ValueError, match="nothing above zero"):
            model.fit(X, -2.0 - X[:, 0])
        assert not ledger.records


def test_numbers_with_noise(rng):
    X, margin, _ = rows(rng)
    model = DPHistGradientBoostingRegressor(target_bounds=(-8, 8), epsilon=2.0, **BOX)
    assert model.fit(X, margin).score(X, margin) > 0.4
    assert model.predict(X).max() <= 8
    with pytest.raises(ValueError, match="quantile"):
        DPHistGradientBoostingRegressor(quantile=0.5, **BOX).fit(X, margin)


@pytest.mark.parametrize("splits", ["random", "learned"])
@pytest.mark.parametrize(
    ("cst", "least"), [([1, -1, 0], 1), ({"x0": 1, "x1": -1}, 1), ([1, -1, 0], 50)]
)
def test_predictions_go_one_way(splits, cst, least, rng):
    X, _, y = rows(rng, 1000)
    model = DPHistGradientBoostingClassifier(
        monotonic_cst=cst, splits=splits, max_iter=4, trees_per_iter=5, max_depth=3,
        classes=[0, 1], epsilon=0.5, min_samples_leaf=least, **BOX,
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


@without_noise
@pytest.mark.parametrize("splits", ["random", "learned"])
@pytest.mark.parametrize("numbers", [False, True])
def test_both_sides_of_a_split_have_enough_rows(splits, numbers, rng):
    X, margin, y = rows(rng, 4000)
    params = {"splits": splits, "max_iter": 3, "max_depth": 5, "trees_per_iter": 4}
    params |= {"epsilon": 200.0, "max_bins": 16} | BOX
    if numbers:
        make, target = DPHistGradientBoostingRegressor, margin
        params["target_bounds"] = (-8, 8)
    else:
        make, target = DPHistGradientBoostingClassifier, y
        params["classes"] = [0, 1]

    def fewest(least):
        model = make(min_samples_leaf=least, **params).fit(X, target)
        codes = model._codes(X)
        trees = model.boosted_.trees
        assert max(tree.n_leaves for tree in trees) > 2
        ends = [(tree, tree.apply(codes)) for tree in trees]
        return min((at == leaf).sum() for t, at in ends for leaf in t.leaves)

    assert fewest(1) < 100 < 300 * 0.9 < fewest(300)


def test_rounds_end_once_gradients_are_noise(rng):
    X, _, y = rows(rng)
    nothing = rng.integers(0, 2, len(y))

    def fit(target, epsilon=1.0, stops=True, **params):
        model = DPHistGradientBoostingClassifier(
            early_stopping=stops, n_iter_no_change=3, classes=[0, 1], epsilon=epsilon,
            **params, **BOX,
        )  # fmt: skip
        return model.fit(X, target)

    for delta in (1e-6, 0.0):
        pure = {"delta": delta, "find_categories": delta > 0, "max_iter": 5}
        own = {"learning_rate": 1.5} | pure
        whole, model = fit(nothing, stops=False, **own), fit(nothing, **pure)
        assert 4 == model.n_iter_ < whole.n_iter_ == 5
        rounds = [r for r in model.privacy_.releases if r.query == "CellTotals"]
        rounds = rounds[1:] if delta == 0 else [r for r in rounds if r.sensitivity > 2]
        assert len(rounds) == model.n_iter_  # a decision is no release
        n_trees = len(whole.boosted_.trees) // whole.n_iter_
        assert len(model.boosted_.trees) % model.n_iter_ == 0
        assert len(whole.boosted_.trees) == n_trees * whole.n_iter_
        # What those left out would have cost goes to the last one.
        shares = [r.share for r in rounds]
        left_out = whole.n_iter_ - model.n_iter_
        assert shares[-1] == pytest.approx((1 + left_out) * shares[0])
        assert sum(r.share for r in model.privacy_.releases) == pytest.approx(1.0)
    loud = fit(y, epsilon=20.0, max_iter=5)
    assert loud.n_iter_ == 5


def test_noise_alone_is_told_from_gradients(rng):
    for noise in (rng.normal(size=(3, 400)), rng.laplace(0, 0.5**0.5, (3, 400))):
        rounds = [_loudness([g.reshape(200, 1, 2)[:, None, 0]], (1.0,)) for g in noise]
        assert _only_noise(rounds, 3)
        assert not _only_noise(rounds, 4)  # there are not that many yet
        louder = [(n, 1.5 * squares) for n, squares in rounds]
        assert not _only_noise(louder, 3)


@pytest.mark.parametrize(
    "params",
    [
        {"early_stopping": True, "n_iter_no_change": 1, "min_samples_leaf": 20},
        {"splits": "learned", "max_depth": 6, "max_leaf_nodes": 3, "max_iter": 4},
    ],
)
def test_all_of_the_budget_is_spent_whenever_rounds_and_trees_end(params):
    params = {"max_iter": 4, "trees_per_iter": 3} | params
    for make in (DPHistGradientBoostingClassifier, DPHistGradientBoostingRegressor):
        checks = dp_checks(make(**params))
        for name in ("check_budget_is_spent_exactly", "check_budget_must_suffice"):
            checks[name](make(**params))


@without_noise
def test_without_noise_no_round_is_left_out(rng):
    X = rng.random((300, 2))
    model = DPHistGradientBoostingRegressor(
        early_stopping=True, n_iter_no_change=1, max_iter=6, epsilon=np.inf,
        target_bounds=(0, 1), **BOX,
    )  # fmt: skip
    assert model.fit(X, np.full(300, 0.5)).n_iter_ == 6


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"monotonic_cst": [1, 0]}, "each column"),
        ({"monotonic_cst": [2, 0, 0]}, "1, 0 and -1"),
        ({"monotonic_cst": {"a": 1}}, "column"),
        ({"interaction_cst": [[3]]}, "interaction_cst"),
        ({"interaction_cst": []}, "interaction_cst"),
        ({"interaction_cst": [[0.0, 1.0]]}, "interaction_cst"),
        ({"interaction_cst": [[0, "a"]]}, "interaction_cst"),
        ({"interaction_cst": [0, 1]}, "interaction_cst"),
        ({"interaction_cst": [[[0]]]}, "interaction_cst"),
        ({"class_weight": {5: 1.0}}, "class_weight"),
        ({"min_samples_leaf": 0}, "min_samples_leaf"),
        ({"early_stopping": "auto"}, "early_stopping"),
        ({"n_iter_no_change": 0}, "n_iter_no_change"),
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


def test_how_far_steps_may_go_follows_from_gradients(rng):
    curvatures, found = np.full((400, 1), 50.0), {}
    for size in (0.0, 0.3, 3.0):
        steps = size * rng.normal(size=(400, 1))
        gradients = -curvatures * steps + 20.0 * rng.normal(size=(400, 1))
        spread = Spread()
        tables = np.split(np.stack([gradients, curvatures], axis=1), 4)
        spread.see(tables, (20.0, 1.0))
        found[size] = spread.lent(1)
    assert found[0.0] > 20.0
    assert found[0.3] == pytest.approx(1 / 0.09, rel=0.5)
    assert found[3.0] == 0.5
    assert Spread().lent(4) == 1e3  # nothing was seen


def several(rng, n):
    X = rng.random((n, 5))
    margins = 6 * X[:, :4] + 3 * (X[:, 4:] > 0.5) * np.eye(4)[0]
    return X, (margins + rng.gumbel(size=margins.shape)).argmax(axis=1)


def test_rounds_of_several_classes_are_no_worse_than_where_they_start(rng):
    (X, y), (new, known) = several(rng, 2500), several(rng, 5000)
    params = {"classes": list(range(4)), "epsilon": 6.0} | BOX
    model = DPHistGradientBoostingClassifier(**params).fit(X, y)
    start = replace(model.boosted_, trees=())
    assert start.shapes is not None
    of_start = start.margins(model._codes(new)).argmax(axis=1)
    found = model.score(new, known)
    assert found > (of_start == known).mean() - 0.01
    additive = DPAdditiveClassifier(**params).fit(X, y)
    assert found > additive.score(new, known) - 0.01


def test_a_step_of_two_of_three_classes_goes_no_further_than_a_mirror():
    # All rows are of two classes, in equal shares: each margin's own step is twice
    # what both together need.
    p = np.array([0.4995, 0.4995, 0.001])
    hessian = np.diag(p) - np.outer(p, p)
    steps = hessian / (p * (1 - p))[:, None]
    assert 1.99 < np.linalg.eigvals(steps).real.max() <= 2.0
    model = DPHistGradientBoostingClassifier()
    of_two, of_three = (
        plan_of(model, (), Budget(1.0, 1e-6), 1e4, 1.0, 2.0, several=several)
        for several in (False, True)
    )
    assert of_three.rate == of_two.rate / 2 < 1.0


def test_leaves_are_lent_curvature_for_the_chance_of_their_rows():
    tree = Tree.of_nodes([4], [(0, 1, 1, 2, False), None, None])
    sums = np.array([[-10.0], [10.0]]), np.array([[40.0], [40.0]])
    known = {"ridge": 0.0, "largest": 2.0}
    values = newton_values(tree, *sums, (0.0, 0.0), **known)
    np.testing.assert_allclose(values[1:, 0], [0.25, -0.25])
    values = newton_values(tree, *sums, (0.0, 0.0), **known, chance=10.0)
    np.testing.assert_allclose(values[1:, 0], [0.2, -0.2])


def test_a_round_has_a_tree_however_many_rounds_there_are():
    model = DPHistGradientBoostingRegressor(max_iter=5000)
    assert trees_wanted(model, Budget(1.0, 1e-6), 1e8, 1.0) == 1
