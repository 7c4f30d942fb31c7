"""Values of nodes, splits and pruning: what follows from noisy totals."""

import numpy as np
import pytest

from skprivate.binning import Bins, CategoryBins
from skprivate.kernels import _plain
from skprivate.rows import DerivedColumns
from skprivate.trees import (
    AddForest,
    Forest,
    Tree,
    best_splits,
    full_splits,
    heavy_splits,
    monotone_values,
    newton_values,
    node_totals,
    pruned,
    random_tree,
    shares_of_gains,
    smoothed_shares,
    split_gains,
)

BINS = Bins((*Bins.of_edges([[0.0, 1.0], [2.0], np.arange(9.0)]).columns,
             CategoryBins.of(11)))  # fmt: skip


def codes_of(rng, n=400, kind=np.uint8):
    return np.column_stack([rng.integers(0, m, n) for m in BINS.n_codes]).astype(kind)


def leaf_sums(tree, codes, values):
    sums = np.zeros((tree.n_leaves, values.shape[1]))
    np.add.at(sums, tree.leaf_numbers[tree.apply(codes)], values)
    return sums


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_twin_and_compiled_code_walk_alike(kind, rng, monkeypatch):
    tree, codes = random_tree(BINS, 6, 3), codes_of(rng, kind=kind)
    codes[:20] = 250  # codes beyond those of a column
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    plain = tree.apply(codes)
    with _plain.without_twins():
        assert np.array_equal(tree.apply(codes), plain)


def test_totals_of_nodes_are_those_of_their_rows(rng):
    tree, codes = random_tree(BINS, 5, 1), codes_of(rng)
    values = rng.normal(size=(len(codes), 2))
    totals, n_leaves = node_totals(tree, leaf_sums(tree, codes, values))
    np.testing.assert_allclose(totals[0], values.sum(axis=0))
    assert n_leaves[0] == tree.n_leaves
    assert (n_leaves[tree.leaves] == 1).all()


def test_without_noise_and_many_rows_shares_are_those_of_the_rows(rng):
    tree, codes = random_tree(BINS, 2, 1), codes_of(rng, 20_000)
    classes = np.eye(2)[(codes[:, 0] > 1).astype(int)]
    sums = leaf_sums(tree, codes, classes)
    shares = smoothed_shares(tree, sums, 0.0)[tree.leaves]
    exact = sums / sums.sum(axis=1, keepdims=True)
    assert np.abs(shares - exact).max() < 0.02
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_where_noise_hides_the_rows_a_leaf_says_what_its_parent_says(rng):
    tree = random_tree(BINS, 3, 1)
    sums = np.full((tree.n_leaves, 2), 1.0)
    sums[0] = 9.0, 0.0
    shares = smoothed_shares(tree, sums, 1e6)
    assert np.abs(shares - shares[0]).max() < 1e-3
    nothing = smoothed_shares(tree, -sums, 1.0)
    np.testing.assert_allclose(nothing, 0.5)


def test_a_leaf_without_rows_says_what_its_parent_says(rng):
    tree = random_tree(BINS, 3, 1)
    exact = np.tile([900.0, 100.0], (tree.n_leaves, 1))
    exact[0] = 0.0  # as of a category that there was not
    deviations = {"shares": [], "steps": []}
    for _ in range(300):
        sums = exact + rng.normal(0, 20.0, exact.shape)
        shares = smoothed_shares(tree, sums, 20.0)
        deviations["shares"].append(shares[tree.leaves[0], 1] - 0.1)
        steps = np.full((tree.n_leaves, 2), [-50.0, 100.0])
        steps[0] = 0.0
        steps += rng.normal(0, [[20.0, 7.0]], steps.shape)
        values = newton_values(
            tree, steps[:, :1], steps[:, 1:], (20.0, 7.0), ridge=0.0, largest=9.0
        )
        deviations["steps"].append(values[tree.leaves[0], 0] - 0.5)
    for of_leaf in deviations.values():
        assert abs(np.mean(of_leaf)) < 0.05
        assert np.median(np.abs(of_leaf)) < 0.3


