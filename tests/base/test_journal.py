"""Journals: what was paid is told again, what was not is asked and paid, once each."""

import os
import signal
import sqlite3
import stat
from fractions import Fraction
from threading import Thread

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skprivate import PrivacyLedger
from skprivate.accounting import Budget, BudgetExceededError, price_of
from skprivate.base import Box, Curator, DPEstimator, Journal, JournalError
from skprivate.base._journal_text import UnnamedError, answer_of, digest_of, text_of
from skprivate.base._office import Office
from skprivate.compose import DPColumnTransformer
from skprivate.ensemble import DPVotingClassifier
from skprivate.ledger import StrictLedgerError, prepaid
from skprivate.ledger._open_charge import OpenCharge
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import dp_accuracy_score
from skprivate.model_selection import DPGridSearchCV, dp_cross_val_score
from skprivate.pipeline import DPFeatureUnion, DPPipeline
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.queries import Moments
from skprivate.testing._same import bits_of
from tests.base.sampled_gradient import SampledGradient

X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
Y = (X[:, 0] > 0).astype(int)


class Steps(DPEstimator):
    """Asks eight times, each time in view of what it was told."""

    def __init__(self, *, scale=1.0, epsilon=1.0, delta=1e-6, random_state=None):
        super().__init__(epsilon=epsilon, delta=delta, random_state=random_state)
        self.scale = scale

    def _fit(self, curator):
        told, high = [], np.ones(curator.n_features)
        for left in range(N, 0, -1):
            box = Box.between(-high, self.scale * high, bits=17)
            total = curator.release(Moments(box), share=curator.remaining / left)
            high = high + np.abs(np.sin(total.ravel()[: len(high)]))
            told.append(total)
        self.coef_ = np.array(told)


MODEL, N = Steps(), 8
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fits.journal"


class Stop:
    """Interrupts a fit at one of its readings of rows, and counts them."""

    def __init__(self, monkeypatch):
        self.n_read, self.at = 0, None
        original = Office._noisy

        def noisy(curator, *asked):
            if self.n_read == self.at:
                raise KeyboardInterrupt
            self.n_read += isinstance(curator, Curator) and type(curator) is Curator
            return original(curator, *asked)

        monkeypatch.setattr(Office, "_noisy", noisy)

    def __call__(self, at, fit, *args):
        self.n_read, self.at = 0, at
        with pytest.raises(KeyboardInterrupt):
            fit(*args)
        self.n_read, self.at = 0, None


@pytest.fixture
def stop(monkeypatch):
    return Stop(monkeypatch)


def price(ledger):
    """Share of (1, 1e-6) that was debited, in ``mu ** 2``."""
    mu2 = sum(price_of(record.event).mu2 for record in ledger.records)
    return mu2 / Budget(1.0, 1e-6).mu ** 2


def test_an_interrupted_fit_pays_what_it_asked_and_goes_on(path, stop):
    model, shares = clone(MODEL), [r.share for r in MODEL.plan(2).releases]
    for n in range(N):
        with PrivacyLedger() as ledger, Journal(path):
            stop(n, model.fit, X, Y)
        asked = sum(shares[: n + 1])  # the last one was paid, and is lost
        assert price(ledger) == pytest.approx(asked, rel=1e-9)
        assert numbers(path) == [*range(n)]
        with ledger, Journal(path):
            model.fit(X, Y)
        assert stop.n_read == N - n
        assert price(ledger) == pytest.approx(1 + shares[n], rel=1e-9)
        assert numbers(path) == []  # it is done
        assert ("journal" in str(model.privacy_.notes)) == (n > 0)


def test_a_whole_fit_costs_what_it_costs_without_a_journal(path):
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with ledger, Journal(path):
        model = clone(MODEL).fit(X, Y)
    assert ledger.spent() == pytest.approx(1.0, rel=1e-6)
    assert ledger.records[-1].releases  # the report is beside the last debit
    assert model.privacy_.budget == Budget(1.0, 1e-6)
    assert model.privacy_.notes == ()


def test_what_is_done_is_not_told_again(path, stop):
    with PrivacyLedger() as ledger, Journal(path):
        models = [clone(MODEL).fit(X, Y) for _ in range(2)]
        assert bits_of(models[0].coef_) != bits_of(models[1].coef_)
    assert price(ledger) == pytest.approx(2.0, rel=1e-9)


