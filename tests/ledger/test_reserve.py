"""A part of a cap's delta for fits that find categories, from the start."""

import json
import math

import numpy as np
import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget, epsilon_of_events
from skprivate.ledger import BudgetExceededError, LedgerUnavailableError, _file, charge
from skprivate.ledger._display import json_of_ledger
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler

PLAIN, FINDS = Budget(0.5, 1e-6), Budget(0.5, 1e-6).reserving()
WORDS = [["a"], ["b"]] * 300


def open_ledger(path=None, epsilon=2.0, reserve=3e-7):
    return PrivacyLedger(epsilon, 1e-6, path=path, reserve=reserve)


def test_fits_that_find_categories_may_come_at_any_time():
    X = np.random.default_rng(0).uniform(size=(100, 2))
    with open_ledger() as ledger:
        DPStandardScaler(epsilon=0.5, bounds=(0, 1)).fit(X)
        encoder = DPOneHotEncoder(epsilon=0.5)
        for _ in range(3):
            encoder.fit(WORDS)
        with pytest.raises(BudgetExceededError, match=r"keeps 3e-07.*reserve=\.\.\."):
            encoder.fit(WORDS)
        ledger.dismiss_refusals()
        DPStandardScaler(epsilon=0.5, bounds=(0, 1)).fit(X)
    assert len(ledger.records) == 5
    assert ledger.remaining_reserve == pytest.approx(0, abs=1e-15)


def test_the_whole_stays_within_the_cap():
    """Until nothing more is admitted; by the accountant, at the ledger's delta."""
    with open_ledger(epsilon=1.5) as ledger:
        for budget in [PLAIN, FINDS, FINDS, PLAIN, FINDS, FINDS] * 3:
            try:
                charge("fit", budget)
            except BudgetExceededError:
                ledger.dismiss_refusals()
        left = ledger.remaining
        charge("the rest", Budget(left * (1 - 1e-9), 1e-6))
    events = [record.event for record in ledger.records]
    assert 1.4 < epsilon_of_events(events, 1e-6) <= 1.5 * (1 + 1e-8)
    assert ledger.spent() <= 1.5 * (1 + 1e-8)


def test_nothing_is_kept_if_so_wished():
    with open_ledger(reserve=0.0) as ledger:
        with pytest.raises(BudgetExceededError, match="keeps 0"):
            charge("fit", FINDS)
        charge("fit", Budget(2.0, 1e-6))
        ledger.dismiss_refusals()
    assert "categories" not in repr(ledger)


def test_it_is_in_the_file(tmp_path):
    path = tmp_path / "ledger"
    with open_ledger(path):
        charge("fit", PLAIN)
    for again in (PrivacyLedger(path=path), PrivacyLedger(2.0, 1e-6, path=path)):
        assert again.reserve == 3e-7
    with open_ledger(path) as again:
        charge("fit", FINDS)
    assert again.remaining_reserve == pytest.approx(2e-7)
    for other in (1e-7, 0.0):
        with pytest.raises(ValueError, match=r"another cap: .*reserve=3e-07"):
            open_ledger(path, reserve=other)


def test_two_ledgers_are_debited_together_or_not_at_all():
    with PrivacyLedger(3.0, 1e-6, reserve=0.0) as outer:
        charge("fit", PLAIN)
        with open_ledger() as inner:
            with pytest.raises(BudgetExceededError, match="keeps 0"):
                charge("fit", FINDS)
            inner.dismiss_refusals()
        outer.dismiss_refusals()
    assert (len(outer.records), len(inner.records)) == (1, 0)
    assert inner.remaining_reserve == 3e-7


def test_parts_that_share_no_unit_share_no_reserve():
    ledger = open_ledger(reserve=1e-7)
    with ledger, ledger.disjoint("site") as site:
        for name in ("north", "south"):
            with site.part(name):
                charge("fit", FINDS)
    assert ledger.remaining_reserve == pytest.approx(0, abs=1e-15)


def test_it_says_so():
    with open_ledger() as ledger:
        charge("fit", FINDS)
    line = "3e-07 of delta is for finding categories; 2e-07 of it is left"
    assert line in repr(ledger)
    assert line in ledger._repr_html_()
    assert json.loads(json_of_ledger(ledger))["reserve"] == 3e-7


@pytest.mark.parametrize(
    ("first", "kept"),
    [
        (PLAIN, 1e-7),
        (FINDS, 5e-7),
        (Budget(1.98, 1e-6), 1e-7),
        (Budget(2.0, 1e-6).reserving(), 1e-7),  # more than the other half would allow
        (Budget(2.0, 1e-6), 0.0),
        (Budget(2.0, 1e-6).split(1, 2, 4)[0], 0.0),  # shared out to the last bit
        (Budget(1.0, 0.0), 1e-7),
        (Budget(2.0, 0.0), 1e-7),  # its price is epsilon alone
    ],
)
def test_the_first_fit_decides_what_is_kept(first, kept):
    with PrivacyLedger(2.0, 1e-6) as ledger:
        assert ledger.reserve is ledger.remaining_reserve is None
        charge("fit", first)
    assert ledger.reserve == pytest.approx(kept)


