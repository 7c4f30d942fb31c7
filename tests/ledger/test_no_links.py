"""Ledgers where the file system has no hard links: exFAT, network, FUSE, containers."""

import errno
import os

import numpy as np
import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import LedgerUnavailableError, _file, _naming, charge
from skprivate.preprocessing import DPStandardScaler

CAP = {"epsilon": 5.0, "delta": 1e-6}


@pytest.fixture(params=["EPERM", "ENOTSUP", "ENOSYS", None])
def no_links(request, monkeypatch):
    """`os.link` fails, or is not even there."""

    def link(*args, **kwargs):
        code = getattr(errno, request.param)
        raise OSError(code, os.strerror(code))

    if request.param is None:
        monkeypatch.delattr(os, "link")
    else:
        monkeypatch.setattr(os, "link", link)


@pytest.mark.parametrize("durable", [True, False])
def test_a_ledger_counts(no_links, durable, tmp_path):
    path = tmp_path / "ledger" if durable else None
    with PrivacyLedger(**CAP, path=path) as ledger:
        DPStandardScaler(bounds=(0, 1)).fit(np.full((9, 2), 0.5))
    assert len(ledger.records) == 1
    assert os.listdir(tmp_path) in ([], ["ledger", "ledger-journal"], ["ledger"])
    with PrivacyLedger(path=ledger.path) as again:
        charge("second", Budget(0.1, 1e-6))
    assert again.uid == ledger.uid
    assert len(again.records) == 2


def test_nobody_writes_over_a_ledger(no_links, tmp_path):
    """Somebody else was quicker, after this process has looked."""
    first = PrivacyLedger(**CAP, path=tmp_path / "ledger")
    meta = {"uid": "late", "created": 0.0, "durable": 1, "strict": 0}
    assert not _file.create(first.path, meta, durable=True)
    assert PrivacyLedger(path=first.path).uid == first.uid


def test_who_comes_second_waits_for_the_first(no_links, tmp_path, monkeypatch):
    path = str(tmp_path / "ledger")
    os.close(os.open(f"{path}.claim", os.O_CREAT))
    quicker = []

    def sleep(seconds):
        """In the meantime, the first one is done."""
        if not quicker:
            os.unlink(f"{path}.claim")
            quicker.append(PrivacyLedger(**CAP, path=path))

    monkeypatch.setattr(_naming, "sleep", sleep)
    assert PrivacyLedger(**CAP, path=path).uid == quicker[0].uid


def test_a_claim_that_a_crash_has_left_is_named(no_links, tmp_path, monkeypatch):
    path = str(tmp_path / "ledger")
    os.close(os.open(f"{path}.claim", os.O_CREAT))
    monkeypatch.setattr(_naming, "PATIENCE", 0.0)
    with pytest.raises(LedgerUnavailableError, match=r"delete .*ledger\.claim"):
        PrivacyLedger(**CAP, path=path)
    assert not os.path.exists(path)


def test_a_folder_that_cannot_be_written_is_still_refused(no_links, tmp_path):
    with pytest.raises(LedgerUnavailableError, match="cannot be created"):
        PrivacyLedger(**CAP, path=tmp_path / "no" / "ledger")