FRAME = pd.DataFrame(X, columns=["a", "b"])
OTHERS = {
    "budget": (MODEL.set_params, {"epsilon": 2.0}, FRAME),
    "parameters": (MODEL.set_params, {"scale": 3.0}, FRAME),
    "seed": (MODEL.set_params, {"random_state": 0}, FRAME),
    "names": (None, {}, FRAME.rename(columns={"b": "c"})),
    "width": (None, {}, FRAME.assign(c=0.0)),
    "types": (None, {}, FRAME.astype({"b": bool})),
    "container": (None, {}, X),
    "class": (DPRidge(bounds=(-1, 1), target_bounds=(0, 1)), {}, FRAME),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_fit_is_refused_and_costs_nothing(path, stop, what):
    model, params, table = OTHERS[what]
    with PrivacyLedger() as ledger, Journal(path):
        stop(2, clone(MODEL).fit, FRAME, Y)
    other = model if isinstance(model, DPRidge) else clone(MODEL).set_params(**params)
    paid, word = len(ledger.records), {"seed": "parameters"}.get(what, what)
    word = word if word in ("budget", "parameters", "class") else "columns"
    refused = pytest.raises(JournalError, match=f"same {word}.*delete the journal")
    with ledger, Journal(path), refused:
        other.fit(table, Y)
    assert (stop.n_read, len(ledger.records)) == (0, paid)
    with ledger, Journal(path):
        clone(MODEL).fit(FRAME, Y)
    assert stop.n_read == N - 2


def test_other_arguments_and_another_version_are_refused(path, stop, monkeypatch):
    with Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
        with pytest.raises(JournalError, match="same columns"):
            clone(MODEL).fit(X, Y, sample_weight=np.ones(len(X)))
    monkeypatch.setattr("skprivate.__version__", "0")
    with Journal(path), pytest.raises(JournalError, match="same version"):
        clone(MODEL).fit(X, Y)


def test_what_another_ledger_has_paid_is_refused(path, stop, tmp_path):
    kept = PrivacyLedger(path=tmp_path / "ledger")
    with kept, Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
    other = PrivacyLedger()
    with Journal(path):
        with other, pytest.raises(JournalError, match="same ledger"):
            clone(MODEL).fit(X, Y)
        with pytest.raises(JournalError, match="same ledger"):
            clone(MODEL).fit(X, Y)
    assert other.records == ()
    with PrivacyLedger(path=tmp_path / "ledger"), Journal(path):  # as after a kill
        clone(MODEL).fit(X, Y)
    assert stop.n_read == N - 2


def test_another_question_is_refused_and_costs_the_rest(path, stop):
    """Rows were looked at by then, and that nothing was wrong with them is told."""
    with PrivacyLedger() as ledger, Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
    before, n_paid = price(ledger), len(ledger.records)
    patched = pytest.MonkeyPatch.context()
    asks_more = pytest.raises(JournalError, match="another question")
    with ledger, Journal(path), patched as monkeypatch, asks_more:
        monkeypatch.setattr(Box, "step", property(lambda self: 2.0**-9), raising=False)
        monkeypatch.setattr(np, "sin", np.cos)
        clone(MODEL).fit(X, Y)
    assert len(ledger.records) == n_paid + 1
    assert price(ledger) - before == pytest.approx((N - 2) / N, rel=1e-6)
    assert stop.n_read == 0
    assert numbers(path) == [0, 1]


def test_other_rows_are_paid_like_the_first_and_the_report_says_so(path, stop):
    """Whoever tries rows one after another is told nothing that is not paid."""
    with PrivacyLedger() as ledger, Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
        n_paid = len(ledger.records)
        for n in range(3):
            stop(0, clone(MODEL).fit, X + n / 9, Y)
        assert len(ledger.records) == n_paid + 3
        model = clone(MODEL).fit(-X, Y)
        assert len(ledger.records) == n_paid + 3 + N - 2
    assert "rows that were given then" in model.privacy_.notes[0]


def test_rounds_that_are_left_are_cheaper_than_all(path, stop):
    """They are paid together, when rows are first asked."""
    fixed = {"bounds": (-1, 1), "classes": [0, 1]}
    model = SampledGradient(rate=0.3, n_rounds=8, **fixed)
    with PrivacyLedger() as ledger, Journal(path):
        stop(6, model.fit, X, Y)  # once the number of rows and five rounds are known
    assert len(ledger.records) == 2
    with ledger, Journal(path):
        model.fit(X, Y)
    assert stop.n_read == 9 - 6
    _, first, second = (price_of(record.event) for record in ledger.records)
    whole = Budget(1.0, 1e-6).reserving()
    assert first.mu2 == pytest.approx(0.9 * whole.mu**2, rel=1e-9)
    assert 0 < second.mu2 < 0.6 * first.mu2
    assert second.lost == first.lost == whole.reserve


@pytest.mark.parametrize("rate", [1.0, 0.3])
def test_the_price_of_rounds_that_are_left(rate):
    """It is enough for the noise that was chosen for more of them."""
    budget = Budget(1.0, 1e-6).reserving()
    failing = budget.reserve if rate < 1 else 0.0
    noise = budget.sampled(1.0, rate, 20, failing)
    event = budget.event_of_rounds(noise, 5, 1.0, failing)
    mu = price_of(event).mu2 ** 0.5
    fewer = budget.sampled(min(1.0, (mu / budget.mu) ** 2), rate, 5, failing)
    assert fewer.multiplier <= noise.multiplier * 1.01
    assert mu**2 < 0.7 * budget.mu**2


def test_parts_of_a_budget_cost_it_all_together():
    for budget in (Budget(1.0, 1e-6), Budget(1.0, 0.0), Budget(0.3, 1e-9).reserving()):
        parts = [budget.event_of(Fraction(1, 7), budget.reserve / 7) for _ in range(7)]
        prices, whole = list(map(price_of, parts)), price_of(budget.event)
        assert sum(p.lost for p in prices) == pytest.approx(whole.lost, rel=1e-9)
        name = "pure" if budget.pure else "mu2"
        total = sum(Fraction(getattr(price, name)) for price in prices)
        assert 1 <= total / Fraction(getattr(whole, name)) < 1 + 1e-12


def test_categories_that_were_found_are_not_found_again(path, stop, monkeypatch):
    table = pd.DataFrame({"a": ["a", "b"] * 200, "b": ["c", "d"] * 200})
    original, found = Curator._keys, []

    def keys(self, *asked):
        found.append(asked)
        return original(self, *asked)

    monkeypatch.setattr(Curator, "_keys", keys)
    pipe = DPPipeline([("codes", DPOneHotEncoder(sparse_output=False)), ("m", MODEL)])
    with PrivacyLedger() as ledger, Journal(path):
        stop(0, pipe.fit, table, Y.repeat(2))
        assert len(entries(path)) == len(found)
        pipe.fit(table, Y.repeat(2))
    assert [list(c) for c in pipe[0].categories_] == [["a", "b"], ["c", "d"]]
    assert len(found) == 1
    assert price_of(ledger.records[0].event).lost > 0


def test_steps_of_a_pipeline_go_on(path, stop):
    pipe = DPPipeline([("scale", DPStandardScaler(bounds=(-1, 1))), ("model", MODEL)])
    with PrivacyLedger(epsilon=2.0, delta=1e-6) as ledger:
        with Journal(path):
            stop(3, pipe.fit, X, Y)
        with Journal(path), pytest.raises(JournalError, match="same class"):
            clone(MODEL).fit(X, Y)
        with Journal(path):
            pipe.fit(X, Y)
    assert stop.n_read == 1 + N - 3
    assert price(ledger) < 1.5
    assert numbers(path) == []
    assert "journal" in str(pipe.privacy_.notes)


def test_a_pipeline_that_fills_the_cap_is_admitted(path):
    pipe = DPPipeline([("scale", DPStandardScaler(bounds=(-1, 1))), ("model", MODEL)])
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger, Journal(path):
        pipe.fit(X, Y)
        assert ledger.spent() == pytest.approx(1.0, rel=1e-6)
        with pytest.raises(BudgetExceededError):
            pipe.fit(X, Y)
        ledger.dismiss_refusals()


def test_steps_beside_each_other_go_on(path, stop):
    scaler = DPStandardScaler(bounds=(-1, 1))
    union = DPFeatureUnion([("one", scaler), ("two", clone(scaler))])
    both = DPColumnTransformer([("one", scaler, [0]), ("two", clone(scaler), [1])])
    for model in (union, both):
        with PrivacyLedger() as ledger, Journal(path):
            stop(1, model.fit, X)
            model.fit(X)
        assert stop.n_read == 1
        assert price(ledger) == pytest.approx(1.5, rel=1e-6)


def test_what_cannot_be_kept_is_refused_before_it_costs_anything(path):
    model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
    search = DPGridSearchCV(model, {"C": [1.0, 2.0]})
    votes = DPVotingClassifier([("one", model), ("two", clone(model))], classes=[0, 1])
    pipe = DPPipeline([("scale", DPStandardScaler(bounds=(-1, 1))), ("votes", votes)])
    with PrivacyLedger() as ledger, Journal(path):
        for refused in (search, votes, pipe):
            with pytest.raises(TypeError, match="journal cannot keep the answers"):
                refused.fit(X, Y)
        with pytest.raises(TypeError, match="journal cannot keep"):
            dp_cross_val_score(model, X, Y, cv=2)
        with pytest.raises(TypeError, match="journal cannot keep"):
            dp_accuracy_score(Y, Y)
    assert ledger.records == ()


def test_a_copy_of_a_journal_brings_no_second_noise_for_one_debit(path, stop, tmp_path):
    with PrivacyLedger() as ledger:
        with Journal(path):
            stop(2, clone(MODEL).fit, X, Y)
        copy = tmp_path / "copy"
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o600)
        for where in (path, copy):
            with Journal(where):
                clone(MODEL).fit(X, Y)
    assert stop.n_read == 2 * (N - 2)
    assert len(ledger.records) == 3 + stop.n_read


