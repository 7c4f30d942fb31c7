"""A refusal that somebody swallowed comes back at the end of the block."""

from contextlib import suppress

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import BudgetExceededError, StrictLedgerError, charge
from tests.ledger.spies import SpyClassifier, X, quiet, y


@pytest.mark.parametrize("backend", ["sequential", "threading", "loky"])
def test_a_search_that_turns_refusals_into_nan_does_not_end_well(backend, tmp_path):
    spy = SpyClassifier(tally=str(tmp_path / "tally"), classes=[0, 1, 2])
    n_jobs = 1 if backend == "sequential" else 2
    search = GridSearchCV(spy, {"epsilon": [0.5, 0.6]}, cv=3, refit=False)
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with (
        quiet(),
        parallel_config(backend, n_jobs=n_jobs),
        pytest.raises(BudgetExceededError, match="were refused in this block"),
        ledger,
    ):
        search.fit(X, y)
    assert np.isnan(search.cv_results_["mean_test_score"]).any()
    assert 0 < len(ledger.records) < 6


def test_a_strict_refusal_in_a_fold_comes_back_as_itself(tmp_path):
    spy = SpyClassifier(tally=str(tmp_path / "tally"))
    ledger = PrivacyLedger(strict=True)
    with quiet(), pytest.raises(StrictLedgerError), ledger:
        GridSearchCV(spy, {"classes": [None, [0, 1, 2]]}, refit=False).fit(X, y)


def test_what_was_dealt_with_does_not_come_back():
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises(BudgetExceededError):
            charge("too much", Budget(2.0, 1e-6))
        assert len(ledger.refusals) == 1
        assert "too much" in ledger.refusals[0]
        ledger.dismiss_refusals()
        assert ledger.refusals == ()
    assert ledger.refusals == ()


def test_another_error_is_not_hidden():
    def work():
        with suppress(BudgetExceededError):
            charge("too much", Budget(2.0, 1e-6))
        raise KeyError("mine")

    with pytest.raises(KeyError), PrivacyLedger(epsilon=1.0, delta=1e-6):
        work()


def test_refusals_belong_to_their_block(tmp_path):
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6, path=tmp_path / "ledger")
    with pytest.raises(BudgetExceededError), ledger:
        charge("too much", Budget(2.0, 1e-6))
    with ledger:
        charge("enough", Budget(0.5, 1e-6))


def test_only_the_ledger_that_refused_raises():
    inner = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with PrivacyLedger() as outer, pytest.raises(BudgetExceededError), inner:
        charge("too much", Budget(2.0, 1e-6))
    assert outer.records == ()


def test_a_part_raises_at_its_own_end():
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    part = ledger.disjoint("site").part("north")
    swallowed = suppress(BudgetExceededError)
    with pytest.raises(BudgetExceededError, match="1 fit"), part, swallowed:
        charge("too much", Budget(2.0, 1e-6))
