"""What a ledger admits, refuses, remembers and says."""

import json
import math
import pickle
import threading
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from dp_accounting import dp_event as dp
from sklearn.base import clone

from skprivate import PrivacyLedger
from skprivate.accounting import Budget, epsilon_of_events
from skprivate.base import BudgetExceededError as FromBase
from skprivate.ledger import BudgetExceededError, LedgerUnavailableError, charge
from tests.ledger.spies import SpyScaler, X, fits_of, y

FIT = Budget(1.0, 1e-6).event


def pay(event=FIT, **options):
    return charge("a mechanism", event, **options)


def test_the_curator_and_the_ledger_raise_the_same_error():
    assert FromBase is BudgetExceededError


def test_without_a_ledger_nothing_is_charged():
    paid = pay()
    assert not paid.strict
    paid.record(None)


def test_a_fit_is_debited_once_with_all_that_it_released(tmp_path):
    before = datetime.now(UTC)
    with PrivacyLedger() as ledger:
        scaler = SpyScaler(tally=str(tmp_path / "t")).fit(X)
    (record,) = ledger.records
    assert record.name == "SpyScaler"
    assert record.event == Budget(1.0, 1e-6).event
    assert record.epsilon == pytest.approx(1.0)
    assert timedelta(0) <= record.time - before < timedelta(minutes=1)
    assert record.unit == scaler.privacy_.unit
    assert list(record.releases) == scaler.privacy_.rows()
    assert record.assumed == scaler.privacy_.assumed
    assert not record.seeded


def test_no_ledger_listens_after_the_block(tmp_path):
    with PrivacyLedger() as ledger:
        pass
    pay()
    assert ledger.records == ()


def test_what_exceeds_the_cap_is_refused_before_rows_are_read(tmp_path):
    tally = str(tmp_path / "t")
    scaler = SpyScaler(tally=tally)
    with PrivacyLedger(epsilon=1.2, delta=1e-6) as ledger:
        scaler.fit(X)
        with pytest.raises(BudgetExceededError, match="room for epsilon=0"):
            clone(scaler).fit(X)
        ledger.dismiss_refusals()
    assert fits_of(tally) == len(ledger.records) == 1


def test_prices_compose_and_the_cap_is_used_up_exactly():
    parts = Budget(1.0, 1e-6).split(*[1] * 30)
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        for part in parts:
            pay(part)
        with pytest.raises(BudgetExceededError):
            pay(parts[0])
        ledger.dismiss_refusals()
    assert ledger.spent() == pytest.approx(1.0)
    assert ledger.remaining == pytest.approx(0, abs=1e-3)


def test_a_pure_cap_counts_epsilon():
    with PrivacyLedger(epsilon=1.0, delta=0.0) as ledger:
        for _ in range(10):
            pay(Budget(0.1, 0))
        with pytest.raises(BudgetExceededError):
            pay(Budget(0.001, 0))
        with pytest.raises(BudgetExceededError):
            pay(Budget(0.001, 1e-6))
        ledger.dismiss_refusals()
    assert ledger.spent() == pytest.approx(1.0)


def test_what_is_not_private_exceeds_every_cap_and_counts_as_infinite():
    with PrivacyLedger(epsilon=1e6, delta=0.5) as ledger:
        with pytest.raises(BudgetExceededError):
            pay(dp.NonPrivateDpEvent())
        ledger.dismiss_refusals()
    with PrivacyLedger() as ledger:
        pay(dp.NonPrivateDpEvent())
        pay()
    assert ledger.spent() == math.inf
    assert len(ledger.records) == 2


def test_spent_at_another_delta_is_by_the_tightest_theorem():
    events = [dp.LaplaceDpEvent(5.0), dp.GaussianDpEvent(4.0)] * 5
    with PrivacyLedger() as ledger:
        for event in events:
            pay(event)
    for delta in (1e-6, 1e-3):
        assert ledger.spent(delta) == epsilon_of_events(events, delta)
    assert ledger.remaining == math.inf
    for delta in (-1e-9, 1.0, math.nan, "0", True):
        with pytest.raises((ValueError, TypeError), match="delta"):
            ledger.spent(delta)


