"""Whatever is made inside a worker is charged, by what is open in the main process."""

import json
import multiprocessing
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from joblib import Parallel, delayed, parallel_config

from skprivate import PrivacyLedger
from skprivate.ledger import (
    LedgerUnavailableError,
    StrictLedgerError,
    _board,
)
from tests.ledger.spies import ASKS, ask, fit_fresh, is_admitted, quiet

ROOT = str(Path(__file__).parents[2])
FORK = multiprocessing.get_context("fork")


def in_fork(work, *args):
    """Run in a child that is forked, and wait for it."""
    child = FORK.Process(target=work, args=args)
    child.start()
    child.join()
    return child.exitcode


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_what_workers_of_joblib_make_is_charged(backend):
    with PrivacyLedger() as ledger, parallel_config(backend, n_jobs=2):
        Parallel()(delayed(fit_fresh)(i) for i in range(6))
    assert len(ledger.records) == 12


def test_a_worker_of_joblib_follows_the_blocks_of_the_main_process():
    """It is used again: charged is what is open now, and nothing that is closed."""
    first, second = PrivacyLedger(), PrivacyLedger(epsilon=1.0, delta=1e-6)
    with parallel_config("loky", n_jobs=2):
        Parallel()(delayed(fit_fresh)(i) for i in range(2))  # before any is open
        with first:
            Parallel()(delayed(fit_fresh)(i) for i in range(2))
        with second:
            admitted = Parallel()(delayed(is_admitted)() for _ in range(4))
            second.dismiss_refusals()
        Parallel()(delayed(fit_fresh)(i) for i in range(2))
    assert (len(first.records), len(second.records)) == (4, sum(admitted)) == (4, 1)


@pytest.mark.parametrize(
    "method", ["fork", "spawn", pytest.param("forkserver", marks=pytest.mark.slow)]
)
def test_what_other_processes_make_is_charged(method):
    context = multiprocessing.get_context(method)
    with PrivacyLedger() as ledger:
        child = context.Process(target=exec, args=(ASKS.format(name="p", seeded=0),))
        child.start()
        child.join()
        with context.Pool(1) as pool:
            pool.map(exec, [ASKS.format(name="pool", seeded=False)] * 2)
    assert sorted(r.name for r in ledger.records) == ["p", "pool", "pool"]


def test_a_pool_from_before_follows_the_blocks(tmp_path):
    with FORK.Pool(1) as pool:
        with PrivacyLedger() as ledger:
            pool.map(ask, ["in"])
            with ledger.disjoint("site").part("north"):
                pool.map(ask, ["north"])
        pool.map(ask, ["after"])
    assert [(r.name, r.parts) for r in ledger.records] == [
        ("in", ()),
        ("north", (("site", "north"),)),
    ]


def test_a_pool_from_within_a_block_is_free_after_it():
    with PrivacyLedger() as ledger:
        pool = FORK.Pool(1)
        pool.map(ask, ["in"])
    with PrivacyLedger() as other, pool:
        pool.map(ask, ["in the other"])
    assert [r.name for r in (*ledger.records, *other.records)] == [
        "in",
        "in the other",
    ]


def test_a_grandchild_and_another_program_are_charged():
    with PrivacyLedger() as ledger:
        in_fork(in_fork, ask, "grandchild")
        program = [sys.executable, "-c", ASKS.format(name="program", seeded=False)]
        subprocess.run(program, check=True, env=_environment())
    assert [r.name for r in ledger.records] == ["grandchild", "program"]


def test_a_child_whose_environment_is_empty_asks_its_parent():
    """As does one that was started before the package was imported here."""
    environment = _environment()
    del environment[_board.VARIABLE]
    program = [sys.executable, "-c", ASKS.format(name="program", seeded=False)]
    with PrivacyLedger() as ledger:
        subprocess.run(program, check=True, env=environment)
    assert len(ledger.records) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell")
@pytest.mark.parametrize("through_a_shell", [False, True])
def test_its_files_may_be_elsewhere_and_its_parent_a_shell(tmp_path, through_a_shell):
    environment = _environment() | {"TMPDIR": str(tmp_path)}
    del environment[_board.VARIABLE]
    program = [sys.executable, "-c", ASKS.format(name="program", seeded=False)]
    if through_a_shell:
        program = ["sh", "-c", f"{shlex.join(program)}; true"]
    with PrivacyLedger() as ledger:
        subprocess.run(program, check=True, env=environment)
        shorter = environment | {"TMPDIR": ""}
        del shorter["TMPDIR"]
        subprocess.run(program, check=True, env=shorter)
    assert len(ledger.records) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell")
def test_files_of_the_parent_may_be_elsewhere(tmp_path):
    """A job on a cluster has a folder of its own, of which workers may not know."""
    program = [sys.executable, "-c", ASKS.format(name="program", seeded=False)]
    job = (
        "import subprocess; from skprivate import PrivacyLedger\n"
        "with PrivacyLedger() as ledger:\n"
        f"    subprocess.run({program!r}, check=True, env={{'PYTHONPATH': {ROOT!r}}})\n"
        "assert len(ledger.records) == 1\n"
    )
    environment = _environment() | {"TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", job], check=True, env=environment)


