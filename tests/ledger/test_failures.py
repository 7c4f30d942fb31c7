"""A ledger that cannot be written refuses the fit; nothing is lost or damaged."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import LedgerUnavailableError, _file, charge
from skprivate.ledger._board import VARIABLE
from tests.ledger.spies import SpyScaler, X, fits_of

FIT = Budget(0.1, 1e-6)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path):
    ledger = PrivacyLedger(epsilon=5.0, delta=1e-6, path=tmp_path / "ledger")
    with ledger:
        charge("first", FIT)
    return ledger


@contextmanager
def refused(match):
    """A fit in this block is refused, and the block of the ledger says so again."""
    with pytest.raises(LedgerUnavailableError, match=match):
        yield


def test_a_deleted_ledger(ledger, tmp_path):
    spy = SpyScaler(tally=str(tmp_path / "tally"))
    with refused("no file is there"), ledger:
        os.unlink(ledger.path)
        spy.fit(X)
    assert fits_of(spy.tally) == 0
    assert not hasattr(spy, "privacy_")
    with refused("no file is there"), ledger:
        pass
    assert not os.path.exists(ledger.path)  # a refusal creates nothing


def test_a_ledger_that_is_deleted_in_a_swallowed_fit(ledger):
    with refused("no file is there"), ledger:
        os.unlink(ledger.path)
        with pytest.raises(LedgerUnavailableError):
            charge("swallowed", FIT)


def test_a_replaced_ledger(ledger, tmp_path):
    other = PrivacyLedger(path=tmp_path / "other")
    with refused("another ledger took its place"), ledger:
        os.replace(other.path, ledger.path)
        charge("x", FIT)


def test_a_ledger_that_is_overwritten_in_place(ledger, tmp_path):
    other = PrivacyLedger(path=tmp_path / "other")
    with refused("another ledger took its place|malformed"), ledger:
        shutil.copy(other.path, ledger.path)
        charge("x", FIT)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\0" * 8192, b"SQLite format 3\0" + b"\0" * 4080]
)
def test_a_file_that_is_no_ledger_is_left_alone(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with refused("not a ledger|not a database|malformed"):
        PrivacyLedger(path=path)
    assert path.read_bytes() == content
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_another_database_is_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE meta (key, value)")
    connection.close()
    content = path.read_bytes()
    with refused("the file is not a ledger"):
        PrivacyLedger(path=path)
    assert path.read_bytes() == content


def test_a_folder_and_a_missing_folder(tmp_path):
    with pytest.raises(IsADirectoryError, match="name of a file"):
        PrivacyLedger(path=tmp_path)
    with refused("cannot be created"):
        PrivacyLedger(path=tmp_path / "no" / "ledger")


def test_a_newer_format(ledger):
    _file.close(ledger.path)
    connection = sqlite3.connect(ledger.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with refused("has format 99"), ledger:
        charge("x", FIT)
    with refused("Install the version that wrote it"):
        PrivacyLedger(path=ledger.path)


def test_a_damaged_total(ledger):
    _file.close(ledger.path)
    connection = sqlite3.connect(ledger.path)
    with connection:
        connection.execute("UPDATE totals SET renyi = x'00112233'")
    connection.close()
    with refused("damaged"), ledger:
        charge("x", FIT)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE totals SET mu2 = 'x'",
        "UPDATE totals SET mu2 = -1.0",
        "UPDATE totals SET pure = x'00'",
        "UPDATE totals SET renyi = 'x'",
        "UPDATE totals SET scope = '1'",
        "UPDATE totals SET scope = ''",
    ],
)
def test_totals_that_are_none_are_refused(ledger, edit):
    edit_of(ledger, edit)
    for use in (ledger.spent, lambda: ledger.remaining, lambda: fit_in(ledger)):
        with pytest.raises(LedgerUnavailableError):
            use()


@pytest.mark.parametrize(
    "edit",
    ["UPDATE debits SET event = '2'", "UPDATE debits SET time = 4e18"],
)
def test_records_that_are_none_are_told(ledger, edit):
    edit_of(ledger, edit)
    for use in (ledger.spent, lambda: ledger.records, ledger.to_frame):
        with pytest.raises(LedgerUnavailableError, match="cannot be read"):
            use()
    assert "not readable" in repr(ledger)


def edit_of(ledger, edit):
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute(edit)
        connection.commit()


def fit_in(ledger):
    with ledger:
        charge("x", FIT)


def test_a_torn_file(ledger):
    _file.close(ledger.path)
    with open(ledger.path, "r+b") as file:
        file.truncate(6000)
    with refused("malformed|disk I/O|not a database"), ledger:
        charge("x", FIT)


def test_a_locked_ledger_is_waited_for(ledger):
    other = sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    timer.start()
    with ledger:
        charge("x", FIT)
    timer.join()
    other.close()
    assert len(ledger.records) == 2


def test_a_ledger_that_stays_locked(ledger, monkeypatch):
    monkeypatch.setattr(_file, "PATIENCE", 0.1)
    _file.close(ledger.path)
    other = sqlite3.connect(ledger.path, isolation_level=None)
    with refused("another process has locked it"), ledger:
        other.execute("BEGIN IMMEDIATE")
        charge("x", FIT)
    other.execute("ROLLBACK")
    other.close()
    with ledger:
        charge("x", FIT)
    assert len(ledger.records) == 2


@contextmanager
def without_rights(*paths):
    """Nobody may write these; root becomes somebody else for a while."""
    for path in paths:
        os.chmod(path, 0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in paths:
            os.chmod(path, 0o755)


def openable(tmp_path):
    """Make the way to a folder of pytest passable for everybody."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith(("pytest-", "popen-", "test_")):  # popen: of xdist
            folder.chmod(0o755)


