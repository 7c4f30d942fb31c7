"""Fit over Flower: in its simulation, and over a SuperLink and three SuperNodes.

Run as ``make federated``, which makes an environment of its own with Flower, or as
``python -m benchmarks.federated [--only simulation network]``. Everything runs on this
machine: TLS with certificates of the moment, nodes with keys that are registered, no
telemetry, nothing installed for a run. All models must have the bits of the fit on all
rows together; what was started is stopped in the end.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket

import numpy as np
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.certificates import Authority
from benchmarks.flower_app.fedapp.rows import N_FEATURES, rows
from skprivate.decomposition import DPPCA
from skprivate.federated import FederatedRows, Party, PartyKey, Policy
from skprivate.federated.flower import GridChannel, client_app
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler

ROOT = Path(__file__).parents[1]
APP = ROOT / "benchmarks" / "flower_app"
PARTIES = 3
PATIENCE = 900  # seconds for everything over the network
QUIET = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "FLWR_DISABLE_UPDATE_CHECK": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def estimators():
    """Five estimators without noise, and what they learn."""
    bounds = {"epsilon": np.inf, "bounds": (-1, 1)}
    classes = {"classes": [0, 1]}
    yield DPStandardScaler(**bounds), "mean_"
    yield DPRidge(target_bounds=(0, 1), **bounds), "coef_"
    yield DPPCA(n_components=2, **bounds), "components_"
    yield DPGaussianNB(**classes, **bounds), "theta_"
    yield DPLogisticRegression(**classes, **bounds), "coef_"


def compared(estimator, attribute, channel):
    """Whether a fit over a channel has the bits of the pooled one; seconds it took."""
    X, y = map(np.concatenate, zip(*map(rows, range(PARTIES)), strict=True))
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        held = FederatedRows(channel, N_FEATURES, noise="server", timeout=300)
        found = getattr(estimator.fit(held), attribute)
        spent = time.perf_counter() - start
        expected = getattr(estimator.fit(X, y), attribute)
    return np.array_equal(found, expected), spent


def simulate(folder):
    """Five estimators in Flower's simulation, which runs on Ray."""
    from flwr.serverapp import ServerApp
    from flwr.simulation import run_simulation

    def make_party(context):
        part = int(context.node_config["partition-id"])
        ledger = folder / f"simulated-{part}.sqlite"
        policy = Policy(max_epsilon=np.inf, noise="server", ledger=ledger)
        return Party(*rows(part), policy=policy)

    server, results = ServerApp(), []

    @server.main()
    def main(grid, context):
        channel = GridChannel.of(grid, PARTIES, timeout=300)
        for estimator, attribute in estimators():
            same, spent = compared(estimator, attribute, channel)
            results.append(same)
            word = "same" if same else "OTHER"
            name = type(estimator).__name__
            print(f"simulation: {name}: {word} bits, {spent:.1f} s", flush=True)

    run_simulation(server, client_app(make_party), PARTIES)
    return len(results) == 5 and all(results)


def network(folder):
    """The app in benchmarks/flower_app over a SuperLink and three SuperNodes."""
    home = folder / "home"
    home.mkdir()
    environment = os.environ | QUIET | {"FLWR_HOME": str(home)}
    environment["PYTHONPATH"] = str(ROOT)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    authority = Authority(folder)
    certificate, key = authority.sign("superlink", server=True)
    port, *others = free_ports(1 + PARTIES)
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n\n[superlink.here]\n'
        f'address = "127.0.0.1:{port}"\nroot-certificates = "{authority.path}"\n'
    )
    make_clinics(folder)
    with ExitStack() as stack:

        def start(name, *command):
            log = (folder / f"{name}.log").open("w")
            stack.enter_context(log)
            stack.enter_context(ended([*map(str, command)], log, environment))

        start(
            "superlink",
            "flower-superlink",
            *("--ssl-certfile", certificate, "--ssl-keyfile", key),
            *("--ssl-ca-certfile", authority.path, "--port", port),
            "--enable-supernode-auth",
            "--disable-runtime-dependency-installation",
        )
        wait_for(port)
        for i, own in enumerate(others):
            clinic = folder / f"clinic-{i}"
            flwr(environment, "supernode", "register", clinic / "node.pub", "here")
            start(
                f"supernode-{i}",
                "flower-supernode",
                *("--root-certificates", authority.path),
                *("--superlink", f"127.0.0.1:{port}", "--port", own),
                *("--auth-supernode-private-key", clinic / "node.key"),
                *("--node-config", f'name="clinic-{i}" folder="{clinic}"'),
            )
        return followed(environment)


def followed(environment):
    """Run the app, show its results, and say whether all are right."""
    app = shutil.copytree(APP, Path(environment["FLWR_HOME"]) / "app")
    told = flwr(environment, "run", app, "here", "--stream", patience=PATIENCE)
    results = re.findall(r"RESULT (.*)", told)
    for line in results:
        print(f"network: {line}", flush=True)
    if not results:
        print(told)
    fits = [line for line in results if "bits" in line]
    right = len(fits) == 4 and all("same bits" in line for line in fits)
    return right and results[-1].startswith("end")


def make_clinics(folder):
    """A folder for each party: its key for masks, and that of its node."""
    from benchmarks.flower_app.fedapp.client import PASSWORD

    roster = {}
    for i in range(PARTIES):
        clinic = folder / f"clinic-{i}"
        clinic.mkdir()
        key = PartyKey.new()
        key.save(clinic / "party.pem", password=PASSWORD)
        roster[clinic.name] = key.public.hex()
        node = ec.generate_private_key(ec.SECP384R1())
        (clinic / "node.key").write_bytes(
            node.private_bytes(
                form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()
            )
        )
        (clinic / "node.key").chmod(0o600)
        public = node.public_key()
        (clinic / "node.pub").write_bytes(
            public.public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
        )
    (folder / "roster.json").write_text(json.dumps(roster))


@contextmanager
def ended(command, log, environment):
    """A process, with all that it starts, that ends with the block."""
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    try:
        yield
    finally:
        for sign in (15, 9):
            try:
                os.killpg(process.pid, sign)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        process.wait()


def flwr(environment, *command, patience=60):
    """What a command of Flower prints; an error if it fails."""
    done = subprocess.run(
        ["flwr", *map(str, command)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=patience,
    )
    if done.returncode:
        raise RuntimeError(f"flwr {command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def free_ports(n):
    """Ports that nobody listens at."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for(port, patience=120):
    """Until somebody listens at a port."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nobody listens at port {port}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    trials = {"simulation": simulate, "network": network}
    parser.add_argument("--only", nargs="+", choices=trials, default=[*trials])
    parser.add_argument("--keep", action="store_true", help="keep the folder of logs")
    arguments = parser.parse_args()
    os.environ.update(QUIET)
    folder = Path(tempfile.mkdtemp(prefix="skprivate-federated-"))
    try:
        right = {name: trials[name](folder) for name in arguments.only}
    finally:
        if arguments.keep:
            print(f"logs: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(right)
    sys.exit(not all(right.values()))


if __name__ == "__main__":
    main()
