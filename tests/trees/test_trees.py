"""Trees over codes: a twin in plain Python, forged trees, random ones, text."""

import pickle
from dataclasses import fields, replace

import numpy as np
import pytest

from skprivate import kernels
from skprivate.binning import Bins, CategoryBins
from skprivate.trees import Forest, Tree, random_tree, random_trees, tree_text

BINS = Bins((*Bins.of_edges([[0.0, 1.0], [2.0], np.arange(9.0)]).columns,
             CategoryBins.of(11), CategoryBins.of(2)))  # fmt: skip


def codes_of(rng, n=500):
    return np.column_stack([rng.integers(0, m, n) for m in BINS.n_codes]).astype("u1")


def some_tree(rng, depth=6, seed=3):
    tree = random_tree(BINS, depth, seed, n_outputs=2)
    return tree.with_value(rng.normal(size=tree.value.shape))


def leaf_of(tree, row):
    """The twin: one row, by the rules as they are written."""
    node = 0
    while tree.feature[node] >= 0:
        left = tree.goes_left(node)[row[tree.feature[node]]]
        node = int(tree.left[node] if left else tree.right[node])
    return node


@pytest.mark.parametrize("seed", range(5))
def test_rows_end_where_rules_lead(seed, rng):
    tree, codes = some_tree(rng, seed=seed), codes_of(rng)
    expected = [leaf_of(tree, row) for row in codes]
    leaves = tree.apply(codes)
    assert np.array_equal(leaves, expected)
    assert tree.is_leaf[leaves].all()
    assert np.array_equal(tree.predict(codes), tree.value[expected])
    assert np.array_equal(tree.apply(codes.astype(np.uint16)), leaves)
    alone = [tree.apply(codes[i : i + 1])[0] for i in range(len(codes))]
    assert np.array_equal(alone, leaves)


@pytest.mark.parametrize("depth", [0, 1, 3, 10])
def test_trees_of_numbers_are_walked_alike(depth, rng):
    bins = Bins.of_edges([[0.0], np.arange(9.0), np.arange(254.0), []])
    tree = random_tree(bins, depth, 4)
    codes = rng.integers(0, 256, (700, 4))
    codes[:600] %= bins.n_codes
    codes = codes.astype(np.uint8)
    expected = [leaf_of(tree, np.minimum(row, bins.n_codes - 1)) for row in codes]
    twin = tree.apply(codes)
    with kernels.without_twins():
        assert np.array_equal(tree.apply(codes), expected)
        assert np.array_equal(tree.apply(np.asfortranarray(codes)), expected)
        assert np.array_equal(tree.apply(codes.astype(np.uint16)), expected)
    assert np.array_equal(twin, expected)


def test_many_rows_are_walked_in_blocks(rng):
    tree, codes = some_tree(rng), codes_of(rng, 20_001)
    parts = [tree.apply(part) for part in np.array_split(codes, 7)]
    assert np.array_equal(tree.apply(codes), np.concatenate(parts))


def test_size_of_a_tree():
    n_codes = np.array([5, 4])
    nodes = [(0, 1, 1, 2, True), None, (1, {0, 2}, 3, 4, False), None, None]
    tree = Tree.of_nodes(n_codes, nodes)
    assert (tree.depth, tree.n_leaves, tree.n_nodes, tree.n_outputs) == (2, 3, 5, 1)
    assert tree.leaves.tolist() == [1, 3, 4]
    codes = np.array([[1, 0], [4, 0], [2, 2], [2, 1], [3, 3]], np.uint8)
    assert tree.apply(codes).tolist() == [1, 1, 3, 4, 4]
    assert Tree.leaf(n_codes, [7.0]).depth == 0
    assert len(tree.apply(codes[:0])) == 0


def test_random_trees_follow_from_public_facts(rng):
    tree = random_tree(BINS, 4, (7, 1))
    again, other = random_tree(BINS, 4, (7, 1)), random_tree(BINS, 4, (7, 2))
    same = [np.array_equal(getattr(tree, f.name), getattr(again, f.name))
            for f in fields(Tree)]  # fmt: skip
    assert all(same)
    assert not np.array_equal(tree.feature, other.feature)
    assert tree.depth <= 4
    assert set(random_tree(BINS, 1, 0).depths) == {0, 1}
    few = Bins.of_edges([[0.0], []])
    assert random_tree(few, 9, 0).n_leaves == 2  # no more can be told apart


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_trees_drawn_together_are_as_each_by_itself(depth, rng):
    seeds = [(4, i) for i in range(6)]
    weights = rng.random((6, 5)) * np.tri(6, 5)  # of one column, of two, ...
    order = {4: np.array([1, 0])}
    together = random_trees(BINS, depth, seeds, 2, weights=weights, orders=order)
    for tree, seed, weight in zip(together, seeds, weights, strict=True):
        alone = random_tree(BINS, depth, seed, 2, weights=weight, orders=order)
        for field in fields(Tree):
            one, other = getattr(tree, field.name), getattr(alone, field.name)
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