def test_rows_that_are_refused_cost_what_is_left(path, stop):
    table = X.astype(object)
    broken = table.copy()
    broken[0, 0] = "text"
    with PrivacyLedger(epsilon=1.2, delta=1e-6) as ledger, Journal(path):
        stop(N - 1, clone(MODEL).fit, table, Y)
        before = price(ledger)
        with pytest.raises(ValueError, match="charged"):
            clone(MODEL).fit(broken, Y)
        assert price(ledger) - before == pytest.approx(1 / N, rel=1e-6)
        while ledger.remaining > 1 / N:
            with pytest.raises(ValueError, match="charged"):
                clone(MODEL).fit(broken, Y)
        with pytest.raises(BudgetExceededError):
            clone(MODEL).fit(broken, Y)
        ledger.dismiss_refusals()


def test_a_fit_that_asks_for_nothing_new_pays_a_little(path):
    model = DPRidge(bounds=(-1, 1), target_bounds=(0, 1))
    with PrivacyLedger() as ledger, Journal(path) as journal:
        journal._file.clear = lambda: None  # as after a kill
        clone(model).fit(X, Y)
        n_paid, n_kept = len(ledger.records), len(numbers(path))
        clone(model).fit(X, Y)
    assert n_paid == n_kept
    assert len(ledger.records) == n_paid + 1  # that its rows were not refused tells
    assert 0 < price_of(ledger.records[-1].event).mu2 < 1e-5


