"""The service of the deployment guide, run on this machine as it would be elsewhere."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skprivate.additive import DPAdditiveClassifier
from skprivate.schema import Schema
from skprivate.security import save_private_model

FOLDER = Path(__file__).parents[1] / "examples" / "deployment"
SECRET = "4f1d-secret"


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    days = pd.to_timedelta(rng.integers(0, 2000, 300), "D")
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, 300).astype(float),
            "plan of firm": rng.choice(["free", "team"], 300),
            "since": pd.Timestamp("2020-01-01") + days,
            "vip": rng.random(300) < 0.3,
        }
    )


@pytest.fixture(scope="module")
def model(table):
    y = np.where(table["vip"] ^ (table["age"] > 50), "yes", "no")
    return DPAdditiveClassifier(classes=["no", "yes"], epsilon=8.0, random_state=0).fit(
        table, y
    )


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def address(request, table, model, tmp_path_factory):
    """Where the service listens, started as the guide says."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder, signer = tmp_path_factory.mktemp("service"), Ed25519PrivateKey.generate()
    save_private_model(model, folder / "m", sign=signer, allow_not_private=True)
    Schema.from_frame(table).to_json(folder / "schema.json")
    known = {
        "MODEL": str(folder / "m"),
        "SCHEMA": str(folder / "schema.json"),
        "VERIFY": signer.public_key().public_bytes_raw().hex(),
        "PYTHONPATH": str(FOLDER.parents[1]),
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "service:app"]
    command += ["--port", "0", "--workers", str(request.param)]
    with subprocess.Popen(
        command, cwd=FOLDER, env=os.environ | known, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _address_in(process.stderr)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _address_in(lines):
    """The address that uvicorn listens at, once a worker answers there."""
    for line in lines:
        found = re.search(r"running on (http://[\d.]+:\d+)", line)
        if found:
            wait_for(found[1])
            return found[1]
    raise AssertionError("The service has ended.")


def wait_for(address, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=seconds):
                return
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def ask(address, records):
    """Status and answer."""
    data = json.dumps({"records": records}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{address}/predict", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def record(table, i):
    """A row as JSON, its keys from last to first."""
    row = json.loads(table.iloc[[i]].to_json(orient="records", date_format="iso"))[0]
    return dict(reversed(row.items()))


def test_it_predicts_as_the_model_does(address, table, model):
    status, answer = ask(address, [record(table, i) for i in range(50)])
    assert status == 200
    assert answer["predictions"] == model.predict(table.iloc[:50]).tolist()


def test_what_is_missing_or_new_is_predicted(address, table):
    row = record(table, 0)
    rows = [row | dict.fromkeys(row), row | {"plan of firm": "never seen"}]
    status, answer = ask(address, rows)
    assert status == 200
    assert len(answer["predictions"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"age": SECRET},
        {"age": "41"},
        {"age": True},
        {"vip": 1},
        {"since": SECRET},
        {SECRET[:4]: SECRET},
        {"plan of firm": {"a": SECRET}},
    ],
)
def test_records_of_other_types_are_refused_without_their_values(
    address, table, change
):
    status, answer = ask(address, [record(table, 0) | change])
    assert status == 422
    assert SECRET not in answer


def test_missing_keys_and_no_records_are_refused(address, table):
    row = record(table, 0)
    del row["age"]
    assert ask(address, [row])[0] == 422
    assert ask(address, [])[0] == 422


def test_its_report_is_that_of_the_model(address, model):
    with urllib.request.urlopen(f"{address}/privacy", timeout=60) as answer:
        report = json.load(answer)
    assert report["epsilon"]["add_remove"] == pytest.approx(8.0, rel=1e-6)


def test_the_container_file_copies_what_is_there():
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    copied = [line.split()[1:-1] for line in text.splitlines() if "COPY" in line]
    made = {"wheels", "model.skp", "schema.json"}  # by the commands of the guide
    files = {name for names in copied for name in names} - made
    assert files == {"examples/deployment/service.py"}
    assert all((FOLDER.parents[1] / name).exists() for name in files)