@pytest.mark.parametrize("first", [PLAIN, FINDS])
def test_ten_table_fits_fit_into_a_cap_of_a_larger_delta(first):
    with PrivacyLedger(epsilon=10, delta=1e-5) as ledger:
        charge("first", first)
        for _ in range(10):
            charge("table", Budget(1.0, 1e-6).reserving())
    events = [record.event for record in ledger.records]
    assert epsilon_of_events(events, 1e-5) <= 10
    assert ledger.remaining_reserve >= (3.9e-6 if first is FINDS else 0)


def test_the_cap_holds_whatever_the_first_fit_decides():
    """The most of both kinds, by the accountant, at the delta of the cap."""
    for first in (PLAIN, FINDS, Budget(1.98, 1e-6), Budget(0.5, 1e-9)):
        with PrivacyLedger(2.0, 1e-6) as ledger:
            charge("first", first)
            left = ledger.remaining_reserve
            charge("keys", Budget(0.01, 10 * left * (1 - 1e-9)).reserving())
            more = ledger.remaining * (1 - 1e-9)
            if more > 1e-3:
                charge("the rest", Budget(more, 1e-6))
        assert ledger.remaining < 2e-3
        events = [record.event for record in ledger.records]
        assert 1.9 < epsilon_of_events(events, 1e-6) <= 2 * (1 + 1e-8)


def test_what_is_short_is_named():
    with PrivacyLedger(2.0, 1e-6) as ledger:
        charge("fit", FINDS)
        charge("fit", Budget(0.5, 3.5e-6).reserving())
        with pytest.raises(
            BudgetExceededError, match=r"left: 5e-08.*part of delta, not .* as 1e-07;"
        ):
            charge("fit", FINDS)
        charge("fit", Budget(0.1, 1e-7).reserving())
        with pytest.raises(BudgetExceededError, match=r"epsilon=9.*short is epsilon"):
            charge("fit", Budget(9.0, 1e-6))
        with pytest.raises(BudgetExceededError, match=r"inf \(.*noise.*finite epsilon"):
            charge("fit", Budget(math.inf, 1e-6))
        assert str(float(ledger.remaining)) == repr(ledger.remaining)
        charge("fit", Budget(0.1, 4e-7).reserving())
        ledger.dismiss_refusals()
    assert "find no categories: nothing is left" in repr(ledger.remaining)
    assert "find no categories: nothing is left" in repr(ledger)
    with PrivacyLedger(2.0, 0.0) as ledger:
        with pytest.raises(BudgetExceededError, match=r"delta must.* Give .*delta=0\."):
            charge("fit", PLAIN)
        ledger.dismiss_refusals()


def test_what_is_short_may_be_both():
    with PrivacyLedger(1.0, 1e-6) as ledger:
        charge("fit", Budget(1.0, 1e-6).reserving())
        with pytest.raises(
            BudgetExceededError, match=r"and epsilon, too.*Leave"
        ) as both:
            charge("fit", Budget(1.0, 1e-6).reserving())
        ledger.dismiss_refusals()
    assert "not epsilon" not in str(both.value)
    assert len(ledger.records) == 1


def test_infinity_is_printed_with_its_reason():
    with PrivacyLedger() as ledger:
        for _ in range(11):
            charge("keys", Budget(1.0, 1e-6).reserving())
    spent = ledger.spent(1e-6)
    assert spent == math.inf
    for text in (repr(spent), f"{spent:.3f}", repr(ledger), ledger._repr_html_()):
        assert "delta must be larger than that, such as 2e-06" in text
    assert ledger.spent(2e-6) < math.inf
    assert repr(ledger.spent(2e-6)) == repr(float(ledger.spent(2e-6)))
    assert "no cap" in repr(ledger.remaining)
    assert "larger" in json.loads(json_of_ledger(ledger))["why"]
    with PrivacyLedger() as ledger:
        charge("Gaussian", PLAIN)
    assert "delta must be larger than 0" in repr(ledger.spent(0.0))
    with PrivacyLedger() as ledger:
        charge("open", Budget(math.inf, 1e-6))
    assert "without noise" in repr(ledger.records[0].epsilon)
    assert repr(ledger).count("inf") == repr(ledger).count("without noise") == 2


def test_a_ledger_that_is_not_entered_says_so():
    ledger = PrivacyLedger(1.0, 1e-6)
    assert "counts nothing" in repr(ledger)
    assert "counts nothing" in ledger._repr_html_()
    with ledger:
        assert ledger.is_active
        assert "counts nothing" not in repr(ledger)
    with ledger.disjoint("site").part("north"):
        assert "counts nothing" not in repr(ledger)
    assert "counts nothing" in repr(ledger)


def test_a_refused_fit_decides_nothing():
    with PrivacyLedger(0.6, 1e-6) as ledger:
        with pytest.raises(BudgetExceededError):
            charge("fit", Budget(5.0, 1e-6))
        ledger.dismiss_refusals()
        charge("fit", FINDS)
    assert ledger.reserve == pytest.approx(5e-7)


def test_a_version_that_knows_no_reserve_refuses_the_file(tmp_path, monkeypatch):
    """It would spend it."""
    path = tmp_path / "ledger"
    open_ledger(path)
    _file.close(str(path))
    monkeypatch.setattr(_file, "FORMATS", (1,))
    with pytest.raises(LedgerUnavailableError, match="has format 3"):
        PrivacyLedger(path=path)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="give epsilon and delta"):
        PrivacyLedger(reserve=1e-7)
    for reserve in (1e-6, -1e-7, float("nan"), True, "1"):
        with pytest.raises((ValueError, TypeError), match="reserve"):
            open_ledger(reserve=reserve)
