"""Backups are whole, and who restores one does not get back what was spent."""

import os
import sqlite3
import threading
from contextlib import closing

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import (
    BudgetExceededError,
    LedgerTamperedError,
    LedgerUnavailableError,
    _file,
    charge,
)
from tests.ledger.test_chain import KEY

FIT = Budget(0.1, 1e-6)


@pytest.fixture
def ledger(tmp_path):
    ledger = PrivacyLedger(
        1.0, 1e-6, path=tmp_path / "ledger", key=KEY, table="patients"
    )
    with ledger:
        charge("first", FIT)
    ledger.complaint("2026-1", category="access", text="I ask")
    return ledger


def lose(ledger):
    _file.close(ledger.path)
    os.unlink(ledger.path)


def test_a_backup_is_the_ledger(ledger, tmp_path):
    head = ledger.backup(tmp_path / "backup")
    assert head == ledger.head
    lose(ledger)
    restored = PrivacyLedger.restore(
        tmp_path / "backup", tmp_path / "ledger", key=KEY, head=head
    )
    assert restored.uid == ledger.uid
    assert restored.facts == {"table": "patients"}
    assert restored.complaints[0].text == "I ask"
    with ledger:  # the object that was there before goes on with it
        charge("second", FIT)
    assert ledger.verify(key=KEY, head=head)
    assert [r.name for r in ledger.records] == ["first", "second"]


def test_only_its_owner_can_read_it(ledger, tmp_path):
    ledger.backup(tmp_path / "backup")
    if os.name != "nt":
        assert os.stat(tmp_path / "backup").st_mode & 0o777 == 0o600


def test_nothing_is_overwritten(ledger, tmp_path):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(FileExistsError, match="overwrites nothing"):
        ledger.backup(tmp_path / "there")
    ledger.backup(tmp_path / "backup")
    with pytest.raises(FileExistsError, match="overwrites nothing"):
        PrivacyLedger.restore(tmp_path / "backup", ledger.path)
    assert (tmp_path / "there").read_text() == "mine"
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".new")]


def test_a_place_that_cannot_be_written(ledger, tmp_path):
    with pytest.raises(LedgerUnavailableError, match="cannot be written"):
        ledger.backup(tmp_path / "no" / "backup")


def test_what_was_spent_since_is_not_forgotten(ledger, tmp_path):
    ledger.backup(tmp_path / "backup")
    with ledger:
        charge("second", Budget(0.5, 1e-6))
    head, spent = ledger.head, ledger.spent()
    lose(ledger)
    with pytest.raises(LedgerTamperedError, match="it lacks the head"):
        PrivacyLedger.restore(tmp_path / "backup", tmp_path / "ledger", head=head)
    assert not os.path.exists(tmp_path / "ledger")
    restored = PrivacyLedger.restore(
        tmp_path / "backup", tmp_path / "ledger", head=head, lost=Budget(0.5, 1e-6)
    )
    assert restored.spent() == pytest.approx(spent)
    assert restored.records[-1].name == "lost with the file"
    with pytest.raises(LedgerTamperedError):  # it is another history, and says so
        restored.verify(head=head)
    assert restored.verify(key=KEY, head=restored.head)


def test_what_is_lost_must_fit_the_cap(ledger, tmp_path):
    ledger.backup(tmp_path / "backup")
    with pytest.raises(BudgetExceededError):
        PrivacyLedger.restore(
            tmp_path / "backup", tmp_path / "other", lost=Budget(5.0, 1e-6)
        )
    # Else a ledger that has forgotten what was spent would be there.
    left = {file.name for file in tmp_path.iterdir()}
    assert left <= {"backup", "backup-journal", "ledger", "ledger-journal"}


@pytest.mark.parametrize("given", ["key", "head", "nothing"])
def test_an_edited_backup_is_refused(ledger, tmp_path, given):
    head = ledger.backup(tmp_path / "backup")
    with closing(sqlite3.connect(tmp_path / "backup", isolation_level=None)) as copy:
        copy.execute("DELETE FROM debits")
    given = {"key": {"key": KEY}, "head": {"head": head}, "nothing": {}}[given]
    with pytest.raises(LedgerTamperedError):
        PrivacyLedger.restore(tmp_path / "backup", tmp_path / "other", **given)
    assert not os.path.exists(tmp_path / "other")


def test_a_backup_while_others_debit_is_of_one_moment(ledger, tmp_path):
    done = threading.Event()

    def work():
        while not done.is_set():
            charge("fit", Budget(0.001, 1e-6))

    with ledger:
        thread = threading.Thread(target=work)
        thread.start()
        heads = [ledger.backup(tmp_path / f"backup{i}") for i in range(3)]
        done.set()
        thread.join()
    for i, head in enumerate(heads):
        backup = PrivacyLedger.open(tmp_path / f"backup{i}")
        assert backup.head == head
        assert backup.verify(key=KEY, head=head)
        assert ledger.verify(head=head)
