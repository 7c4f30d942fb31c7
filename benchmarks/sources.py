"""Time, memory and bits of fits on rows that are not in memory.

``python -m benchmarks.sources [--rows 10000000] [--folder DIR] [--only NAME ...]``

Writes parquet files of 20 columns of normal numbers and a label, a million rows each,
and says beforehand how much disk that takes. Every task runs in a process of its own,
with one thread, after it has fitted a thousand rows; its result is a line of
``sources.jsonl`` in the folder, and a task whose line is there is not run again: so it
can be stopped at any time. CPU seconds are of that process (and its children, where
another engine has such); *anonymous* is the largest ``RssAnon``, sampled 100 times a
second: memory that is no page of a file. Tasks that miss a library are said to be not
measured.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

import numpy as np

D, FILE_ROWS, GROUP_ROWS, BATCH = 20, 1_000_000, 2**17, 2**16
NAMES = [f"f{j}" for j in range(D)]
IN_MEMORY = 20_000_000  # rows that an array here may have


def part(i, n_rows):
    """Rows of one file."""
    rng = np.random.default_rng(i)
    X = rng.normal(size=(n_rows, D))
    return X, (X[:, 0] + rng.normal(size=n_rows) > 0).astype(np.int64)


def sizes(n_rows):
    """Number of rows of each file."""
    full, rest = divmod(n_rows, FILE_ROWS)
    return [FILE_ROWS] * full + [rest] * (rest > 0)


def write(folder, n_rows):
    """The files, those that are not there yet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for i, n in enumerate(sizes(n_rows)):
        path = folder / f"{i:04d}-{n}.parquet"
        if not path.exists():
            X, y = part(i, n)
            columns = {name: X[:, j] for j, name in enumerate(NAMES)}
            table = pa.table({**columns, "y": y})
            pq.write_table(table, path.with_suffix(".part"), row_group_size=GROUP_ROWS)
            path.with_suffix(".part").rename(path)


def files(folder, n_rows):
    """Paths of the files of so many rows."""
    return [folder / f"{i:04d}-{n}.parquet" for i, n in enumerate(sizes(n_rows))]


def scaler():
    from skprivate.preprocessing import DPStandardScaler

    return DPStandardScaler(bounds=(-5, 5), random_state=0)


def logistic():
    from skprivate.linear_model import DPLogisticRegression

    return DPLogisticRegression(bounds=(-5, 5), classes=[0, 1], random_state=0)


def fitted(model, rows):
    """Attributes of a fit, as bytes."""
    model.fit(*rows) if isinstance(rows, tuple) else model.fit(rows)
    names = ("mean_", "scale_", "coef_", "intercept_")
    return b"".join(getattr(model, n).tobytes() for n in names if hasattr(model, n))


def dataset(paths):
    import pyarrow.dataset as ds

    return ds.dataset(list(map(str, paths)))


def scan(paths):
    """Decode all features, and do nothing."""
    return sum(
        batch.num_rows
        for batch in dataset(paths).to_batches(
            columns=NAMES, batch_size=BATCH, use_threads=False
        )
    )


def scan_row_groups(paths):
    """The same in one thread: the least that it takes."""
    import pyarrow.parquet as pq

    for path in paths:
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=2**20)
        for group in range(file.num_row_groups):
            for _ in file.iter_batches(
                BATCH, row_groups=[group], columns=NAMES, use_threads=False
            ):
                pass


def sequential_write(paths):
    """Write as many bytes as a fit of all columns writes."""
    import pyarrow.parquet as pq

    block = np.random.default_rng(0).bytes(2**23)
    left = 8 * D * sum(pq.read_metadata(path).num_rows for path in paths)
    with tempfile.TemporaryFile(buffering=0) as file:
        while left > 0:
            left -= file.write(block[:left])


def arrays(paths):
    """All rows in memory."""
    parts = [part(i, int(p.stem.split("-")[1])) for i, p in enumerate(paths)]
    X, y = np.concatenate([X for X, _ in parts]), np.concatenate([y for _, y in parts])
    return X, y


def arrow(paths, **options):
    from skprivate.rows import ArrowRows

    return ArrowRows(list(map(str, paths)), target="y", **options)


def polars(paths):
    import polars as pl

    from skprivate.rows import ArrowRows

    return ArrowRows(pl.scan_parquet(list(map(str, paths))), target="y")


