"""What pages of migration tell to write here can be written here."""

import pytest

from benchmarks.migration import PAGE, namespaces, result, rows

TEXT = PAGE.read_text(encoding="utf-8")
ROWS = rows(TEXT)
OURS = [ours for _, ours, _ in ROWS if ours is not None]


@pytest.fixture(scope="module")
def ours():
    return namespaces(TEXT)[0]


@pytest.mark.parametrize("code", sorted(set(OURS)))
def test_our_column_runs(code, ours):
    result(code, dict(ours))


def test_every_line_of_a_table_is_a_row():
    tables = [line for line in TEXT.splitlines() if line.startswith("| `")]
    heads = [line for line in tables if line.endswith("| here | |")]
    assert len(ROWS) == len(tables) - len(heads) > 70


def test_where_there_is_nothing_it_says_why():
    assert all(note for _, ours, note in ROWS if ours is None)
