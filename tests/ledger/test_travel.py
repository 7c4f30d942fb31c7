"""Ledgers reach every process and thread in which an estimator is fitted."""

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from operator import methodcaller

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.ledger import (
    LedgerCarrier,
    LedgerUnavailableError,
    StrictLedgerError,
    charge,
    prepaid,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from tests.ledger.spies import (
    BOUNDS,
    SpyClassifier,
    SpyScaler,
    X,
    fit_quietly,
    fits_of,
    quiet,
    y,
)


def scaler(tmp_path, epsilon=1.0):
    return SpyScaler(tally=str(tmp_path / "tally"), epsilon=epsilon)


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_a_cap_holds_over_all_workers(backend, tmp_path):
    whole = Budget(1.0, 1e-6)
    part = whole.split(*[1] * 6)[0].alone().epsilon
    spies = [scaler(tmp_path, part) for _ in range(10)]
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with ledger, parallel_config(backend, n_jobs=2):
        admitted = Parallel()(delayed(fit_quietly)(spy) for spy in spies)
        ledger.dismiss_refusals()
    assert sum(admitted) == len(ledger.records) == fits_of(spies[0].tally) == 6


@pytest.mark.parametrize(
    "method", ["fork", "spawn", pytest.param("forkserver", marks=pytest.mark.slow)]
)
def test_it_travels_with_every_way_to_start_a_process(method):
    ledger = PrivacyLedger()
    context = multiprocessing.get_context(method)
    with ledger, context.Pool(1) as pool:
        pool.map(methodcaller("fit", X), [DPStandardScaler(bounds=BOUNDS)] * 3)
    assert len(ledger.records) == 3


def test_a_forked_child_charges_what_it_inherited(tmp_path):
    """Nothing is pickled here; and the parent's connection is not touched."""
    ledger, spy = PrivacyLedger(), scaler(tmp_path)
    with ledger:
        spy.fit(X)
        for _ in range(5):
            pid = os.fork()
            if pid == 0:
                try:
                    spy.fit(X)
                finally:
                    os._exit(0)
            os.waitpid(pid, 0)
            spy.fit(X)
    assert len(ledger.records) == fits_of(spy.tally) == 11


def test_a_reused_worker_follows_the_part_that_is_open_now(tmp_path):
    ledger = PrivacyLedger()
    site = ledger.disjoint("site")
    context = multiprocessing.get_context("fork")
    with ledger:
        with site.part("north"):
            pool = context.Pool(1)
            pool.map(fit_quietly, [scaler(tmp_path)])
        with site.part("south"):
            pool.map(fit_quietly, [scaler(tmp_path)])
        pool.terminate()
    assert [dict(r.parts)["site"] for r in ledger.records] == ["north", "south"]


def test_parts_reach_workers(tmp_path):
    ledger = PrivacyLedger()
    with ledger:
        for name in ("north", "south"):
            with ledger.disjoint("site").part(name), parallel_config("loky", n_jobs=2):
                Parallel()(delayed(fit_quietly)(scaler(tmp_path)) for _ in range(3))
    parts = [dict(record.parts)["site"] for record in ledger.records]
    assert sorted(parts) == ["north"] * 3 + ["south"] * 3
    with PrivacyLedger() as of_one_part:
        for _ in range(3):
            charge("fit", Budget(1.0, 1e-6))
    assert ledger.spent() == pytest.approx(of_one_part.spent())


def test_a_thread_that_outlives_the_block_is_charged(tmp_path):
    """And is no part of a ledger that is opened later by others."""
    go, ledger, later = threading.Event(), PrivacyLedger(), PrivacyLedger()
    spies = [scaler(tmp_path) for _ in range(3)]

    def work(spy):
        go.wait()
        spy.fit(X)

    before = threading.Thread(target=work, args=(spies[0],))
    before.start()
    site = ledger.disjoint("site")
    with ledger:
        threads = [threading.Thread(target=work, args=(spies[1],))]
        threads[0].start()
        with site.part("north"):
            threads.append(threading.Thread(target=work, args=(spies[2],)))
            threads[1].start()
    go.set()
    for thread in (before, *threads):
        thread.join()
    with later:
        scaler(tmp_path).fit(X)
    assert [r.parts for r in ledger.records] == [(), ()]
    assert (fits_of(spies[0].tally), len(later.records)) == (4, 1)


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ThreadPool])
def test_threads_of_a_pool_follow_the_blocks(make, tmp_path):
    first, second = PrivacyLedger(), PrivacyLedger()
    with first:
        pool = make(1)
        list(pool.map(fit_quietly, [scaler(tmp_path)]))
    with pool, second:
        list(pool.map(fit_quietly, [scaler(tmp_path)]))
    assert len(first.records) == len(second.records) == 1


def test_threads_see_it(tmp_path):
    ledger = PrivacyLedger()
    with ledger, ThreadPoolExecutor(4) as threads:
        done = list(threads.map(fit_quietly, [scaler(tmp_path) for _ in range(8)]))
    assert len(ledger.records) == sum(done) == 8