def duckdb(paths):
    import duckdb as db

    from skprivate.rows import ArrowRows

    con = db.connect()
    con.execute("set threads=1; set memory_limit='500MB'")
    return ArrowRows(con.read_parquet(list(map(str, paths))), target="y")


def dask(paths):
    import dask.dataframe as dd

    from skprivate.rows import DaskRows

    frame = dd.read_parquet(list(map(str, paths)))
    return DaskRows(frame[NAMES], frame["y"])


def spark(paths):
    from benchmarks._spark_session import session
    from skprivate.rows import SparkRows

    return SparkRows(session().read.parquet(*map(str, paths)), target="y")


SOURCES = {"parquet": arrow, "polars": polars, "duckdb": duckdb, "dask": dask,
           "spark": spark}  # fmt: skip
MODELS = {"scaler": scaler, "logistic": logistic}


def tasks(n_rows):
    """Name -> function of paths; what it returns is compared."""
    found = {
        "scan": scan,
        "scan row groups": scan_row_groups,
        "write": sequential_write,
    }
    if n_rows <= IN_MEMORY:
        for name, model in MODELS.items():
            found[f"{name} array"] = lambda paths, m=model: (m(), arrays(paths))
    for name, model in MODELS.items():
        for source, opened in SOURCES.items():
            if (name, source) not in {("logistic", "dask"), ("logistic", "spark")}:
                found[f"{name} {source}"] = lambda p, m=model, o=opened: (m(), o(p))
    return found


def run(name, folder, n_rows):
    """One task, measured: a line of results."""
    task, paths = tasks(n_rows)[name], files(folder, n_rows)
    for model in MODELS.values():
        fitted(model(), part(0, 1000))
    made = task if name.startswith(("scan ", "write")) or name == "scan" else None
    if made is None:
        model, rows = task(paths)
    with _Anonymous() as anonymous:
        before, start = _cpu(), time.perf_counter()
        told = made(paths) if made else fitted(model, rows)
        wall, cpu = time.perf_counter() - start, _cpu() - before
    digest = hashlib.sha256(told).hexdigest()[:12] if made is None else None
    return {
        "task": name, "rows": n_rows, "cpu": round(cpu, 2), "wall": round(wall, 2),
        "anonymous_mib": anonymous.peak >> 20, "bits": digest,
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _cpu():
    """Seconds of this process and of children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF,
                                                resource.RUSAGE_CHILDREN))  # fmt: skip
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Anonymous:
    """Samples anonymous memory while a block runs."""

    peak = 0

    def __enter__(self):
        self._end = Event()
        self._thread = Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._end.set()
        self._thread.join()

    def _sample(self):
        while not self._end.wait(0.01):
            for line in Path("/proc/self/status").read_text().splitlines():
                if line.startswith("RssAnon"):
                    self.peak = max(self.peak, 1024 * int(line.split()[1]))


def main():
    """Measure what is not measured yet, and print all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.gettempdir()) / "skprivate-sources"
    if options.task:
        print(json.dumps(run(options.task, folder, options.rows)))
        return
    folder.mkdir(parents=True, exist_ok=True)
    gib = 8 * (D + 1) * options.rows / 2**30
    print(f"{folder}: {gib:.1f} GiB of parquet, and as much again while a fit runs.")
    write(folder, options.rows)
    results = folder / "sources.jsonl"
    lines = results.read_text().splitlines() if results.exists() else []
    known = {(line["task"], line["rows"]): line for line in map(json.loads, lines)}
    for name in options.only or tasks(options.rows):
        line = known.get((name, options.rows)) or _measured(name, folder, options.rows)
        if line is None:
            print(f"{name:<20} not measured")
            continue
        if (name, options.rows) not in known:
            with results.open("a") as file:
                file.write(json.dumps(line) + "\n")
        print(f"{name:<20}{line['cpu']:>9.2f} s CPU{line['wall']:>9.2f} s"
              f"{line['anonymous_mib']:>7} MiB  {line['bits'] or ''}",
              flush=True)  # fmt: skip


def _measured(name, folder, n_rows):
    """The line of a task that runs in a process of its own; None if it fails."""
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS",
         "POLARS_MAX_THREADS"), "1")  # fmt: skip
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.sources"]
    command += ["--rows", str(n_rows), "--folder", str(folder), "--task", name]
    done = subprocess.run(
        command, env={**os.environ, **threads}, capture_output=True, text=True
    )
    if done.returncode:
        print(done.stderr[-600:], file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