def test_what_fails_before_an_answer_costs_the_rest(path):
    """That rows are refused may tell of them, as without a journal."""
    broken = X.astype(object)
    broken[0, 0] = "text"
    ledger, refused = PrivacyLedger(), pytest.raises(ValueError, match="charged")
    with ledger, Journal(path), refused:
        clone(MODEL).fit(broken, Y)
    assert price(ledger) == pytest.approx(1.0, rel=1e-9)


def test_too_little_is_refused_before_rows_are_read(path, stop):
    with PrivacyLedger(epsilon=0.5, delta=1e-6) as ledger, Journal(path):
        with pytest.raises(BudgetExceededError):
            clone(MODEL).fit(X, Y)
        ledger.dismiss_refusals()
    assert stop.n_read == 0
    assert ledger.records == ()


def test_a_strict_ledger_is_as_strict(path):
    with PrivacyLedger(strict=True) as ledger, Journal(path):
        with pytest.raises(StrictLedgerError):
            clone(MODEL).set_params(random_state=0).fit(X, Y)
        with pytest.raises(StrictLedgerError):
            DPLogisticRegression(bounds=(-1, 1)).fit(X, Y)
        ledger.dismiss_refusals()
    assert ledger.records == ()


def test_what_others_pay_for_is_not_kept(path):
    with PrivacyLedger() as ledger, Journal(path):
        model = clone(MODEL)
        with prepaid(model):
            model.fit(X, Y)
        assert ledger.records == ()
        thread = Thread(target=clone(MODEL).fit, args=(X, Y))
        thread.start()
        thread.join()
        assert len(ledger.records) == 1
    assert entries(path) == []