def test_nested_ledgers_are_debited_together_or_not_at_all():
    with PrivacyLedger(epsilon=3.0, delta=1e-6) as outer:
        with PrivacyLedger(epsilon=1.0, delta=1e-6) as inner:
            pay()
            with pytest.raises(BudgetExceededError):
                pay()
            inner.dismiss_refusals()
        pay()
    assert len(inner.records) == 1
    assert len(outer.records) == 2


def test_the_same_ledger_twice_is_debited_once(tmp_path):
    path = tmp_path / "ledger"
    with (
        PrivacyLedger(path=path) as ledger,
        ledger,
        PrivacyLedger(path=path),
    ):
        pay()
    assert len(ledger.records) == 1


def test_a_durable_ledger_is_continued_under_its_own_cap(tmp_path):
    path = tmp_path / "of the table.ledger"
    with PrivacyLedger(epsilon=1.2, delta=1e-6, path=path):
        pay()
    again = PrivacyLedger(path=str(path))
    assert (again.epsilon, again.delta) == (1.2, 1e-6)
    with pytest.raises(BudgetExceededError), again:
        pay()
    assert len(PrivacyLedger(1.2, 1e-6, path=path).records) == 1
    for cap in ((1.6, 1e-6), (1.2, 1e-7)):
        with pytest.raises(
            ValueError, match=r"another cap: epsilon=1.2.*Give the same"
        ):
            PrivacyLedger(*cap, path=path)
    other = tmp_path / "without cap"
    PrivacyLedger(path=other)
    with pytest.raises(ValueError, match="another cap: none"):
        PrivacyLedger(1.2, 1e-6, path=other)


def test_a_temporary_ledger_leaves_nothing_behind():
    import os

    ledger = PrivacyLedger()
    with ledger:
        pay()
    folder = os.path.dirname(ledger.path)
    assert os.path.exists(folder)
    del ledger
    assert not os.path.exists(folder)


def test_ledgers_are_copied_pickled_and_cloned_as_themselves(tmp_path):
    ledger = PrivacyLedger(1.2, 1e-6, path=tmp_path / "ledger")
    assert clone(ledger) is deepcopy(ledger) is ledger
    other = pickle.loads(pickle.dumps(ledger))
    with other:
        pay()
    assert len(ledger.records) == 1


def test_eight_threads_use_up_a_cap_exactly():
    part = Budget(1.0, 1e-6).split(*[1] * 800)[0]
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    admitted = []

    def work():
        for _ in range(200):
            with suppress(BudgetExceededError):
                admitted.append(pay(part))

    with ledger:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ledger.refusals) == 800
        ledger.dismiss_refusals()
    assert len(admitted) == len(ledger.records) == 800


@pytest.mark.parametrize(
    "value", [0, -1.0, math.nan, math.inf, True, "1", [1.0], 1e-300]
)
def test_nonsense_caps_are_refused(value):
    with pytest.raises((ValueError, TypeError), match="epsilon"):
        PrivacyLedger(epsilon=value, delta=1e-6)


@pytest.mark.parametrize("value", [-1e-9, 1.0, math.nan, math.inf, True, "0", [0.0]])
def test_nonsense_deltas_are_refused(value):
    with pytest.raises((ValueError, TypeError), match="delta"):
        PrivacyLedger(epsilon=1.0, delta=value)


@pytest.mark.parametrize("half", [{"epsilon": 1.0}, {"delta": 1e-6}])
def test_half_a_cap_is_refused(half):
    with pytest.raises(ValueError, match="give both"):
        PrivacyLedger(**half)


@pytest.mark.parametrize("path", [1, ["a"], "", ":memory:", "file:x", "a\0b"])
def test_nonsense_paths_are_refused(path):
    with pytest.raises((ValueError, TypeError), match="path is"):
        PrivacyLedger(path=path)


