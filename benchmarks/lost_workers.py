"""Fits whose workers are killed: the same bits, and one charge.

``python -m benchmarks.lost_workers [--engines dask spark]``

Each engine fits three models on the rows of an array, once in peace and once while a
worker is killed (SIGKILL, in the middle of a task); and a pipeline on a table with
text, dates and gaps. It fails if a bit differs, or if the ledger was not charged once.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.preprocessing import DPStandardScaler

N = 20_000
NAMES = [*"abc"]
MODELS = {
    "scaler": lambda: DPStandardScaler(bounds=(-4, 4), random_state=0),
    "ridge": lambda: DPRidge(bounds=(-4, 4), target_bounds=(0, 1), random_state=0),
    "logistic": lambda: DPLogisticRegression(
        bounds=(-4, 4), classes=[0, 1], random_state=0
    ),
}


def table():
    """Rows of several kinds, and their label."""
    import pyarrow as pa

    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    since = pa.array(rng.integers(0, 10**9, N), pa.timestamp("us"))
    age = pa.array(rng.normal(size=N), mask=rng.random(N) < 0.1)
    kinds = {"town": rng.choice(["Ulm", "Kiel"], N), "since": since, "age": age}
    y = (X[:, 0] > 0).astype(np.int64)
    return pa.table({n: X[:, j] for j, n in enumerate(NAMES)} | kinds | {"y": y})


def pipeline():
    first = DPTableVectorizer(random_state=0)
    last = DPLogisticRegression(classes=[0, 1], random_state=0)
    return make_dp_pipeline(first, last, epsilon=20.0)


def learned(model):
    """What a fit has learned, as bytes."""
    model = model[-1] if hasattr(model, "steps") else model
    names = ("mean_", "scale_", "coef_", "intercept_")
    return [np.asarray(getattr(model, n)).tobytes() for n in names if hasattr(model, n)]


class Killer:
    """A map of targets that kills the process that runs it, once.

    Parameters
    ----------
    flag : str
        A file that says that it has happened.
    """

    def __init__(self, flag):
        self.flag = flag

    def __call__(self, y):
        try:
            os.close(os.open(self.flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return y
        os.kill(os.getpid(), signal.SIGKILL)


def compare(name, made, rows, expected):
    """Fit on a source, with a ledger that is charged once."""
    ledger, model, start = PrivacyLedger(100.0, 1e-6), made(), time.perf_counter()
    with ledger:
        model.fit(rows)
    same = learned(model) == learned(expected)
    charged = len(ledger.records)
    print(f"{name:<28}{'same bits' if same else 'OTHER BITS'}, {charged} charge(s), "
          f"{time.perf_counter() - start:.1f} s", flush=True)  # fmt: skip
    if not same or charged != 1:
        sys.exit(1)


def compared(engine, opened, folder):
    """All models on one engine, in peace and with a worker that is killed.

    Parameters
    ----------
    engine : str
    opened : callable
        From names of features, or None for all, to a source.
    folder : Path
    """
    given = table()
    X, y = given.select(NAMES), given["y"].to_numpy()
    for name, made in MODELS.items():
        expected = made().fit(X, None if name == "scaler" else y)
        compare(f"{engine} {name}", made, opened(NAMES), expected)
        killed = opened(NAMES).relabelled(Killer(str(folder / f"{engine}-{name}")))
        compare(f"{engine} {name}, one killed", made, killed, expected)
        assert (folder / f"{engine}-{name}").exists()
    expected = pipeline().fit(given.drop_columns(["y"]), y)
    compare(f"{engine} pipeline", pipeline, opened(None), expected)


def dask(folder):
    """Two workers of Dask, processes of their own."""
    import dask.dataframe as dd
    from distributed import Client, LocalCluster

    from skprivate.rows import DaskRows

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made,
        Client(made),
    ):
        frame = dd.read_parquet(str(folder / "rows"), dtype_backend="pyarrow")
        features = [name for name in frame.columns if name != "y"]
        compared(
            "dask",
            lambda names: DaskRows(frame[names or features], frame["y"]),
            folder,
        )


def spark(folder):
    """Two threads of Spark, each with a worker of Python."""
    from benchmarks._spark_session import session
    from skprivate.rows import SparkRows

    made = session()
    frame = made.read.parquet(str(folder / "rows")).cache()
    compared(
        "spark", lambda names: SparkRows(frame, target="y", features=names), folder
    )
    made.stop()


ENGINES = {"dask": dask, "spark": spark}


def main():
    """Run the engines that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engines", nargs="*", choices=[*ENGINES], default=[*ENGINES])
    options = parser.parse_args()
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rows").mkdir()
        for i in range(4):
            part = table().slice(i * N // 4, N // 4)
            pq.write_table(part, folder / "rows" / f"{i}.parquet")
        for engine in options.engines:
            ENGINES[engine](folder)


if __name__ == "__main__":
    main()
