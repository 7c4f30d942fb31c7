"""Parts without a common unit cost what the dearest costs."""

import pickle
import threading
from itertools import product

import numpy as np
import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget, price_of
from skprivate.ledger import BudgetExceededError, charge
from skprivate.ledger._totals import largest
from tests.ledger.spies import SpyScaler, X

FIT = Budget(1.0, 1e-6)


def pay(epsilon=1.0):
    return charge("fit", Budget(epsilon, 1e-6))


def test_parts_share_one_price():
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with ledger.disjoint("site") as site:
        for name in ("north", "south", "west"):
            with site.part(name):
                pay()
        with pytest.raises(BudgetExceededError), site.part("south"):
            pay(0.1)
    assert ledger.spent() == pytest.approx(1.0)
    assert [record.parts for record in ledger.records] == [
        (("site", "north"),),
        (("site", "south"),),
        (("site", "west"),),
    ]


def test_what_all_parts_have_in_common_is_added():
    whole = Budget(1.0, 1e-6)
    common, local = whole.split(1, 3)
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with ledger:
        charge("common", common)
        for name in ("north", "south"):
            with ledger.disjoint("site").part(name):
                charge("local", local)
        with pytest.raises(BudgetExceededError):
            pay(0.01)
        ledger.dismiss_refusals()
    assert ledger.spent() == pytest.approx(1.0)


def test_groups_add_up_as_a_unit_may_be_in_a_part_of_each():
    ledger = PrivacyLedger()
    with ledger:
        for group, parts in {"site": "ab", "year": "cde"}.items():
            for part in parts:
                with ledger.disjoint(group).part(part):
                    pay()
    two = ledger.spent()
    plain = PrivacyLedger()
    with plain:
        pay()
        pay()
    assert two == pytest.approx(plain.spent())


def test_totals_bound_the_price_of_every_unit():
    """Against all units, one by one, for random debits in nested parts."""
    rng = np.random.default_rng(0)
    groups = {"site": "ab", "year": "cde", "ward": "xy"}
    for _ in range(50):
        totals = {}
        for _ in range(12):
            names = rng.permutation(list(groups))[: rng.integers(0, 4)]
            scope = tuple((g, str(rng.choice(list(groups[g])))) for g in names)
            price = price_of(Budget(float(rng.uniform(0.1, 2)), 1e-6).event)
            totals[scope] = totals[scope] + price if scope in totals else price
        units = [
            {(g, p) for g, p in zip(groups, parts, strict=True)}
            for parts in product(*groups.values())
        ]
        prices = [
            sum(price.mu2 for scope, price in totals.items() if set(scope) <= unit)
            for unit in units
        ]
        assert largest(totals).mu2 >= max(prices) * (1 - 1e-12)


def test_parts_may_be_nested_but_not_in_themselves():
    ledger = PrivacyLedger()
    site, year = ledger.disjoint("site"), ledger.disjoint("year")
    with ledger, site.part("north"), year.part("2020"):
        pay()
        with pytest.raises(RuntimeError, match="is open already"), site.part("south"):
            pay()
    (record,) = ledger.records
    assert record.parts == (("site", "north"), ("year", "2020"))


def test_a_second_thread_cannot_open_another_part():
    ledger, errors = PrivacyLedger(), []
    site = ledger.disjoint("site")

    def work():
        try:
            with site.part("south"):
                pay()
        except RuntimeError as error:
            errors.append(str(error))

    with site.part("north"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert "another thread" in errors[0]
    assert ledger.records == ()


def test_the_part_travels_in_pickles_and_the_open_one_wins_here():
    ledger = PrivacyLedger()
    site = ledger.disjoint("site")
    with ledger:
        with site.part("north"):
            message = pickle.dumps(SpyScaler(tally="/dev/null"))
        with site.part("south"):
            pickle.loads(message).fit(X)
    pickle.loads(message).fit(X)
    south, north = (record.parts for record in ledger.records)
    assert south == (("site", "south"),)
    assert north == (("site", "north"),)


def test_many_kinds_of_units_are_bounded_quickly():
    ledger = PrivacyLedger()
    with ledger:
        for group in "abcd":
            for part in "1234":
                with ledger.disjoint(group).part(part):
                    pay(0.1)
    four = PrivacyLedger()
    with four:
        for _ in range(4):
            pay(0.1)
    assert ledger.spent() == pytest.approx(four.spent(), rel=1e-6)


@pytest.mark.parametrize("name", ["", 1, None, ["a"]])
def test_names_are_texts(name):
    ledger = PrivacyLedger()
    with pytest.raises(TypeError, match="must be a text"):
        ledger.disjoint(name)
    with (
        pytest.raises(TypeError, match="must be a text"),
        ledger.disjoint("a").part(name),
    ):
        pass
