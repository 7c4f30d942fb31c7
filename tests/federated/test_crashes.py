"""Parties that are killed, at any moment: what was debited, and what was answered."""

import os
import signal
import sqlite3
import time
from fractions import Fraction

import numpy as np
import pytest

from skprivate.federated import Party, dumps, loads
from skprivate.ledger import PrivacyLedger
from skprivate.ledger import _file as ledger_file
from tests.federated.messages import (
    BUDGET,
    X,
    Y,
    ask,
    open_message,
    opening,
    trusting,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="parties are forked")

SHARES = 0.25, 0.25, 0.125
SCRIPT = [
    open_message(opening(), only_asked=True),
    open_message(opening()),
    ask(1, share=SHARES[0]),
    ask(2, share=SHARES[1]),
    ask(2, 1, share=SHARES[1]),  # once more, which is another debit
    ask(3, share=SHARES[2]),
]
CLOSE = dumps({"kind": "close", "fit": b"f" * 16})
# The SQL of a party that writes; what else there is reads.
WRITES = "BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "COMMIT"


class Killed(sqlite3.Connection):
    """A connection whose process is killed at the n-th write, before or after it."""

    left, after = 0, False

    def execute(self, sql, *args):
        if not sql.startswith(WRITES):
            return super().execute(sql, *args)
        Killed.left -= 1
        if Killed.left == 0 and not Killed.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = super().execute(sql, *args)
        if Killed.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def life_of_a_party(path, answers, crash=None):
    """Fork a party that goes through the script; returns its process.

    What it answers goes into a pipe, frame by frame, as it leaves.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        if crash is not None:
            Killed.left, Killed.after = crash
            connect = sqlite3.connect
            ledger_file.sqlite3 = _Sqlite(connect)
        party = Party(X, Y, policy=trusting(ledger=path))
        for message in SCRIPT:
            answer = party.answer(message)
            os.write(answers, len(answer).to_bytes(4, "little") + answer)
        os._exit(0)
    finally:
        os._exit(1)


class _Sqlite:
    """The module, whose connections kill."""

    def __init__(self, connect):
        self._connect = connect

    def __getattr__(self, name):
        return getattr(sqlite3, name)

    def connect(self, *args, **kwargs):
        return self._connect(*args, factory=Killed, **kwargs)


def heard(path, crash=None, seconds=None):
    """What a party has answered before its end, and whether it got to the end."""
    reading, writing = os.pipe()
    pid = life_of_a_party(path, writing, crash)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(pid, 0)
    frames = []
    while len(data) >= 4:
        size = int.from_bytes(data[:4], "little")
        if len(data) < 4 + size:
            break
        frames.append(data[4 : 4 + size])
        data = data[4 + size :]
    return frames, os.waitstatus_to_exitcode(status) == 0


def check_books(path, heard_before, final):
    """Nothing was lost, nothing counted twice, and no answer came out twice."""
    for frames in heard_before:
        assert frames[1:] == final[1 : len(frames)]  # the first says nothing of a fit
    kinds = [loads(frame)["kind"] for frame in final[1:]]
    assert kinds == ["opened"] + ["answer"] * 4
    ledger = PrivacyLedger.open(path)
    assert len(ledger.records) == 2  # the fit, and the second attempt
    with ledger_file.reading(ledger.path) as connection:
        ((spent,),) = connection.execute("SELECT spent FROM federated_fits").fetchall()
    asked = [Fraction(BUDGET.mechanism(share).mu) ** 2 for share in SHARES]
    assert Fraction(spent) == sum(asked)


def crashes_at(path, number, after):
    """One party that crashes at a write, and the next one; whether it did crash."""
    first, ended = heard(path, (number, after))
    final, whole = heard(path)
    assert whole
    check_books(path, [first], final)
    return not ended


def crash_at_writes(folder, numbers):
    """Planned crashes; returns how many happened."""
    return sum(
        crashes_at(folder / f"{number}-{after}.sqlite", number, after)
        for number in numbers
        for after in (False, True)
    )


def test_planned_crashes_lose_no_debit_and_count_none_twice(tmp_path):
    assert crash_at_writes(tmp_path, (9, 21)) == 4


@pytest.mark.slow
def test_a_planned_crash_at_every_write(tmp_path):
    number = 1
    while crash_at_writes(tmp_path, [number]):
        number += 1
    assert number > 40


def kill_at_random(folder, n_kills, rng):
    """Kills at moments that nobody has planned; the last party lives."""
    n_fits = 0
    while n_kills > 0:
        path, before = folder / f"{n_fits}.sqlite", []
        for _ in range(5):
            frames, ended = heard(path, seconds=rng.uniform(0.0, 0.06))
            before.append(frames)
            n_kills -= not ended
        final, whole = heard(path)
        assert whole
        check_books(path, before, final)
        n_fits += 1


def test_kills_lose_no_debit_and_count_none_twice(tmp_path, rng):
    kill_at_random(tmp_path, 5, rng)


@pytest.mark.slow
def test_a_hundred_kills(tmp_path, rng):
    kill_at_random(tmp_path, 100, rng)


def test_a_closed_fit_survives_too(tmp_path):
    path = tmp_path / "ledger.sqlite"
    heard(path)
    party = Party(X, Y, policy=trusting(ledger=path))
    assert loads(party.answer(CLOSE))["kind"] == "closed"
    party = Party(X, Y, policy=trusting(ledger=path))
    assert loads(party.answer(SCRIPT[2]))["kind"] == "refusal"
    assert len(party.ledger.records[0].releases) == 4
    assert np.isclose(party.ledger.records[0].epsilon, 1.0)