def test_exact_answers_are_never_written(path):
    refused = pytest.raises(TypeError, match="finite epsilon")
    with Journal(path), pytest.warns(match="not private"), refused:
        clone(MODEL).set_params(epsilon=np.inf).fit(X, Y)
    assert numbers(path) == []


def test_nothing_of_rows_is_in_the_file(path, stop):
    secret = X.copy()
    secret[7] = 0.123456789
    with Journal(path):
        stop(3, clone(MODEL).fit, secret, Y)
    held = path.read_bytes()
    for row in (secret[7], secret[0]):
        assert row.tobytes()[:8] not in held
        assert repr(float(row[0])).encode() not in held
        assert float(row[0]).hex().encode() not in held


def test_only_the_user_may_read_it(path):
    with Journal(path):
        clone(MODEL).fit(X, Y)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]
    path.chmod(0o644)
    with pytest.raises(JournalError, match="chmod 600"), Journal(path):
        pass
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(JournalError, match="plain file"), Journal(link):
        pass


@pytest.mark.parametrize("column", ["part", "question", "share", "answer", "number"])
def test_an_edited_entry_is_refused(path, stop, column):
    with Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
    values = {"part": "part", "number": "number + 100"}
    value = values.get(column, f"replace({column}, '1', '2') || ' '")
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE answers SET {column} = {value} WHERE number = 1")
    if column == "part":  # an entry of another number in its place
        connection.execute("DELETE FROM answers WHERE number = 0")
        connection.execute("UPDATE answers SET number = 0")
    connection.commit()
    connection.close()
    with Journal(path), pytest.raises(JournalError, match="altered"):
        clone(MODEL).fit(X, Y)
    assert stop.n_read == 0


