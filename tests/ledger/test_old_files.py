"""Files of older versions: read as they are, chained by the first write."""

import sqlite3
from contextlib import closing

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import LedgerTamperedError, _file, charge
from skprivate.ledger._tables import FIRST
from tests.ledger.test_chain import KEY, REPORT

FIT = Budget(0.1, 1e-6)


def schema_of(connection):
    return {*connection.execute("SELECT name, sql FROM sqlite_master")}


@pytest.fixture(params=[1, 2])
def old(request, tmp_path):
    """A file as a version before the chain has left it, with two fits."""
    path = tmp_path / "ledger"
    reserve = None if request.param == 1 else 1e-7
    with PrivacyLedger(1.0, 1e-6, path=path, reserve=reserve) as ledger:
        charge("first", FIT).record(REPORT)
        charge("second", FIT)
    _file.close(ledger.path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in ("facts", "about", "complaints", "steps", "texts", "chain", "top"):
            connection.execute(f"DROP TABLE {name}")
        connection.execute(f"PRAGMA user_version = {request.param}")
        with closing(sqlite3.connect(":memory:")) as first:
            first.executescript(FIRST)
            assert schema_of(connection) == schema_of(first)
    return path


def test_it_is_read_and_stays_as_it_is(old):
    before = old.read_bytes()
    ledger = PrivacyLedger(path=old)
    assert [record.name for record in ledger.records] == ["first", "second"]
    assert ledger.facts == {}
    assert ledger.complaints == ()
    assert ledger.head == ""
    assert ledger.spent() == pytest.approx(0.1449, abs=1e-3)
    assert repr(ledger.verify()).startswith("No chain yet")
    assert not ledger.verify().proved
    for given in ({"key": KEY}, {"head": f"1-{'a' * 64}-{'a' * 16}"}):
        with pytest.raises(LedgerTamperedError, match="it has no chain"):
            ledger.verify(**given)
    assert old.read_bytes() == before


def test_the_next_fit_starts_its_chain(old):
    ledger = PrivacyLedger(1.0, 1e-6, path=old)
    spent = ledger.spent()
    with ledger:
        charge("third", FIT)
    head = ledger.head
    assert ledger.verify(head=head).entries > 9
    assert ledger.spent() > spent
    assert [record.name for record in ledger.records] == ["first", "second", "third"]
    _file.close(ledger.path)
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("UPDATE debits SET name = 'other' WHERE id = 1")
    with pytest.raises(LedgerTamperedError, match="row 1 of debits was edited"):
        ledger.verify(head=head)


def test_a_key_starts_it_at_once(old):
    ledger = PrivacyLedger(path=old, key=KEY)
    assert ledger.verify(key=KEY).entries > 7
    with PrivacyLedger(path=old, key=KEY) as again:
        charge("third", FIT)
    assert again.verify(key=KEY).by_key
    _file.close(ledger.path)
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("DELETE FROM debits WHERE id = 1")
    with pytest.raises(LedgerTamperedError):
        PrivacyLedger(path=old, key=KEY)


def test_complaints_and_facts_can_be_added(old):
    ledger = PrivacyLedger(path=old)
    ledger.declare(purpose="beds")
    ledger.complaint("2026-1", category="access")
    assert ledger.complaints[0].releases == (1, 2)
    assert [record.facts for record in ledger.records] == [{}, {}]
    with ledger:
        charge("third", FIT)
    assert ledger.records[2].facts == {"purpose": "beds"}
    assert ledger.verify(head=ledger.head)
