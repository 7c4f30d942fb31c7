"""``python -m skprivate``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from skprivate import PrivacyLedger
from skprivate.__main__ import main
from skprivate.accounting import Budget
from skprivate.ledger import charge

ROOT = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "ledger"
    with PrivacyLedger(epsilon=2.0, delta=1e-6, path=path):
        charge("a mechanism", Budget(1.0, 1e-6))
    return str(path)


def test_it_prints_a_ledger(path, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "skprivate", "ledger", path]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment
    )
    assert "1 fits have spent epsilon=1 of 2" in done.stdout


def test_it_prints_html_and_json(path, capsys):
    assert main(["ledger", path, "--html"]) == 0
    assert capsys.readouterr().out.startswith("<div>")
    assert main(["ledger", path, "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["records"][0]["name"] == "a mechanism"
    assert whole["spent"] == pytest.approx(1.0)


@pytest.mark.parametrize("content", [None, b"no ledger"])
def test_what_is_no_ledger_is_an_error_and_nothing_is_created(
    content, tmp_path, capsys
):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    assert main(["ledger", str(path)]) == 1
    assert "cannot be used" in capsys.readouterr().err
    assert path.exists() == (content is not None)
    assert main(["ledger", str(tmp_path)]) == 1


@pytest.mark.parametrize("arguments", [[], ["ledger"], ["other"]])
def test_a_wrong_command_line_says_what_is_right(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "usage: python -m skprivate" in capsys.readouterr().err
