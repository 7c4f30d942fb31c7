"""Distances of tables from what was expected: how far one unit moves them."""

from dataclasses import replace

import numpy as np
import pytest

from skprivate.queries import (
    CellTotals,
    ColumnCells,
    FarthestTable,
    GroupCells,
    RowCounts,
    TableGaps,
    TargetParts,
)
from skprivate.rows import DerivedColumns

SIZES = np.array([2, 3, 4])
TERMS = ((0,), (0, 1), (1, 2), (0, 1, 2))
GROUPS = tuple(np.minimum(np.arange(n), 1) for n in SIZES)
TABLES = {"codes": ColumnCells(SIZES, TERMS), "groups": GroupCells(GROUPS, TERMS)}
NONE = np.empty(0)


def rows(n, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, SIZES, (n, 3)).astype(np.uint8)
    return DerivedColumns(codes, np.zeros((n, 1))), rng.integers(0, 3, n)


def gaps(tables, terms, seed=0):
    totals = CellTotals(TABLES[tables], terms)
    rng = np.random.default_rng(seed)
    return TableGaps(totals, rng.uniform(-3, 9, totals.size))


@pytest.mark.parametrize("weight", [1.0, 0.3, 2.0**-30])
@pytest.mark.parametrize("terms", [RowCounts(), TargetParts(3)], ids=["rows", "labels"])
@pytest.mark.parametrize("tables", TABLES)
def test_a_unit_moves_each_score_by_its_rows_at_most(tables, terms, weight):
    query, (others, labels) = gaps(tables, terms), rows(40, 0)
    absent = query.totals(others, labels, NONE).astype(np.int64)
    for n in (1, 2, 5):  # rows of a unit
        for seed in range(20):
            unit, classes = rows(n, seed)
            if seed % 2:  # all rows alike: the worst case
                unit = DerivedColumns(unit.codes[[0] * n], unit.margins)
                classes = classes[[0] * n]
            more = query(unit, classes, np.full(n, weight)).astype(np.int64)
            move = query.scores(absent + more) - query.scores(absent)
            assert np.abs(move).max() <= n / query.step
            assert np.linalg.norm(move) <= n * query.levels
            assert np.abs(move).sum() <= n * query.l1_bound / query.step


def test_the_bound_is_met():
    query = gaps("codes", RowCounts())
    query = replace(query, expected=np.zeros(query.totals.size))
    one, _ = rows(1, 0)
    scores = query.scores(query(one, None, NONE))
    assert np.linalg.norm(scores) == pytest.approx(query.levels)


def test_what_is_added_up_are_counts():
    query, (X, y) = gaps("groups", TargetParts(3)), rows(50, 1)
    found = query(X, y, NONE)
    np.testing.assert_array_equal(found, query.totals(X, y, NONE))


def test_scores_are_exact_where_totals_are_as_large_as_may_be():
    query = gaps("codes", RowCounts())
    most = np.zeros(query.totals.size)
    most[: SIZES[0]] = 2.0**39
    query = replace(query, expected=most)
    assert not [*query.problems()]
    zero = np.zeros(query.totals.size, dtype=np.int64)
    one = query.scores(zero + np.eye(1, query.totals.size, dtype=np.int64)[0])
    assert (query.scores(zero) - one).tolist() == [1, 0, 0, 0]
    assert (query.scores(zero) >= 0).all()


@pytest.mark.parametrize("expected", [2.0**41, np.nan, np.inf])
def test_expected_numbers_that_could_overflow_are_refused(expected):
    query = gaps("codes", RowCounts())
    values = np.zeros(query.totals.size)
    values[0] = expected
    assert [*replace(query, expected=values).problems()]


def test_many_cells_that_would_overflow_together_are_refused():
    query = gaps("codes", RowCounts())
    values = np.full(query.totals.size, 2.0**39)  # 24 of them in the last table
    assert [*replace(query, expected=values).problems()]


@pytest.mark.parametrize("tables", TABLES)
def test_a_choice_is_moved_as_its_gaps_are_in_both_directions(tables):
    query = gaps(tables, RowCounts())
    choice = FarthestTable(query, np.linspace(-3, 900, query.size))
    others, _ = rows(40, 0)
    absent = query.totals(others, None, NONE).astype(np.int64)
    before, moves = choice.scores(absent), []
    for seed in range(20):
        unit, _ = rows(1, seed)
        more = choice(unit, None, NONE).astype(np.int64)
        moves.append((choice.scores(absent + more) - before) * choice.step)
    assert choice.norm == np.inf
    assert np.abs(moves).max() <= choice.bound == 1
    assert any((move > 0).any() and (move < 0).any() for move in moves)


def test_numbers_that_are_taken_off_must_be_one_of_each_table():
    query = gaps("codes", RowCounts())
    for taken in (np.zeros(3), np.full(query.size, 2.0**41), np.full(4, np.nan)):
        assert [*FarthestTable(query, taken).problems()]
    assert [*FarthestTable(query.totals, np.zeros(4)).problems()]
