"""A party: what it answers, what it refuses, and what its ledger says of that."""

import math
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.base import Box, Count
from skprivate.federated import Party, Policy, dumps, loads
from skprivate.federated._session import Session
from skprivate.ledger import LedgerTamperedError, PrivacyLedger
from skprivate.mechanisms import Gaussian, Laplace
from skprivate.queries import Moments
from skprivate.rows import ArrayRows, ArrowRows, Door, Parties
from tests.federated.messages import (
    BOX,
    BUDGET,
    X,
    Y,
    ask,
    open_message,
    opening,
    party,
    question,
    refusal,
    told,
    trusting,
)


@pytest.fixture
def opened():
    asked = party()
    assert told(asked, open_message(opening()))["kind"] == "opened"
    return asked


def spent(party):
    return len(party.ledger.records)


def test_hello_tells_of_columns_and_of_no_row():
    told_of = [told(party(rows), dumps({"kind": "hello"})) for rows in ([0], [1, 2])]
    assert told_of[0] == told_of[1]
    schema = told_of[0]["schema"]
    assert (schema["n_features"], schema["dtype"], schema["public"]) == (5, "<f8", None)


def test_a_question_is_answered_with_noise_once(opened):
    data = ask()
    answer = opened.answer(data)
    assert opened.answer(data) == answer
    (total,) = loads(answer)["value"]
    exact = ArrayRows(X).total([Moments(BOX, 0)])[0]
    assert total.shape == exact.shape
    assert (total != exact).all()
    assert spent(opened) == 1


def test_another_party_draws_other_noise():
    both = party(), party()
    for one in both:
        one.answer(open_message(opening()))
    first, second = (told(one, ask())["value"][0] for one in both)
    assert (first != second).all()


def test_the_answer_of_a_trusting_party_is_exact():
    asked = party()
    asked.answer(open_message(opening(noise="server")))
    (total,) = told(asked, ask(mechanisms=None))["value"]
    assert total.tolist() == ArrayRows(X).total([Moments(BOX, 0)])[0].tolist()


def test_the_price_is_debited_before_a_row_is_read():
    asked = party()
    asked._rows = None  # whoever reads it fails
    assert told(asked, open_message(opening()))["kind"] == "opened"
    assert spent(asked) == 1
    assert asked.ledger.spent() == pytest.approx(1.0)


def test_to_open_twice_is_to_open_once(opened):
    assert told(opened, open_message(opening()))["kind"] == "opened"
    assert spent(opened) == 1


def test_who_only_asks_pays_nothing():
    asked = party(policy=Policy(max_epsilon=1.0, noise="server"))
    for _ in range(3):
        message = open_message(opening(), only_asked=True)
        assert told(asked, message)["kind"] == "opened"
    assert spent(asked) == 0
    dear = open_message(opening(budget=Budget(3.0, 1e-6)), only_asked=True)
    assert "no room" in refusal(asked, dear)
    assert spent(asked) == 0


def test_a_name_is_for_one_fit(opened):
    other = open_message(opening(budget=Budget(0.5, 1e-6)))
    assert "opened before" in refusal(opened, other)
    assert spent(opened) == 1


@pytest.mark.parametrize(
    ("policy", "asked", "words"),
    [
        ({}, {"noise": "server"}, "noise='party'"),
        ({"estimators": ["DPRidge"]}, {}, "does not name this estimator"),
        ({}, {"budget": Budget(math.inf, 1e-6)}, "no fit without noise"),
        ({"max_epsilon": 0.5}, {}, "no room"),
        ({"max_delta": 1e-9}, {}, "no room"),
    ],
)
def test_a_policy_is_kept(policy, asked, words):
    one = party(policy=Policy(**policy))
    assert words in refusal(one, open_message(opening(**asked)))
    assert spent(one) == 0


def test_who_answers_with_shares_gives_no_exact_sums():
    policy = Policy(noise="shares")
    assert "noise='shares'" in policy.problem(opening(noise="server"))
    assert policy.problem(opening(noise="party")) is None


def test_the_cap_is_for_all_fits():
    one = party(policy=Policy(max_epsilon=1.0))
    assert told(one, open_message(opening()))["kind"] == "opened"
    assert "no room" in refusal(one, open_message(opening(fit=b"g" * 16)))
    assert spent(one) == 1


