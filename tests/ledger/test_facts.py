"""Purpose, retention, unit of privacy: recorded with the releases they hold for."""

import json
import threading
from datetime import date

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import BudgetExceededError, charge
from tests.ledger.spies import SpyScaler, X

FIT = Budget(0.1, 1e-6)
FACTS = {
    "table": "patients",
    "purpose": "beds",
    "retention": "2031-12-31",
    "unit_of_privacy": "a patient",
}


def test_what_is_given_is_recorded_with_every_release(tmp_path):
    given = FACTS | {"retention": date(2031, 12, 31)}
    with PrivacyLedger(path=tmp_path / "ledger", **given):
        charge("fit", FIT)
    again = PrivacyLedger(path=tmp_path / "ledger", **given)
    assert again.facts == again.records[0].facts == FACTS
    assert again.records[0].number == 1


def test_facts_hold_from_when_they_are_declared():
    ledger = PrivacyLedger(purpose="beds")
    with ledger:
        charge("first", FIT)
        ledger.declare(purpose="staff", table="patients")
        charge("second", FIT)
    assert [record.facts for record in ledger.records] == [
        {"purpose": "beds"},
        {"purpose": "staff", "table": "patients"},
    ]
    assert ledger.facts == {"purpose": "staff", "table": "patients"}
    assert ledger.verify(head=ledger.head)


def test_a_block_says_what_its_fits_are_about():
    ledger = PrivacyLedger(purpose="beds", table="patients")
    with ledger:
        with ledger.about(purpose="staff"):
            charge("first", FIT)
            with ledger.about(table="wards"), ledger.disjoint("site").part("north"):
                charge("second", FIT)
            with ledger:
                charge("third", FIT)
        charge("fourth", FIT)
    found = [(r.facts["table"], r.facts["purpose"]) for r in ledger.records]
    assert found == [
        ("patients", "staff"),
        ("wards", "staff"),
        ("patients", "staff"),
        ("patients", "beds"),
    ]
    assert ledger.records[1].parts == (("site", "north"),)


def test_workers_know_it(tmp_path):
    from joblib import Parallel, delayed

    ledger = PrivacyLedger(path=tmp_path / "ledger", purpose="beds")
    spy = SpyScaler(tally=str(tmp_path / "tally"))
    with ledger.about(purpose="staff"):
        Parallel(n_jobs=2)(delayed(spy.fit)(X) for _ in range(2))
    assert [r.facts["purpose"] for r in ledger.records] == ["staff", "staff"]


def test_refusals_of_a_block_are_raised_and_dismissed():
    ledger = PrivacyLedger(1.0, 1e-6)
    too_much = Budget(5.0, 1e-6)
    swallowed = pytest.raises(BudgetExceededError, match="costs epsilon=5")
    raised_again = pytest.raises(BudgetExceededError, match="refused in this block")
    with raised_again, ledger.about(purpose="beds"), swallowed:
        charge("fit", too_much)
    with ledger, ledger.about(purpose="beds"):
        with pytest.raises(BudgetExceededError):
            charge("fit", too_much)
        assert len(ledger.refusals) == 1
        ledger.dismiss_refusals()


def test_two_threads_do_not_mix_their_purposes():
    ledger = PrivacyLedger()
    found = []

    def work():
        try:
            with ledger.about(purpose="staff"):
                pass
        except RuntimeError as error:
            found.append(str(error))

    with ledger.about(purpose="beds"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert "another thread" in found[0]


def test_another_fact_is_refused_as_another_cap_is(tmp_path):
    path = tmp_path / "ledger"
    PrivacyLedger(path=path, purpose="beds")
    assert PrivacyLedger(path=path, purpose="beds").facts == {"purpose": "beds"}
    with pytest.raises(ValueError, match=r"has another purpose.*declare") as caught:
        PrivacyLedger(path=path, purpose="staff")
    assert "beds" not in str(caught.value)
    with pytest.raises(ValueError, match="has no table"):
        PrivacyLedger(path=path, table="patients")


@pytest.mark.parametrize("name", [*FACTS])
@pytest.mark.parametrize("value", ["", "  ", 7, b"beds", ["beds"]])
def test_what_says_nothing_is_refused(name, value, tmp_path):
    with pytest.raises(TypeError, match=f"{name} must be a text"):
        PrivacyLedger(path=tmp_path / "ledger", **{name: value})
    with pytest.raises(ValueError, match="more than 1000"):
        PrivacyLedger(path=tmp_path / "ledger", **{name: "x" * 1001})
    assert not (tmp_path / "ledger").exists()


def test_declare_and_about_need_a_fact():
    with pytest.raises(TypeError, match="needs a fact"):
        PrivacyLedger().declare()
    with pytest.raises(TypeError, match="needs a fact"), PrivacyLedger().about():
        pass


def test_tables_and_json_have_them():
    from skprivate.ledger._display import json_of_ledger

    with PrivacyLedger(**FACTS) as ledger:
        charge("fit", FIT)
    assert ledger.to_frame()["purpose"].tolist() == ["beds"]
    whole = json.loads(json_of_ledger(ledger))
    assert whole["facts"] == whole["records"][0]["facts"] == FACTS
    assert whole["head"] == ledger.head
    assert "purpose: beds" in repr(ledger)