def test_pruning_cuts_off_what_has_few_rows(rng):
    tree, codes = random_tree(BINS, 5, 1), codes_of(rng)
    totals, _ = node_totals(tree, leaf_sums(tree, codes, np.ones((len(codes), 1))))
    small, kept = pruned(tree.with_value(totals), full_splits(tree, totals[:, 0], 30))
    assert 1 < small.n_leaves < tree.n_leaves
    assert (small.value == totals[kept]).all()
    assert small.value[small.leaves].min() >= 30
    # A row ends where its way in the whole tree passes.
    ends = small.apply(codes)
    for leaf in small.leaves:
        assert (ends == leaf).sum() == small.value[leaf, 0]
    root, _ = pruned(tree, full_splits(tree, totals[:, 0], 10**6))
    assert root.n_nodes == 1


def test_leaves_that_noise_hides_go_into_their_parents():
    #        0
    #     1     2      of 2 the leaves are hidden, of 1 only one of them is not split
    #    3 4   5 6
    #   7 8
    nodes = [(0, 3, 1, 2, False), (0, 1, 3, 4, False), (0, 5, 5, 6, False)]
    nodes += [(0, 0, 7, 8, False)] + [None] * 5
    tree = Tree.of_nodes(np.array([9]), nodes)
    leaves = {4: 1.0, 5: 50.0, 6: 2.0, 7: 60.0, 8: 40.0}
    totals, _ = node_totals(tree, np.array([[leaves[k]] for k in tree.leaves]))
    splits = heavy_splits(tree, totals[:, 0], 10.0)
    assert np.flatnonzero(splits).tolist() == [0, 1, 3]
    _, kept = pruned(tree, splits)
    assert kept.tolist() == [0, 1, 2, 3, 4, 7, 8]
    # The noise of a node is that of all leaves below: 50 + 2 are not beyond.
    assert not heavy_splits(tree, totals[:, 0], 21.0).any()
    assert heavy_splits(tree, np.ones(9), 0.0).sum() == 4


def test_newton_steps_without_noise_are_means_of_residuals(rng):
    tree, codes = random_tree(BINS, 3, 2), codes_of(rng)
    y = rng.normal(size=len(codes))
    steps = np.column_stack([-y, np.ones(len(y))])
    sums = leaf_sums(tree, codes, steps)
    params = {"ridge": 0.0, "largest": 9.0}
    values = newton_values(tree, sums[:, :1], sums[:, 1:], (0.0, 0.0), **params)
    ends = tree.apply(codes)
    for leaf in np.unique(ends):
        np.testing.assert_allclose(values[leaf, 0], y[ends == leaf].mean())
    noisy = newton_values(tree, sums[:, :1], sums[:, 1:], (1e9, 1e8), **params)
    assert np.abs(noisy).max() < 1e-3


def test_monotone_values_go_one_way(rng):
    for seed in range(20):
        tree = random_tree(BINS, 5, seed)
        signs = np.array([1, 0, -1, 0])
        values = monotone_values(tree, rng.normal(size=(tree.n_nodes, 1)), signs)
        tree, codes = tree.with_value(values), codes_of(rng, 60)
        for j in (0, 2):
            along = np.repeat(codes, BINS.n_codes[j] - 1, axis=0)
            along[:, j] = np.tile(np.arange(BINS.n_codes[j] - 1), len(codes))
            found = tree.predict(along).reshape(len(codes), -1)
            assert (signs[j] * np.diff(found, axis=1) >= 0).all()


def exhaustive(table, categorical):
    """The best gain of one column, by trying every cut of every order."""
    sums, weights = table[:, 0, 0], table[:, 1, 0]
    best = 0.0
    n = len(sums) - 1
    masks = range(1, 2**n) if categorical else [2**k - 1 for k in range(1, n + 1)]
    for mask in masks:
        left = np.array([(mask >> k) & 1 for k in range(n)] + [0], dtype=bool)
        for missing in (False, True):
            left[-1] = missing
            sides = [left, ~left]
            if min(weights[side].sum() for side in sides) <= 0:
                continue
            worth = sum(sums[s].sum() ** 2 / weights[s].sum() for s in sides)
            best = max(best, worth - sums.sum() ** 2 / weights.sum())
    return best