def test_where_temporary_files_go_may_change(monkeypatch, tmp_path):
    """Workers are told once where to look."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with PrivacyLedger() as ledger:
        in_fork(ask)
        program = [sys.executable, "-c", ASKS.format(name="program", seeded=False)]
        subprocess.run(program, check=True, env=_environment())
    assert len(ledger.records) == 2


def _environment():
    return os.environ | {"PYTHONPATH": ROOT}


def test_a_ledger_of_a_worker_is_its_own_and_that_of_its_children(tmp_path):
    path = tmp_path / "inner"

    def work():
        with PrivacyLedger(path=path):
            in_fork(ask, "both")
        in_fork(ask, "outer")

    with PrivacyLedger() as outer:
        in_fork(work)
        ask("outer")
    inner = PrivacyLedger(path=path)
    assert [r.name for r in outer.records] == ["both", "outer", "outer"]
    assert [r.name for r in inner.records] == ["both"]


def test_refusals_in_workers_are_raised_at_the_end_of_the_block():
    ledger = PrivacyLedger(strict=True)
    with pytest.raises(StrictLedgerError, match="seeded"), ledger:
        in_fork(ask, "fit", True)
    assert len(ledger.records) == 0


def test_a_ledger_out_of_reach_refuses_what_a_worker_makes(tmp_path):
    ledger = PrivacyLedger(path=tmp_path / "ledger")
    ledger.__enter__()
    os.unlink(ledger.path)
    assert in_fork(ask) == 1
    with pytest.raises(LedgerUnavailableError, match="no file is there"):
        ledger.__exit__(None, None, None)


def test_a_child_that_leaves_the_block_closes_it_for_itself_only():
    with PrivacyLedger() as ledger:
        pid = os.fork()
        if pid == 0:
            try:
                ledger.__exit__(None, None, None)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        in_fork(ask)
    assert len(ledger.records) == 1


def test_a_part_that_another_contradicts_is_not_relied_upon(tmp_path):
    """An estimator was sent in one part, and is fitted while another is open."""
    import pickle

    from skprivate.preprocessing import DPStandardScaler

    def work(message):
        pickle.loads(message).fit([[0.0], [1.0]])

    ledger = PrivacyLedger()
    with ledger:
        site = ledger.disjoint("site")
        with site.part("north"):
            message = pickle.dumps(DPStandardScaler(bounds=(0, 1)))
            in_fork(work, message)
        with site.part("south"):
            in_fork(work, message)
    assert [r.parts for r in ledger.records] == [(("site", "north"),), ()]


@pytest.fixture
def board():
    """The board of this process, as others see it."""
    return _board.board_of(os.getpid())


def test_a_board_is_there_only_while_a_block_is_open(board):
    with PrivacyLedger():
        with PrivacyLedger():
            assert len(os.listdir(board)) == 2
        (notice,) = os.listdir(board)
        assert os.stat(board).st_mode & 0o777 == 0o700
        assert os.stat(f"{board}/{notice}").st_mode & 0o777 == 0o600
    assert not os.path.exists(board)


def test_a_board_of_others_is_not_trusted(board, monkeypatch, tmp_path):
    ledger = PrivacyLedger()
    with ledger:
        os.chmod(board, 0o777)
        with pytest.raises(LedgerUnavailableError, match="others may write"), ledger:
            pass
        assert in_fork(ask) == 1
        os.chmod(board, 0o700)
    planted = tmp_path / "planted"
    planted.mkdir(mode=0o755)
    (planted / "000-token").write_text("{}")
    monkeypatch.setenv(_board.VARIABLE, json.dumps([str(planted)]))
    with pytest.raises(LedgerUnavailableError, match="TMPDIR"):
        ask()
    planted.chmod(0o700)
    with pytest.raises(LedgerUnavailableError, match="damaged"):
        ask()


def test_boards_that_are_gone_say_nothing(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    gone = [str(tmp_path / "gone"), str(tmp_path / "file" / "x")]
    monkeypatch.setenv(_board.VARIABLE, json.dumps(gone))
    assert not _board.posted()
    ask()


def test_a_block_of_a_process_that_was_killed_is_still_open(monkeypatch, tmp_path):
    path, note = tmp_path / "ledger", tmp_path / "note"

    def work():
        PrivacyLedger(path=path).__enter__()
        note.write_text(_board.board_of(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)

    in_fork(work)
    monkeypatch.setenv(_board.VARIABLE, json.dumps([note.read_text()]))
    ask()
    assert len(PrivacyLedger(path=path).records) == 1
    os.unlink(path)
    with pytest.raises(LedgerUnavailableError, match="no file is there"):
        ask()
    shutil.rmtree(note.read_text())


def test_no_place_for_a_board_refuses_the_block(monkeypatch, tmp_path):
    ledger = PrivacyLedger(path=tmp_path / "ledger")
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(_board, "_TEMPORARY", str(tmp_path / "file"))
    with pytest.raises(LedgerUnavailableError, match="TMPDIR"), ledger:
        pass
    monkeypatch.undo()
    with ledger:
        ask()
    assert len(ledger.records) == 1


@pytest.mark.slow
def test_what_workers_of_dask_make_is_charged():
    distributed = pytest.importorskip("distributed")
    with (
        quiet(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        with PrivacyLedger() as ledger:
            client.gather(client.map(fit_fresh, range(6), pure=False))
        client.gather(client.map(fit_fresh, range(6, 8), pure=False))
    assert len(ledger.records) == 12