def test_strict_is_true_or_false():
    with pytest.raises(TypeError, match="strict must be"):
        PrivacyLedger(strict="yes")


def test_a_foreign_event_is_refused_before_anything_is_paid():
    class Mine(dp.DpEvent):
        pass

    with PrivacyLedger() as ledger:
        for event in (Mine(), "GaussianDpEvent", 1.0):
            with pytest.raises(TypeError, match="dp_accounting"):
                pay(event)
    assert ledger.records == ()


def filled():
    ledger = PrivacyLedger(epsilon=5.0, delta=1e-6)
    with ledger, ledger.disjoint("<site>") as site:
        SpyScaler(tally="/dev/null").fit(X, y)
        with site.part("north"):
            pay(FIT, seeded=True)
    return ledger


def test_it_says_in_words_what_it_holds():
    ledger = filled()
    for text in (repr(ledger), ledger._repr_html_()):
        for word in ("2 fits", "of 5 at delta=1e-06", "SpyScaler", "SEEDED", "north"):
            assert word in text
        assert "asserted disjoint" in text
    assert "<site>" not in ledger._repr_html_()
    assert "0 fits" in repr(PrivacyLedger())
    assert str(X[0, 0]) not in repr(ledger).split()


def test_an_empty_one_has_no_table():
    *_, last = repr(PrivacyLedger(epsilon=1.0, delta=1e-6)).splitlines()
    assert "not active now" in last


def test_it_is_a_table():
    pytest.importorskip("pandas")
    frame = filled().to_frame()
    assert frame["name"].tolist() == ["SpyScaler", "a mechanism"]
    assert frame["epsilon"].to_numpy() == pytest.approx(np.ones(2))
    assert frame["parts"].tolist() == ["", "<site> north"]
    assert len(PrivacyLedger().to_frame()) == 0


def test_its_timeline_ends_at_what_was_spent():
    plt = pytest.importorskip("matplotlib.pyplot")
    ledger = filled()
    axes = ledger.plot_timeline()
    spent, cap = axes.get_lines()
    assert spent.get_ydata()[-1] == pytest.approx(ledger.spent(), rel=1e-6)
    assert set(cap.get_ydata()) == {5.0}
    assert PrivacyLedger().plot_timeline(axes) is axes
    plt.close("all")


def test_it_holds_no_value_of_a_row():
    X_odd = X.copy()
    X_odd[:, 0] = 7.7312345
    ledger = PrivacyLedger()
    with ledger:
        SpyScaler(tally="/dev/null").fit(X_odd)
    from skprivate.ledger._display import json_of_ledger

    text = json_of_ledger(ledger)
    assert "7.73" not in text
    assert str(len(X)) not in json.dumps(json.loads(text)["records"][0]["releases"])


def test_a_ledger_whose_file_is_gone_still_has_a_repr(tmp_path):
    path = tmp_path / "ledger"
    ledger = PrivacyLedger(path=path)
    path.unlink()
    assert "not readable" in repr(ledger)
    with pytest.raises(LedgerUnavailableError):
        ledger.spent()


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize("n_fits", [1, 7])
def test_epsilon_of_so_many_more_fits(n_fits, delta):
    ledger = PrivacyLedger(epsilon=1.0, delta=delta)
    with ledger:
        charge("before", Budget(0.3, delta))
        each = float(ledger.remaining_for(n_fits))
        for _ in range(n_fits):
            charge("one of them", Budget(each * (1 - 1e-9), delta))
        with pytest.raises(BudgetExceededError):
            charge("one too many", Budget(each, delta))
        ledger.dismiss_refusals()
    assert each > 0.69 / n_fits
    assert PrivacyLedger().remaining_for(n_fits) == math.inf
    with pytest.raises(ValueError, match="n_fits"):
        ledger.remaining_for(0)