@pytest.mark.parametrize("categorical", [False, True])
def test_the_best_split_is_the_best_of_all(categorical, rng):
    for _ in range(20):
        table = np.stack(
            [rng.normal(size=(2, 7, 1)), rng.uniform(0.5, 2.0, (2, 7, 1))], axis=2
        )
        found = best_splits(
            [table], [0], np.array([categorical]), ridge=0.0, noise=(0.0, 0.0), least=0
        )
        for split, of_one in zip(found, table, strict=True):
            best = exhaustive(of_one, categorical)
            # Codes are sorted by a ratio that is damped: nearly the best, always valid.
            assert split.gain <= best + 1e-9
            assert split.gain >= (0.6 if categorical else 1 - 1e-9) * best


def test_noise_alone_is_rarely_split(rng):
    noise = 50.0
    n_split = 0
    for _ in range(50):
        table = rng.normal(size=(1, 9, 2, 1)) * noise
        found = best_splits(
            [table], [0], np.array([False]), ridge=noise, noise=(noise, noise), least=1
        )
        n_split += found[0] is not None
    assert n_split < 35


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("gaps", [0.0, 8.0])
def test_gaps_that_noise_explains_go_where_most_rows_are(mirrored, gaps):
    """Of 1,000 rows 900 are on one side; noise may explain all gaps that are seen."""
    rows = np.array([300.0, 300.0, 300.0, 100.0])
    target = np.array([-300.0, -300.0, -300.0, 100.0])
    if mirrored:
        rows, target = rows[::-1], target[::-1]
    # What noise has put beside no rows looks like the small side.
    table = np.stack([np.append(target, gaps), np.append(rows, gaps)], axis=1)
    ask = {"ridge": 10.0, "noise": (10.0, 10.0), "least": 1}
    (split,) = best_splits([table[None, :, :, None]], [0], np.array([False]), **ask)
    assert split.missing_left is not mirrored


def test_gaps_that_tell_something_go_where_they_belong():
    rows = np.array([300.0, 300.0, 300.0, 100.0, 100.0])
    target = np.array([-300.0, -300.0, -300.0, 100.0, 100.0])
    table = np.stack([target, rows], axis=1)[None, :, :, None]
    ask = {"ridge": 10.0, "noise": (10.0, 10.0), "least": 1}
    (split,) = best_splits([table], [0], np.array([False]), **ask)
    assert not split.missing_left


def test_splits_keep_to_signs(rng):
    table = np.stack([-np.arange(6.0)[:, None], np.ones((6, 1))], axis=1)[None]
    ask = {"ridge": 0.0, "noise": (0.0, 0.0), "least": 0}
    up, down = (
        best_splits([table], [0], np.array([False]), **ask, signs=np.array([sign]))
        for sign in (1, -1)
    )
    assert up[0].gain > 0
    assert down[0] is None or down[0].missing_left != up[0].missing_left


def test_gains_are_of_columns_that_tell(rng):
    tree = Tree.stump(BINS.n_codes, feature=2, threshold=3)
    gains = split_gains(
        tree, np.array([10.0, 4.0, -6.0]), np.array([[0.0], [1.0], [2.0]])
    )
    assert gains.tolist() == [0, 0, 4.0, 0]
    assert shares_of_gains(gains).tolist() == [0, 0, 1, 0]
    assert not shares_of_gains(np.zeros(3)).any()


def test_a_forest_adds_to_margins_what_it_predicts(rng):
    codes, trees = codes_of(rng), []
    for seed in range(3):
        tree = random_tree(BINS, 3, seed)
        trees.append(tree.with_value(rng.normal(size=(tree.n_nodes, 1))))
    trees = tuple(trees)
    columns = DerivedColumns(codes, np.ones((len(codes), 1)))
    added = AddForest(Forest(trees))(columns).margins
    assert np.array_equal(added, 1.0 + Forest(trees).predict(codes))
    assert list(AddForest(Forest(trees)).misfits(BINS.n_codes, 2))
    with pytest.raises(ValueError, match="no forest"):
        AddForest(trees)


def test_weights_say_which_columns_are_drawn():
    only = random_tree(BINS, 4, 0, weights=[0, 1, 0, 1])
    assert {*only.feature[~only.is_leaf].tolist()} == {1, 3}
    order = np.arange(12)[::-1]
    tree = random_tree(BINS, 1, 0, weights=[0, 0, 0, 1], orders={3: order})
    (goes,) = [tree.goes_left(0)[:-1]]
    assert goes[goes.argmax() :].all()  # the last codes come first
