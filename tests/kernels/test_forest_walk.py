"""Complete trees: the walk of every row in plain Python, and what is refused."""

import numpy as np
import pytest

from skprivate import kernels
from skprivate.binning import Bins, CategoryBins
from skprivate.kernels import _plain
from skprivate.queries import LeafCells
from skprivate.trees import CompleteTrees, Forest, Tree, random_tree

BINS = Bins((*Bins.of_edges([[0.0, 1.0], np.arange(9.0)]).columns,
             CategoryBins.of(11), CategoryBins.of(2)))  # fmt: skip
N = 2500  # more than a block


def trees_of(depth, n_outputs, rng):
    trees = [random_tree(BINS, depth, (depth, i), n_outputs) for i in range(4)]
    trees.append(random_tree(BINS, max(depth - 1, 0), 9, n_outputs))  # not so deep
    return [tree.with_value(rng.normal(size=tree.value.shape)) for tree in trees]


def codes_of(rng):
    codes = np.column_stack([rng.integers(0, m, N) for m in BINS.n_codes])
    codes[0], codes[1] = 255, BINS.n_codes - 1  # beyond all codes; missing
    return codes.astype(np.uint8)


@pytest.fixture(params=["compiled", "twin"])
def kind(request, monkeypatch):
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    if request.param == "twin":
        yield
    else:
        with kernels.without_twins():
            yield


@pytest.mark.parametrize("depth", range(7))
def test_rows_end_where_each_tree_says(depth, kind, rng):
    for n_outputs in (1, 2):
        trees, codes = trees_of(depth, n_outputs, rng), codes_of(rng)
        expected = np.zeros((N, n_outputs))
        for tree in trees:
            expected += tree.predict(codes)
        assert np.array_equal(Forest(tuple(trees)).predict(codes), expected)
        wide = Forest(tuple(trees)).predict(codes.astype(np.uint16))
        assert np.array_equal(wide, expected)


@pytest.mark.parametrize("depth", [0, 3, 6])
@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_leaves_have_the_sums_of_their_rows(depth, n_parts, kind, rng):
    cells, codes = LeafCells(tuple(trees_of(depth, 1, rng))), codes_of(rng)
    parts = rng.integers(-(2**40), 2**40, (N, n_parts))
    expected = kernels.cell_sums(cells(codes), cells.sizes, parts)
    assert np.array_equal(cells.sums(codes, parts), expected)
    halves = [cells.sums(codes[s], parts[s]) for s in (slice(70), slice(70, None))]
    assert np.array_equal(sum(halves), expected)


def test_nodes_of_a_single_code_and_of_the_last_threshold():
    n_codes = np.array([1, 256, 5], np.int64)
    for missing_left in (False, True):
        for feature, threshold in ((0, 0), (1, 254), (1, 255), (2, 4), (2, 7)):
            tree = Tree.stump(n_codes, feature, threshold, missing_left)
            tree = tree.with_value(np.array([[0.0], [1.0], [2.0]]))
            codes = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
            found = Forest((tree,)).predict(codes)
            assert np.array_equal(found, tree.predict(codes))


def test_trees_that_are_deep_or_of_many_codes_are_walked(rng):
    deep = random_tree(BINS, 8, 0)
    assert CompleteTrees.of((deep,)) is None
    wide = Tree.stump(np.array([300], np.int64), 0, 256)
    assert CompleteTrees.of((wide,)) is None
    assert LeafCells((wide,)).sums(np.zeros((3, 1), np.uint8), np.ones((3, 1), int))[
        0
    ] == [3]


def test_arrays_that_look_elsewhere_are_refused(rng):
    nodes, tables = np.zeros((1, 1, 4), np.int32), np.zeros((1, 256), np.uint8)
    codes, parts = np.zeros((5, 2), np.uint8), np.ones((5, 1), np.int64)
    assert kernels.forest_sums(codes, nodes, tables, parts).tolist() == [[[5], [0]]]
    for place, value in ((0, 2), (0, -1), (1, 256), (1, -1), (2, 256), (3, 1), (3, -1)):
        bad = nodes.copy()
        bad[0, 0, place] = value
        with pytest.raises(ValueError):
            kernels.forest_sums(codes, bad, tables, parts)
    looked_up = nodes.copy()
    looked_up[0, 0, 2] = -1
    for bad in (
        (codes.astype(np.uint16), nodes, tables, parts),
        (codes, nodes[:, :0], tables, parts[:2]),
        (codes, nodes, tables + np.uint8(2), parts),
        (codes, looked_up, tables[:0], parts),
        (codes, nodes, tables, parts.astype(float)),
        (codes, nodes.repeat(127, axis=1), tables, parts),
    ):
        with pytest.raises(ValueError):
            kernels.forest_sums(*bad)
    with pytest.raises(ValueError):
        kernels.forest_values(codes, nodes, tables, np.zeros((1, 3, 1)))


def test_what_was_found_of_trees_does_not_travel(rng):
    cells, codes = LeafCells(tuple(trees_of(3, 1, rng))), codes_of(rng)
    sums = cells.sums(codes, np.ones((N, 1), np.int64))
    state = cells.__getstate__()
    assert set(state) == {"trees"}
    forged, travelled = (
        {**state, "sizes": np.ones(99, int)},
        LeafCells.__new__(LeafCells),
    )
    travelled.__setstate__(forged)
    assert np.array_equal(travelled.sizes, cells.sizes)
    assert np.array_equal(travelled.sums(codes, np.ones((N, 1), np.int64)), sums)
