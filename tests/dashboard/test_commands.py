"""``python -m skprivate verify | backup | complaints | dashboard``."""

import io
import json
import sqlite3
from contextlib import closing

import pytest

from skprivate import PrivacyLedger
from skprivate.__main__ import main
from skprivate.accounting import Budget
from skprivate.ledger import _file, charge
from skprivate.security import KeyRing


@pytest.fixture
def ring(tmp_path, monkeypatch):
    """A file of keys, and its password."""
    monkeypatch.setenv("SKPRIVATE_PASSWORD", "a long enough password 1")
    keys = KeyRing.new()
    keys.save(tmp_path / "ring", password="a long enough password 1")
    return keys


@pytest.fixture
def ledger(tmp_path, ring):
    path = tmp_path / "ledger"
    ledger = PrivacyLedger(2.0, 1e-6, path=path, key=ring, table="patients")
    with ledger:
        charge("first", Budget(0.5, 1e-6))
    return ledger


def run(capsys, *words):
    """What a command returns and prints."""
    status = main([str(word) for word in words])
    said = capsys.readouterr()
    assert (status == 0) == (said.err == "")
    return said.out if status == 0 else said.err


def test_verify(ledger, tmp_path, capsys):
    said = run(capsys, "verify", ledger.path)
    assert "nobody knows" in said
    head = said.partition("head: ")[2].strip()
    assert head == ledger.head
    said = run(capsys, "verify", ledger.path, "--head", head)
    assert "by a head" in said
    said = run(capsys, "verify", ledger.path, "--ring", tmp_path / "ring")
    assert "by the key" in said
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM debits")
    assert "row 1 of debits was deleted" in run(capsys, "verify", ledger.path)
    assert main(["verify", ledger.path]) == 1


def test_verify_of_what_is_no_ledger(tmp_path, capsys):
    assert "no file is there" in run(capsys, "verify", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    ledger = PrivacyLedger()
    assert "no head of a ledger" in run(capsys, "verify", ledger.path, "--head", "x")
    assert "folder" in run(capsys, "verify", tmp_path)


def test_backup(ledger, tmp_path, capsys):
    said = run(capsys, "backup", ledger.path, tmp_path / "copy")
    assert said.strip() == f"head: {ledger.head}"
    assert PrivacyLedger.open(tmp_path / "copy").verify(head=ledger.head)
    assert "overwrites nothing" in run(capsys, "backup", ledger.path, tmp_path / "copy")


def test_complaints(ledger, tmp_path, capsys, monkeypatch):
    assert "No complaints." in run(capsys, "complaints", ledger.path)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear clinic, ...", encoding="utf-8")
    add = ["complaints", ledger.path, "--add"]
    run(capsys, *add, "2026-1", "--category", "access", "--text-file", letter)
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe"))
    due = ["--due", "2020-01-01", "--table", "patients"]
    run(capsys, *add, "2026-2", "--category", "erasure", "--text-file", "-", *due)
    change = ["complaints", ledger.path, "--change"]
    assert "answered" in run(capsys, *change, "2026-1", "--status", "answered")
    listed = run(capsys, "complaints", ledger.path)
    assert "2026-1" in listed
    assert "open, overdue" in listed
    assert "Dear clinic" not in listed
    assert "2026-1" not in run(capsys, "complaints", ledger.path, "--open")
    assert "2026-2" in run(capsys, "complaints", ledger.path, "--overdue")
    assert "No such" in run(capsys, "complaints", ledger.path, "--category", "breach")
    show = ["complaints", ledger.path, "--show-text"]
    assert "Dear clinic" in run(capsys, *show, "2026-1")
    run(capsys, "complaints", ledger.path, "--erase-text", "2026-1")
    assert "(erased)" in run(capsys, *show, "2026-1")
    assert "from a pipe" in run(capsys, *show, "2026-2")
    whole = run(capsys, "complaints", ledger.path, "--json")
    assert "from a pipe" not in whole
    one, other = json.loads(whole)
    assert (one["case"], one["status"], one["open"]) == ("2026-1", "answered", False)
    assert (other["overdue"], other["releases"]) == (True, [1])


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["--add", "2026-1"], "needs --category"),
        (["--add", "Erika Muster", "--category", "access"], "case must be the number"),
        (["--add", "2026-1", "--category", "rage"], "category is unknown"),
        (["--add", "2026-1", "--category", "access", "--due", "x"], "due is no day"),
        (["--add", "2026-1", "--category", "access", "--text-file", "no"], "no"),
        (["--change", "2026-1"], "needs a status"),
        (["--change", "2026-9", "--status", "answered"], "not in the ledger"),
        (["--show-text", "2026-9"], "not in the ledger"),
        (["--erase-text", "2026-9"], "not in the ledger"),
        (["--erase-text", "2026-1", "--status", "answered"], "another command"),
        (["--add", "2026-2", "--status", "answered"], "another command"),
        (["--text-file", "x"], "--text-file belongs to another"),
        (["--due", "2026-12-31"], "another command"),
    ],
)
def test_wrong_words_are_told_and_nothing_is_written(ledger, capsys, words, match):
    if words[:2] != ["--add", "2026-1"]:
        ledger.complaint("2026-1", category="access")
    head = ledger.head
    assert match in run(capsys, "complaints", ledger.path, *words)
    assert ledger.head == head
    assert "Erika" not in capsys.readouterr().err


def test_dashboard(ledger, tmp_path, capsys):
    page = run(capsys, "dashboard", ledger.path)
    assert page.startswith("<!doctype html>")
    policy = tmp_path / "house.json"
    policy.write_text('{"max_epsilon": 0.1}', encoding="utf-8")
    output = tmp_path / "page.html"
    words = ["-o", output, "--policy", policy, "--ring", tmp_path / "ring"]
    head = ["--head", ledger.head]
    assert run(capsys, "dashboard", ledger.path, *words, *head) == ""
    page = output.read_text(encoding="utf-8")
    assert 'Policy house<span class="state">not met' in page
    assert "by the key and a head" in page


def test_a_page_replaces_no_ledger(ledger, tmp_path, capsys, monkeypatch):
    link = tmp_path / "link"
    link.symlink_to(ledger.path)
    for target in (ledger.path, link):
        said = run(capsys, "dashboard", ledger.path, "-o", target)
        assert "would replace the ledger" in said
    assert ledger.verify(head=ledger.head)
    assert "no file is there" in run(
        capsys, "dashboard", tmp_path / "none", "-o", tmp_path / "page.html"
    )
    assert not (tmp_path / "page.html").exists()
    missing = ["--policy", tmp_path / "no.toml"]
    assert run(capsys, "dashboard", ledger.path, *missing)


def test_an_edited_ledger_still_has_a_page(ledger, tmp_path, capsys):
    """Those who answer for it must see that something is wrong."""
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        connection.execute("UPDATE debits SET name = 'other'")
    page = run(capsys, "dashboard", ledger.path)
    assert "1 of debits was edited" in page
    assert "not as it was written" in page


@pytest.mark.parametrize("command", ["verify", "dashboard"])
def test_wrong_keys(ledger, tmp_path, capsys, command, monkeypatch):
    KeyRing.new().save(tmp_path / "other", password="a long enough password 1")
    words = [command, ledger.path, "--ring", tmp_path / "other"]
    said = run(capsys, *words)
    assert "another key" in said
    monkeypatch.setenv("SKPRIVATE_PASSWORD", "wrong")
    assert "password" in run(capsys, *words)
    assert run(capsys, command, ledger.path, "--ring", tmp_path / "none")
