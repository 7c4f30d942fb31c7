"""``python -m skprivate``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skprivate import PrivacyLedger, testing
from skprivate.__main__ import main
from skprivate.accounting import Budget
from skprivate.decomposition import DPTruncatedSVD
from skprivate.kernels import _plain
from skprivate.ledger import charge
from skprivate.linear_model import DPLogisticRegression
from skprivate.security import KeyRing, save_private_model
from skprivate.testing import _warm

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
    assert "1 fit has spent epsilon=1 of 2" in done.stdout


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


@pytest.mark.parametrize("every_type", [False, True])
def test_it_compiles_what_all_estimators_need(every_type, monkeypatch, capsys):
    fitted = []

    def fit(estimator, every_type):
        assert _plain._unused  # no twin serves instead of a kernel
        fitted.append((type(estimator).__name__, every_type))

    monkeypatch.setattr(_warm, "_fit_all", fit)
    assert main(["warm", *["--all"] * every_type]) == 0
    names = [name for name, _ in testing.all_estimators()]
    assert fitted == [(name, every_type) for name in names]
    said = [line.split()[-1] for line in capsys.readouterr().out.splitlines()]
    assert said == ["mechanisms", *names]


@pytest.mark.parametrize("every_type", [False, True])
def test_it_fits_rows_of_every_type(every_type, monkeypatch):
    seen = set()

    def fit(self, X, y=None):
        seen.add((type(X).__name__, X.dtype.name, X.shape[1]))

    monkeypatch.setattr(DPTruncatedSVD, "fit", fit)
    _warm._fit_all(DPTruncatedSVD(), every_type)
    types = {"float64", "float32"} if every_type else {"float64"}
    kinds = {"ndarray", "csr_array"} if every_type else {"ndarray"}
    assert seen == {(k, t, d) for k in kinds for t in types for d in (5, 200)}


@pytest.mark.parametrize("arguments", [[], ["ledger"], ["other"]])
def test_a_wrong_command_line_says_what_is_right(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "usage: python -m skprivate" in capsys.readouterr().err


def test_it_prints_risks_of_a_table(tmp_path, capsys):
    file = tmp_path / "table.csv"
    file.write_text("age,mail\n30,a@b.org\n30,c@d.org\n41,e@f.org\n")
    assert main(["anonymity", str(file), "--by", "age"]) == 0
    shown = capsys.readouterr().out
    assert "k = 1" in shown
    assert "column 'mail': email" in shown
    assert "a@b.org" not in shown
    assert main(["anonymity", str(file), "--by", "lost"]) == 1
    assert "'lost' is not in the table" in capsys.readouterr().err


def test_it_attacks_a_stored_model(tmp_path, capsys, monkeypatch):
    pytest.importorskip("skops")
    frame = pd.DataFrame(np.random.default_rng(0).random((400, 3)), columns=[*"abc"])
    frame["y"] = (frame["a"] > 0.5).astype(int)
    files = [
        str(tmp_path / name) for name in ("train.csv", "test.csv", "model", "ring")
    ]
    frame[:200].to_csv(files[0], index=False)
    frame[200:].to_csv(files[1], index=False)
    model = DPLogisticRegression(bounds=(0, 1), classes=[0, 1])
    ring = KeyRing.new()
    save_private_model(
        model.fit(frame[:200][[*"abc"]], frame["y"][:200]), files[2], key=ring
    )
    ring.save(files[3], password="correct horse battery")
    monkeypatch.setenv("SKPRIVATE_PASSWORD", "correct horse battery")
    asked = ["audit", files[2], files[0], files[1], "--target", "y"]
    rates = ["--false-alarms", "0.1"]
    assert main([*asked, "--ring", files[3], *rates]) == 0
    assert "within the bound" in capsys.readouterr().out
    assert main([*asked, *rates]) == 1
    assert "needs the key" in capsys.readouterr().err
    save_private_model(model, files[2], insecure=True)
    assert main([*asked, *rates]) == 1
    assert "insecure=True" in capsys.readouterr().err
    assert main([*asked, "--insecure", *rates]) == 0