def test_every_leaf_of_a_random_tree_can_be_reached():
    tree = random_tree(BINS, 5, 0)
    grid = np.stack(np.meshgrid(*map(np.arange, BINS.n_codes)), axis=-1)
    leaves = tree.apply(grid.reshape(-1, len(BINS.n_codes)).astype(np.uint8))
    assert np.array_equal(np.unique(leaves), tree.leaves)


def test_columns_are_drawn_alike():
    first = [int(random_tree(BINS, 1, (0, i)).feature[0]) for i in range(2000)]
    counts = np.bincount(first, minlength=5)  # 400 each, deviation 18
    assert np.abs(counts - 400).max() < 6 * 18


def test_forest_adds_in_order(rng):
    trees, codes = [some_tree(rng, seed=i) for i in range(4)], codes_of(rng)
    forest = Forest(tuple(trees[:3])).then(trees[3])
    total = np.zeros((len(codes), 2))
    for tree in trees:
        total = total + tree.predict(codes)
    assert np.array_equal(forest.predict(codes), total)
    assert forest.apply(codes).shape == (500, 4)
    assert not list(forest.problems())
    with pytest.raises(ValueError, match="over the same codes"):
        forest.then(Tree.leaf([3], [0.0]))


def test_text():
    nodes = [(0, 1, 1, 2, True), None, (3, {0, 2}, 3, 4, False), None, None]
    tree = Tree.of_nodes(BINS.n_codes, nodes, np.arange(5.0)[:, None])
    names, categories = ["age", "b", "c", "colour", "e"], {3: list("rgbwxyzklmn")}
    text = tree_text(tree, names, BINS, categories, decimals=1)
    assert text.splitlines() == [
        "|--- age < 1.0, or missing",
        "|   |--- value: [1.0]",
        "|--- age >= 1.0",
        "|   |--- colour in {r, b}",
        "|   |   |--- value: [3.0]",
        "|   |--- colour in {g, w, x, y, z, k, l, m, n, other}, or missing",
        "|   |   |--- value: [4.0]",
    ]


def changed(tree, **changes):
    parts = {}
    for name, (place, value) in changes.items():
        parts[name] = getattr(tree, name).copy()
        parts[name][place] = value
    return replace(tree, **parts)


@pytest.mark.parametrize(
    "changes",
    [
        {"left": (0, 0)},
        {"right": (2, 1)},
        {"left": (0, 9999)},
        {"right": (0, -1)},
        {"feature": (0, 5)},
        {"feature": (0, -2)},
        {"threshold": (0, -2)},
        {"value": (1, np.nan)},
        {"n_codes": (0, 0)},
    ],
)
def test_a_tree_that_makes_no_sense_is_refused(changes, rng):
    with pytest.raises(ValueError, match="makes no sense"):
        changed(some_tree(rng), **changes)


@pytest.mark.parametrize("name", [f.name for f in fields(Tree)])
def test_parts_of_another_kind_are_refused(name, rng):
    tree = some_tree(rng)
    part = getattr(tree, name)
    for other in (
        None,
        part.tolist(),
        part[:-1],
        part.astype(complex),
        part[..., None],
    ):
        if name == "n_codes" and other is not None and len(other) == len(part) - 1:
            continue  # fewer columns, of which a node may look at none
        with pytest.raises(ValueError, match="makes no sense"):
            replace(tree, **{name: other})


def test_other_columns_are_refused(rng):
    with pytest.raises(ValueError, match="5 columns"):
        some_tree(rng).apply(codes_of(rng)[:, :4])


def test_trees_travel(rng):
    tree, codes = some_tree(rng), codes_of(rng)
    assert np.array_equal(
        pickle.loads(pickle.dumps(tree)).apply(codes), tree.apply(codes)
    )
