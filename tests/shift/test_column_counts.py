"""Counts of all columns: one release, in bins that the next table can share."""

import numpy as np
import pandas as pd
import pytest

from skprivate.rows import ChunkRows
from skprivate.shift import DPColumnCounts, ShiftReport
from skprivate.testing import record, replay
from tests.shift.tables import PLANS, SCHEMA, mixed_table

ROWS = {
    "unseen": [30.0, "SECRET", True],
    "empty": [np.nan, None, False],
    "huge": [1e308, "free", False],
    "usual": [40.0, "team", True],
}
KINDS = {
    "declared": {"schema": SCHEMA},
    "found": {"epsilon": 4.0},
    "pure": {"schema": SCHEMA, "delta": 0.0},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", ROWS)
def test_one_more_row_moves_one_count_of_each_column(kind, row):
    table = mixed_table(400)
    recording = record(DPColumnCounts(**KINDS[kind]), X=table)
    more = pd.DataFrame([ROWS[row]], columns=table.columns).astype(table.dtypes)
    found = replay(recording, X=pd.concat([table, more], ignore_index=True))
    assert found.findings == []
    assert not found.refused
    assert 0 < found.largest_move <= 1


@pytest.mark.parametrize("row", ROWS)
def test_one_more_row_of_the_second_table(row):
    before = DPColumnCounts(epsilon=4.0, random_state=0).fit(mixed_table(400))
    table = mixed_table(400, seed=1)
    recording = record(DPColumnCounts(bins=before.table_bins_), X=table)
    more = pd.DataFrame([ROWS[row]], columns=table.columns).astype(table.dtypes)
    found = replay(recording, X=pd.concat([table, more], ignore_index=True))
    assert found.findings == []
    assert 0 < found.largest_move <= 1


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_counts_are_exact():
    table = mixed_table(500)
    table.loc[:9, "plan"] = None
    table.loc[10:14, "plan"] = "other"
    counts = DPColumnCounts(schema=SCHEMA, max_bins=4, epsilon=np.inf).fit(table)
    age, plan, member = counts.counts_
    edges = np.linspace(18, 90, 5)[1:-1]
    codes = np.searchsorted(edges, table["age"].dropna(), side="right")
    np.testing.assert_array_equal(age[:-1], np.bincount(codes, minlength=4))
    assert age[-1] == table["age"].isna().sum()
    expected = [*(sum(table["plan"] == known) for known in PLANS), 5, 10]
    np.testing.assert_array_equal(plan, expected)
    np.testing.assert_array_equal(member, [sum(~table.member), sum(table.member), 0])
    assert counts.noise_ == 0
    assert counts.n_rows == 500


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_row_with_infinity_counts_nowhere():
    counts = DPColumnCounts(bounds=(0, 1), epsilon=np.inf)
    X = np.array([[0.5, 0.5], [np.inf, 0.5], [0.5, np.nan]])
    with pytest.raises(ValueError, match="infinity"):
        counts.fit(X)
    X = pd.DataFrame({"a": [0.5, np.nan, 0.2], "b": [np.nan, np.nan, 0.1]})
    assert [c[-1] for c in counts.fit(X).counts_] == [1, 2]


def test_what_is_declared_costs_nothing():
    planned = DPColumnCounts(schema=SCHEMA).plan(mixed_table(5))
    assert [release.query for release in planned.releases] == ["BinCounts"]
    assert planned.releases[0].share == 1.0
    found = DPColumnCounts().fit(mixed_table(500))
    again = DPColumnCounts(bins=found.table_bins_).fit(mixed_table(500))
    assert [release.query for release in again.privacy_.releases] == ["BinCounts"]


def test_edges_that_are_given():
    counts = DPColumnCounts(schema=SCHEMA, edges={"age": [30, 60]}).fit(mixed_table(90))
    assert counts.table_bins_.bins.edges[0].tolist() == [30, 60]
    assert counts.table_bins_.bins.n_codes.tolist() == [4, 5, 3]


def test_chunks_give_the_same():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2))
    settings = {"bounds": (-3, 3), "random_state": 0}
    whole = DPColumnCounts(**settings).fit(X)
    chunks = ChunkRows(
        lambda: (X[i : i + 100] for i in range(0, 600, 100)), n_features=2
    )
    parts = DPColumnCounts(**settings).fit(chunks)
    for a, b in zip(whole.counts_, parts.counts_, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("table", [mixed_table(0), mixed_table(1)])
def test_tables_of_next_to_no_rows(table):
    first = DPColumnCounts(schema=SCHEMA).fit(mixed_table(200))
    if len(table) == 0:
        with pytest.raises(ValueError, match="0 sample"):
            DPColumnCounts(bins=first.table_bins_).fit(table)
        return
    report = ShiftReport.of(first, DPColumnCounts(bins=first.table_bins_).fit(table))
    assert all(0 <= column.p_value <= 1 for column in report.columns)


WRONG = {
    "lacks 'member'": lambda t: t.drop(columns="member"),
    "has 'extra'": lambda t: t.assign(extra=1.0),
    "in another order": lambda t: t[["plan", "age", "member"]],
}


@pytest.mark.parametrize("words", WRONG)
def test_other_columns_are_refused(words):
    first = DPColumnCounts(schema=SCHEMA).fit(mixed_table(200))
    with pytest.raises(ValueError, match=words):
        DPColumnCounts(bins=first.table_bins_).fit(WRONG[words](mixed_table(50)))


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ({"plan": [1.0]}, "'plan'"),
        ({"size": [1.0]}, "'size'"),
        ({"age": [2.0, 1.0]}, "ascending"),
        ({"age": [1.0, np.nan]}, "finite"),
        ({"age": [1.0, 1.0]}, "ascending"),
    ],
)
def test_edges_that_make_no_sense(edges, words):
    with pytest.raises(ValueError, match=words):
        DPColumnCounts(schema=SCHEMA, edges=edges).fit(mixed_table(50))


@pytest.mark.parametrize("bins", ["other", DPColumnCounts(), 3])
def test_bins_are_those_of_a_table(bins):
    with pytest.raises((TypeError, ValueError), match="bins"):
        DPColumnCounts(bins=bins).fit(mixed_table(50))


@pytest.mark.parametrize("edges", [["a"], [[0.0], [1.0, 2.0]], None])
def test_edges_that_are_no_numbers(edges):
    with pytest.raises(ValueError, match="edges of 'x0' must be"):
        DPColumnCounts(bounds=(0, 1), edges={"x0": edges}).fit(np.zeros((9, 1)))