def test_a_fit_cannot_ask_more_than_it_paid(opened):
    for number in range(1, 5):
        assert told(opened, ask(number, share=0.25))["kind"] == "answer"
    assert "cost more" in refusal(opened, ask(5, share=1e-3))
    assert spent(opened) == 1


def test_pure_budgets_add_up_too():
    one = party()
    budget = Budget(1.0, 0.0)
    one.answer(open_message(opening(budget=budget)))
    noise = [Laplace(0.5)]
    count = [Count()]
    for number in (1, 2):
        message = ask(number, queries=count, mechanisms=noise)
        assert told(one, message)["kind"] == "answer"
    message = ask(3, queries=count, mechanisms=[Laplace(1e-6)])
    assert "cost more" in refusal(one, message)
    assert "another kind" in refusal(one, ask(3, mechanisms=[Gaussian(0.1)]))


def test_a_second_attempt_is_paid_for_again(opened):
    first = opened.answer(ask(1, 0))
    second = opened.answer(ask(1, 1))
    assert spent(opened) == 2
    assert loads(first)["value"][0].tolist() != loads(second)["value"][0].tolist()
    assert opened.answer(ask(1, 1)) == second
    assert spent(opened) == 2


def test_attempts_end_where_the_cap_does():
    one = party(policy=Policy(max_epsilon=1.0))
    one.answer(open_message(opening(budget=Budget(0.95, 1e-6))))
    n_answers = sum(told(one, ask(1, n))["kind"] == "answer" for n in range(10))
    assert 1 <= n_answers < 3


@pytest.mark.parametrize(
    "place", [(0, 0), (2, 0), (1, 1), (3, 0), (2**31 - 1, 0), (-1, 0), (True, 0)]
)
def test_questions_come_in_order(opened, place):
    assert opened.answer(ask(*place)).find(b"refusal") > 0
    assert told(opened, ask(1))["kind"] == "answer"


def test_another_question_in_the_place_of_one_is_refused(opened):
    opened.answer(ask(1))
    assert "another question" in refusal(opened, ask(1, share=0.1))
    assert "in order" in refusal(opened, ask(3))
    assert told(opened, ask(2))["kind"] == "answer"


