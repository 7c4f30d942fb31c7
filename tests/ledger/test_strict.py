"""What a strict ledger refuses, and when."""

import numpy as np
import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.base import DPEstimator
from skprivate.ledger import StrictLedgerError, charge
from skprivate.rows import Rows
from tests.ledger.spies import SpyClassifier, SpyScaler, X, fits_of, quiet, y


class Unreadable(Rows):
    """Rows that must not be read."""

    n_features = 4

    def total(self, queries):
        raise AssertionError("rows were read")

    def encoded(self, classes):
        return self

    def labels(self):
        raise AssertionError("labels were read")


@pytest.fixture
def tally(tmp_path):
    return str(tmp_path / "tally")


def test_it_admits_what_is_sound(tally):
    with PrivacyLedger(strict=True) as ledger:
        SpyClassifier(tally=tally, classes=[0, 1, 2]).fit(X, y)
        SpyScaler(tally=tally).fit(X)
    assert len(ledger.records) == 2


@pytest.mark.parametrize("seed", [0, np.random.RandomState(0)])
def test_seeded_fits_are_refused(seed, tally):
    scaler = SpyScaler(tally=tally)
    scaler.random_state = seed
    ledger = PrivacyLedger(strict=True)
    with pytest.raises(StrictLedgerError, match="random_state=None"), ledger:
        scaler.fit(X)
    assert ledger.records == ()
    assert fits_of(tally) == 0


def test_fits_that_are_not_private_are_refused(tally):
    ledger = PrivacyLedger(strict=True)
    with quiet(), pytest.raises(StrictLedgerError, match="finite epsilon"), ledger:
        SpyScaler(tally=tally, epsilon=np.inf).fit(X)
    assert ledger.records == ()


def test_labels_are_not_read_for_free(tally):
    ledger = PrivacyLedger(strict=True)
    with pytest.raises(StrictLedgerError, match=r"the class labels.*Declare"), ledger:
        SpyClassifier(tally=tally).fit(Unreadable())
    assert ledger.records == ()  # a parameter tells: no row need be looked at
    assert fits_of(tally) == 0


def test_an_assumption_is_refused_before_a_later_release(tally):
    class Assuming(DPEstimator):
        def _fit(self, curator):
            curator.assume("that nobody is older than 100")
            self.count_ = curator.count(share=1.0)

    strict = PrivacyLedger(strict=True)
    with pytest.raises(StrictLedgerError, match="older than 100"), strict:
        Assuming().fit(Unreadable())
    with PrivacyLedger() as ledger:
        Assuming().fit(X)
    assert ledger.records[0].assumed == ("that nobody is older than 100",)


def test_one_strict_ledger_among_several_suffices(tally):
    strict, other = PrivacyLedger(strict=True), PrivacyLedger()
    with pytest.raises(StrictLedgerError), strict, other:
        SpyClassifier(tally=tally).fit(X, y)
    with pytest.raises(StrictLedgerError), other, strict:
        charge("seeded", Budget(1.0, 1e-6), seeded=True)
    assert other.records == strict.records == ()


def test_a_file_that_was_created_strict_stays_so(tmp_path):
    path = tmp_path / "ledger"
    PrivacyLedger(path=path, strict=True)
    again = PrivacyLedger(path=path)
    assert again.strict
    with pytest.raises(StrictLedgerError), again:
        charge("seeded", Budget(1.0, 1e-6), seeded=True)


def test_a_file_may_be_opened_more_strictly(tmp_path):
    path = tmp_path / "ledger"
    PrivacyLedger(path=path)
    with pytest.raises(StrictLedgerError), PrivacyLedger(path=path, strict=True):
        charge("seeded", Budget(1.0, 1e-6), seeded=True)
    with PrivacyLedger(path=path):
        charge("seeded", Budget(1.0, 1e-6), seeded=True)
