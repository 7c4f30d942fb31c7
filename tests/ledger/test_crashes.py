"""Processes that are killed at any moment, and processes that race, lose nothing."""

import os
import random
import signal
import sqlite3
import time

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import BudgetExceededError, charge
from skprivate.ledger._file import reading
from skprivate.ledger._totals import largest, read_totals
from tests.ledger.spies import count_one, fits_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def part_of(n):
    """One of ``n`` equal parts of (1, 1e-6)."""
    return Budget(1.0, 1e-6).split(*[1] * n)[0]


def child(work):
    """Run ``work`` in a process of its own; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    finally:
        os._exit(0)


def spend(part, tally, attempts):
    """Debit until nothing is left; every admitted debit is acknowledged."""
    for _ in range(attempts):
        try:
            charge("fit", part)
        except BudgetExceededError:
            return
        count_one(tally)


def wait_for(tally, n_more):
    """Wait for debits, or a second: where disks are slow, few are made in a moment."""
    enough, end = fits_of(tally) + n_more, time.monotonic() + 1.0
    while fits_of(tally) < enough and time.monotonic() < end:
        time.sleep(0.001)


def kill_many(path, tally, *, n_kills, n_parts, at_once=2):
    """Kill debiting processes at random moments; returns the number of kills."""
    part, moments = part_of(n_parts), random.Random(0)
    with PrivacyLedger(epsilon=1.0, delta=1e-6):
        charge("fit", part)  # imports what the children need
    for _ in range(n_kills // at_once):
        with PrivacyLedger(path=path) as ledger:
            pids = [child(lambda: spend(part, tally, n_parts)) for _ in range(at_once)]
            wait_for(tally, moments.randrange(3))
            time.sleep(moments.uniform(0.002, 0.05))
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            for pid in pids:
                os.waitpid(pid, 0)
            ledger.dismiss_refusals()


def check_nothing_is_lost_or_overspent(tmp_path, n_kills, n_parts, durable):
    path, tally = tmp_path / "ledger", str(tmp_path / "tally")
    if durable:
        ledger = PrivacyLedger(epsilon=1.0, delta=1e-6, path=path)
    else:
        ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    kill_many(ledger.path, tally, n_kills=n_kills, n_parts=n_parts)
    acknowledged, recorded = fits_of(tally), len(ledger.records)
    assert acknowledged > n_kills / 10  # the test has done something
    assert acknowledged <= recorded <= min(n_parts, acknowledged + n_kills)
    connection = sqlite3.connect(ledger.path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with reading(ledger.path) as opened:
        total = largest(read_totals(opened)).mu2
    assert total == pytest.approx(recorded * part_of(n_parts).mu ** 2, rel=1e-9)
    return ledger


@pytest.mark.parametrize(("durable", "n_parts"), [(True, 1000), (False, 5000)])
def test_sixty_kills(durable, n_parts, tmp_path):
    ledger = check_nothing_is_lost_or_overspent(tmp_path, 60, n_parts, durable)
    with ledger:  # and nothing of the cap is lost
        spend(part_of(n_parts), str(tmp_path / "tally"), n_parts)
        ledger.dismiss_refusals()
    assert len(ledger.records) == n_parts


@pytest.mark.slow
@pytest.mark.parametrize("durable", [True, False])
def test_a_thousand_kills(durable, tmp_path):
    check_nothing_is_lost_or_overspent(tmp_path, 1000, 40_000, durable)


@pytest.mark.parametrize("durable", [pytest.param(True, marks=pytest.mark.slow), False])
def test_four_processes_use_up_a_cap_exactly(durable, tmp_path):
    tally = str(tmp_path / "tally")
    path = tmp_path / "ledger" if durable else None
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6, path=path)
    part = part_of(800)

    def work():
        for _ in range(400):
            try:
                charge("fit", part)
            except BudgetExceededError:
                continue
            count_one(tally)

    with ledger:
        for pid in [child(work) for _ in range(4)]:
            assert os.waitpid(pid, 0)[1] == 0
        assert len(ledger.refusals) == 800
        ledger.dismiss_refusals()
    assert len(ledger.records) == fits_of(tally) == 800


def test_two_processes_do_not_wait_for_each_other_over_two_ledgers(tmp_path):
    first = PrivacyLedger(path=tmp_path / "first")
    second = PrivacyLedger(path=tmp_path / "second")

    def work(*ledgers):
        with ledgers[0], ledgers[1]:
            for _ in range(40):
                charge("fit", part_of(1000))

    pids = [child(lambda: work(first, second)), child(lambda: work(second, first))]
    for pid in pids:
        assert os.waitpid(pid, 0)[1] == 0
    assert len(first.records) == len(second.records) == 80


def test_two_processes_create_one_ledger(tmp_path):
    path = tmp_path / "ledger"

    def work():
        with PrivacyLedger(epsilon=1.0, delta=1e-6, path=path):
            charge("fit", part_of(100))

    for pid in [child(work) for _ in range(6)]:
        assert os.waitpid(pid, 0)[1] == 0
    assert len(PrivacyLedger(path=path).records) == 6
    assert {p.name for p in tmp_path.iterdir()} <= {"ledger", "ledger-journal"}
