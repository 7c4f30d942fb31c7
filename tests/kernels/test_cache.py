"""Where compiled code is kept, when it is used again, and what the user hears."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from skprivate.kernels import _jit, _notice

FOLDER = Path(_jit.__file__).parent
COUNT = """
import numpy as np
from skprivate.kernels._counts import _class_counts as kernel
from skprivate.kernels._jit import is_in_cache
total, codes = np.zeros(2), np.zeros(3, np.int32)
before = is_in_cache(kernel)
kernel(codes, np.empty(0), 1.0, total)
is_in_cache.cache_clear()
print(before, is_in_cache(kernel), sum(kernel.stats.cache_misses.values()))
print(kernel.stats.cache_path)
"""


@pytest.fixture
def install(tmp_path):
    """A copy of the kernels, and what runs it."""
    package = tmp_path / "site" / "skprivate"
    shutil.copytree(
        FOLDER, package / "kernels", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(FOLDER.parent / "_typing.py", package)
    (package / "__init__.py").touch()
    unset = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "NUMBA_DISABLE_JIT")
    basis = {k: v for k, v in os.environ.items() if k not in unset}
    basis |= {"PYTHONPATH": str(package.parent), "HOME": str(tmp_path / "home")}

    def run(first="", **environment):
        return subprocess.run(
            [sys.executable, "-c", first + COUNT],
            capture_output=True,
            check=True,
            text=True,
            env=basis | environment,
            cwd=tmp_path,
        )

    return SimpleNamespace(kernels=package / "kernels", run=run, home=tmp_path / "home")


def said(done):
    return done.stdout.split()


def test_compiled_code_is_used_again_until_any_kernel_changes(install):
    beside = str(install.kernels / "__pycache__")
    assert said(install.run()) == ["False", "True", "1", beside]
    assert said(install.run()) == ["True", "True", "0", beside]
    with (install.kernels / "_rows.py").open("a") as file:  # counts do not import it
        file.write("# changed\n")
    assert said(install.run()) == ["False", "True", "1", beside]


def test_a_package_that_is_read_only_has_its_cache_in_the_home_folder(install):
    (install.kernels / "__pycache__").touch()  # no folder: nobody can write there
    *_, folder = said(install.run())
    assert install.home in Path(folder).parents
    assert said(install.run()) == ["True", "True", "0", folder]


def test_without_any_folder_it_compiles_in_each_process(install):
    (install.kernels / "__pycache__").touch()
    install.home.touch()
    for _ in range(2):
        assert said(install.run()) == ["False", "False", "1", "None"]


def test_the_user_names_the_folder(install, tmp_path):
    chosen = tmp_path / "chosen"
    *_, folder = said(install.run(NUMBA_CACHE_DIR=str(chosen)))
    assert chosen in Path(folder).parents


@pytest.fixture
def started(monkeypatch):
    """Timers that ran or run, which fire when told to."""
    timers = []

    class Timer:
        def __init__(self, seconds, function):
            assert seconds == 1.0
            self.fire, self.waits = function, False
            timers.append(self)

        def start(self):
            self.waits = True

        def cancel(self):
            self.waits = False

    monkeypatch.setattr(_notice.threading, "Timer", Timer)
    return timers


def compilation_of(module):
    return SimpleNamespace(data={"dispatcher": SimpleNamespace(__module__=module)})


def test_a_long_compilation_is_told_once(started, caplog):
    notice, ours = _notice.CompilationNotice(), compilation_of("skprivate.kernels._x")
    notice.on_start(ours)
    notice.on_start(compilation_of("numba.np"))  # part of ours
    notice.on_end(None)
    [timer] = started
    assert timer.waits
    with caplog.at_level(logging.WARNING, "skprivate"):
        timer.fire()
    notice.on_end(ours)
    assert caplog.messages == [_notice.MESSAGE]
    notice.on_start(ours)
    assert len(started) == 1


def test_quick_compilations_and_those_of_others_are_not_told(started):
    notice, ours = _notice.CompilationNotice(), compilation_of("skprivate.kernels._x")
    notice.on_start(ours)
    notice.on_end(ours)
    assert [timer.waits for timer in started] == [False]
    notice.on_start(compilation_of("somebody.else"))
    assert len(started) == 1


def test_the_line_is_on_stderr(install):
    done = install.run("from skprivate.kernels import _notice; _notice.PATIENCE = 0.0")
    assert done.stderr.splitlines() == [_notice.MESSAGE]