def test_a_read_only_ledger_is_read_and_not_charged(ledger, tmp_path, monkeypatch):
    # Somebody else may not read what the workers of other tests are told.
    monkeypatch.setenv(VARIABLE, "[]")
    openable(tmp_path)
    _file.close(ledger.path)
    journal = f"{ledger.path}-journal"
    with without_rights(ledger.path, journal, tmp_path):
        assert len(PrivacyLedger(path=ledger.path).records) == 1
        with refused("readonly"), PrivacyLedger(path=ledger.path):
            charge("x", FIT)
        with refused("cannot be created"):
            PrivacyLedger(path=tmp_path / "new")
    _file.close(ledger.path)
    with ledger:
        charge("x", FIT)
    assert len(ledger.records) == 2


_FILL_THE_DISK = """
import resource, signal, sys
from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import LedgerUnavailableError, charge

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = PrivacyLedger(path=sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (110_000, 110_000))
n_paid = 0
try:
    with ledger:
        while n_paid < 10_000:
            charge("x" * 500, Budget(0.1, 1e-6))
            n_paid += 1
except LedgerUnavailableError as error:
    print(n_paid, str(error).replace(chr(10), " "))
"""


def test_a_full_disk_refuses_and_keeps_what_was_paid(tmp_path):
    path = tmp_path / "ledger"
    command = [sys.executable, "-c", _FILL_THE_DISK, str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment
    )
    n_paid, message = done.stdout.split(" ", 1)
    assert "No fit runs without it" in message
    ledger = PrivacyLedger(path=path)
    assert len(ledger.records) == int(n_paid) > 10
    with ledger:  # the disk has room again
        charge("x", FIT)
    assert len(ledger.records) == int(n_paid) + 1


def test_a_temporary_ledger_without_a_disk(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no such folder"))
    with refused("temporary ledger cannot be created"):
        PrivacyLedger()


def test_if_one_of_two_ledgers_fails_the_other_is_not_debited(ledger):
    with PrivacyLedger() as other, refused("no file is there"), ledger:
        os.unlink(ledger.path)
        charge("x", FIT)
    assert other.records == ()