@pytest.mark.slow
def test_dask_workers_see_it():
    distributed = pytest.importorskip("distributed")
    ledger = PrivacyLedger()
    with (
        quiet(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        ledger,
    ):
        scaler = DPStandardScaler(bounds=BOUNDS)
        fit = methodcaller("fit", X)
        client.gather([client.submit(fit, scaler, pure=False) for _ in range(4)])
        with parallel_config("dask"):
            model = DPGaussianNB(bounds=BOUNDS)
            GridSearchCV(model, {"epsilon": [1, 2]}, cv=2).fit(X, y)
    assert len(ledger.records) == 4 + 5


def test_another_program_charges_a_pickled_estimator(tmp_path):
    path = tmp_path / "durable"
    with PrivacyLedger(path=path) as ledger:
        message = pickle.dumps(scaler(tmp_path))
    (tmp_path / "message").write_bytes(message)
    code = (
        "import pickle, sys; estimator = pickle.load(open(sys.argv[1], 'rb'));"
        "estimator.fit([[0.0], [1.0]])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "message")]
    subprocess.run(command, check=True, cwd=tmp_path, env=_environment())
    assert len(ledger.records) == 1


def _environment():
    from pathlib import Path

    root = Path(__file__).parents[2]
    return os.environ | {"PYTHONPATH": str(root)}


def test_a_clone_keeps_what_it_carries(tmp_path):
    with PrivacyLedger() as ledger:
        carried = pickle.loads(pickle.dumps(scaler(tmp_path)))
    clone(clone(carried)).fit(X)
    assert len(ledger.records) == 1
    scaler(tmp_path).fit(X)
    assert len(ledger.records) == 1


def test_a_model_whose_ledger_is_gone_predicts_and_does_not_fit(tmp_path):
    ledger = PrivacyLedger()
    with ledger:
        fitted = pickle.loads(pickle.dumps(scaler(tmp_path).fit(X)))
    before = fitted.transform(X)
    del ledger
    with pytest.raises(LedgerUnavailableError, match="make a new estimator"):
        fitted.fit(X)
    np.testing.assert_array_equal(fitted.transform(X), before)
    type(fitted)(**fitted.get_params()).fit(X)


def test_what_compound_objects_have_paid_is_not_charged_again(tmp_path):
    spy = scaler(tmp_path)
    with PrivacyLedger() as ledger:
        charge("whole", Budget(1.0, 1e-6), owner=spy)
        with prepaid(spy):
            with prepaid(spy):
                spy.fit(X)
            spy.fit(X)  # once each
        spy.fit(X)
    assert [record.name for record in ledger.records] == ["whole", "SpyScaler"]


def test_what_is_prepaid_is_one_fit_of_this_very_object(tmp_path):
    spy = scaler(tmp_path)
    with PrivacyLedger() as ledger:
        with prepaid(spy):
            clone(spy).fit(X)
            spy.fit(X)
            spy.fit(X)
        with prepaid(spy):
            pass
        spy.fit(X)
    assert len(ledger.records) == 3
    with pytest.raises(TypeError, match=r"prepaid\(estimator\)"), prepaid():
        pass


def test_prepaid_holds_for_one_thread_only(tmp_path):
    spy = scaler(tmp_path)
    with PrivacyLedger() as ledger, prepaid(spy), ThreadPoolExecutor(1) as threads:
        threads.submit(spy.fit, X).result()
    assert len(ledger.records) == 1


def test_prepaid_is_no_way_around_a_strict_ledger(tmp_path):
    strict = PrivacyLedger(strict=True)
    spy = SpyClassifier(tally=str(tmp_path / "tally"))
    with pytest.raises(StrictLedgerError), strict, prepaid(spy):
        charge("seeded", Budget(1.0, 1e-6), owner=spy, seeded=True)
    with pytest.raises(StrictLedgerError), strict, prepaid(spy):
        spy.fit(X, y)


def test_an_object_that_is_no_estimator_carries_ledgers_too():
    class Scorer(LedgerCarrier):
        __qualname__ = "Scorer"

    globals()["Scorer"] = Scorer
    scorer = Scorer()
    with PrivacyLedger() as ledger:
        message = pickle.dumps(scorer)
        assert type(clone(scorer, safe=False)) is Scorer
    charge("score", Budget(1.0, 1e-6), owner=pickle.loads(message))
    assert len(ledger.records) == 1


def test_several_owners_are_charged_together(tmp_path):
    ledgers = PrivacyLedger(), PrivacyLedger()
    owners = []
    for ledger in ledgers:
        with ledger:
            owners.append(pickle.loads(pickle.dumps(scaler(tmp_path))))
    charge("score", Budget(1.0, 1e-6), owner=tuple(owners))
    assert [len(ledger.records) for ledger in ledgers] == [1, 1]
