"""What the source of the kernels must not contain."""

import ast
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from skprivate import kernels
from skprivate.kernels import _columns, _counts, _gradients, _jit, _moments, _softmax

FOLDER = Path(_jit.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
every_file = pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])
COMPILERS = {"njit", "jit", "vectorize", "guvectorize", "stencil", "cfunc", "prange"}


def nodes(path, kind):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


@every_file
def test_no_fast_math_but_reassociation_and_no_threads(path):
    for keyword in nodes(path, ast.keyword):
        if keyword.arg == "fastmath":
            if isinstance(keyword.value, ast.Name):
                assert keyword.value.id == "EXACT"
            else:
                assert ast.literal_eval(keyword.value) == {"reassoc"}
        if path.name != "_jit.py":
            assert keyword.arg not in {"parallel", "error_model", "cache"}


@every_file
def test_only_one_file_asks_numba_to_compile(path):
    if path.name == "_jit.py":
        return
    names = {node.id for node in nodes(path, ast.Name)}
    names |= {node.attr for node in nodes(path, ast.Attribute)}
    for statement in nodes(path, ast.ImportFrom):
        names |= {alias.name for alias in statement.names}
    assert not names & COMPILERS


def test_options_are_the_safe_ones():
    assert _jit.OPTIONS == {"nogil": True, "error_model": "numpy"}


def test_a_folder_that_cannot_be_written_costs_only_the_cache(monkeypatch):
    asked = []

    def refuse_cache(cache, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    def function():
        pass

    monkeypatch.setattr(_jit, "njit", refuse_cache)
    assert _jit.kernel(function) is function
    assert _jit.kernel(fastmath={"reassoc"})(function) is function
    assert asked == [True, False, True, False]


def test_reassociation_keeps_not_a_number():
    @numba.njit(fastmath={"reassoc"})
    def finite(values):
        total = 0.0
        for k in range(values.size):
            total += values[k]
        return abs(total) < np.inf

    for bad in (np.nan, np.inf, -np.inf):
        values = np.ones(100)
        values[50] = bad
        assert not finite(values)


def test_importing_the_package_compiles_nothing():
    code = (
        "import skprivate.kernels, numba\n"
        "from numba.core.registry import CPUDispatcher\n"
        "import sys\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith('skprivate'):\n"
        "        for value in vars(module).values():\n"
        "            if isinstance(value, CPUDispatcher):\n"
        "                assert not value.signatures, name\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=FOLDER.parents[1])


def test_arrays_that_may_be_written_to_are_not_compiled_for_anew():
    X, y, codes = np.ones((3, 2)), np.ones(3), np.zeros(3, np.int32)
    box, none = np.tile([[-1.0], [1.0], [0.0], [8.0]], 2), np.empty(0)

    def run(X, y, codes):
        kernels.moments(X, box, none, codes, 1, 8.0)
        kernels.moments(X, box, none, codes[:0], 1, 8.0)
        kernels.class_counts(codes, 1, none, 1.0)
        kernels.second_moments(X, y, box, box[:, 0], none, 8.0, 8.0)
        kernels.second_moments(X, y[:0], box, none, none, 8.0, 8.0)
        coef = np.ones((1, 3))
        kernels.gradient(X, y, box, coef[0], 8.0, kernels.SQUARED, 0.0, 8.0, none)
        kernels.gradient(X, y / 0.0, box, coef[0], 8.0, kernels.SQUARED, 0.0, 8.0, none)
        kernels.gradient_softmax(X, codes, box, coef, 8.0, 8.0, none)

    used = _moments._moments, _counts._class_counts, _columns.add_clipped_products
    used += _gradients._gradient, _softmax._softmax
    run(X, y, codes)
    before = [getattr(kernel, "signatures", None) for kernel in used]
    for array in (X, y, codes):
        array.flags.writeable = False
    run(X, y, codes)
    assert [getattr(kernel, "signatures", None) for kernel in used] == before
