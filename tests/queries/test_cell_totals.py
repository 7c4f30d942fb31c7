"""Sums over cells of tables: exact, of rows alone, and no longer than stated."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from skprivate import kernels
from skprivate.base import Box
from skprivate.binning import BinCodes, Bins
from skprivate.kernels import _plain
from skprivate.losses import (
    Gamma,
    Huber,
    Logistic,
    Multinomial,
    Poisson,
    Quantile,
    Squared,
)
from skprivate.queries import (
    CellTotals,
    ColumnCells,
    Derived,
    LeafCells,
    LossSteps,
    MarginCells,
    Moments,
    NodeCells,
    OfScores,
    OfView,
    RowCounts,
    TargetParts,
)
from skprivate.rows import ArrayRows, ChunkRows, DerivedColumns
from skprivate.testing import hostile_rows
from skprivate.trees import random_tree

BINS = Bins.of_edges([[-0.5, 0.5], [0.0], np.linspace(-1, 1, 300)])
TREES = tuple(random_tree(BINS, 3, seed) for seed in range(4))
OTHER = random_tree(Bins.of_edges([[0]]), 1, 0)
TABLES = {
    "columns": ColumnCells.of(BINS),
    "pairs": ColumnCells(BINS.n_codes, ((2,), (0, 1), (1, 2, 0))),
    "leaves": LeafCells(TREES),
    "margins": MarginCells(np.array([-1.0, 0.0, 0.5]), BINS.n_codes),
    "nodes": NodeCells(TREES[:1], tuple(TREES[0].leaves[1:3].tolist()), (2, 0)),
}
NONE = np.empty(0)
HALVES = np.array([0.5, 3.0])
TERMS = {
    "counts": RowCounts(),
    "classes": TargetParts(3),
    "two parts": TargetParts(2, (-1.0, 2.0)),
    "three parts": TargetParts(3, (-1.0, 2.0)),
    "logistic": LossSteps.of(Logistic()),
    "logistic, as much noise": LossSteps.of(Logistic(), (1.0, 1.0)),
    "logistic, gradients only": LossSteps.of(Logistic(), (1.0,)),
    "logistic, cut": LossSteps.of(Logistic(), (1.0,), 0.3),
    "logistic, by class and cut": LossSteps.of(
        Logistic(), (1.0,), 0.5, by_class=HALVES
    ),
    "multinomial, cut": LossSteps.of(Multinomial(3), (1.0,), 0.6),
    "logistic, by class": LossSteps.of(Logistic(), by_class=HALVES),
    "multinomial": LossSteps.of(Multinomial(3), (1.0, 0.7)),
    "squared": LossSteps.of(
        Squared(), (1.0,), 2.0, bounds=(-3.0, 4.0), unit=(0.5, 3.5)
    ),
    "huber": LossSteps.of(Huber(0.5), (1.0, 0.5)),
    "quantile": LossSteps.of(Quantile(0.2), (2.0,)),
    "quantile and rows": LossSteps.of(
        Quantile(0.2), (1.0, 6.0), 0.82, counts_rows=True
    ),
    "poisson": LossSteps.of(Poisson(), (1.0, 1.0), 6.0, bounds=(0.0, 5.0)),
    "gamma": LossSteps.of(Gamma(), (1.0, 2.0), 4.0),
}
every_terms = pytest.mark.parametrize("terms", TERMS)
every_tables = pytest.mark.parametrize("tables", TABLES)


def columns(rng, terms, n=24):
    """Codes, and margins of which some are hostile; targets and weights as well."""
    n_margins = getattr(getattr(terms, "loss", None), "n_margins", 1)
    codes = BINS.codes(hostile_rows(n, 3, int(rng.integers(2**31))))
    margins = 3.0 * rng.normal(size=(n, n_margins))
    margins.flat[:12] = [
        0,
        -0.0,
        1e300,
        -1e300,
        np.nan,
        np.inf,
        -np.inf,
        40,
        -40,
        1,
        9,
        2,
    ]
    y = rng.choice([0.0, 1.0, 2.0, -1.0, 0.3, np.nan, np.inf, 1e300, -1e300], n)
    weight = rng.choice([0.0, 1.0, 0.37, np.nan, -1.0, 1e-300], n)
    return DerivedColumns(codes, rng.permutation(margins)), y, weight


def row(columns, i):
    return DerivedColumns(columns.codes[i : i + 1], columns.margins[i : i + 1])


@every_terms
@every_tables
def test_no_row_adds_more_than_stated_and_a_total_is_the_sum_of_rows(
    tables, terms, rng
):
    query = CellTotals(TABLES[tables], TERMS[terms])
    query.check(3)
    X, y, w = columns(rng, TERMS[terms])
    for weight in (w, NONE):
        whole = query(X, y, weight)
        assert whole.shape == (query.size,)
        total = np.zeros(query.size)
        for i in range(len(X)):
            alone = query(row(X, i), y[i : i + 1], weight[i : i + 1])
            assert np.isfinite(alone).all()
            assert (alone == np.rint(alone)).all()
            sized = alone if query.weights is None else alone / query.weights
            assert np.linalg.norm(sized) <= query.levels * (1 + 1e-15)
            assert np.abs(sized).sum() <= query.l1_bound / query.step * (1 + 1e-15)
            total += alone
        np.testing.assert_array_equal(total, whole)


@every_terms
def test_bounds_are_reached(terms, rng):
    """What is stated is no larger than it must be: else noise is."""
    query = CellTotals(TABLES["columns"], TERMS[terms])
    n_margins = getattr(getattr(TERMS[terms], "loss", None), "n_margins", 1)
    codes = np.zeros((200, 3), np.uint16)
    X = DerivedColumns(codes, 12.0 * rng.normal(size=(200, n_margins)))
    y = rng.choice([-1.0, 0.0, 1.0, 2.0], 200)
    longest = 0.0
    for i in range(len(X)):
        alone = query(row(X, i), y[i : i + 1], NONE)
        sized = alone if query.weights is None else alone / query.weights
        longest = max(longest, np.linalg.norm(sized))
    assert longest >= (0.6 if terms == "squared" else 0.99) * query.levels


@every_tables
def test_cells_are_those_of_plain_python(tables, rng):
    query, counts = CellTotals(TABLES[tables], RowCounts()), {}
    X, _, _ = columns(rng, None)
    X = DerivedColumns(X.codes, rng.normal(size=X.margins.shape))
    for codes, margin in zip(X.codes.tolist(), X.margins[:, 0], strict=True):
        for j, cell in enumerate(cells_of(TABLES[tables], codes, margin)):
            counts[j, cell] = counts.get((j, cell), 0) + 1
    found = query.by_table(query(X, None, NONE) * query.step)
    assert sum(len(table) for table in found) == query.size
    for j, table in enumerate(found):
        for cell, (count,) in enumerate(table):
            assert count == counts.pop((j, cell), 0)
    assert {cell for _, cell in counts} <= {None}


def cells_of(tables, codes, margin):
    if isinstance(tables, MarginCells):
        yield sum(margin >= edge for edge in tables.edges)
        return
    if isinstance(tables, ColumnCells):
        for term in tables.terms:
            cell = 0
            for j in term:
                cell = cell * tables.n_codes[j] + codes[j]
            yield cell
        return
    for tree in tables.trees:
        node = 0
        while tree.feature[node] >= 0:
            left = tree.goes_left(node)[codes[tree.feature[node]]]
            node = (tree.left if left else tree.right)[node]
        if isinstance(tables, LeafCells):
            yield tree.leaves.tolist().index(node)
            continue
        for j in tables.columns:
            if node in tables.nodes:
                yield tables.nodes.index(node) * tables.n_codes[j] + codes[j]
            else:
                yield None


@pytest.mark.parametrize(
    "bad", [[0.0, np.inf, 0.0], [-np.inf, np.nan, 1], [np.nan] * 3]
)
def test_a_row_that_says_nothing_adds_nothing(bad, rng):
    X = np.vstack([rng.normal(size=(5, 3)), bad])
    X[1, 2] = np.nan  # the others tell something
    query = OfView(
        CellTotals(TABLES["columns"], RowCounts()),
        Derived((BinCodes(BINS, np.zeros(1)),)),
    )
    expected = query(X[:5], None, NONE)
    assert expected.sum() * query.step == 15
    assert np.array_equal(query(X, None, NONE), expected)
    csr = sparse.csr_array(X)
    csr = csr.data, csr.indices, csr.indptr, 3
    assert np.array_equal(query(csr, None, NONE), expected)


def test_steps_are_those_of_the_loss(rng):
    X = DerivedColumns(np.zeros((50, 3), np.uint16), rng.normal(size=(50, 1)))
    y, w = rng.integers(0, 2, 50), rng.random(50)
    query = CellTotals(ColumnCells(BINS.n_codes, ((1,),)), TERMS["logistic"])
    (table,) = query.by_table(query(X, y, w) * query.step)
    p = 1 / (1 + np.exp(-X.margins[:, 0]))
    np.testing.assert_allclose(table[0], [w @ (p - y), w @ (p * (1 - p))], atol=1e-4)


@pytest.mark.parametrize("loss", [Squared(), Poisson()])
def test_losses_without_a_bound_need_one(loss):
    with pytest.raises(ValueError, match="bound"):
        LossSteps.of(loss)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32])
@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_the_twin_gives_the_sums_of_compiled_code(kind, n_parts, rng, monkeypatch):
    cells = rng.integers(0, 9, (70, 4)).astype(kind)
    if kind is np.int32:
        cells[rng.random(cells.shape) < 0.2] = -3
        cells[5, 2] = 2**31 - 1
    parts = rng.integers(-(2**40), 2**40, (70, n_parts))
    expected = np.zeros((7, n_parts), np.int64)
    sizes = np.array([1, 3, 2, 1])
    for i, j in np.ndindex(cells.shape):
        if cells[i, j] >= 0:
            start = sizes[:j].sum()
            expected[start + min(int(cells[i, j]), sizes[j] - 1)] += parts[i]
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    assert (kernels.cell_sums(cells, sizes, parts) == expected).all()
    with _plain.without_twins():
        assert (kernels.cell_sums(cells, sizes, parts) == expected).all()


def test_a_kernel_refuses_what_it_was_not_made_for():
    cells, parts = np.zeros((3, 2), np.uint8), np.zeros((3, 1), np.int64)
    for bad in (
        (cells.astype(np.int64), np.array([1, 1]), parts),
        (cells, np.array([1, 1]), parts.astype(float)),
        (cells, np.array([1, 0]), parts),
        (cells, np.array([1]), parts),
        (cells[:2], np.array([1, 1]), parts),
    ):
        with pytest.raises(ValueError):
            kernels.cell_sums(*bad)


def test_sources_agree(rng):
    X, y, w = rng.normal(size=(300, 3)), rng.integers(0, 2, 300), rng.random(300)
    view = Derived((BinCodes(BINS, np.zeros(1)),))
    query = OfView(CellTotals(TABLES["pairs"], TERMS["logistic"]), view)
    (whole,) = ArrayRows(X, y, w).total([query])
    chunks = ChunkRows(lambda: ((X[a : a + 90], y[a : a + 90], w[a : a + 90])
                                for a in range(0, 300, 90)))  # fmt: skip
    assert np.array_equal(chunks.total([query])[0], whole)


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (TABLES["columns"], {"n_codes": np.array([1.5])}),
        (TABLES["columns"], {"n_codes": np.array([3, 0, 3])}),
        (TABLES["columns"], {"terms": ()}),
        (TABLES["columns"], {"terms": ((0,), (3,))}),
        (TABLES["columns"], {"terms": ((0,), ())}),
        (TABLES["columns"], {"terms": ((2,) * 9,)}),
        (TABLES["leaves"], {"trees": ()}),
        (TABLES["leaves"], {"trees": (1,)}),
        (TABLES["leaves"], {"trees": (TREES[0], OTHER)}),
        (TABLES["margins"], {"edges": np.array([0.0, 0.0])}),
        (TABLES["margins"], {"edges": np.array([np.nan])}),
        (TABLES["margins"], {"edges": np.array([0])}),
        (TABLES["nodes"], {"trees": TREES}),
        (TABLES["nodes"], {"nodes": (0, 0)}),
        (TABLES["nodes"], {"nodes": (10**6,)}),
        (TABLES["nodes"], {"columns": (3,)}),
        (TABLES["nodes"], {"columns": ()}),
        (TERMS["classes"], {"n_parts": 0}),
        (TERMS["two parts"], {"n_parts": 4}),
        (TERMS["two parts"], {"bounds": (1.0, 0.0)}),
        (TERMS["three parts"], {"bounds": (-1e308, 1e308)}),  # a width that overflows
        (TERMS["logistic"], {"loss": None}),
        (TERMS["logistic"], {"noise": (1.0, 0.0)}),
        (TERMS["logistic"], {"noise": (1.0, 1.0, 1.0)}),
        (TERMS["logistic"], {"largest": np.inf}),
        (TERMS["logistic"], {"largest_l1": np.nan}),
        (TERMS["logistic"], {"unit": (0.0, 0.0)}),
        (TERMS["logistic"], {"bounds": (np.nan, 0.0)}),
        (TERMS["logistic"], {"by_class": np.ones(3)}),
        (TERMS["logistic"], {"by_class": -np.ones(2)}),
        (TERMS["squared"], {"by_class": np.ones(2)}),
    ],
)  # fmt: skip
def test_parts_of_a_query_that_make_no_sense_are_refused(value, changes):
    with pytest.raises(ValueError, match="makes no sense"):
        replace(value, **changes)


def test_a_query_refuses_rows_that_are_no_derived_columns():
    query = CellTotals(TABLES["columns"], RowCounts())
    with pytest.raises(TypeError, match="OfView"):
        query(np.zeros((2, 3)), None, NONE)
    for parts in ((None, RowCounts()), (TABLES["columns"], None)):
        with pytest.raises(ValueError, match="none of these"):
            CellTotals(*parts).check(3)
    two = CellTotals(TABLES["columns"], LossSteps.of(Multinomial(3)))
    X = DerivedColumns(np.zeros((2, 3), np.uint16), np.zeros((2, 1)))
    with pytest.raises(ValueError, match="margins"):
        two(X, np.zeros(2), NONE)


def test_scores_of_an_empty_chunk_add_nothing():
    n_features, ends = BINS.n_features, np.ones(BINS.n_features)
    scores = np.ones((int(BINS.n_codes.sum()), 1))
    inner = Moments(Box.between(-ends, ends, 16))
    query = OfScores(inner, ColumnCells.of(BINS), scores)
    none = DerivedColumns(np.empty((0, n_features), np.uint16), np.empty((0, 1)))
    assert not np.any(query(none, None, NONE))
