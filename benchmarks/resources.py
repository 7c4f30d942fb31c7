"""Memory and threads of whole fits.

``python -m benchmarks.resources [--rows 1000000] [--features 20]``, on Linux, which
tells the largest resident memory since it was last asked to forget it. Every fit whose
memory is measured runs in a process of its own, which has fitted a thousand rows before
and has given back what it no longer uses. Out of core, ten times as many rows are made
on the way, and what is measured are the chunks as well.

Times with one and two threads are medians of interleaved fits, with one seed: *alike*
says whether all fitted attributes have the same bits.
"""

import argparse
import ctypes
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import joblib
import numpy as np
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from benchmarks.estimators import BOUNDS, made_rows, pairs
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ChunkRows

CHUNK = 50_000
ROUNDS = 5
FORGET = Path("/proc/self/clear_refs")


def models():
    """Name -> estimator with a seed, and which target it takes."""
    return {
        type(private).__name__: (clone(private).set_params(random_state=0), target)
        for private, _, target in pairs()
    }


def peak_of(task):
    """Largest resident memory while a task runs, beyond what there was, in bytes."""
    ctypes.CDLL(None).malloc_trim(0)
    FORGET.write_text("5")
    before = _status("VmRSS")
    task()
    return max(_status("VmHWM") - before, 0)


def _status(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return 1024 * int(line.split()[1])
    raise OSError(f"Linux does not tell {name} here.")


def peak_in_memory(name, folder):
    """Peak of one fit, relative to the size of `X`."""
    X = np.load(folder / "X.npy")
    model, target = models()[name]
    y = np.load(folder / f"{target}.npy") if target else None
    model.fit(X[:1000], None if y is None else y[:1000])
    return peak_of(lambda: model.fit(X, y)) / X.nbytes


def peak_out_of_core(n_rows, n_features):
    """Peak of a fit of rows that are made chunk by chunk, in bytes; and seconds."""
    rng = np.random.default_rng(0)

    def chunks(n):
        return (rng.normal(size=(CHUNK, n_features)) for _ in range(n // CHUNK))

    model = DPStandardScaler(bounds=BOUNDS)
    model.fit(ChunkRows(lambda: chunks(CHUNK)))
    start = time.perf_counter()
    peak = peak_of(lambda: model.fit(ChunkRows(lambda: chunks(n_rows))))
    return peak, time.perf_counter() - start


def in_a_process(function, *arguments):
    """What a function returns in a new process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def threads(model, X, y):
    """Median seconds of fits with one and two threads, and whether they are alike."""
    seconds, fitted = {1: [], 2: []}, {}
    for _ in range(ROUNDS + 1):
        for n_jobs, times in seconds.items():
            with joblib.parallel_config("threading", n_jobs=n_jobs):
                start = time.perf_counter()
                fitted[n_jobs] = clone(model).fit(X, y)
                times.append(time.perf_counter() - start)
    alike = _bits(fitted[1]) == _bits(fitted[2])
    return *(median(times[1:]) for times in seconds.values()), alike


def _bits(model):
    """The bytes of all fitted arrays."""
    found = {k: v for k, v in vars(model).items() if isinstance(v, np.ndarray)}
    return {k: (v.shape, v.tobytes()) for k, v in found.items() if k[-1] == "_"}


def main():
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    options = parser.parse_args()
    if not FORGET.exists():
        print("Not measured: only Linux tells the peak of memory.")
        return
    X, number, label = made_rows(options.rows, options.features)
    targets = {"number": number, "class": label, None: None}
    print(f"{'estimator':<22}{'peak / X':>10}{'1 thread':>12}{'2 threads':>12}  alike")
    with tempfile.TemporaryDirectory() as folder:
        for name, array in {"X": X, "number": number, "class": label}.items():
            np.save(Path(folder) / f"{name}.npy", array)
        for name, (model, target) in models().items():
            peak = in_a_process(peak_in_memory, name, Path(folder))
            with threadpool_limits(1):
                one, two, alike = threads(model, X, targets[target])
            times = f"{1e3 * one:>9.1f} ms{1e3 * two:>9.1f} ms"
            print(f"{name:<22}{peak:>10.2%}{times}  {'yes' if alike else 'NO'}")
    del X, number, label, targets
    for n_rows in (options.rows, 10 * options.rows):
        peak, seconds = in_a_process(peak_out_of_core, n_rows, options.features)
        print(f"out of core, {n_rows} rows: +{peak / 2**20:.1f} MiB, {seconds:.1f} s")


if __name__ == "__main__":
    main()
