"""Whatever is done to a ledger by SQL, `verify` finds it: by a key or by a head."""

import pickle
import shutil
import sqlite3
from contextlib import closing

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport
from skprivate.ledger import (
    BudgetExceededError,
    LedgerTamperedError,
    LedgerUnavailableError,
    _file,
    charge,
)
from skprivate.ledger._chain import begin, enter
from skprivate.ledger._tables import KEYS
from skprivate.security import KeyRing
from tests.ledger.edits import contents_of, edited, edits_of, tables_of

KEY = bytes(range(32))
FIT = Budget(0.1, 1e-6)
REPORT = PrivacyReport("estimator", FIT, (), (), "row", False)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A ledger with rows in all tables."""
    path = tmp_path_factory.mktemp("chain") / "ledger"
    ledger = PrivacyLedger(
        1.0, 1e-6, path=path, reserve=1e-7, key=KEY, table="patients", purpose="beds"
    )
    with ledger, ledger.about(purpose="staff"):
        charge("first", FIT).record(REPORT)
        with ledger.disjoint("site").part("north"):
            charge("second", FIT).record(REPORT)
        with pytest.raises(BudgetExceededError):
            charge("third", Budget(5.0, 1e-6))
        ledger.dismiss_refusals()
    with ledger:
        charge("fourth", FIT)
    ledger.complaint("2026-1", category="access", text="I ask", due="2999-01-01")
    ledger.complaint("2026-2", category="erasure", text="I ask, too")
    ledger.erase_complaint_text("2026-2")
    ledger.change_complaint("2026-1", status="in work")
    ledger.head_then = ledger.head
    _file.close(ledger.path)
    return ledger


def copy_of(filled, tmp_path):
    return shutil.copyfile(filled.path, tmp_path / "copy")


def run(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_every_table_has_rows(filled):
    empty = {name for name, rows in contents_of(filled.path).items() if not rows}
    assert empty == set()
    assert len(tables_of(filled.path)) == 13


def test_what_is_whole_is_verified(filled):
    verified = filled.verify(key=KEY, head=filled.head_then)
    assert verified.head == filled.head_then
    assert verified.entries == int(filled.head_then.split("-")[0]) > 20
    assert verified.proved
    assert not filled.verify().proved
    assert "nobody knows" in repr(filled.verify())


def test_every_edit_is_found(filled, tmp_path):
    """All values of all rows; rows deleted, added, doubled, swapped, cut off."""
    ways = {"key": KEY}, {"head": filled.head_then}
    copy, missed, told, n_edits = str(tmp_path / "copy"), [], "", 0
    for words, sql, values in edits_of(filled.path):
        if not edited(filled.path, copy, sql, values):
            continue
        n_edits += 1
        for given in ways:
            try:
                PrivacyLedger.open(copy).verify(**given)
                missed.append(f"{words} by {[*given]}")
            except LedgerTamperedError as error:
                told += str(error.findings)
            except LedgerUnavailableError:
                pass  # not even opened
            except Exception as error:
                missed.append(f"{words}: {error!r}")
        _file.close(copy)
    assert not missed, "\n".join(missed)
    assert n_edits > 900
    assert not [v for v in ("beds", "patients", "staff", "2026", "north") if v in told]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (x)",
        "CREATE TRIGGER t AFTER INSERT ON debits BEGIN DELETE FROM totals; END",
        "CREATE INDEX i ON debits (name)",
        "ALTER TABLE debits ADD COLUMN more",
        "ALTER TABLE texts RENAME TO other",
        "UPDATE debits SET name = CAST(x'ff' AS TEXT)",
        "UPDATE totals SET mu2 = CAST(mu2 AS TEXT) || 'x'",
        "UPDATE meta SET value = CAST(value AS TEXT) WHERE key = 'durable'",
        "UPDATE chain SET ref = CAST(ref AS TEXT)",
        "PRAGMA user_version = 1",
    ],
)
@pytest.mark.parametrize("given", ["key", "head"])
def test_edits_of_tables_types_and_formats_are_found(
    filled, tmp_path, statement, given
):
    copy = copy_of(filled, tmp_path)
    run(copy, statement)
    value = {"key": KEY, "head": filled.head_then}[given]
    with pytest.raises((LedgerTamperedError, LedgerUnavailableError)):
        PrivacyLedger.open(copy).verify(**{given: value})


def forged(path):
    """A new chain for whatever is in the tables, by somebody who knows all of it."""
    with _file.transaction(path) as connection:
        connection.execute("DELETE FROM chain")
        connection.execute("DELETE FROM top")
        begin(connection, None)
        for table, key in KEYS.items():
            refs = connection.execute(f"SELECT {key} FROM {table}").fetchall()
            enter(connection, *((table, ref) for (ref,) in refs))
    _file.close(path)


def test_a_chain_made_anew_needs_the_key_or_a_head(filled, tmp_path):
    copy = str(copy_of(filled, tmp_path))
    run(copy, "UPDATE debits SET name = 'other' WHERE id = 1")
    forged(copy)
    ledger = PrivacyLedger.open(copy)
    assert not ledger.verify().proved  # this is what cannot be found
    with pytest.raises(LedgerTamperedError, match="the seal is not the one"):
        ledger.verify(key=KEY)
    with pytest.raises(LedgerTamperedError, match=r"it lacks the head|than the head"):
        ledger.verify(head=filled.head_then)


def test_a_cut_by_somebody_who_moves_the_top_back_is_found_by_the_key(filled, tmp_path):
    copy = copy_of(filled, tmp_path)
    run(
        copy,
        "DELETE FROM steps WHERE id = (SELECT max(id) FROM steps)",
        "DELETE FROM chain WHERE seq = (SELECT max(seq) FROM chain)",
        "UPDATE top SET seq = (SELECT max(seq) FROM chain)",
        "UPDATE top SET link = (SELECT link FROM chain WHERE chain.seq = top.seq)",
    )
    ledger = PrivacyLedger.open(copy)
    assert ledger.verify().entries == filled.verify().entries - 1
    with pytest.raises(LedgerTamperedError, match="the seal is not the one"):
        ledger.verify(key=KEY)
    with pytest.raises(LedgerTamperedError, match="it lacks the head"):
        ledger.verify(head=filled.head_then)


def test_an_old_copy_is_found_by_a_head(tmp_path):
    ledger = PrivacyLedger(1.0, 1e-6, path=tmp_path / "ledger", key=KEY)
    before = shutil.copyfile(ledger.path, tmp_path / "before")
    with ledger:
        charge("fit", FIT)
    head = ledger.head
    _file.close(ledger.path)
    shutil.copyfile(before, ledger.path)
    _file.close(ledger.path)
    assert ledger.verify(key=KEY).proved  # as documented: it was written like this
    with pytest.raises(LedgerTamperedError, match="an old copy was put back"):
        ledger.verify(head=head)


def test_an_earlier_head_stays_good(tmp_path):
    ledger = PrivacyLedger(5.0, 1e-6, path=tmp_path / "ledger")
    heads = [ledger.head]
    with ledger:
        for _ in range(3):
            charge("fit", FIT).record(REPORT)
            heads.append(ledger.head)
    assert len({*heads}) == 4
    for head in heads:
        assert ledger.verify(head=head).by_head


def test_keys(tmp_path):
    path = tmp_path / "ledger"
    ring = KeyRing.new()
    ledger = PrivacyLedger(path=path, key=ring)
    ring.add()  # a ring finds its older keys, too
    assert PrivacyLedger(path=path, key=ring).verify(key=ring).by_key
    for wrong in (KEY, KeyRing.new()):
        with pytest.raises(LedgerTamperedError, match="another key"):
            ledger.verify(key=wrong)
        with pytest.raises(LedgerTamperedError, match="another key"):
            PrivacyLedger(path=path, key=wrong)
    with pytest.raises(LedgerTamperedError, match="made without a key"):
        PrivacyLedger().verify(key=KEY)
    for wrong, error in (("secret", TypeError), (b"short", ValueError)):
        with pytest.raises(error, match="key"):
            PrivacyLedger(key=wrong)
        with pytest.raises(error, match="key"):
            ledger.verify(key=wrong)


def test_the_key_is_in_no_file_and_no_pickle(tmp_path):
    path = tmp_path / "ledger"
    with PrivacyLedger(path=path, key=KEY) as ledger:
        charge("fit", FIT)
        there = pickle.dumps(ledger)
    files = [file.read_bytes() for file in tmp_path.iterdir()]
    assert not [data for data in (*files, there) if KEY in data]


def test_earlier_secrets_are_not_left_in_the_file(tmp_path):
    """Who reads the file now could else edit what was written before."""
    path = tmp_path / "ledger"
    ledger = PrivacyLedger(path=path, key=KEY)
    with ledger:
        for _ in range(20):
            with _file.reading(ledger.path) as connection:
                (secret,) = connection.execute("SELECT secret FROM top").fetchone()
            charge("fit", FIT)
            for file in tmp_path.iterdir():
                assert secret not in file.read_bytes()


@pytest.mark.parametrize(
    "head", ["", "x", "3-ab-cd", 7, None, f"0-{'0' * 64}-{'0' * 16}"]
)
def test_what_is_no_head_is_told(head):
    ledger = PrivacyLedger()
    if head is None:
        assert ledger.verify(head=None)
        return
    with pytest.raises(ValueError, match="no head of a ledger"):
        ledger.verify(head=head)


def test_errors_can_be_sent_from_workers():
    error = LedgerTamperedError("path", ["one", "two"])
    again = pickle.loads(pickle.dumps(error))
    assert again.findings == ("one", "two")
    assert str(again) == str(error)
