"""Analysts who are killed in the middle of a fit: every ledger is right."""

import os
import signal
import time
import warnings

import pytest

from skprivate.federated import FederatedRows, InProcess, Party, Policy
from skprivate.ledger import PrivacyLedger
from skprivate.ledger import _file as ledger_file
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler
from tests.federated.messages import X, Y

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="analysts are forked")

NAMES = "a", "b", "c"
CAP = 1e4


def path_of(folder, name):
    return folder / f"{name}.sqlite"


def prepare(folder):
    """Ledgers of all, and their parties; what a fit compiles is compiled here."""
    parties = {}
    for i, name in enumerate(NAMES):
        policy = Policy(max_epsilon=CAP, ledger=path_of(folder, name))
        parties[name] = Party(X[i::3], Y[i::3], policy=policy)
    ledger = PrivacyLedger(CAP, 1e-6, path=path_of(folder, "analyst"))
    return parties, ledger


def scaler():
    return DPStandardScaler(bounds=(0, 1))


def logistic():
    return DPLogisticRegression(bounds=(0, 1), classes=[0, 1])


def fit(folder, model):
    parties, ledger = prepare(folder)
    with ledger, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of so few rows
        model.fit(FederatedRows(InProcess(parties), 5))


def ends(folder, model, seconds=None):
    """Whether an analyst comes to the end, who is killed after so many seconds."""
    pid = os.fork()
    if not pid:
        try:
            fit(folder, model)
            os._exit(0)
        finally:
            os._exit(1)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def counted(folder, name):
    """Debits in a ledger; at a party as many as there are fits that it agreed to."""
    ledger = PrivacyLedger.open(path_of(folder, name))
    n_debits = len(ledger.records)
    if name in NAMES:
        with ledger_file.reading(ledger.path) as connection:
            fits = connection.execute("SELECT debit FROM federated_fits").fetchall()
            asked = connection.execute("SELECT fit FROM federated_answers").fetchall()
            known = connection.execute("SELECT fit FROM federated_fits").fetchall()
        assert len({*fits}) == len(fits) == n_debits
        assert {*asked} <= {*known}  # nothing was answered that was not debited
    return n_debits


def kill(folder, model, n_kills, rng):
    prepare(folder)
    start = time.monotonic()
    assert ends(folder, model)
    life, before = time.monotonic() - start, dict.fromkeys((*NAMES, "analyst"), 1)
    while n_kills > 0:
        whole = ends(folder, model, rng.uniform(0.0, life))
        after = {name: counted(folder, name) for name in before}
        new = {name: after[name] - before[name] for name in before}
        assert new["analyst"] in (0, 1)
        # Nobody agrees to what the analyst has not paid; who has the end paid once.
        assert all(whole <= new[name] <= new["analyst"] for name in NAMES)
        n_kills, before = n_kills - (not whole), after
    assert ends(folder, model)
    assert {counted(folder, name) - before[name] for name in before} == {1}


def test_a_killed_analyst_leaves_all_ledgers_right(tmp_path, rng):
    kill(tmp_path, scaler(), 3, rng)


@pytest.mark.slow
def test_a_hundred_killed_analysts(tmp_path, rng):
    kill(tmp_path, logistic(), 100, rng)
