"""Complaints: about tables, by numbers of cases; their texts can be erased."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import Complaint, LedgerTamperedError, _file, charge
from skprivate.ledger._complaints import CATEGORIES, CLOSED, OPEN
from tests.ledger.test_chain import KEY

FIT = Budget(0.1, 1e-6)
TODAY = datetime.now(UTC).date()


@pytest.fixture
def ledger(tmp_path):
    ledger = PrivacyLedger(path=tmp_path / "ledger", key=KEY, table="patients")
    with ledger:
        charge("first", FIT)
        with ledger.about(table="wards"):
            charge("second", FIT)
        charge("third", FIT)
    return ledger


def test_it_is_about_the_releases_of_a_table(ledger):
    asked = ledger.complaint("2026-1", category="access", table="patients")
    assert isinstance(asked, Complaint)
    assert asked.releases == (1, 3)
    assert ledger.complaint("2026-2", category="erasure").releases == (1, 2, 3)
    assert ledger.complaint("2026-3", category="other", table="none").releases == ()
    with ledger:
        charge("fourth", FIT)
    assert ledger.complaints[0].releases == (1, 3)  # as it was when it came in
    assert [one.case for one in ledger.complaints] == ["2026-1", "2026-2", "2026-3"]


def test_status_and_due_day(ledger):
    asked = ledger.complaint("2026-1", category="access", due=TODAY - timedelta(1))
    assert asked.is_open
    assert asked.is_overdue()
    assert "overdue" in repr(asked)
    asked = ledger.change_complaint("2026-1", due=TODAY)
    assert not asked.is_overdue()
    assert asked.is_overdue(date(2999, 1, 1))
    asked = ledger.change_complaint("2026-1", status="answered")
    assert not asked.is_open
    assert not asked.is_overdue(date(2999, 1, 1))
    assert ledger.change_complaint("2026-1", status="open").is_open
    assert [what for _, what, _ in asked.steps] == ["status", "due", "due", "status"]
    assert ledger.verify(key=KEY)


def test_an_answer_is_due_in_thirty_days(ledger):
    asked = ledger.complaint("2026-1", category="access")
    assert timedelta(29) <= asked.due - TODAY <= timedelta(31)


@pytest.mark.parametrize("category", CATEGORIES)
def test_categories(ledger, category):
    assert ledger.complaint("1", category=category).category == category


@pytest.mark.parametrize("status", [*OPEN, *CLOSED])
def test_statuses(ledger, status):
    ledger.complaint("1", category="access")
    assert ledger.change_complaint("1", status=status).is_open == (status in OPEN)


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in folder.iterdir())


def test_a_text_is_erased_from_the_disk_and_the_chain_still_holds(ledger, tmp_path):
    text = "My name is Erika Mustermann. " * 300  # of several pages
    asked = ledger.complaint("2026-1", category="erasure", text=text)
    assert asked.text == text
    assert b"Erika" in bytes_of(tmp_path)
    head = ledger.head
    asked = ledger.erase_complaint_text("2026-1")
    assert (asked.text, asked.erased) == (None, True)
    assert b"Erika" not in bytes_of(tmp_path)
    assert ledger.verify(key=KEY, head=head)
    again = ledger.erase_complaint_text("2026-1")  # there is nothing any more
    assert again == asked


def test_equal_texts_have_other_digests(ledger):
    for case in ("1", "2"):
        ledger.complaint(case, category="other", text="the same")
    with _file.reading(ledger.path) as connection:
        rows = connection.execute("SELECT digest FROM complaints").fetchall()
    assert len({*rows}) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM texts",
        "UPDATE texts SET text = 'other' WHERE complaint = 1",
        "UPDATE texts SET salt = zeroblob(32)",
        "INSERT INTO texts VALUES (2, zeroblob(32), 'new')",
        "INSERT INTO texts VALUES (9, zeroblob(32), 'new')",
    ],
)
def test_a_text_that_was_edited_or_taken_away_is_found(ledger, statement):
    ledger.complaint("1", category="other", text="mine")
    ledger.complaint("2", category="other")
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        connection.execute(statement)
    with pytest.raises(LedgerTamperedError, match="text"):
        ledger.verify(key=KEY)


@pytest.mark.parametrize(
    "case",
    [
        "", "Erika Mustermann", "erika@example.org", "Erika", "2026 1", "x" * 41 + "1",
        "erika-mustermann-1980", "078-05-1120", "13812345678", "11010519491231002X",
        "case-1\n", "ü1", "-1", "'; DROP TABLE debits; --1", "\u0661", 20261,
        None, b"1",
    ],
)  # fmt: skip
def test_names_and_numbers_of_people_are_no_cases(ledger, case):
    with pytest.raises((TypeError, ValueError), match="case") as caught:
        ledger.complaint(case, category="access")
    if isinstance(case, str) and len(case) > 2:
        assert case not in str(caught.value)
    with pytest.raises((TypeError, ValueError, KeyError)):
        ledger.change_complaint(case, status="answered")
    assert ledger.complaints == ()


@pytest.mark.parametrize(
    "case", ["1", "2026-0117", "DSR/2026/17", "C.17_b", "20261129000123", "A17-3"]
)
def test_numbers_of_cases(ledger, case):
    assert ledger.complaint(case, category="access").case == case


@pytest.mark.parametrize(
    ("wrong", "error", "match"),
    [
        ({"category": "anger"}, ValueError, "category is unknown"),
        ({"due": "tomorrow"}, ValueError, "due is no day"),
        ({"due": 30}, TypeError, "due must be a date"),
        ({"due": datetime(2026, 1, 1)}, TypeError, "due must be a date"),
        ({"text": ""}, TypeError, "text must be"),
        ({"text": b"x"}, TypeError, "text must be"),
        ({"text": "\ud800"}, ValueError, "text has half"),
        ({"table": ""}, TypeError, "table must be a text"),
    ],
)
def test_wrong_facts_are_refused_and_nothing_is_written(ledger, wrong, error, match):
    head = ledger.head
    with pytest.raises(error, match=match):
        ledger.complaint("1", **({"category": "access"} | wrong))
    assert ledger.head == head
    assert ledger.complaints == ()


def test_a_case_is_recorded_once(ledger):
    ledger.complaint("1", category="access")
    with pytest.raises(ValueError, match="in the ledger already"):
        ledger.complaint("1", category="erasure")
    with pytest.raises(KeyError, match="not in the ledger"):
        ledger.change_complaint("2", status="answered")
    with pytest.raises(ValueError, match="status is unknown"):
        ledger.change_complaint("1", status="done")
    with pytest.raises(TypeError, match="needs a status"):
        ledger.change_complaint("1")
    assert ledger.verify(key=KEY)