def test_a_torn_or_foreign_file_is_refused(path, stop):
    with Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
    whole = path.read_bytes()
    for torn in (whole[:1000], whole[: len(whole) // 2], b"x" * len(whole)):
        path.write_bytes(torn)
        with pytest.raises(JournalError), Journal(path):
            clone(MODEL).fit(X, Y)
    path.unlink()
    ledger = PrivacyLedger(path=path)
    path.chmod(0o600)
    with ledger, pytest.raises(JournalError, match="no journal"):
        Journal(path).__enter__()


def test_an_empty_file_is_begun(path):
    """A process may be killed after it has made the file."""
    path.touch(mode=0o600)
    with Journal(path):
        clone(MODEL).fit(X, Y)
    assert numbers(path) == []


def test_one_block_has_it_at_a_time(path):
    with Journal(path) as journal:
        with pytest.raises(JournalError, match="has it open"):
            Journal(path).__enter__()
        with pytest.raises(JournalError, match="open already"):
            journal.__enter__()
    with journal:
        clone(MODEL).fit(X, Y)


def test_a_disk_that_is_full_ends_the_fit_and_the_debits_are_right(path):
    big = Steps(scale=0.5)
    wide = np.zeros((10, 60))
    with Journal(path) as journal, PrivacyLedger() as ledger:
        journal._file._connection.execute("PRAGMA max_page_count = 8")
        with pytest.raises(JournalError, match="cannot be used"):
            big.fit(wide)
    kept = numbers(path)
    assert 0 < len(kept) < N - 1
    assert len(ledger.records) == len(kept) + 1
    assert not hasattr(big, "coef_")
    with Journal(path), ledger:
        big.fit(wide)
    assert len(ledger.records) == N + 1


KILLS = ["before paying", "in the debit", "after paying", "answered", "written"]


@needs_fork
@pytest.mark.parametrize("where", KILLS)
def test_a_kill_at_any_step_loses_no_debit_and_counts_none_twice(path, where, tmp_path):
    draws = tmp_path / "draws"
    draws.touch()
    ledger = PrivacyLedger(path=tmp_path / "ledger")
    clone(MODEL).fit(X, Y)  # compiles what children need
    for n in range(3):
        run_child(lambda n=n: killed_fit(path, ledger, draws, where, n))
    with ledger, Journal(path), pytest.MonkeyPatch.context() as patched:
        watch(patched, draws)
        clone(MODEL).fit(X, Y)
    drawn = [int(line) for line in draws.read_text().split()]
    paid = [int(record.name.split()[-1]) for record in ledger.records]
    for number in range(1, N + 1):
        assert drawn.count(number) <= paid.count(number)
    lost = 3 if where == "after paying" else 0
    assert len(paid) == len(drawn) + lost
    again = 3 if where == "answered" else 0
    assert len(drawn) == N + again
    assert numbers(path) == []
    assert sqlite3.connect(ledger.path).execute(
        "PRAGMA integrity_check"
    ).fetchone() == ("ok",)


def watch(patched, draws):
    """Note each reading of rows, by the number of the answer."""
    original = Office._noisy

    def noisy(curator, *asked):
        if type(curator) is Curator:
            with open(draws, "a") as file:
                file.write(f"{len(curator.releases)}\n")
        return original(curator, *asked)

    patched.setattr(Office, "_noisy", noisy)


def killed_fit(path, ledger, draws, where, n):
    """A fit that is killed at a step of its answer of number ``n``, from zero."""
    patched = pytest.MonkeyPatch()
    watch(patched, draws)

    def killing(owner, name, before):
        original, times = getattr(owner, name), [0]

        def call(*args, **kwargs):
            if before and times[0] == n:
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **kwargs)
            if times[0] == n:
                os.kill(os.getpid(), signal.SIGKILL)
            times[0] += 1
            return result

        patched.setattr(owner, name, call)

    import skprivate.base._journal as journal
    import skprivate.ledger._debit as debit

    if where in ("before paying", "after paying"):
        killing(OpenCharge, "pay", where == "before paying")
    elif where == "in the debit":
        n += 1  # the first is a trial
        killing(debit, "write_total", False)
    elif where == "answered":
        killing(journal.JournalFile, "write", True)
    else:
        killing(journal.JournalFile, "write", False)
    with PrivacyLedger(path=ledger.path), Journal(path):
        clone(MODEL).fit(X, Y)


def run_child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


@needs_fork
def test_a_fork_leaves_the_journal_alone(path, stop):
    with Journal(path):
        stop(2, clone(MODEL).fit, X, Y)
        run_child(lambda: clone(MODEL).fit(X, Y))
        assert len(entries(path)) == 2
        clone(MODEL).fit(X, Y)
    assert stop.n_read == N - 2


def entries(path):
    """What is in the file, whoever has locked it."""
    copy = path.with_name("copy to look at")
    copy.write_bytes(path.read_bytes())
    connection = sqlite3.connect(copy)
    try:
        return connection.execute("SELECT part, number FROM answers").fetchall()
    finally:
        connection.close()
        copy.unlink()


def numbers(path):
    return [number for _, number in entries(path)]


@pytest.mark.parametrize(
    "answer",
    [
        [np.arange(6).reshape(2, 3), np.array([2**70, -1], dtype=object)],
        3,
        np.array([True, False]),
        {(0, "a"): 3, (1, 2.5): 4, (2, True): 1, (3, None): 0, (4, np.str_("b")): 2},
        {"word": 1.5},
        {(0, np.datetime64("2026-01-01", "s")): 2, (0, np.float64(-0.0)): 3},
        [np.empty((0, 2))],
        [],
    ],
)
def test_answers_come_back_to_the_bit(answer):
    assert bits_of(answer_of(text_of(answer))) == bits_of(answer)


@pytest.mark.parametrize("odd", [object(), {1, 2}, b"bytes", np.array([object()])])
def test_what_cannot_be_written_is_refused(odd):
    with pytest.raises(UnnamedError, match="cannot be written"):
        text_of([odd])


def test_questions_have_the_same_digest_in_every_process():
    """A number that was found by hand in another process, which hashes otherwise."""
    question = (MODEL.get_params(), np.arange(3), np.add, type(MODEL), 1.5, "text")
    assert digest_of(question) == digest_of(question)
    with pytest.raises(UnnamedError, match="function of your own"):
        digest_of(lambda: 0)
    assert digest_of((1, "1")) != digest_of(("1", 1))
    assert digest_of(("ab", "c")) != digest_of(("a", "bc"))
