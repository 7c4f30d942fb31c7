"""`import skprivate` is cheap, and finds every submodule when asked for it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import skprivate

ROOT = Path(__file__).parents[1]
HEAVY = {"dp_accounting", "imblearn", "matplotlib", "numba", "pandas", "sklearn"}


def in_new_process(code):
    """What ``code`` prints in a fresh interpreter."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


def seconds(statement):
    """CPU time of ``statement`` once ``sklearn.base`` is there: best of three."""
    code = (
        "import sklearn.base\nfrom time import process_time as t\n"
        f"start = t()\n{statement}\nprint(t() - start)"
    )
    return min(float(in_new_process(code)) for _ in range(3))


def test_costs_less_than_a_tenth_of_a_second_over_scikit_learn():
    assert seconds("import skprivate") < 0.1


def test_imports_nothing_heavy():
    loaded = in_new_process("import sys, skprivate; print(*sys.modules)").split()
    assert HEAVY.isdisjoint(loaded)


def test_submodules_come_at_first_use():
    assert "accounting" in dir(skprivate)
    assert skprivate.accounting.Budget(1.0, 1e-6).epsilon == 1.0


def test_a_star_brings_the_names_at_hand():
    there = in_new_process("from skprivate import *\nprint(*sorted(globals()))").split()
    assert {"PrivacyLedger", "check_private", "make_dp_pipeline"} <= {*there}
    assert {"accounting", "linear_model"}.isdisjoint(there)


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'acounting'"):
        _ = skprivate.acounting


def test_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert skprivate.__version__ == project["version"]
