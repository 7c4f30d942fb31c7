"""Fits on parties behind HTTPS, some of them in processes of their own."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from benchmarks.certificates import Authority
from skprivate.federated import FederatedRows, HTTPChannel, Party, PartyServer, Policy
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler
from skprivate.testing import all_estimators
from skprivate.testing._checks_federated import Unreported
from skprivate.testing._examples import configured, example_for
from skprivate.testing._replay import replay
from skprivate.testing._shared import recording_of
from tests.federated.clinic import rows

CLINIC = Path(__file__).with_name("clinic.py")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Keywords of servers and of a channel."""
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    certificate, key = authority.sign("clinic", server=True)
    server = {"certificate": certificate, "key": key, "clients": authority.path}
    certificate, key = authority.sign("analyst", server=False)
    client = {"certificate": certificate, "key": key, "authority": authority.path}
    return server, client


class Process:
    """A clinic in a process of its own, which can be killed and started again."""

    def __init__(self, part, folder, files):
        self.ledger, self.port = folder / f"{part}.sqlite", 0
        self._files = {name: str(path) for name, path in files.items()}
        self._part = part
        self.start()

    def start(self):
        told = {
            "part": self._part,
            "ledger": str(self.ledger),
            "port": self.port,
            "files": self._files,
        }
        self._process = subprocess.Popen(
            [sys.executable, str(CLINIC), json.dumps(told)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=CLINIC.parents[2],
            env=os.environ | {"PYTHONPATH": str(CLINIC.parents[2])},
        )
        self.port = int(self._process.stdout.readline())

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"


@contextmanager
def channel_to(parties, client):
    """A channel to addresses and processes, which are ended with it."""
    urls = {str(i): getattr(party, "url", party) for i, party in enumerate(parties)}
    try:
        with HTTPChannel(urls, **client) as channel:
            yield channel
    finally:
        for party in parties:
            if isinstance(party, Process):
                party.kill()


class Killing:
    """A channel that kills a party before some message, and starts it again."""

    def __init__(self, channel, process, at):
        self._channel, self._process, self._at, self.n_asked = channel, process, at, 0

    @property
    def names(self):
        return self._channel.names

    def ask(self, messages, timeout):
        self.n_asked += 1
        if self.n_asked == self._at:
            self._process.kill()
            self._process.start()
        return self._channel.ask(messages, timeout)


def test_parties_here_and_elsewhere_are_one_pool_and_a_kill_changes_nothing(
    files, tmp_path
):
    server, client = files
    process = Process(1, tmp_path, server)
    policy = Policy(max_epsilon=np.inf, noise="server", ledger=tmp_path / "0.sqlite")
    party = Party(*rows(0), policy=policy)
    X, y = map(np.concatenate, zip(rows(0), rows(1), strict=True))
    with (
        PartyServer(party, ("127.0.0.1", 0), **server) as here,
        channel_to(["https://{}:{}".format(*here.address), process], client) as channel,
    ):
        killing = Killing(channel, process, at=6)
        held = FederatedRows(killing, 3, noise="server")
        how = {"epsilon": 1.0, "bounds": (-1, 1), "random_state": 3}
        scaler = DPStandardScaler(**how).fit(held)
        model = DPLogisticRegression(classes=[0, 1], **how).fit(held)
    assert killing.n_asked > 8
    np.testing.assert_array_equal(scaler.mean_, scaler.fit(X).mean_)
    np.testing.assert_array_equal(model.coef_, model.fit(X, y).coef_)
    spent = PrivacyLedger(path=process.ledger).spent()
    assert spent == party.ledger.spent()  # each fit was counted once
    assert 1.4 < spent < 2.1


@pytest.mark.slow
def test_every_query_crosses_the_wire_once(files):
    """The first estimator that asks a query is fitted on parties behind HTTPS."""
    server, client = files
    policy = Policy(max_epsilon=np.inf, noise="server")
    servers = [
        PartyServer(Party(np.zeros((0, 1))), ("127.0.0.1", 0), **server) for _ in "ab"
    ]
    urls = {
        f"party {i}": "https://{}:{}".format(*s.address) for i, s in enumerate(servers)
    }
    seen = set()
    with servers[0], servers[1], HTTPChannel(urls, **client) as channel:
        for _, cls in all_estimators():
            estimator = configured(cls())
            recording = recording_of(estimator)
            asked = {
                (type(one.query), type(getattr(one.query, "query", None)))
                for one in recording.tape.asked
            }
            if asked <= seen:
                continue
            example = example_for(estimator)
            for i, each in enumerate(servers):
                take = slice(i, None, 2)
                y = None if example.y is None else example.y[take]
                each.party = Party(example.X[take], y, policy=policy)
            held = Unreported(channel, example.X.shape[1], noise="server")
            playback = replay(recording, units=0, X=held)
            assert not playback.refused, type(estimator).__name__
            assert not playback.findings, (type(estimator).__name__, playback.findings)
            seen |= asked
    assert len(seen) > 25