@pytest.mark.parametrize(
    "fields",
    [
        {"queries": [Moments(Box.between(np.zeros(4), np.ones(4), 17), 0)]},
        {"queries": [Moments(Box.between(np.ones(5), np.zeros(5), 17), 0)]},
        {"queries": [Moments(Box.between(np.zeros(5), np.ones(5), 40), 0)]},
        {"queries": [Moments(BOX, 2**30)]},
        {"queries": []},
        {"mechanisms": [Gaussian(math.inf)]},
        {"mechanisms": None},
        {"mechanisms": [Gaussian(0.1), Gaussian(0.1)]},
        {"mechanisms": [0.1]},
        {"mechanisms": [Laplace(0.1)]},
        {"roster": ()},
        {"roster": ("a", "stranger")},
        {"roster": ("a", "a")},
        {"asked": "labels"},
        {"asked": "tally", "tally": ((0,), False, None)},
        {"asked": "rows"},
        {"steps": (("sampled", 0.5, False, b""),)},
        {"steps": (("mapped", 1),)},
        {"steps": (("keeping",), ("keeping",))},
        {"door": None},
        {"door": Door("class")},
        {"door": Door(max_weight=math.nan)},
        {"door": Door(columns=(1,) * 5)},
        {"fit": b"g" * 16},
        {"fit": "f" * 16},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_before_it_is_booked(opened, fields):
    text = refusal(opened, ask(1, **fields))
    assert text.endswith((".", ")"))
    assert told(opened, ask(1))["kind"] == "answer"  # its place is free
    assert spent(opened) == 1


def test_unknown_fields_and_kinds_are_refused(opened):
    for message in (
        {"kind": "rows"},
        {},
        {"kind": "ask"},
        {"kind": "open"},
        {**question().told(), "more": 1},
        {**opening().told(), "kind": "open", "roster": ["a"]},
        {**opening().told(), "kind": "open", "name": "a b"},
        {**opening().told(), "kind": "open", "budget": (True, 1e-6, 1.0, 0.0)},
        {**opening().told(), "kind": "open", "budget": (1.0, 2.0, 1.0, 0.0)},
    ):
        refusal(opened, dumps(message))
    assert spent(opened) == 1


def test_errors_hold_no_data():
    secret = np.full((3, 5), 0.5)
    secret[1, 2] = np.nan
    one = Party(secret, ["x", "y", "secret"], policy=trusting())
    one.answer(open_message(opening(noise="server")))
    text = refusal(one, ask(mechanisms=None))
    assert "NaN" in text
    steps = (("encoded", np.array(["x", "y"])),)
    text = refusal(one, ask(2, mechanisms=None, door=Door("class"), steps=steps))
    assert "secret" not in text


def test_an_error_of_a_source_is_not_told():
    class Odd(ArrayRows):
        def through(self, door):
            raise ConnectionError("secret row 12345.678")

    one = Party(Odd(X), policy=trusting())
    one.answer(open_message(opening()))
    data = ask()
    assert "secret" not in refusal(one, data)
    assert one.answer(data) == one.answer(data)


def test_a_refusal_because_of_rows_is_given_again():
    rows = X.copy()
    rows[0, 0] = np.inf
    one = Party(rows, policy=trusting())
    one.answer(open_message(opening()))
    first = one.answer(ask())
    one._rows = ArrayRows(X)
    one._fits.clear()
    assert one.answer(ask()) == first


PROBE = {"door": Door("class"), "queries": [Count()], "share": 1e-6}


def probe(number, label, **fields):
    """Whether there is a row of another label, at next to no price."""
    steps = (("encoded", np.array([label])),)
    return ask(number, steps=steps, **PROBE, **fields)


def test_rows_that_do_not_fit_stop_a_party_until_its_owner_looks(tmp_path):
    policy = trusting(ledger=tmp_path / "ledger.sqlite")
    one = Party(X, np.ones(len(X), int), policy=policy)
    one.answer(open_message(opening()))
    assert told(one, probe(1, 1))["kind"] == "answer"
    data = probe(2, 0)
    assert "label that is not in" in refusal(one, data)
    assert one.stopped
    for it in (one, Party(X, Y, policy=policy)):  # a restart is not the owner's eye
        assert "label that is not in" in refusal(it, data)  # as before
        assert told(it, probe(1, 1))["kind"] == "answer"
        assert "has stopped" in refusal(it, probe(3, 1))
        assert "has stopped" in refusal(it, ask(3))
        assert "has stopped" in refusal(it, open_message(opening(b"g" * 16)))
    one.resume()
    assert told(one, probe(3, 1))["kind"] == "answer"
    assert not one.stopped


def test_questions_at_the_same_time_are_stopped_too(tmp_path):
    """Another process, which had begun before, gives no answer any more."""
    policy = trusting(ledger=tmp_path / "ledger.sqlite")
    fits = b"f" * 16, b"g" * 16
    first, second = (Party(X, np.ones(len(X), int), policy=policy) for _ in range(2))
    for each, fit in zip((first, second), fits, strict=True):
        each.answer(open_message(opening(fit)))
    found, texts = Session.found, []

    def slow(session, question):
        if session.opening.fit == fits[1]:
            texts.append(refusal(first, probe(1, 0)))
        return found(session, question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "found", slow)
        assert "has stopped" in refusal(second, probe(1, 1, fit=fits[1]))
    assert "label" in texts[0]


def test_whoever_is_trusted_with_exact_sums_stops_nobody():
    one = party()
    one.answer(open_message(opening(noise="server")))
    fields = {"mechanisms": None, "door": Door("class")}
    steps = (("encoded", np.array([5])),)
    assert "label" in refusal(one, ask(1, steps=steps, **fields))
    steps = (("encoded", np.array([0, 1])),)
    assert told(one, ask(2, steps=steps, **fields))["kind"] == "answer"
    assert "once" in refusal(one, ask(2, 1, steps=steps, **fields))


def test_forms_of_rows_are_not_kept_without_end():
    one = party()
    one.answer(open_message(opening()))
    for number in range(1, 40):
        door = Door(max_weight=1.0 + number)
        assert told(one, ask(number, share=0.01, door=door))["kind"] == "answer"
    (session,) = one._fits.values()
    assert len(session._forms) <= 16


def test_a_fit_that_is_closed_stays_closed(opened):
    opened.answer(ask())
    opened.answer(dumps({"kind": "close", "fit": b"f" * 16}))
    assert "not open" in refusal(opened, ask())
    assert "not open" in refusal(opened, ask(2))
    assert "opened before" in refusal(opened, open_message(opening()))
    (record,) = opened.ledger.records
    assert record.name == "DPStandardScaler (noise: party)"
    assert [row["query"].split(" ")[0] for row in record.releases] == ["Moments"]
    for fit in (b"f" * 16, b"unknown", None, 5):
        opened.answer(dumps({"kind": "close", "fit": fit}))


def test_a_restart_forgets_nothing(tmp_path):
    policy = trusting(ledger=tmp_path / "ledger.sqlite")
    one = party(policy=policy)
    one.answer(open_message(opening()))
    answer = one.answer(ask(1))
    one = party(policy=policy)
    assert one.answer(ask(1)) == answer
    assert told(one, ask(2))["kind"] == "answer"
    one = party(policy=policy)
    assert told(one, open_message(opening()))["kind"] == "opened"
    assert "cost more" in refusal(one, ask(3, share=0.6))
    assert spent(one) == 1


def test_two_processes_share_one_ledger(tmp_path):
    policy = trusting(ledger=tmp_path / "ledger.sqlite")
    one, other = party(policy=policy), party(policy=policy)
    one.answer(open_message(opening()))
    assert other.answer(ask(1)) == one.answer(ask(1))
    assert spent(other) == 1


def test_the_ledger_of_a_party_can_be_verified(tmp_path):
    asked = party(policy=trusting(ledger=tmp_path / "party.ledger"))
    for data in (open_message(opening()), ask(), dumps({"kind": "hello"})):
        told(asked, data)
    entries = asked.ledger.verify().entries
    copy = tmp_path / "copy.ledger"
    head = asked.ledger.backup(copy)
    assert PrivacyLedger.open(copy).verify(head=head).entries == entries
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE federated_others (fit BLOB)")
        connection.commit()
    with pytest.raises(LedgerTamperedError, match="federated_others"):
        PrivacyLedger.open(copy).verify()


def test_a_ledger_that_is_gone_is_no_ledger(tmp_path):
    path = tmp_path / "ledger.sqlite"
    one = party(policy=trusting(ledger=path))
    one.answer(open_message(opening()))
    path.unlink()
    text = refusal(one, ask())
    assert "ledger" in text
    assert str(tmp_path) not in text


def test_more_fits_than_are_kept_go_on():
    one = party()
    fits = [bytes([i]) * 16 for i in range(7)]
    for fit in fits:
        one.answer(open_message(opening(fit)))
    for fit in fits:
        assert told(one, ask(fit=fit))["kind"] == "answer"


def test_a_source_with_groups_is_refused():
    """Prices are those of a row, and whoever names groups counts on theirs."""
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": [0.1, 0.2, 0.3], "patient": [1, 1, 2]})
    grouped = ArrowRows(table, groups="patient")
    for source in (grouped, Parties(grouped)):
        with pytest.raises(TypeError, match="groups"):
            Party(source)


def test_a_source_has_its_own_target():
    with pytest.raises(ValueError, match="beside a source"):
        Party(ArrayRows(X), Y)
    assert "party" in repr(Party(ArrayRows(X, Y)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_epsilon": 0}, {"max_epsilon": "1"}, {"max_delta": 1.0}, {"noise": "none"},
        {"honest": 0}, {"honest": 1.5}, {"roster": ["a"]}, {"estimators": "DPRidge"},
    ],
    ids=str,
)  # fmt: skip
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises((TypeError, ValueError)):
        Policy(**wrong)


def test_a_message_that_is_too_long_is_not_read():
    one = party()
    assert "too long" in refusal(one, bytes(2**25 + 1))


def test_budget_of_messages_is_that_of_tests():
    assert BUDGET.mechanism(0.25).mu ** 2 * 4 <= BUDGET.mu**2
